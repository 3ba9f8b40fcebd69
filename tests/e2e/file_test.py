"""file-server and file-client, with foreign peers, and whatever may go wrong on the way."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import unittest

import support
from support import NettoolTest, connect


class FileTest(NettoolTest):
    def setUp(self):
        super().setUp()
        self.source, self.target = self.directory / "source", self.directory / "target"
        self.source.mkdir()
        self.target.mkdir()
        self.big = os.urandom(3_000_000)
        (self.source / "big").write_bytes(self.big)
        (self.source / "notes.txt").write_text("hello\n")
        (self.source / "sub").mkdir()
        (self.source / "sub" / "a b").write_text("below\n")
        os.mkfifo(self.source / "fifo")

    def serve_files(self, *options):
        return self.serve("file-server", "--root", self.source, *options)

    def get(self, server, *arguments, status=0):
        """The objects that file-client tells."""
        done = self.nettool("file-client", "--port", server.port, "--json", *arguments, self.target)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        if status != 0:
            self.assertNotIn(b'"saved"', done.stdout)
        self.err = done.stderr.decode()
        return [json.loads(line) for line in done.stdout.splitlines()]

    def names(self):
        return sorted(path.name for path in self.target.iterdir())

    def test_a_file_over_http_with_all_that_is_known(self):
        server = self.serve_files("--digest")
        connection, status, saved = self.get(server, "big")
        self.assertEqual((self.target / "big").read_bytes(), self.big)
        self.assertEqual((connection["family"], connection["type"], connection["protocol"]), ("AF_INET", "SOCK_STREAM", "TCP"))
        self.assertEqual(connection["peer"], f"127.0.0.1:{server.port}")
        self.assertEqual(connection["host_name"], socket.gethostname())
        self.assertTrue(connection["connect_ms"] > 0 and connection["smoothed_rtt_ms"] > 0 and connection["least_rtt_ms"] > 0)
        self.assertEqual(status["status"], 200)
        self.assertEqual((saved["size_bytes"], saved["verified"]), (3_000_000, "digest"))
        self.assertEqual(saved["sha256"], hashlib.sha256(self.big).hexdigest())
        self.assertGreater(saved["first_byte_ms"], 0)
        support.wait_until(lambda: "big (http): 200, 3000000 bytes" in server.out, "the server's line")
        for wanted in ("host name: ", "peer: 127.0.0.1:", f"local address: 127.0.0.1:{server.port}", "socket family: AF_INET",
                       "socket type: SOCK_STREAM", "protocol: TCP", "timeout: 60 s", "RTT smoothed by the kernel: "):
            self.assertIn(wanted, server.out)

    def test_the_three_dialects_and_foreign_peers(self):
        server = self.serve_files()
        self.assertEqual(self.get(server, "--naive", "big")[-1]["verified"], "nothing but the end of the connection")
        self.assertEqual((self.target / "big").read_bytes(), self.big)
        self.get(server, "--naive", "--line", "sub/a b")
        self.assertEqual((self.target / "a b").read_text(), "below\n")
        self.assertEqual(self.get(server, "notes.txt")[-1]["verified"], "size")
        url = f"http://127.0.0.1:{server.port}"
        head = subprocess.run(["curl", "-s", "-D", "-", "-o", self.target / "curl", f"{url}/big"], capture_output=True, check=True)
        self.assertIn(b"Connection: close", head.stdout)
        self.assertEqual((self.target / "curl").read_bytes(), self.big)
        for end in (b"", b"\n", b"\r\n"):
            with connect(server.port) as peer:
                peer.sendall(b"notes.txt" + end)
                self.assertEqual(support.read_all(peer), b"hello\n")
            with connect(server.port) as peer:
                peer.sendall(b"list" + end)
                self.assertEqual(support.read_all(peer), b"sub/\nbig\nnotes.txt\n")
        with connect(server.port) as peer:  # byte by byte
            for byte in b"GET /notes.txt HTTP/1.0\r\n\r\n":
                peer.sendall(bytes([byte]))
            self.assertTrue(support.read_all(peer).endswith(b"\r\n\r\nhello\n"))
        done = self.run_program("nc", "-N", "127.0.0.1", server.port, data=b"notes.txt")
        self.assertEqual(done.stdout, b"hello\n")

    def test_what_is_not_there_or_not_to_be_had(self):
        server = self.serve_files()
        for name, said in (("none", b"ERROR: not found: none"), ("../target", b"ERROR: not found: ../target"),
                           ("sub", b"ERROR: is a directory: sub"), ("fifo", b"ERROR: not found: fifo"),
                           ("/etc/passwd", b"ERROR: not found: /etc/passwd")):
            for end in (b"", b"\n"):
                with connect(server.port) as peer:
                    peer.sendall(name.encode() + end)
                    self.assertEqual(support.read_all(peer), said + end)
        for name in ("none", "fifo"):
            self.assertEqual(self.get(server, name, status=1)[-1]["status"], 404)
            self.get(server, "--naive", name, status=1)
        self.assertEqual(self.get(server, "sub", status=1)[-1]["status"], 301)
        for name in ("../x", "..", "/"):
            self.get(server, name, status=2)
        self.assertEqual(self.names(), [])

    def test_nothing_is_replaced_without_force(self):
        server = self.serve_files()
        (self.target / "notes.txt").write_text("mine")
        self.get(server, "notes.txt", status=4)
        self.assertIn("exists already; --force replaces it", self.err)
        self.assertEqual((self.target / "notes.txt").read_text(), "mine")
        self.get(server, "--force", "notes.txt")
        self.assertEqual((self.target / "notes.txt").read_text(), "hello\n")
        os.mkfifo(self.target / "big")
        self.get(server, "--force", "big", status=4)
        self.assertEqual(self.nettool("file-client", "--port", server.port, "big", self.directory / "nowhere").returncode, 4)

    def start_slowly(self, server, *options):
        client = self.start("file-client", "--port", server.port, *options, "big", self.target)
        part = self.target / ".big.part"
        support.wait_until(lambda: part.exists() and part.stat().st_size > 0, "a beginning")
        return client, part

    def test_the_server_is_killed(self):
        server = self.serve_files("--rate", "500K")
        client, _ = self.start_slowly(server)
        server.send(signal.SIGKILL)
        self.assertEqual(client.wait(), 3)
        self.assertNotIn("saved", client.out)
        self.assertEqual(self.names(), [])
        self.assert_one_line(client.err)

    def test_the_client_is_killed_or_stopped(self):
        server = self.serve_files("--rate", "500K")
        client, part = self.start_slowly(server)
        client.send(signal.SIGKILL)
        client.wait()
        self.assertEqual(self.names(), [".big.part"])
        part.unlink()
        client, part = self.start_slowly(server)
        self.assertEqual(client.stop(signal.SIGINT), 130)
        self.assertEqual(self.names(), [])

    def test_a_file_is_resumed(self):
        server = self.serve_files("--rate", "500K")
        client, part = self.start_slowly(server, "--resume")
        server.send(signal.SIGKILL)
        self.assertEqual(client.wait(), 3)
        left = part.stat().st_size
        self.assertTrue(0 < left < len(self.big))
        os.utime(self.source / "big", (1_700_000_000, 1_700_000_000))
        os.utime(part, (1_700_000_000, 1_700_000_000))
        again = self.serve_files("--digest")
        objects = self.get(again, "--resume", "big")
        self.assertEqual((objects[1]["status"], objects[2]["resumed_bytes"], objects[2]["verified"]), (206, left, "digest"))
        self.assertEqual((self.target / "big").read_bytes(), self.big)
        self.assertEqual(self.names(), ["big"])

    def test_what_was_left_survives_an_attempt_that_gets_nothing(self):
        part = self.target / ".big.part"
        part.write_bytes(self.big[:1000])
        os.utime(part, (1_700_000_000, 1_700_000_000))

        def attempt(port, *options):
            return self.nettool("file-client", "--port", port, "--resume", *options, "big", self.target).returncode

        self.assertEqual(attempt(support.free_port()), 3)
        (self.source / "big").unlink()
        self.assertEqual(attempt(self.serve_files().port), 1)
        self.assertEqual(part.read_bytes(), self.big[:1000])
        self.assertEqual(int(part.stat().st_mtime), 1_700_000_000)

    def test_another_file_is_not_resumed(self):
        server = self.serve_files("--digest")
        part = self.target / ".big.part"
        part.write_bytes(b"something else")
        os.utime(part, (1_600_000_000, 1_600_000_000))
        objects = self.get(server, "--resume", "big")
        self.assertEqual((objects[1]["status"], objects[2]["resumed_bytes"]), (200, 0))
        self.assertEqual((self.target / "big").read_bytes(), self.big)
        # Longer than the file: asked for all of it, in a second connection.
        (self.target / "big").unlink()
        os.utime(self.source / "big", (1_700_000_000, 1_700_000_000))
        part.write_bytes(self.big + b"more")
        os.utime(part, (1_700_000_000, 1_700_000_000))
        objects = self.get(server, "--resume", "big")
        self.assertEqual([one["status"] for one in objects if one["event"] == "status"], [416, 200])
        self.assertEqual((self.target / "big").read_bytes(), self.big)

    def test_a_file_that_shrinks_is_not_padded(self):
        for options in ([], ["--naive"]):
            with self.subTest(options):
                (self.source / "big").write_bytes(self.big)
                server = self.serve_files("--rate", "1M")
                client, _ = self.start_slowly(server, *options)
                os.truncate(self.source / "big", 1000)
                self.assertEqual(client.wait(), 3, client.out)
                self.assertNotIn("saved", client.out)
                self.assertEqual(self.names(), [])

    def test_a_wrong_digest_or_size(self):
        other = "sha-256=:" + "A" * 43 + "=:"
        for fields, status in ((f"Repr-Digest: {other}\r\nContent-Length: 5\r\n", 4), ("Content-Length: 6\r\n", 3),
                               ("Content-Range: bytes 7-11/12\r\nContent-Length: 5\r\n", 0)):
            with self.subTest(fields):
                def speak(peer, fields=fields):
                    peer.recv(4096)
                    peer.sendall(f"HTTP/1.1 200 OK\r\n{fields}\r\nhello".encode())
                server = self.scripted(speak)
                self.get(server, "x", status=status)
                self.assertEqual(self.names(), ["x"] if status == 0 else [])

    def test_the_disk_is_full(self):
        server = self.serve_files()
        done = self.run_program("unshare", "--map-root-user", "--mount", "bash", "-c", f"""
mount -t tmpfs -o size=100k none {self.target}
{support.NETTOOL} file-client --port {server.port} big {self.target}; status=$?
ls -A {self.target}
exit $status
""")
        self.assertEqual(done.returncode, 4, done.stderr)
        self.assertIn(b"No space left on device", done.stderr)
        self.assertNotIn(b"saved", done.stdout)
        self.assertNotIn(b"big", done.stdout.split(b"status:")[-1])

    def test_many_at_once_on_four_threads(self):
        server = self.serve_files("--threads", 4)
        script = f"""
import hashlib, socket, threading, urllib.request
wanted = "{hashlib.sha256(self.big).hexdigest()}"
right = []
def get(i):
    for _ in range(3):
        if i % 2:
            body = urllib.request.urlopen("http://127.0.0.1:{server.port}/big").read()
        else:
            with socket.create_connection(("127.0.0.1", {server.port})) as s:
                s.sendall(b"big\\n")
                body = b"".join(iter(lambda: s.recv(65536), b""))
        right.append(hashlib.sha256(body).hexdigest() == wanted)
all = [threading.Thread(target=get, args=(i,)) for i in range(16)]
[t.start() for t in all]; [t.join() for t in all]
assert right == [True] * 48, right
"""
        self.assertEqual(self.run_program(sys.executable, "-c", script, within=60).returncode, 0)

    def test_operands(self):
        port = support.free_port()
        server = self.start("file-server", port, self.source)
        support.wait_until(lambda: "listening on" in server.out, "a listener")
        done = self.nettool("file-client", "127.0.0.1", port, "notes.txt", self.target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"\nstatus: 200 OK\n", done.stdout)
        self.assertTrue(done.stdout.endswith(f"saved {self.target}/notes.txt\n".encode()))
        for wrong in (["1", "--port", "2", self.source], ["--root", self.source, self.source], [self.source, self.source]):
            self.assertEqual(self.nettool("file-server", *wrong).returncode, 2)
        self.assertEqual(self.nettool("file-server", self.source / "notes.txt").returncode, 4)
        self.assertEqual(self.nettool("file-client", "x").returncode, 2)


if __name__ == "__main__":
    unittest.main()
