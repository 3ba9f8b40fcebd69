"""CONNECT and Upgrade: early data, the ends of both sides, what is refused (rules P23 to P26)."""

import unittest

import support
from proxy_reader import read_request
from proxy_support import ProxyTest, RequestTest, answering, echoing, get, ok, once


class Tunnels(ProxyTest):
    def setUp(self):
        super().setUp()
        self.there = self.origin(echoing)
        self.server = self.proxy("--connect-ports", f"443,{self.there.port}", "--tunnel-idle", "2s")

    def connect_to(self, target, *fields, early=b""):
        return get(target, *fields, method="CONNECT", host=target) + early

    def test_bad_targets_are_400(self):  # P23
        for target in ("h", "h:0", "h:99999", "[::1", "h:", ":443", "h:x", "h:443:443", "/", "*",
                       "http://h:443/", "u@h:443", "h:+443", "h:443/", "[::1]443", "[h]:443", "h h:443"):
            with self.subTest(target=target):
                data = f"CONNECT {target} HTTP/1.1\r\nHost: a:443\r\n\r\n".encode()
                self.assertEqual(self.ask(self.server, data, "CONNECT").status, 400)

    def test_other_ports_are_403(self):
        for target in ("127.0.0.1:25", "localhost:80", f"127.0.0.1:{support.free_port()}"):
            with self.subTest(target=target):
                response = self.ask(self.server, self.connect_to(target), "GET")
                self.assert_cause(response, 403, "http_request_denied")

    def test_early_data_passes_behind_the_200(self):  # P24
        client = self.client(self.server)
        response = client.ask(self.connect_to(self.there.authority, early=b"early"), "CONNECT")
        self.assertEqual((response.status, response.names & {"content-length", "transfer-encoding"}),
                         (200, set()))
        self.assertEqual(client.take(5), b"early")
        client.send(b"late")
        self.assertEqual(client.take(4), b"late")

    def test_behind_a_refused_tunnel_nothing_is_read(self):
        """What comes was meant for the other end of the tunnel, and may have been chosen by an attacker."""
        web = self.origin()
        for target, status in (("127.0.0.1:25", 403), ("127.0.0.1:443", 502), ("h", 400)):
            with self.subTest(target=target):
                client = self.client(self.server)
                client.peer.settimeout(5)
                client.send_quietly(self.connect_to(target, early=get(web.url + "/evil")))
                self.assertEqual((client.final().status, client.end()), (status, "fin"))
        self.assertEqual(web.wires, [])

    def test_what_looks_like_http_in_a_tunnel_is_not_read(self):
        client = self.tunnel(self.server, self.there)
        data = get("http://evil/", "Content-Length: 1", "Content-Length: 2") + bytes(range(256)) * 300
        client.send(data)
        self.assertEqual(client.take(len(data)), data)

    def test_each_side_ends_by_itself(self):  # P25
        client = self.tunnel(self.server, self.there)
        client.send(b"x" * 300_000)
        client.finish()
        self.assertEqual((client.rest(), client.ended), (b"x" * 300_000, "fin"))
        heard = []

        def ends_first(wire):
            wire.send(b"mine")
            wire.finish()
            heard.append(wire.rest())
        there = self.origin(ends_first)
        client = self.tunnel(self.proxy("--connect-ports", there.port), there)
        self.assertEqual((client.rest(), client.ended), (b"mine", "fin"))
        client.peer.sendall(b"yours")
        client.close()
        support.wait_until(lambda: heard, "the end at the origin")
        self.assertEqual(heard, [b"yours"])

    def test_a_reset_passes_as_a_reset(self):
        client = self.tunnel(self.server, self.there, b"x")
        self.assertEqual(client.take(1), b"x")
        client.reset()
        support.wait_until(lambda: self.there.wires[0].ended, "the end at the origin")
        self.assertEqual(self.there.wires[0].ended, "reset")

        def resets(wire):
            wire.take(1)
            wire.reset()
        there = self.origin(resets)
        client = self.tunnel(self.proxy("--connect-ports", there.port), there, b"x")
        self.assertEqual((client.rest(), client.ended), (b"", "reset"))

    def test_an_idle_tunnel_ends(self):
        server = self.proxy("--connect-ports", self.there.port, "--tunnel-idle", "300ms")
        client = self.tunnel(server, self.there, b"x")
        self.assertEqual(client.take(1), b"x")
        client.rest()
        self.assertIn(client.ended, ("fin", "reset"))
        self.there.wait_for_end()


class Upgrades(RequestTest):
    HANDSHAKE = ["Upgrade: websocket", "Connection: keep-alive, Upgrade", "Sec-WebSocket-Version: 13",
                 "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="]
    SWITCH = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

    def test_websocket_passes_and_is_a_tunnel_then(self):  # P26
        def speak(wire):
            wire.requests.append(read_request(wire))
            wire.send(self.SWITCH + b"at once")
            echoing(wire)
        there = self.origin(speak)
        client = self.client(self.server)
        client.send(get(there.url + "/chat", *self.HANDSHAKE) + b"early")
        response = client.final()
        self.assertEqual((response.status, response.field("Upgrade")), (101, "websocket"))
        self.assertRegex(response.field("Connection"), "(?i)^upgrade$")
        self.assertEqual(client.take(12), b"at onceearly")
        request = there.requests[0]
        self.assertEqual((request.field("Upgrade"), request.field("Connection").lower()),
                         ("websocket", "upgrade"))
        client.send(b"\0\xff" * 1000)
        self.assertEqual(client.take(2000), b"\0\xff" * 1000)
        client.finish()
        self.assertEqual(client.end(), "fin")

    def test_an_origin_may_say_no(self):
        there = self.origin(answering(ok(status="426 Upgrade Required")))
        client = self.client(self.server)
        for _ in range(2):
            self.assertEqual(client.ask(get(there.url + "/", *self.HANDSHAKE)).status, 426)

    def test_other_protocols_are_not_asked_for(self):
        for value in ("h2c", "websocket, h2c", "h2c, websocket", "TLS/1.0", "websocketx", "HTTP/2.0"):
            with self.subTest(value=value):
                fields = [
                    f"Upgrade: {value}", "Connection: Upgrade, HTTP2-Settings",
                    "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"
                ]
                request = self.passed(get(self.there.url + "/", *fields))
                self.assertEqual(request.names & {"upgrade", "http2-settings"}, set())
        self.assertNotIn("upgrade", self.passed(get(self.there.url + "/", "Upgrade: websocket")).names)
        self.assertNotIn("upgrade",
                         self.passed(get(self.there.url + "/", *self.HANDSHAKE, version="1.0")).names)

    def test_a_switch_that_nobody_asked_for_is_502(self):
        there = self.origin(once(self.SWITCH + b"HTTP/1.1 200 OK\r\n\r\n"))
        self.assert_cause(self.ask(self.server, get(there.url + "/")), 502, "http_protocol_error")


if __name__ == "__main__":
    unittest.main()
