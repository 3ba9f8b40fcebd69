"""Ten thousand failures leave nothing behind, and nothing that is open keeps the proxy from ending."""

import contextlib
import signal
import socket
import threading
import time
import unittest

import support
from proxy_measure import MIB, StressTest, descriptors, resident
from proxy_support import answering, echoing, get, once, post, resetting, swallowing


class TheFailing(StressTest):
    COUNT = 10_000

    def origins(self):
        head = b"HTTP/1.1 200 OK\r\n"
        return [
            self.origin(speak)
            for speak in (answering(), once(), resetting(),
                          resetting(head + b"Content-Length: 99\r\n\r\nhello"), once(b"nonsense\r\n\r\n"),
                          once(head + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhel"),
                          lambda wire: wire.reset(), swallowing)
        ]

    def requests(self):
        """Requests, and whether the client waits for what becomes of it."""
        good, closes, resets, breaks, garbage, cuts, at_once, silent = [
            origin.authority for origin in self.origins()
        ]
        port = support.free_port()
        heads = [(get(f"http://{there}/"), True)
                 for there in (good, closes, resets, breaks, garbage, cuts, at_once)]
        upload = get(f"http://{good}/", "Content-Length: 99", method="POST", body=b"x")
        chunks = get(f"http://{good}/", "Transfer-Encoding: chunked", method="POST",
                     body=b"5\r\nhello\r\nx\r\n")
        connect = get(silent, method="CONNECT")
        return heads + [(get(f"http://127.0.0.1:{port}/"), True),
                        (get(f"127.0.0.1:{port}", method="CONNECT"), True), (b"nonsense\r\n\r\n", True),
                        (get(f"http://{good}/", host=""), True), (upload, False), (chunks, True),
                        (get(f"http://{silent}/"), False), (connect + b"hello", False),
                        (get(resets, method="CONNECT") + get(f"http://{resets}/"), True),
                        (b"GET http://", False), (get(f"http://{good}/") * 3, False),
                        (post(f"http://{closes}/", b"x" * 100), True),
                        (get("127.0.0.1:1", method="CONNECT"), True)]

    def fail_once(self, server, data, waits, number):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(server.port)),
                                                                    10) as peer:
            peer.sendall(data)
            if waits:
                peer.shutdown(socket.SHUT_WR)
                while peer.recv(1 << 16):
                    pass
            elif number % 2:
                support.reset(peer)

    def fail_all(self, server, requests, count):
        numbers = iter(range(count))
        lock = threading.Lock()

        def work():
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                self.fail_once(server, *requests[number % len(requests)], number // len(requests))
        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def test_ten_thousand_failures_leave_nothing_behind(self):
        requests = self.requests()
        server = self.proxy("--connect-ports", "1-65535", "--timeout", "1s", "--log-format", "none")
        self.fail_all(server, requests, 5000)
        quick = self.origin()
        self.assert_quick(server, quick)
        support.wait_until(lambda: descriptors(server.pid) < 60, "the first ones to be over", within=10)
        before, memory = descriptors(server.pid), resident(server.pid)
        self.fail_all(server, requests, self.COUNT)
        self.assert_quick(server, quick)
        self.assert_back_to(server, before + 10)
        if not support.is_sanitized(server.pid):
            self.assertLess(resident(server.pid) - memory, 4 * MIB)
        self.assertEqual(server.stop(), 0)


class TheEnd(StressTest):
    def test_open_tunnels_and_requests_do_not_keep_it(self):
        echo, stuck = self.origin(echoing), self.origin(swallowing)
        for number in (signal.SIGTERM, signal.SIGINT):
            server = self.proxy("--connect-ports", echo.port)
            tunnels = [self.tunnel(server, echo, b"x") for _ in range(50)]
            for tunnel in tunnels:
                self.assertEqual(tunnel.take(1), b"x")
            waiting, idle, half = self.client(server), self.client(server), self.client(server)
            waiting.send(get(stuck.url + "/"))
            half.send(b"GET http://")
            support.wait_until(lambda: stuck.wires, "a request at the origin")
            began = time.monotonic()
            self.assertEqual(server.stop(number), 0)
            self.assertLess(time.monotonic() - began, 2.5)
            for client in (*tunnels, waiting, idle, half):
                client.rest()
            self.assertTrue(support.is_refused(server.port))

    def test_an_answer_under_way_is_finished(self):
        release = threading.Event()
        origin = self.origin(
            once(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", b"world", between=release))
        server = self.proxy()
        client = self.client(server)
        client.send(get(origin.url + "/"))
        client.need(lambda: client.heard.endswith(b"hello") or None)
        server.send(signal.SIGTERM)
        support.wait_until(lambda: support.is_refused(server.port), "no listener")
        release.set()
        self.assertEqual(client.final().body, b"helloworld")
        self.assertEqual(server.wait(), 0)


if __name__ == "__main__":
    unittest.main()
