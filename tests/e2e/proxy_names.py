"""What the proxy makes of names; runs where the name server is the test's own (see proxy_causes_test)."""

import contextlib
import ipaddress
import signal
import socket
import struct
import threading
import time
import unittest

import support
from proxy_reader import Cut
from proxy_support import Client, ProxyTest, get

A, AAAA = 1, 28


class NameServer:
    """On port 53: no answer for hang…, SERVFAIL for fail…, the addresses of the others, or NXDOMAIN."""

    def __init__(self):
        self.names, self.asked = {}, []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            query, peer = self.socket.recvfrom(2048)
            if query == b"end":
                return
            labels, at = [], 12
            while length := query[at]:
                labels.append(query[at + 1:at + 1 + length].decode())
                at += 1 + length
            name, question = ".".join(labels).lower(), query[12:at + 5]
            self.asked.append(name)
            if not name.startswith("hang"):
                self.socket.sendto(self.answer(query[:2], name, question), peer)

    def answer(self, number, name, question):
        kind = struct.unpack(">H", question[-4:-2])[0]
        addresses = [ipaddress.ip_address(text) for text in self.names.get(name, [])]
        chosen = [address.packed for address in addresses if (address.version == 4) == (kind == A)]
        code = 2 if name.startswith("fail") else 0 if addresses else 3
        head = number + struct.pack(">HHHHH", 0x8180 | code, 1, len(chosen), 0, 0)
        return head + question + b"".join(
            struct.pack(">HHHIH", 0xc00c, kind, 1, 60, len(packed)) + packed for packed in chosen)

    def close(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own:
            own.sendto(b"end", ("127.0.0.1", 53))
        self.thread.join(support.PATIENCE_S)
        self.socket.close()


class NamesOfOrigins(ProxyTest):
    def setUp(self):
        super().setUp()
        self.names = NameServer()
        self.addCleanup(self.names.close)
        self.there = self.origin()

    def timed(self, server, host, **keywords):
        began = time.monotonic()
        response = self.ask(server, get(f"http://{host}:{self.there.port}/", **keywords))
        return response, time.monotonic() - began

    def test_a_name_that_is_none(self):
        server = self.proxy("--json", "--connect-ports", self.there.port)
        self.assert_cause(self.timed(server, "none.example")[0], 502, "dns_error")
        self.assertEqual(self.events(server, 1)[0]["error"], "dns_error")
        self.assert_cause(self.ask(server, get(f"none.example:{self.there.port}", method="CONNECT")), 502,
                          "dns_error")

    def test_a_name_server_that_fails(self):
        response, _ = self.timed(self.proxy(), "fail.example")
        self.assert_cause(response, 504 if response.status == 504 else 502, "dns_timeout", "dns_error")

    def test_a_name_server_that_says_nothing(self):
        response, took = self.timed(self.proxy("--connect-timeout", "400ms", "--timeout", "1s"),
                                    "hang.example")
        self.assert_cause(response, 504, "dns_timeout")
        self.assertLess(took, 2)

    def test_others_do_not_wait_for_it(self):
        self.names.names["fine.example"] = ["127.0.0.1"]
        server = self.proxy("--timeout", "20s", "--connect-timeout", "20s")
        waiting = [self.client(server) for _ in range(100)]
        for number, client in enumerate(waiting):
            client.send(get(f"http://hang{number % 50}.example:{self.there.port}/"))
        support.wait_until(lambda: [name for name in self.names.asked if name.startswith("hang")],
                           "a question")
        for host in ("127.0.0.1", "quick.example", "localhost"):
            for _ in range(5):
                response, took = self.timed(server, host)
                self.assertEqual((host, response.status, response.body), (host, 200, b"hello\n"))
                self.assertLess(took, 0.5, host)
        began = time.monotonic()
        self.assertEqual(server.stop(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - began, 2.5)

    def test_one_hanging_name_does_not_stop_another(self):
        self.names.names["fine.example"] = ["127.0.0.1"]
        server = self.proxy()
        waiting = self.client(server)
        waiting.send(get(f"http://hang.example:{self.there.port}/"))
        support.wait_until(lambda: "hang.example" in self.names.asked, "a question")
        response, took = self.timed(server, "fine.example")
        self.assertEqual(response.status, 200)
        self.assertLess(took, 0.5)

    def test_only_the_clients_of_a_network_are_served(self):
        for address in ("10.9.9.8", "10.9.9.9"):
            done = self.run_program("ip", "address", "add", f"{address}/32", "dev", "lo")
            self.assertEqual(done.returncode, 0, done.stderr)
        server = self.proxy("--host", "10.9.9.9", "--allow-from", "10.9.9.8/32", "--allow-private")
        for source, served in (("10.9.9.8", True), ("10.9.9.9", False)):
            peer = socket.create_connection(("10.9.9.9", int(server.port)), support.PATIENCE_S, (source, 0))
            client = Client(peer)
            self.addCleanup(client.close)
            client.send_quietly(get(self.there.url + "/"))
            status = 0
            with contextlib.suppress(Cut):
                status = client.final().status
            self.assertIn(status, (200,) if served else (403, 0))
        self.assertEqual(len(self.there.requests), 1)

    def test_an_allowed_network_allows_names_that_lead_there(self):
        self.names.names.update({"fine.example": ["127.0.0.1"], "ten.example": ["10.0.0.1"]})
        server = self.proxy("--allow", "127.0.0.0/8")
        self.assertEqual(self.timed(server, "fine.example")[0].status, 200)
        self.assertEqual(self.timed(server, "ten.example")[0].status, 403)

    def test_names_are_asked_for_once(self):
        self.names.names["fine.example"] = ["127.0.0.1"]
        server = self.proxy()
        for _ in range(10):
            self.assertEqual(self.timed(server, "fine.example", version="1.0")[0].status, 200)
        self.assertLessEqual(self.names.asked.count("fine.example"), 2)

    def test_the_next_address_is_tried(self):
        self.names.names["two.example"] = ["::1", "127.0.0.9", "127.0.0.1"]
        response, took = self.timed(self.proxy(), "two.example")
        self.assertEqual(response.status, 200)
        self.assertLess(took, 1.5)

    def test_the_address_decides_not_the_name(self):
        self.names.names.update({
            "meta.example": ["169.254.169.254"], "me.example": ["127.0.0.1"], "ten.example": ["10.0.0.1"],
            "mapped.example": ["::ffff:169.254.169.254"]
        })
        server = self.proxy("--allow-private")
        for name in ("meta.example", "mapped.example"):
            self.assert_cause(self.timed(server, name)[0], 403, "destination_ip_prohibited")
        response = self.ask(server, get(f"http://me.example:{server.port}/"))
        self.assertIn(response.status, (400, 403, 508))
        public = self.proxy("--host", "0.0.0.0", "--allow-from", "127.0.0.0/8")
        for name in ("ten.example", "me.example"):
            self.assert_cause(self.timed(public, name)[0], 403, "destination_ip_prohibited")
        self.assertEqual(self.there.wires, [])


if __name__ == "__main__":
    unittest.main()
