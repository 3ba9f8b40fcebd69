"""Answers that once were another's, late, early or lost: TLS, other proxies, time-outs, who leaves."""

import socket
import ssl
import threading
import time
import unittest

import support
from proxy_reader import read_request
from proxy_support import ProxyTest, answering, echoing, get, ok, once, post, swallowing

TLS = support.SOURCE / "tests" / "data" / "tls"


class TimedTest(ProxyTest):
    def setUp(self):
        super().setUp()
        self.began = time.monotonic()

    def passed_s(self):
        return time.monotonic() - self.began

    def start_watch(self):
        self.began = time.monotonic()


class Secured(ProxyTest):
    TRUST = ["--cacert", TLS / "authority.pem"]

    def setUp(self):
        super().setUp()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(TLS / "localhost.pem", TLS / "key.pem")

    def speaking_before(self, *parts, pause=0.0):
        """An other proxy that says this behind its 200, and then carries TLS to the true server."""
        def speak(wire):
            read_request(wire)
            for part in parts:
                wire.send(part)
                time.sleep(pause)
            wire.peer = self.context.wrap_socket(wire.peer, server_side=True)
            answering(ok(b"true"))(wire)
        return self.origin(speak)

    def test_what_comes_in_the_clear_is_no_answer_of_the_server(self):
        opened, spoof = b"HTTP/1.1 200 OK\r\n\r\n", ok(b"spoof")
        for parts, pause in (([opened + spoof], 0), ([opened, spoof], 0.1)):
            with self.subTest(pause=pause):
                server = self.proxy("--upstream", self.speaking_before(*parts, pause=pause).url, *self.TRUST)
                response = self.ask(server, get("https://localhost/"))
                self.assertNotIn(b"spoof", response.body)
                self.assert_cause(response, 502, "tls_protocol_error" if pause else "http_protocol_error")
        server = self.proxy("--upstream", self.speaking_before(opened).url, *self.TRUST)
        self.assertEqual(self.ask(server, get("https://localhost/")).body, b"true")

    def test_an_answer_that_nobody_asked_for_is_not_the_next_one(self):
        late, said = threading.Event(), threading.Event()

        def speak(wire):
            while not wire.at_end():
                wire.requests.append(read_request(wire))
                wire.send(ok(b"%d" % len(wire.requests)))
                if len(wire.requests) == 2:
                    late.wait(support.PATIENCE_S)
                    time.sleep(0.3)
                    wire.send(ok(b"STALE", "Connection: close", status="408 Request Timeout"))
                    said.set()
        there = self.origin(speak, context=self.context)
        client = self.client(self.proxy(*self.TRUST))
        self.assertEqual([client.ask(get(there.url + "/")).body for _ in range(2)], [b"1", b"2"])
        self.assertEqual(len(there.wires), 1, "a connection of TLS is kept")
        late.set()
        self.assertTrue(said.wait(support.PATIENCE_S))
        self.assertEqual((client.ask(get(there.url + "/")).body, len(there.wires)), (b"3", 2))


class OtherProxies(TimedTest):
    def test_addresses_are_judged_beside_a_kept_connection_too(self):
        parent = self.origin()
        server = self.proxy("--upstream", parent.url, "--connect-ports", "*")
        client = self.client(server)
        self.assertEqual(client.ask(get("http://www.example/")).status, 200)
        for host in ("169.254.169.254", "169.254.43518", "0xa9fea9fe", "2852039166", "[::ffff:a9fe:a9fe]"):
            with self.subTest(host=host):
                self.assert_cause(self.ask(server, get(f"http://{host}/")), 403, "destination_ip_prohibited")
                self.assertEqual(self.ask(server, get(f"https://{host}/")).status, 403)
                self.assertEqual(self.ask(server, get(f"{host}:443", method="CONNECT")).status, 403)
        self.assertEqual(client.ask(get("http://www.example/")).status, 200)
        self.assertEqual((len(parent.requests), len(parent.wires)), (2, 1), "the connection was not kept")

    def test_a_tunnel_that_is_not_answered_or_closed(self):
        for speak, status, word in ((swallowing, 504, "http_response_timeout"),
                                    (once(), 502, "connection_terminated")):
            with self.subTest(status=status):
                server = self.proxy("--upstream", self.origin(speak).url, "--timeout", "400ms")
                self.start_watch()
                self.assert_cause(self.ask(server, get("h:443", method="CONNECT")), status, word)
                self.assertLess(self.passed_s(), 1.5)

    def test_a_tunnel_behind_interim_answers(self):
        def speak(wire):
            wire.requests.append(read_request(wire))
            wire.send(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
            time.sleep(0.1)
            wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
            echoing(wire)
        for timeout in ("10s", "0s"):
            with self.subTest(timeout=timeout):
                client = self.client(self.proxy("--upstream", self.origin(speak).url, "--timeout", timeout))
                response = client.ask(get("h:443", method="CONNECT") + b"early", "CONNECT")
                self.assertEqual((response.status, client.take(5)), (200, b"early"))

    def test_credentials_that_are_wrong_are_ours(self):
        wants = ok(b"no", 'Proxy-Authenticate: Basic realm="x"', status="407 Proxy Authentication Required")
        parent = self.origin(answering(wants))
        server = self.proxy("--upstream", parent.url.replace("//", "//ada:wrong@"), *Secured.TRUST)
        for data in (get("http://h/"), get("https://h/"), get("h:443", method="CONNECT")):
            with self.subTest(data=data):
                response = self.ask(server, data)
                self.assert_cause(response, 502, "http_response_incomplete")
                self.assertNotIn("proxy-authenticate", response.names)
        self.assertEqual(self.ask(self.proxy("--reverse", parent.url), get("/", host="h")).status, 407)

    def test_a_ring_of_proxies_ends(self):
        for data in (get("x:443", method="CONNECT"), get("https://x/"), get("http://x/")):
            with self.subTest(data=data), socket.create_server(("127.0.0.1", 0)) as listener:
                first_port = listener.getsockname()[1]
                second = self.proxy("--json", "--upstream", f"http://127.0.0.1:{first_port}")
                first = self.serve("proxy-server", "--json", "--upstream", f"http://127.0.0.1:{second.port}",
                                   "--fd", listener.fileno(), port=None, pass_fds=[listener.fileno()])
                self.start_watch()
                self.assertIn(self.ask(first, data).status, (508, 502))
                self.assertLess(self.passed_s(), 1)
                self.assertEqual((first.stop(), second.stop()), (0, 0))
                told = (first.out + second.out).count('"event":"request"')
                self.assertTrue(2 <= told < 10, told)


class Times(TimedTest):
    HALVES = [b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", b"world"]

    def test_it_is_the_answer_that_is_waited_for_and_not_the_request(self):
        client = self.client(self.proxy("--timeout", "400ms", "--idle", "10s"))
        there = self.origin()
        client.send(get(there.url + "/", "Content-Length: 10", method="POST", body=b"hello"))
        time.sleep(0.8)
        self.assertEqual(client.ask(b"world").status, 200)
        self.assertEqual(there.requests[0].body, b"helloworld")

    def test_a_client_that_has_sent_all_is_not_idle(self):
        for data in (b"x" * 10, b"x" * 300_000):
            with self.subTest(size=len(data)):
                there, client = self.origin(self.speak_slowly), self.client(self.proxy("--idle", "200ms"))
                self.assertEqual(client.ask(post(there.url + "/", data)).body, b"helloworld")

    def speak_slowly(self, wire):
        read_request(wire)
        for part in self.HALVES:
            wire.send(part)
            time.sleep(0.4)

    def test_a_head_in_drops_is_no_more_time(self):
        def speak(wire):
            read_request(wire)
            for byte in b"HTTP/1.1 200 OK\r\n":
                wire.send(bytes([byte]))
                time.sleep(0.3)
        client = self.client(self.proxy("--timeout", "1s"))
        url = self.origin(speak).url + "/"
        self.start_watch()
        self.assert_cause(client.ask(get(url)), 504, "http_response_timeout")
        self.assertTrue(0.95 < self.passed_s() < 1.25, self.passed_s())

    def test_no_time_for_a_head_is_any_time(self):
        there, client = self.origin(), self.client(self.proxy("--head-time", "0s"))
        data = get(there.url + "/")
        client.send(data[:20])
        time.sleep(0.5)
        self.assertEqual(client.ask(data[20:]).status, 200)

    def test_a_slow_refusal_does_not_slow_down_the_next_answer(self):
        there = self.origin(answering(ok(b"x" * 5000)))
        server = self.proxy("--inject", "when url ~ /bad/ then rate 1K, 503")
        client = self.client(server)
        self.assertEqual(client.ask(get(there.url + "/bad")).status, 503)
        self.start_watch()
        self.assertEqual(len(client.ask(get(there.url + "/good")).body), 5000)
        self.assertLess(self.passed_s(), 0.7)

    def test_a_client_that_is_no_more_is_noticed(self):
        there, server = self.origin(swallowing), self.proxy("--json")
        client = self.client(server)
        client.send(get(there.url + "/"))
        support.wait_until(lambda: there.heard.endswith(b"\r\n\r\n"), "the request")
        self.start_watch()
        client.close()
        there.wait_for_end()
        self.assertIn("client left", self.events(server, 1)[0]["cause"])
        self.assertLess(self.passed_s(), 3)

    def test_a_client_that_only_has_finished_gets_its_answer(self):
        def speak(wire):
            read_request(wire)
            time.sleep(1.5)
            wire.send(ok())
        client = self.client(self.proxy())
        client.send(get(self.origin(speak).url + "/"))
        client.finish()
        self.assertEqual((client.final().body, client.end()), (b"hello\n", "fin"))


class OtherProtocols(TimedTest):
    def test_a_change_to_another_protocol_is_refused(self):
        handshake = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
        for upgrade in ("Upgrade: h2c\r\n", "Upgrade: websocket, h2c\r\n", ""):
            with self.subTest(upgrade=upgrade):
                switch = f"HTTP/1.1 101 Switching Protocols\r\n{upgrade}Connection: Upgrade\r\n\r\n"
                there = self.origin(once(switch.encode() + b"evil"))
                self.assert_cause(self.ask(self.proxy(), get(there.url + "/", *handshake)), 502,
                                  "http_protocol_error")

    def test_tls_and_socks_are_named_at_once(self):
        server = self.proxy()
        for data, name in ((b"\x16\x03\x01\x02\x00\x01", b"TLS"), (b"\x16", b"TLS"),
                           (b"\x05\x01\x00", b"SOCKS"), (b"\x04\x01\x00\x50", b"SOCKS")):
            with self.subTest(data=data):
                self.start_watch()
                response = self.assert_refused(server, data, 400)
                self.assertIn(name, response.body)
                self.assertLess(self.passed_s(), 1)
        support.wait_until(lambda: server.out.count("\n") == 5, "a line for each")
        for line in server.out.splitlines()[1:]:
            self.assertRegex(line, r"^\S+ \S+ - - 400 ")


if __name__ == "__main__":
    unittest.main()
