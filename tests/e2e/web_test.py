"""serve-http and foreign clients, fetch and foreign servers, and what a certificate is worth."""

import contextlib
import functools
import hashlib
import http.server
import os
import pathlib
import resource
import socket
import ssl
import subprocess
import threading
import unittest
import urllib.error
import urllib.request

import support
from browser import Browser
from support import CertificateTest, NettoolTest, connect, is_sanitized, read_all, wait_until

ODD_NAMES = ["a b.txt", "q?x=1#y%20.txt", 'quo"te\'s&<b>.txt', "c:olon", "-dash", "umlaut-ä.txt", "..two"]


class WebTest(NettoolTest):
    """A served directory; .url is its root."""

    def setUp(self):
        super().setUp()
        self.site = self.directory / "site"
        (self.site / "sub" / "deep").mkdir(parents=True)
        self.big = os.urandom(3_000_000)
        (self.site / "big").write_bytes(self.big)
        (self.site / "page.html").write_text("<!DOCTYPE html><title>page</title><p id=here>Hello")
        (self.site / "empty").write_bytes(b"")
        (self.site / "sub" / "deep" / "leaf.md").write_text("leaf")
        for name in ODD_NAMES:
            (self.site / "sub" / name).write_text(name)

    def serve_site(self, *options):
        self.server = self.serve("serve-http", self.site, *options)
        self.url = f"http://127.0.0.1:{self.server.port}"
        return self.server


class ServeHttpAndForeignClients(WebTest):
    def curl(self, *arguments):
        done = self.run_program("curl", "-sS", *arguments)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout

    def test_curl_gets_files_heads_and_ranges(self):
        self.serve_site()
        self.assertEqual(self.curl(self.url + "/big"), self.big)
        self.assertEqual(self.curl("-r", "0-9", self.url + "/big"), self.big[:10])
        self.assertEqual(self.curl("-r", "-5", self.url + "/big"), self.big[-5:])
        parts = self.curl("-r", "0-9,20-29", "-i", self.url + "/big")
        self.assertIn(b"206 Partial Content", parts)
        self.assertIn(b"Content-Range: bytes 20-29/3000000\r\n\r\n" + self.big[20:30], parts)
        head = self.curl("-I", self.url + "/page.html").decode()
        self.assertIn("Content-Type: text/html; charset=utf-8\r\n", head)

    def test_curl_revalidates_and_resumes(self):
        self.serve_site()
        # A tag is strong once the file is two seconds old.
        os.utime(self.site / "big", (1_600_000_000, 1_600_000_000))
        etag = self.directory / "etag"
        target = self.directory / "target"
        self.curl("--etag-save", etag, "-o", target, self.url + "/big")
        again = self.curl("--etag-compare", etag, "-o", "/dev/null", "-w", "%{http_code}", self.url + "/big")
        self.assertEqual(again, b"304")
        target.write_bytes(self.big[:1000])
        self.curl("-C", "-", "-o", target, self.url + "/big")
        self.assertEqual(target.read_bytes(), self.big)

    def test_curl_keeps_one_connection(self):
        self.serve_site()
        done = self.run_program("curl", "-sv", *[self.url + "/empty"] * 5)
        self.assertEqual(done.stderr.count(b"Re-using existing connection"), 4, done.stderr.decode())

    def test_wget_mirrors_the_listing(self):
        self.serve_site("--hidden")
        copy = self.directory / "copy"
        done = self.run_program("wget", "-q", "-r", "-np", "-nH", "--restrict-file-names=nocontrol", "-P", copy,
                                self.url + "/sub/")
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        # wget escapes some names in its own way; what it got of each is the name itself.
        found = sorted(file.read_text() for file in (copy / "sub").iterdir()
                       if file.is_file() and file.name != "index.html")
        self.assertEqual(found, sorted(ODD_NAMES))
        self.assertEqual((copy / "sub" / "deep" / "leaf.md").read_text(), "leaf")

    def test_urllib_reads_files_and_errors(self):
        self.serve_site("--cors")
        with urllib.request.urlopen(self.url + "/big", timeout=10) as answer:
            self.assertEqual(answer.read(), self.big)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(self.url + "/nope", timeout=10)
        self.assertEqual(caught.exception.code, 404)
        caught.exception.close()

    def test_a_browser_opens_the_listing_and_follows_a_link(self):
        self.serve_site()
        browser = Browser()
        self.addCleanup(browser.close)
        browser.open(self.url + "/")
        wait_until(lambda: browser.evaluate("document.title") == "Index of /", "the listing")
        rows = browser.evaluate("[...document.querySelectorAll('tbody a')].map(a => a.textContent).join('|')")
        self.assertEqual(rows, "sub/|big|empty|page.html")
        browser.evaluate("document.querySelector('a[href=\"page.html\"]').click()")
        wait_until(lambda: browser.evaluate("document.querySelector('#here')?.textContent") == "Hello", "the page")
        browser.open(self.url + "/sub/")
        wait_until(lambda: browser.evaluate("document.title") == "Index of /sub/", "the directory")
        for name in ODD_NAMES:
            if name.startswith("."):
                continue
            with self.subTest(name=name):
                href = browser.evaluate(
                    "[...document.querySelectorAll('tbody a')].find(a => a.textContent == "
                    f"{name!r}).href")
                with urllib.request.urlopen(href, timeout=10) as answer:
                    self.assertEqual(answer.read().decode(), name)

    def test_ten_thousand_idle_connections_are_held(self):
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self.serve_site("--log-format=none")
        # The sanitizers' memory for each would be the machine's.
        count = 1_000 if is_sanitized(self.server.pid) else 10_000
        self.assertGreater(hard, count + 100, "the descriptors that this test needs")
        peers = contextlib.ExitStack()
        self.addCleanup(peers.close)
        request = b"GET /empty HTTP/1.1\r\nHost: a\r\n\r\n"
        idle = [peers.enter_context(connect(self.server.port)) for _ in range(count)]
        for peer in idle:
            peer.sendall(request)
        for peer in idle:
            self.assertTrue(peer.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n"))
        with urllib.request.urlopen(self.url + "/big", timeout=10) as answer:
            self.assertEqual(answer.read(), self.big)
        for peer in (idle[0], idle[count // 2], idle[-1]):
            peer.sendall(request)
            self.assertTrue(peer.recv(4096).startswith(b"HTTP/1.1 200 OK\r\n"), "still there")
        self.assertEqual(self.server.stop(), 0)

    def test_the_slow_are_cut_off_while_others_are_served(self):
        self.serve_site("--head-time=500ms", "--idle=1s", "--threads=1")
        (self.site / "long").write_bytes(bytes(50_000_000))
        head, body, reader = (self.connect(self.server.port) for _ in range(3))
        head.sendall(b"GET / HTTP/1.1\r\nHo")
        body.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nabc")
        reader.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        with urllib.request.urlopen(self.url + "/big", timeout=10) as answer:
            self.assertEqual(answer.read(), self.big)
        self.assertIn(b"HTTP/1.1 408 ", read_all(head))
        read_all(body)
        wait_until(lambda: not self.established(reader), "the slow reader is dropped")

    def established(self, peer):
        """Whether the server still holds the other end: without it the kernel has sent FIN or RST."""
        mine = "%04X" % peer.getsockname()[1]
        for line in pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
            _, local, remote, state = line.split()[:4]
            if remote.endswith(":" + mine) and local.endswith(":%04X" % int(self.server.port)):
                return state == "01"
        return False


class Scripted(http.server.BaseHTTPRequestHandler):
    """python3's own server, with what it has to say in .replies."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *unused):
        pass

    def do_GET(self):
        self.server.seen.append((self.command, self.path, dict(self.headers)))
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))


class FetchAndForeignServers(WebTest):
    def python_server(self, handler):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        server.seen = []
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server, f"http://127.0.0.1:{server.server_address[1]}"

    def test_python_answers(self):
        server, url = self.python_server(Scripted)
        self.assertEqual(self.nettool("fetch", url + "/a?b=c#d").stdout, b"/a?b=c")
        self.assertEqual(self.nettool("fetch", "--data", "x=1", "--data", "y=2", url).stdout, b"x=1&y=2")
        self.assertEqual(server.seen[0][2]["User-Agent"], "nettool")

    def test_list_files_reads_pythons_listing(self):
        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *unused):
                pass
        _, url = self.python_server(functools.partial(Quiet, directory=str(self.site)))
        done = self.nettool("list-files", "-0", url + "/sub/")
        self.assertEqual(sorted(done.stdout.decode().split("\0")[:-1]), sorted(ODD_NAMES + ["deep/"]))
        done = self.nettool("list-files", "-r", "--ext", ".md", url)
        self.assertEqual(done.stdout, b"sub/deep/leaf.md\n")

    def test_list_files_reads_our_listing_to_the_byte(self):
        self.serve_site("--hidden")
        raw = b"raw-\xff\n"
        (self.site / "sub").joinpath(os.fsdecode(raw)).write_bytes(b"x")
        done = self.nettool("list-files", "-0", self.url + "/sub")
        names = [os.fsencode(name) for name in ODD_NAMES] + [b"deep/", raw]
        self.assertEqual(sorted(done.stdout.split(b"\0")[:-1]), sorted(names))

    def test_the_fragments_are_those_of_split(self):
        self.serve_site()
        for size in (0, 1, 999, 1000, 1001, 2000, 3_000_000):
            with self.subTest(size=size):
                (self.site / "body").write_bytes(self.big[:size])
                report = self.nettool("fetch-report", self.url + "/body").stdout.decode()
                ours = [line.split()[-1] for line in report.splitlines() if line.startswith("fragment ")]
                done = self.run_program("split", "-b", "1000", "--filter=md5sum", self.site / "body", within=150)
                self.assertEqual(ours, [line.split()[0].decode() for line in done.stdout.splitlines()])
                self.assertIn(f"\nsize: {size}\n", report)

    def test_a_report_needs_no_more_memory_for_a_longer_body(self):
        self.serve_site()
        for name, size in (("short", 1_000), ("long", 200_000_000)):
            with open(self.site / name, "wb") as file:
                file.truncate(size)
        # The address sanitizer would keep what has been freed.
        thrifty = support.environment(ASAN_OPTIONS="quarantine_size_mb=1")
        peaks = {}
        for name in ("short", "long"):
            client = subprocess.Popen([support.NETTOOL, "fetch-report", f"{self.url}/{name}", "-o",
                                       self.directory / "report"], env=thrifty)
            _, status, usage = os.wait4(client.pid, 0)
            client.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(client.returncode, 0)
            peaks[name] = usage.ru_maxrss
        self.assertLess(peaks["long"], peaks["short"] + 8 * 1024, "KiB")

    def test_a_reader_that_leaves_ends_it_quietly(self):
        self.serve_site()
        done = self.shell(f"nettool fetch {self.url}/big | head -c 1 | wc -c; echo ${{PIPESTATUS[0]}}")
        self.assertEqual((done.stdout.split(), done.stderr), ([b"1", b"4"], b""))

    def test_an_interrupted_fetch_leaves_nothing(self):
        silent = self.silent()
        client = self.start("fetch", "-o", self.directory / "target", f"http://127.0.0.1:{silent.port}/")
        wait_until(silent.seen.is_set, "a request")
        self.assertEqual(client.stop(2), 130)
        self.assertFalse(list(self.directory.glob("*target*")))

    def test_a_real_gzip_is_taken_off(self):
        text = b"compress me " * 10_000
        packed = subprocess.run(["gzip", "-9"], input=text, stdout=subprocess.PIPE, check=True).stdout
        reply = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)

        def speak(peer):
            peer.recv(4096)
            for at in range(0, len(reply + packed), 100):
                peer.sendall((reply + packed)[at:at + 100])
        server = self.scripted(speak)
        done = self.nettool("fetch", "--compressed", f"http://127.0.0.1:{server.port}/")
        self.assertEqual(hashlib.sha256(done.stdout).digest(), hashlib.sha256(text).digest(), done.stderr)


class HttpsAndCertificates(CertificateTest):
    def serve_tls(self, *options):
        (self.directory / "site").mkdir(exist_ok=True)
        (self.directory / "site" / "index.html").write_text("secret")
        return self.serve("serve-http", self.directory / "site", "--tls", *options)

    def fetch(self, server, *options, host="localhost", env=None):
        return self.nettool("fetch", f"https://{host}:{server.port}/", *options,
                            env=env or support.environment())

    def signed_by_an_authority(self):
        """A certificate for localhost whose issuer nobody knows yet; the issuer's own."""
        self.make("authority")
        (self.directory / "extensions").write_text("subjectAltName=DNS:localhost\n")
        self.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr",
                     "-subj", "/CN=leaf")
        self.openssl("x509", "-req", "-in", "leaf.csr", "-CA", "authority.pem", "-CAkey", "authority.key",
                     "-CAcreateserial", "-out", "leaf.pem", "-days", "2", "-extfile", "extensions")
        return self.directory / "leaf.pem", self.directory / "leaf.key", self.directory / "authority.pem"

    def test_what_is_not_believed_is_named_with_what_would_help(self):
        leaf, leaf_key, _ = self.signed_by_an_authority()
        good, other, old = self.make("good"), self.make("other", names="DNS:other.example"), self.make("old", days="-1")
        for (certificate, key), options, reason in (
                (good, [], "it is self-signed; --cacert FILE, "),
                (other, ["--cacert", other[0]], "it is for other.example, not for localhost; "),
                (old, ["--cacert", old[0]], "it expired at 2[-0-9T:]*Z; "),
                ((leaf, leaf_key), [], "its issuer CN=nettool test is unknown; --cacert FILE, ")):
            with self.subTest(reason=reason):
                server = self.serve_tls("--cert", certificate, "--key", key)
                done = self.fetch(server, *options)
                self.assertEqual((done.returncode, done.stdout), (3, b""))
                self.assert_one_line(done.stderr, reason + "--tls-fingerprint [0-9A-F:]{95} or --insecure would accept it$")
                self.assertEqual(self.fetch(server, "--insecure").stdout, b"secret")

    def test_what_is_believed_is_fetched(self):
        leaf, key, authority = self.signed_by_an_authority()
        server = self.serve_tls("--cert", leaf, "--key", key)
        done = self.fetch(server, "--cacert", authority)
        self.assertEqual((done.returncode, done.stdout), (0, b"secret"), done.stderr)
        done = self.run_program("curl", "-sS", "--cacert", authority, f"https://localhost:{server.port}/")
        self.assertEqual(done.stdout, b"secret", done.stderr)

    def test_the_store_of_authorities_is_not_opened_for_plain_http(self):
        # Whoever opens this pipe waits for ever.
        store = self.directory / "store.pem"
        os.mkfifo(store)
        server = self.serve("serve-http", self.directory)
        done = self.nettool("fetch", f"http://127.0.0.1:{server.port}/", within=10,
                            env=support.environment(SSL_CERT_FILE=store))
        self.assertEqual(done.returncode, 0, done.stderr)
        leaf, key, authority = self.signed_by_an_authority()
        believed = self.fetch(self.serve_tls("--cert", leaf, "--key", key),
                              env=support.environment(SSL_CERT_FILE=authority))
        self.assertEqual(believed.stdout, b"secret", "or the pipe above proves nothing")

    def test_a_body_without_a_goodbye_is_cut_short(self):
        certificate, key = self.make("good")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]

            def speak():
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(certificate, key)
                raw, _ = listener.accept()
                peer = context.wrap_socket(raw, server_side=True)
                peer.recv(4096)
                peer.sendall(b"HTTP/1.0 200 OK\r\n\r\nthe beginning")
                os.close(peer.detach())  # a FIN, and no close_notify
            thread = threading.Thread(target=speak)
            thread.start()
            done = self.nettool("fetch", "--insecure", "-o", self.directory / "x", f"https://localhost:{port}/")
            thread.join()
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, "cut short after 13 bytes")
        self.assertFalse((self.directory / "x").exists())


if __name__ == "__main__":
    unittest.main()
