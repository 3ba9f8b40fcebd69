"""The chat room with foreign halves, a terminal, and many clients."""

import os
import pty
import resource
import select
import selectors
import socket
import subprocess
import time
import unittest

import support


class ChatRoom(support.NettoolTest):
    def join(self, port, name):
        peer = socket.create_connection(("127.0.0.1", port), 5)
        self.addCleanup(peer.close)
        peer.sendall(name.encode() + b"\n")
        self.read_until(peer, b"Welcome, " + name.encode())
        return peer

    def read_until(self, peer, text):
        heard = b""
        while text not in heard:
            data = peer.recv(65536)
            self.assertTrue(data, heard)
            heard += data
        return heard

    def test_netcats_take_part(self):
        server = self.serve("chat-server")
        witness = self.join(server.port, "witness")
        for name, command in (("openbsd", ["nc.openbsd", "-N"]), ("traditional", ["nc.traditional", "-q", "1"]),
                              ("ncat", ["ncat"])):
            with self.subTest(name):
                done = subprocess.run([*command, "127.0.0.1", str(server.port)],
                                      input=f"{name}\nhello\n/quit\n".encode(), capture_output=True, timeout=10)
                self.assertIn(b"Welcome, " + name.encode(), done.stdout, done.stderr)
                self.read_until(witness, f"{name}: hello\n* {name} left\n".encode())

    def test_a_half_typed_line_stays_whole(self):
        server = self.serve("chat-server")
        bob = self.join(server.port, "bob")
        process, terminal = pty.fork()
        if process == 0:
            os.environ["TERM"] = "xterm"
            os.execv(support.NETTOOL, ["nettool", "chat-client", "--port", str(server.port)])
        try:
            self.expect(terminal, b"Your identification: ")
            os.write(terminal, "Zoë\n".encode())
            self.expect(terminal, b"> ")
            os.write(terminal, "half ty".encode())
            self.expect(terminal, b"half ty")
            bob.sendall(b"look here\n")
            self.expect(terminal, b"bob: look here\r\n> half ty")
            os.write(terminal, "pëd\n".encode())
            self.read_until(bob, "Zoë: half typëd\n".encode())
            os.write(terminal, b"/quit\n")
            self.read_until(bob, "* Zoë left\n".encode())
            self.expect(terminal, None)
            self.assertEqual(os.waitpid(process, 0)[1], 0)
        finally:
            os.close(terminal)

    def expect(self, terminal, text):
        """Reads until the text is there; None: until the other side has gone."""
        seen, end = b"", time.monotonic() + 10
        while text is None or text not in seen:
            ready, _, _ = select.select([terminal], [], [], max(0, end - time.monotonic()))
            self.assertTrue(ready, seen)
            try:
                data = os.read(terminal, 4096)
            except OSError:
                data = b""
            if not data:
                self.assertIsNone(text, seen)
                return
            seen += data

    def test_a_job_in_the_background_leaves_the_terminal_alone(self):
        process, terminal = pty.fork()
        if process == 0:
            os.execv("/bin/bash", ["bash", "--norc", "-i"])
        try:
            os.write(terminal, f"PS1=; {support.NETTOOL} chat-server --port 0 --ready-file /dev/null & \n".encode())
            self.expect(terminal, b"listening on")
            os.write(terminal, b"echo one; jobs -r | wc -l; echo two\n")
            self.expect(terminal, b"one\r\n1\r\ntwo")
            os.write(terminal, b"kill %1; wait %1; exit\n")
            self.expect(terminal, None)
        finally:
            os.close(terminal)
            os.waitpid(process, 0)

    def test_nobody_delays_the_others(self):
        server = self.serve("chat-server", "--max-unsent", "128K")
        bob = self.join(server.port, "bob")
        self.addCleanup(support.connect(server.port).close)  # never identifies
        never_reads = self.join(server.port, "statue")
        never_reads.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        endless = self.join(server.port, "endless")
        flood = self.join(server.port, "flood")
        flood.setblocking(False)
        endless.setblocking(False)
        alice = self.join(server.port, "alice")
        heard, slowest = b"", 0
        for number in range(50):
            for peer, data in ((flood, b"spam spam spam\n" * 2000), (endless, b"x" * 30000)):
                try:
                    peer.send(data)
                except BlockingIOError:
                    pass
            begin, text = time.monotonic(), f"alice: {number}\n".encode()
            alice.sendall(f"{number}\n".encode())
            while text not in heard:
                heard = heard[-100:] + bob.recv(1 << 20)
            slowest = max(slowest, time.monotonic() - begin)
            for peer in (flood, endless, alice):
                peer.setblocking(False)
                try:
                    while peer.recv(1 << 20):
                        pass
                except BlockingIOError:
                    pass
            alice.setblocking(True)
        self.assertLess(slowest, 2)
        if not support.is_sanitized(server.pid):
            self.assertLess(support.peak_bytes(server.pid), 100 << 20)

    def test_two_thousand_clients_hear_every_message_once_and_in_one_order(self):
        clients, messages, senders = 2000, 100, 5
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, clients + 200), hard))
        server = self.serve("chat-server", "--quiet", "--max-connections", clients)
        peers = []
        for number in range(clients):
            peers.append(socket.create_connection(("127.0.0.1", server.port), 5))
            self.addCleanup(peers[-1].close)
            peers[-1].sendall(b"c%d\n" % number)
        heard = [b""] * clients
        with selectors.DefaultSelector() as selector:
            for number, peer in enumerate(peers):
                self.read_until(peer, b"Welcome, c%d! " % number)
                peer.setblocking(False)
                selector.register(peer, selectors.EVENT_READ, number)
            for sender in range(senders):
                peers[sender].sendall(b"".join(b"m%d-%d\n" % (sender, i) for i in range(messages)))
            wanted = senders * messages * clients - senders * messages
            end = time.monotonic() + 60
            while wanted > 0 and time.monotonic() < end:
                for key, _ in selector.select(1):
                    data = key.fileobj.recv(1 << 20)
                    heard[key.data] += data
                    wanted -= data.count(b": m")
        said = [[line for line in text.split(b"\n") if b": m" in line] for text in heard]
        order = said[-1]
        self.assertEqual(len(set(order)), senders * messages)
        for number, lines in enumerate(said):
            own = b"c%d: " % number
            self.assertEqual(lines, [line for line in order if not line.startswith(own)], number)


if __name__ == "__main__":
    unittest.main()
