"""fetch, mirror-images and list-files with foreign servers, proxies and files of curl."""

import hashlib
import http.server
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import unittest

from support import SOURCE, CertificateTest, NettoolTest, environment, wait_until

GALLERY = SOURCE / "tests" / "data" / "gallery"


def head_of(peer):
    """A request's head, or what came of it."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        part = peer.recv(65536)
        if not part:
            break
        head += part
    return head


class RangeServer(http.server.SimpleHTTPRequestHandler):
    """One body, with ranges and a strong tag; class attributes are set by the test."""

    protocol_version = "HTTP/1.1"
    body = b""
    pause = None

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        etag = '"%s"' % hashlib.sha256(self.body).hexdigest()[:16]
        first = 0
        if self.headers.get("If-Range") == etag:
            first = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(self.body) - 1}/{len(self.body)}")
        self.send_header("Content-Length", str(len(self.body) - first))
        self.send_header("ETag", etag)
        self.end_headers()
        try:
            self.wfile.write(self.body[first:first + 1_000_000])
            if self.pause and not first:
                self.pause.wait(20)
            self.wfile.write(self.body[first + 1_000_000:])
        except OSError:
            pass


class ConnectProxy:
    """A proxy of the plainest kind: CONNECT, then bytes both ways."""

    def __init__(self):
        self.asked = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer):
        with peer:
            self.asked.append(head_of(peer))
            host, _, port = self.asked[-1].split(b" ")[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as server:
                peer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                other = {peer: server, server: peer}
                while True:
                    for source in select.select([peer, server], [], [], 20)[0]:
                        data = source.recv(65536)
                        if not data:
                            return
                        other[source].sendall(data)


class Fetch(NettoolTest):
    def range_server(self, body, pause=None):
        handler = type("Handler", (RangeServer,), {"body": body, "pause": pause})
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f"http://127.0.0.1:{server.server_address[1]}/big.bin"

    def test_whoever_ends_it_half_way_can_go_on(self):
        body = os.urandom(3_000_000)
        for number in (signal.SIGKILL, signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number.name):
                goes_on = threading.Event()
                url = self.range_server(body, goes_on)
                part = self.directory / ".big.bin.part"
                client = self.start("fetch", "-d", self.directory, url)
                wait_until(lambda: part.exists() and part.stat().st_size >= 1_000_000, "the first part")
                client.stop(number)
                goes_on.set()
                self.assertFalse((self.directory / "big.bin").exists())
                done = self.nettool("fetch", "-d", self.directory, "--resume", "--checksum",
                                    "sha256:" + hashlib.sha256(body).hexdigest(), url)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual((self.directory / "big.bin").read_bytes(), body)
                self.assertFalse(part.exists())
                (self.directory / "big.bin").unlink()

    def test_a_reset_at_any_byte_leaves_nothing_under_the_name(self):
        answer = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: \"1\"\r\n\r\n0123456789"
        cut = 0

        def speak(peer):
            head_of(peer)
            peer.sendall(answer[:cut])
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        server = self.scripted(speak)
        target = self.directory / "target"
        for cut in range(0, len(answer), 3):
            done = self.nettool("fetch", "-o", target, f"http://127.0.0.1:{server.port}/")
            self.assertEqual(done.returncode, 3, (cut, done.stderr))
            self.assertFalse(target.exists(), cut)

    def test_a_connection_may_have_a_time_of_its_own(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            queue = []
            for _ in range(4):  # nobody accepts: the queue is full, and the rest hear nothing
                queue.append(socket.socket())
                self.addCleanup(queue[-1].close)
                queue[-1].setblocking(False)
                queue[-1].connect_ex(listener.getsockname())
            begin = time.monotonic()
            done = self.nettool("fetch", "--timeout", "15s", "--connect-timeout", "200ms",
                                f"http://127.0.0.1:{listener.getsockname()[1]}/")
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, "timed out")
        self.assertLess(time.monotonic() - begin, 5)

    def test_cookies_are_exchanged_with_curl(self):
        def speak(peer):
            self.heads.append(head_of(peer))
            peer.sendall(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Max-Age=1000\r\nContent-Length: 0\r\n"
                         b"Connection: close\r\n\r\n")
        self.heads = []
        url = f"http://127.0.0.1:{self.scripted(speak).port}/"
        ours, theirs = self.directory / "ours", self.directory / "theirs"
        self.assertEqual(self.nettool("fetch", "--cookie-jar", ours, url).returncode, 0)
        self.run_program("curl", "-sS", "-b", ours, url)
        self.assertIn(b"Cookie: a=1\r\n", self.heads[-1])
        self.run_program("curl", "-sS", "-c", theirs, url)
        self.assertEqual(self.nettool("fetch", "--cookie-jar", theirs, url).returncode, 0)
        self.assertIn(b"Cookie: a=1\r\n", self.heads[-1])

    def test_the_environment_names_the_proxy(self):
        def speak(peer):
            self.heads.append(head_of(peer))
            peer.sendall(b"HTTP/1.0 200 OK\r\n\r\nproxied")
        self.heads = []
        proxy = self.scripted(speak)
        for changes, through in (({"http_proxy": f"http://127.0.0.1:{proxy.port}"}, True),
                                 ({"HTTP_PROXY": f"http://127.0.0.1:{proxy.port}"}, False),
                                 ({"http_proxy": f"127.0.0.1:{proxy.port}", "no_proxy": ".invalid"}, False)):
            with self.subTest(**changes):
                done = self.nettool("fetch", "http://nowhere.invalid/x", env=environment(**changes))
                self.assertEqual(done.stdout == b"proxied", through, done.stderr)
        self.assertEqual(len(self.heads), 1)
        self.assertTrue(self.heads[0].startswith(b"GET http://nowhere.invalid/x HTTP/1.1\r\n"))


class ThroughAProxy(CertificateTest):
    def test_tls_goes_through_untouched(self):
        certificate, key = self.make("good")
        (self.directory / "site").mkdir()
        (self.directory / "site" / "index.html").write_text("secret")
        server = self.serve("serve-http", self.directory / "site", "--tls", "--cert", certificate, "--key", key)
        proxy = ConnectProxy()
        self.addCleanup(proxy.listener.close)
        url = f"https://localhost:{server.port}/"
        done = self.nettool("fetch", "--proxy", f"127.0.0.1:{proxy.port}", "--cacert", certificate, "--timing",
                            "--explain", url, url)
        self.assertEqual(done.stdout, b"secretsecret", done.stderr)
        self.assertEqual([head.split(b"\r\n")[0] for head in proxy.asked],
                         [f"CONNECT localhost:{server.port} HTTP/1.1".encode()])
        words = done.stderr.decode()
        self.assertIn("the proxy has connected to localhost", words)
        self.assertIn("TLSv1.3 with ", words)
        self.assertIn("the certificate is for localhost, 127.0.0.1, issued by CN=nettool test", words)
        self.assertIn("it is believed [RFC 5280", words)
        self.assertIn("is still open and is used again [RFC 9112 §9.3]", words)
        self.assertRegex(words, r"proxy \d+\.\d+ ms, TLS \d+\.\d+ ms")


class MirrorImages(NettoolTest):
    def foreign_server(self, directory):
        server = subprocess.Popen([sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "-d",
                                   directory], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(server.stdout.close)
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        return f"http://127.0.0.1:{server.stdout.readline().split()[5]}/"

    def test_a_gallery_comes_whole_and_only_once(self):
        url = self.foreign_server(GALLERY)
        pictures = self.directory / "pictures"
        done = self.nettool("mirror-images", url, "-d", pictures)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assert_one_line(done.stderr, r"/img/error.png is text \(image/png\), and no image")
        names = sorted(path.name for path in pictures.iterdir())
        self.assertEqual(len(names), 24, names)
        self.assertIn("extensionless.png", names)
        self.assertTrue((pictures / "red.png").samefile(pictures / "red-2.png"))
        for source in (GALLERY / "img").iterdir():
            copy = pictures / source.name
            if copy.exists():
                self.assertEqual(copy.read_bytes(), source.read_bytes())
                self.assertEqual(int(copy.stat().st_mtime), int(source.stat().st_mtime), "Last-Modified")
        again = self.nettool("mirror-images", url, "-d", pictures)
        self.assertIn(b"24 unchanged, 1 failed", again.stdout)

    def test_ten_thousand_images(self):
        site = self.directory / "site"
        site.mkdir()
        png = b"\x89PNG\r\n\x1a\n"
        with (site / "index.html").open("w") as page:
            for i in range(10_001):
                page.write(f"<img src={i % 100}.png?{i}>")
        for i in range(100):
            (site / f"{i}.png").write_bytes(png + bytes([i]))
        server = self.serve("serve-http", site, "--log-format", "none")
        done = self.nettool("mirror-images", "-q", "-d", self.directory / "pictures",
                            f"http://127.0.0.1:{server.port}/", within=120)
        self.assertEqual(done.returncode, 0, done.stderr[-1000:])
        self.assertIn(b"10000 images: 100 saved, 9900 linked, 1 skipped", done.stdout)
        self.assertEqual(len(list((self.directory / "pictures").iterdir())), 10_000)

    def test_an_interrupted_run_is_gone_on_with(self):
        site = self.directory / "site"
        site.mkdir()
        (site / "index.html").write_text("".join(f"<img src={i}.png>" for i in range(50)))
        for i in range(50):
            (site / f"{i}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(1000))
        server = self.serve("serve-http", site, "--delay", "100ms")
        url, pictures = f"http://127.0.0.1:{server.port}/", self.directory / "pictures"
        client = self.start("mirror-images", "-d", pictures, url)
        wait_until(lambda: pictures.exists() and list(pictures.glob("*.png")), "a picture")
        self.assertEqual(client.stop(signal.SIGINT), 130)
        self.assertFalse(list(pictures.glob(".*")), "nothing half is left")
        have = len(list(pictures.iterdir()))
        self.assertLess(have, 50)
        done = self.nettool("mirror-images", "-q", "-d", pictures, url)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{50 - have} saved, {have} unchanged".encode(), done.stdout)
        for i in range(50):
            self.assertEqual((pictures / f"{i}.png").read_bytes(), (site / f"{i}.png").read_bytes())


if __name__ == "__main__":
    unittest.main()
