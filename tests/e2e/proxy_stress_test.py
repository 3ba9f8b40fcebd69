"""A proxy among the stuck and the many: others are not affected, and everything is given back."""

import contextlib
import resource
import threading
import time
import unittest

import support
from proxy_measure import MIB, StressTest, cpu_seconds, descriptors, resident
from proxy_reader import read_request
from proxy_support import echoing, get, ok, swallowing

class TheStuck(StressTest):
    def test_stuck_origins_hold_up_nobody_else(self):
        server, quick, stuck = self.proxy("--timeout", "60s"), self.origin(), self.origin(swallowing)
        self.assert_quick(server, quick)
        before = descriptors(server.pid)
        clients = [self.client(server) for _ in range(100)]
        for client in clients:
            client.send(get(stuck.url + "/"))
        support.wait_until(lambda: len(stuck.wires) == 100, "all requests at the origin")
        self.assert_quick(server, quick)
        for client in clients:
            client.reset()
        self.assert_back_to(server, before + 8)  # kept ones to origins
        stuck.wait_for_end()

    def test_who_waits_in_vain_is_told_and_forgotten(self):
        server, quick, stuck = self.proxy("--timeout", "500ms"), self.origin(), self.origin(swallowing)
        self.assert_quick(server, quick)
        before = descriptors(server.pid)
        clients = [self.client(server) for _ in range(100)]
        for client in clients:
            client.send(get(stuck.url + "/"))
            client.finish()
        self.assertEqual({client.final().status for client in clients}, {504})
        for client in clients:
            client.close()
        self.assert_back_to(server, before + 8)

    def test_stuck_clients_hold_up_nobody_else_and_cost_no_memory(self):
        sent = [0]

        def speak(wire):
            read_request(wire)
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (200 * MIB))
            for _ in range(200):
                wire.send(bytes(MIB))
                sent[0] += 1
        server, quick, large = self.proxy(), self.origin(), self.origin(speak)
        self.assert_quick(server, quick)
        before, memory = descriptors(server.pid), resident(server.pid)
        client = self.client(server)
        client.send(get(large.url + "/"))
        self.stalls(lambda: sent[0])
        self.assertLess(sent[0], 100)
        if not support.is_sanitized(server.pid):
            self.assertLess(resident(server.pid) - memory, 4 * MIB)
        self.assert_quick(server, quick)
        got = 0
        while got < 200 * MIB and (part := client.peer.recv(1 << 20)):
            got += len(part)
        self.assertGreaterEqual(got, 200 * MIB)
        if not support.is_sanitized(server.pid):
            self.assertLess(resident(server.pid) - memory, 4 * MIB)
        client.close()
        self.assert_back_to(server, before + 8)  # kept ones to origins

    def stalls(self, count):
        """Waits until nothing moves any more."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < 0.3:
            if count() != last:
                last, since = count(), time.monotonic()
            time.sleep(0.01)

    def test_an_origin_that_does_not_read_costs_no_memory(self):
        release = threading.Event()

        def speak(wire):
            wire.line()
            release.wait(support.PATIENCE_S)
        server, quick, stuck = self.proxy(), self.origin(), self.origin(speak)
        self.assert_quick(server, quick)
        memory = resident(server.pid)
        client, sent = self.client(server), [0]
        client.send(get(stuck.url + "/", f"Content-Length: {200 * MIB}", method="POST"))

        def upload():
            with contextlib.suppress(OSError):
                for _ in range(200):
                    client.send(bytes(MIB))
                    sent[0] += 1
        sender = threading.Thread(target=upload, daemon=True)
        sender.start()
        self.stalls(lambda: sent[0])
        self.assertLess(sent[0], 100)
        if not support.is_sanitized(server.pid):
            self.assertLess(resident(server.pid) - memory, 4 * MIB)
        self.assert_quick(server, quick)
        release.set()
        sender.join(support.PATIENCE_S)
        self.assertFalse(sender.is_alive(), "the upload hangs behind an origin that is gone")

    def test_half_a_request_holds_up_nobody_else(self):
        server, quick = self.proxy("--head-time", "500ms"), self.origin()
        self.assert_quick(server, quick)
        before = descriptors(server.pid)
        clients = [self.client(server) for _ in range(100)]
        for client in clients:
            client.send(b"GET http://127.0.0.1/ HTT")
        self.assert_quick(server, quick)
        for client in clients:
            client.rest()
        self.assert_back_to(server, before)


class TheMany(StressTest):
    def test_no_descriptors_left_is_no_end(self):
        server, origin = self.proxy("--threads", "2"), self.origin()
        if support.is_sanitized(server.pid):
            self.skipTest("the sanitizer needs descriptors itself, and calls their absence an error")
        self.assert_quick(server, origin)
        limit = descriptors(server.pid) + 8
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (limit, limit))
        clients = [self.client(server) for _ in range(50)]
        for client in clients:
            client.send_quietly(get(origin.url + "/"))
        began = cpu_seconds(server.pid)
        time.sleep(0.5)
        self.assertLess(cpu_seconds(server.pid) - began, 0.25, "it spins")
        self.assertTrue(server.is_running())
        for client in clients:
            client.reset()
        support.wait_until(lambda: self.works(server, origin), "room again")
        self.assert_quick(server, origin)

    def works(self, server, origin):
        with contextlib.suppress(AssertionError, OSError):
            return self.ask(server, get(origin.url + "/")).status == 200
        return False

    def test_two_hundred_tunnels_end_side_by_side(self):
        origin = self.origin(echoing)
        server = self.proxy("--connect-ports", origin.port)
        before = descriptors(server.pid)
        tunnels = [self.tunnel(server, origin) for _ in range(200)]
        data = bytes(range(256)) * 64
        for tunnel in tunnels:
            tunnel.send(data)
        for tunnel in tunnels[::2]:
            tunnel.finish()
        for tunnel in tunnels[::2]:
            self.assertEqual((tunnel.rest(), tunnel.ended), (data, "fin"))
        for tunnel in tunnels[1::2]:
            self.assertEqual(tunnel.take(len(data)), data)
        for wire in origin.wires:
            with contextlib.suppress(OSError):
                wire.finish()
        for tunnel in tunnels[1::2]:
            self.assertEqual((tunnel.rest(), tunnel.ended), (b"", "fin"))
            tunnel.close()
        self.assert_back_to(server, before)

    def test_a_hundred_requests_run_side_by_side(self):
        barrier = threading.Barrier(100)

        def speak(wire):
            read_request(wire)
            barrier.wait(support.PATIENCE_S)
            wire.send(ok())
        origin = self.origin(speak)
        server = self.proxy()
        clients = [self.client(server) for _ in range(100)]
        for client in clients:
            client.send(get(origin.url + "/"))
        self.assertEqual({client.final().status for client in clients}, {200})


if __name__ == "__main__":
    unittest.main()
