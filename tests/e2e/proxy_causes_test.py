"""Failures and refusals have a name: Proxy-Status, page and log (rule R10, time-outs, --allow, --deny)."""

import contextlib
import pathlib
import socket
import sys
import time
import unittest

import support
from proxy_reader import Cut, read_request
from proxy_support import ProxyTest, answering, get, ok, once, post, swallowing


class Causes(ProxyTest):
    def setUp(self):
        super().setUp()
        self.server = self.proxy("--json", "--timeout", "500ms", "--connect-timeout", "400ms",
                                 "--connect-ports", "1-65535")

    def named(self, url, status, *words, **keywords):
        """The answer that names the cause, also in the log; in less than two seconds."""
        began = time.monotonic()
        response = self.ask(self.server, get(url, **keywords))
        self.assertLess(time.monotonic() - began, 2)
        self.assert_cause(response, status, *words)
        event = self.events(self.server, 1)[-1]
        self.assertEqual(event["status"], status)
        self.assertIn(event["error"], words)
        self.assertTrue(event["cause"])

    def full(self):
        """The port of a listener whose queue is full: no answer to who knocks."""
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            peer = socket.socket()
            self.addCleanup(peer.close)
            peer.setblocking(False)
            peer.connect_ex(listener.getsockname())
        return listener.getsockname()[1]

    def test_refused(self):
        self.named(f"http://127.0.0.1:{support.free_port()}/", 502, "connection_refused")

    def test_refused_to_a_tunnel(self):
        self.named(f"127.0.0.1:{support.free_port()}", 502, "connection_refused", method="CONNECT")

    def test_no_answer_to_a_connection(self):
        self.named(f"http://127.0.0.1:{self.full()}/", 504, "connection_timeout")

    def test_no_answer_to_the_connection_of_a_tunnel(self):
        self.named(f"127.0.0.1:{self.full()}", 504, "connection_timeout", method="CONNECT")

    def test_no_answer_to_a_request(self):
        self.named(self.origin(swallowing).url + "/", 504, "http_response_timeout")

    def test_no_end_of_an_answer_is_seen(self):
        def speak(wire):
            read_request(wire)
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
            wire.rest()
        server = self.proxy("--json", "--tunnel-idle", "300ms")
        client = self.client(server)
        client.send(get(self.origin(speak).url + "/"))
        with self.assertRaises(Cut):
            client.final()
        self.assertTrue(self.events(server, 1)[0]["error"])

    def test_untrusted_certificate(self):
        self.named(self.tls_origin()[0].url + "/", 502, "tls_certificate_error")

    def test_certificate_of_another_host(self):
        there, certificate = self.tls_origin(names="DNS:other.example")
        self.server = self.proxy("--json", "--cacert", certificate)
        self.named(there.url + "/", 502, "tls_certificate_error")

    def test_no_tls_at_the_other_end(self):
        there = self.origin(lambda wire: wire.more() and wire.send(b"HTTP/1.1 400 Bad Request\r\n\r\n"))
        self.named(
            there.url.replace("http:", "https:") + "/", 502, "tls_protocol_error", "tls_alert_received",
            "connection_terminated")

    def test_a_browser_gets_a_page(self):
        response = self.ask(
            self.server,
            get(f"http://127.0.0.1:{support.free_port()}/%3Cscript%3E", "Accept: text/html,*/*;q=0.8",
                "User-Agent: Mozilla/5.0"))
        self.assertEqual(response.status, 502)
        self.assertRegex(response.field("Content-Type"), "^text/(html|plain)")
        self.assertNotIn(b"<script", response.body)
        self.assertRegex(response.body, b"(?i)refused")

    def test_head_of_a_failure_has_no_body(self):
        client = self.client(self.server)
        url = f"http://127.0.0.1:{support.free_port()}/"
        self.assertEqual(client.ask(get(url, method="HEAD"), "HEAD").status, 502)
        self.assertEqual(client.ask(get(self.origin().url + "/")).status, 200)

    def test_a_client_that_does_not_say_its_request_is_408(self):
        server = self.proxy("--head-time", "300ms", "--idle", "5s")
        client = self.client(server)
        client.send(b"GET http://127.0.0.1/ HTTP/1.1\r\nHost: ")
        self.assertEqual((client.final().status, client.end()), (408, "fin"))
        client, began = self.client(server), time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() - began < 3 and not client.ended:
                client.send(b"G")
                client.peer.settimeout(0.02)
                with contextlib.suppress(TimeoutError):
                    client.more()
        self.assertLess(time.monotonic() - began, 2, "each byte began the time anew")

    def test_an_idle_client_is_left(self):
        client = self.client(self.proxy("--idle", "200ms"))
        self.assertEqual(client.ask(get(self.origin().url + "/")).status, 200)
        began = time.monotonic()
        self.assertEqual(client.end(), "fin")
        self.assertLess(time.monotonic() - began, 2)


class Guards(ProxyTest):
    def test_denied_hosts(self):
        there = self.origin()
        server = self.proxy("--deny", "localhost", "--deny", "*.bad.example", "--json", "--connect-ports",
                            there.port)
        for host in ("localhost", "LocalHost", "localhost.", "x.bad.example"):
            with self.subTest(host=host):
                self.assert_cause(self.ask(server, get(f"http://{host}:{there.port}/")), 403,
                                  "http_request_denied")
                self.assertEqual(self.ask(server, get(f"{host}:{there.port}", method="CONNECT")).status, 403)
        self.assertEqual(there.wires, [])
        self.assertEqual(self.ask(server, get(there.url + "/")).status, 200)

    def test_denied_addresses_in_all_spellings(self):
        there = self.origin()
        for denied in ("127.0.0.1", "127.0.0.0/8"):
            server = self.proxy("--deny", denied)
            for host in ("127.0.0.1", "127.1", "2130706433", "[::ffff:127.0.0.1]", "0x7f.0.0.1", "localhost"):
                with self.subTest(denied=denied, host=host):
                    self.assertEqual(self.ask(server, get(f"http://{host}:{there.port}/")).status, 403)
        self.assertEqual(there.wires, [])

    def test_only_allowed_hosts(self):
        there = self.origin()
        server = self.proxy("--allow", "localhost")
        self.assertEqual(self.ask(server, get(f"http://localhost:{there.port}/")).status, 200)
        self.assert_cause(self.ask(server, get(there.url + "/")), 403, "http_request_denied")

    def test_metadata_addresses_are_never_asked(self):
        server = self.proxy("--allow-private", "--connect-ports", "1-65535", "--connect-timeout", "500ms")
        for host in ("169.254.169.254", "[::ffff:169.254.169.254]", "0xa9fea9fe", "2852039166",
                     "0251.0376.0251.0376", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "169.254.43518",
                     "[::ffff:a9fe:a9fe]"):
            with self.subTest(host=host):
                self.assert_cause(self.ask(server, get(f"http://{host}/latest")), 403,
                                  "destination_ip_prohibited")
                self.assertIn(self.ask(server, get(f"{host}:443", method="CONNECT")).status, (403, 400))

    def test_beyond_loopback_it_is_no_open_proxy(self):
        done = self.nettool("proxy-server", "--host", "0.0.0.0", "--port", "0")
        self.assertEqual(done.returncode, 2)
        self.assertRegex(done.stderr, b"--auth|--allow-from")

    def test_beyond_loopback_private_addresses_are_not_asked(self):
        there = self.origin()
        options = ["--host", "0.0.0.0", "--allow-from", "127.0.0.0/8", "--connect-timeout", "500ms"]
        server = self.proxy(*options)
        for host in ("127.0.0.1", "localhost", "0", "[::ffff:127.0.0.1]", "10.0.0.1", "192.168.1.1",
                     "172.16.0.1", "[::1]", "100.64.0.1", "[fe80::1]", "[fd00::1]", "0x7f.1", "127.9.9.9"):
            with self.subTest(host=host):
                response = self.ask(server, get(f"http://{host}:{there.port}/"))
                self.assert_cause(response, 403, "destination_ip_prohibited")
        self.assertEqual(there.wires, [])
        self.assertEqual(self.ask(self.proxy(*options, "--allow-private"), get(there.url + "/")).status, 200)

    def test_too_many_connections_are_503(self):
        server = self.proxy("--max-connections", "2")
        there = self.origin()
        clients = [self.client(server) for _ in range(2)]
        for client in clients:
            self.assertEqual(client.ask(get(there.url + "/")).status, 200)
        third = self.client(server)
        third.send_quietly(get(there.url + "/"))
        self.assertEqual(third.final().status, 503)
        clients[0].close()
        support.wait_until(lambda: self.ask(server, get(there.url + "/")).status == 200, "room again")


class Chains(ProxyTest):
    def test_an_upstream_proxy_is_asked(self):
        there, second = self.origin(), self.proxy("--json", "--auth", "ada:secret")
        first = self.proxy("--upstream", f"http://ada:secret@127.0.0.1:{second.port}")
        response = self.ask(first, post(there.url + "/x", b"hello"))
        self.assertEqual(response.status, 200)
        request = there.requests[0]
        self.assertEqual((request.target, request.body, request.all("Host")),
                         ("/x", b"hello", [there.authority]))
        self.assertEqual(len(request.field("Via").split(",")), 2)
        self.assertNotIn("proxy-authorization", request.names)
        self.assertEqual(self.events(second, 1)[0]["url"], there.url + "/x")

    def test_an_upstream_that_refuses_a_tunnel_is_relayed_or_named(self):
        upstream = self.origin(once(ok(b"no", status="403 Forbidden")))
        server = self.proxy("--upstream", upstream.url)
        self.assertIn(self.ask(server, get("127.0.0.1:443", method="CONNECT")).status, (403, 502))
        self.assertEqual(upstream.requests[0].target, "127.0.0.1:443")

    def test_a_reverse_proxy_needs_no_absolute_form(self):
        there = self.origin(answering(lambda request: ok(request.target.encode())))
        server = self.proxy("--reverse", there.url)
        self.assertEqual(self.ask(server, get("/a?b", host="www.example.com")).body, b"/a?b")
        self.assertIn(self.ask(server, get("127.0.0.1:443", method="CONNECT")).status, (400, 403, 405, 501))


class Names(ProxyTest):
    def test_in_a_world_with_a_name_server_of_its_own(self):
        resolver = self.directory / "resolv.conf"
        resolver.write_text("nameserver 127.0.0.1\noptions timeout:30 attempts:1\n")
        hosts = self.directory / "hosts"
        hosts.write_text("127.0.0.1 localhost quick.example\n")
        script = ('mount --bind "$1" /etc/resolv.conf && mount --bind "$2" /etc/hosts && '
                  'exec "$3" -m unittest proxy_names')
        done = self.run_program(*support.ISOLATED, "sh", "-c", script, "sh", resolver, hosts, sys.executable,
                                within=60, cwd=pathlib.Path(__file__).parent,
                                env=support.environment(NETTOOL=support.NETTOOL))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertRegex(done.stderr, rb"Ran \d\d? tests")


if __name__ == "__main__":
    unittest.main()
