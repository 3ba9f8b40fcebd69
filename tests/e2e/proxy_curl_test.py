"""curl goes through the proxy in all its ways."""

import hashlib
import subprocess
import threading
import unittest

import support
from proxy_peers_test import BIG, PeersTest
from proxy_reader import read_request
from proxy_support import ok


def continuing(wire):
    """Asks for each body that is announced, and answers with its digest."""
    while not wire.at_end():
        wire.need(lambda: b"\r\n\r\n" in wire.heard[wire.at:] or None)
        if b"\nexpect: 100-continue" in bytes(wire.heard[wire.at:]).lower():
            wire.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        wire.requests.append(read_request(wire))
        wire.send(ok(hashlib.sha256(wire.requests[-1].body).hexdigest().encode(), status="201 Created"))


class Curl(PeersTest):
    def setUp(self):
        super().setUp()
        self.origin_ = self.site()
        self.server = self.proxy("--connect-ports", "1-65535")

    def curl(self, *arguments, status=0, proxy=None, **keywords):
        proxy = proxy or f"http://127.0.0.1:{self.server.port}"
        done = self.run_program("curl", "-sS", "-x", proxy, *arguments, **keywords)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return done.stdout

    def test_pages_and_files_over_one_connection(self):
        said = self.curl("-w", "%{num_connects}", self.origin_.url + "/hello.txt",
                         self.origin_.url + "/hello.txt")
        self.assertEqual(said, b"hello\n" * 1000 + b"1" + b"hello\n" * 1000 + b"0")
        self.assertEqual(self.curl(self.origin_.url + "/big.bin"), BIG)

    def test_https_through_a_tunnel(self):
        secure = self.site("--tls")
        self.assertEqual(self.curl("-k", secure.url + "/big.bin"), BIG)
        self.assertIn(
            b"CONNECT phase completed",
            self.run_program("curl", "-svk", "-o", "/dev/null", "-x", f"http://127.0.0.1:{self.server.port}",
                             secure.url).stderr)

    def test_http_through_a_tunnel(self):
        self.assertEqual(self.curl("-p", self.origin_.url + "/big.bin"), BIG)
        self.assertEqual(
            self.curl("-p", "--proxy1.0", f"127.0.0.1:{self.server.port}", self.origin_.url + "/hello.txt"),
            b"hello\n" * 1000)

    def test_a_password(self):
        self.server = self.proxy("--auth", "ada:secret word", "--connect-ports", "1-65535")
        url = self.origin_.url + "/hello.txt"
        for extra in ([], ["-p"], ["--proxy-basic"], ["--proxy-anyauth"], ["-p", "--proxy-anyauth"]):
            with self.subTest(extra=extra):
                self.assertEqual(self.curl("--proxy-user", "ada:secret word", *extra, url), b"hello\n" * 1000)
        self.assertEqual(self.curl("-o", "/dev/null", "-w", "%{http_code}", "--proxy-user", "ada:wrong", url),
                         b"407")
        self.curl("-p", "--proxy-user", "ada:wrong", url, status=56)

    def test_http_1_0(self):
        self.assertEqual(self.curl("-0", self.origin_.url + "/big.bin"), BIG)
        self.assertEqual(self.curl("--http1.0", "-i", self.origin_.url + "/")[:9], b"HTTP/1.1 ")

    def test_an_upgrade_to_http_2_is_not_passed_on(self):
        self.assertEqual(self.curl("--http2", self.origin_.url + "/hello.txt"), b"hello\n" * 1000)

    def test_uploads(self):
        there = self.origin(continuing)
        path = self.directory / "big"
        path.write_bytes(BIG)
        digest = hashlib.sha256(BIG).hexdigest().encode()
        self.assertEqual(self.curl("-T", path, there.url + "/a", within=10), digest)
        self.assertIn("expect", there.requests[0].names)
        for arguments in (["-H", "Expect: 100-continue"], ["-H", "Expect:"]):
            self.assertEqual(
                self.curl("-T", path, *arguments, "-H", "Transfer-Encoding: chunked", there.url + "/a"),
                digest)
            self.assertEqual(there.requests[-1].framing, "chunked")
        self.assertEqual(self.curl("-T", "-", there.url + "/a", data=BIG), digest)
        self.assertEqual(self.curl("-d", "a=b", there.url + "/a"),
                         hashlib.sha256(b"a=b").hexdigest().encode())
        self.curl("-F", f"file=@{path}", there.url + "/a")
        self.assertIn(BIG[:4096], there.requests[-1].body)

    def test_ranges_heads_and_codings(self):
        self.assertEqual(self.curl("-r", "10-19", self.origin_.url + "/big.bin"), bytes(range(10, 20)))
        self.assertRegex(self.curl("-I", self.origin_.url + "/big.bin"),
                         b"(?i)\r\ncontent-length: %d\r\n" % len(BIG))
        coded = self.site("--compress")
        self.assertEqual(self.curl("--compressed", coded.url + "/hello.txt"), b"hello\n" * 1000)
        self.assertRegex(self.curl("-i", "--raw", "-H", "Accept-Encoding: gzip", coded.url + "/hello.txt"),
                         b"(?i)content-encoding: gzip")

    def test_events_come_at_once(self):
        def speak(wire):
            read_request(wire)
            wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
            while True:  # until the proxy has noticed
                wire.send(b"data: 2\n\n")
                gone.wait(0.01)
        gone, there = threading.Event(), self.origin(speak)
        command = ["curl", "-sN", "-x", f"127.0.0.1:{self.server.port}", there.url]
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=support.environment()) as client:
            self.assertEqual(client.stdout.read(9), b"data: 1\n\n")
            client.terminate()
        there.wait_for_end()

    def test_a_proxy_over_tls(self):
        server = self.proxy("--tls", "--connect-ports", "1-65535")
        proxy = f"https://127.0.0.1:{server.port}"
        self.assertEqual(self.curl("--proxy-insecure", self.origin_.url + "/big.bin", proxy=proxy), BIG)
        self.assertEqual(
            self.curl("--proxy-insecure", "-k",
                      self.site("--tls").url + "/big.bin", proxy=proxy), BIG)


if __name__ == "__main__":
    unittest.main()
