"""Programs that are not ours go through the proxy: wget, apt-get, git, urllib, Chromium."""

import base64
import contextlib
import hashlib
import os
import ssl
import struct
import unittest
import urllib.error
import urllib.request

import support
from browser import Browser
from proxy_reader import read_request
from proxy_support import ProxyTest, answering, ok

MIB = 1024 * 1024
BIG = bytes(range(256)) * (8 * MIB // 256)
WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class PeersTest(ProxyTest):
    def site(self, *options):
        """serve-http with a few files, as an origin."""
        root = self.directory / "site"
        if not root.exists():
            root.mkdir()
            (root / "big.bin").write_bytes(BIG)
            (root / "hello.txt").write_text("hello\n" * 1000)
        server = self.serve("serve-http", root, "--quiet", *options)
        server.url = f"{'https' if '--tls' in options else 'http'}://127.0.0.1:{server.port}"
        return server


class OtherClients(PeersTest):
    def setUp(self):
        super().setUp()
        self.server = self.proxy("--connect-ports", "1-65535", "--json")
        self.proxy_url = f"http://127.0.0.1:{self.server.port}"
        self.through = support.environment(http_proxy=self.proxy_url, https_proxy=self.proxy_url,
                                           HOME=self.directory)

    def good(self, *command, **keywords):
        keywords.setdefault("env", self.through)
        keywords.setdefault("cwd", self.directory)
        done = self.run_program(*command, **keywords)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors="replace"))
        return done.stdout

    def test_wget(self):
        there, secure = self.site(), self.site("--tls")
        self.assertEqual(self.good("wget", "-qO-", there.url + "/big.bin"), BIG)
        self.assertEqual(self.good("wget", "-qO-", "--no-check-certificate", secure.url + "/big.bin"), BIG)
        (self.directory / "big.bin").write_bytes(BIG[:MIB])
        self.good("wget", "-qc", there.url + "/big.bin")
        self.assertEqual((self.directory / "big.bin").read_bytes(), BIG)
        self.good("wget", "-q", "-r", "-np", "-P", "mirror", there.url + "/")
        self.assertTrue(list((self.directory / "mirror").rglob("hello.txt")))
        self.assertGreaterEqual(len(self.events(self.server, 5)), 5)

    def package(self, root):
        """A package of Debian's kind, and the index that names it."""
        (root / "debian" / "DEBIAN").mkdir(parents=True)
        control = ("Package: nettool-try\nVersion: 1\nArchitecture: all\n"
                   "Maintainer: a <a@b.example>\nDescription: x\n")
        (root / "debian" / "DEBIAN" / "control").write_text(control)
        (root / "debian" / "file").write_bytes(os.urandom(MIB))
        self.good("dpkg-deb", "--root-owner-group", "-b", root / "debian", root / "try.deb")
        content = (root / "try.deb").read_bytes()
        (root / "Packages").write_text(control + f"Filename: ./try.deb\nSize: {len(content)}\nSHA256: "
                                       f"{hashlib.sha256(content).hexdigest()}\n\n")
        return content

    def test_apt_get(self):
        there, root = self.site(), self.directory / "site"
        content = self.package(root)
        for name in ("etc/apt.conf.d", "etc/preferences.d", "etc/trusted.gpg.d", "state/lists/partial",
                     "cache/archives/partial"):
            (self.directory / "apt" / name).mkdir(parents=True)
        (self.directory / "apt" / "status").touch()
        (self.directory / "apt" / "etc" / "sources.list").write_text(f"deb [trusted=yes] {there.url} ./\n")
        apt = self.directory / "apt"
        options = [
            f"Dir::Etc={apt}/etc", f"Dir::State={apt}/state", f"Dir::Cache={apt}/cache",
            f"Dir::State::status={apt}/status", f"Acquire::http::Proxy={self.proxy_url}",
            "APT::Sandbox::User=", "Acquire::Languages=none", "APT::Update::Error-Mode=any",
            "Dir::Etc::Parts=/nonexistent", "Dir::Etc::SourceParts=/nonexistent"
        ]
        command = ["apt-get", *[part for option in options for part in ("-o", option)]]
        plain = support.environment(HOME=self.directory)
        self.good(*command, "update", env=plain)
        self.good(*command, "update", env=plain)
        self.good(*command, "download", "nettool-try", env=plain)
        self.assertEqual((self.directory / "nettool-try_1_all.deb").read_bytes(), content)
        self.assertIn(there.url + "/./try.deb", [event["url"] for event in self.events(self.server, 3)])

    def repository(self):
        """A bare one with a few thousand objects' worth of history, and what is in it."""
        work = self.directory / "work"
        self.good("git", "init", "-q", "-b", "main", work)
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
        for number in range(3):
            (work / "big").write_bytes(os.urandom(2 * MIB))
            (work / f"{number}").write_text(f"{number}\n" * 1000)
            self.good("git", "-C", work, "add", ".")
            self.good("git", "-C", work, *identity, "commit", "-qm", f"{number}")
        (self.directory / "site").mkdir(exist_ok=True)
        bare = self.directory / "site" / "try.git"
        self.good("git", "clone", "-q", "--bare", work, bare)
        self.good("git", "-C", bare, "update-server-info")
        self.good("git", "-C", bare, "config", "http.receivepack", "true")
        return work, bare

    def backend(self, request):
        """git http-backend, the way a web server calls it."""
        path, _, query = request.target.partition("?")
        environment = support.environment(
            GIT_PROJECT_ROOT=self.directory / "site", GIT_HTTP_EXPORT_ALL="1", PATH_INFO=path,
            QUERY_STRING=query, REQUEST_METHOD=request.method, CONTENT_TYPE=request.field("Content-Type"),
            CONTENT_LENGTH=len(request.body), HTTP_CONTENT_ENCODING=request.field("Content-Encoding"),
            REMOTE_ADDR="127.0.0.1", HOME=self.directory, HTTP_GIT_PROTOCOL=request.field("Git-Protocol"))
        head, _, body = self.run_program("git", "http-backend", data=request.body,
                                         env=environment).stdout.partition(b"\r\n\r\n")
        fields = head.decode().split("\r\n")
        status = next((field[8:] for field in fields if field.startswith("Status: ")), "200 OK")
        return ok(body, *fields, status=status)

    def test_git(self):
        work, bare = self.repository()
        plain, smart = self.site("--hidden"), self.origin(answering(self.backend))
        small = ["-c", "http.postBuffer=65536"]
        for name, origin in (("dumb", plain), ("smart", smart)):
            self.good("git", "clone", "-q", f"{origin.url}/try.git", name)
            self.assertEqual(self.good("git", "-C", name, "rev-parse", "HEAD"),
                             self.good("git", "-C", work, "rev-parse", "HEAD"))
        (self.directory / "smart" / "new").write_bytes(os.urandom(MIB))
        self.good("git", "-C", "smart", "add", ".")
        self.good("git", "-C", "smart", "-c", "user.name=a", "-c", "user.email=a@b.example", "commit", "-qm",
                  "new")
        self.good("git", "-C", "smart", *small, "push", "-q")
        self.assertIn("chunked", [request.framing for request in smart.requests if request.method == "POST"])
        self.assertEqual(self.good("git", "-C", bare, "rev-parse", "main"),
                         self.good("git", "-C", "smart", "rev-parse", "HEAD"))
        self.good("git", "-C", "dumb", "pull", "-q", smart.url + "/try.git")

    def test_urllib(self):
        context = ssl._create_unverified_context()
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({"http": self.proxy_url, "https": self.proxy_url}),
            urllib.request.HTTPSHandler(context=context))
        for origin in (self.site(), self.site("--tls")):
            with opener.open(origin.url + "/big.bin", timeout=support.PATIENCE_S) as response:
                self.assertEqual(response.read(), BIG)
        with self.assertRaises(urllib.error.HTTPError) as caught:
            opener.open(f"http://127.0.0.1:{support.free_port()}/", timeout=support.PATIENCE_S)
        self.assertEqual(caught.exception.code, 502)


def echo_frames(wire):
    """The server's end of a WebSocket that says everything back, unmasked."""
    while True:
        first, second = wire.take(2)
        size = second & 127
        if size == 126:
            size = struct.unpack(">H", wire.take(2))[0]
        mask = wire.take(4)
        data = bytes(byte ^ mask[at % 4] for at, byte in enumerate(wire.take(size)))
        wire.send(
            bytes([first, size]) + data if size < 126 else bytes([first, 126]) + struct.pack(">H", size) +
            data)
        if first & 15 == 8:
            return


class InABrowser(PeersTest):
    IMAGE = b'<svg xmlns="http://www.w3.org/2000/svg" width="3" height="3"/>'
    PAGE = "<!doctype html><title>wait</title>" + "".join(f"<img src='/image/{n}'>"
                                                          for n in range(50)) + """<script>
const socket = new WebSocket(`ws://${location.host}/echo`);
socket.onopen = () => socket.send('x'.repeat(1000));
socket.onmessage = event => { document.title = 'heard ' + event.data.length; };
socket.onerror = () => { document.title = 'failed'; };
</script>"""

    def speak(self, wire):
        while not wire.at_end():
            request = read_request(wire)
            wire.requests.append(request)
            if request.target == "/echo":
                key = request.field("Sec-WebSocket-Key").encode()
                accept = base64.b64encode(hashlib.sha1(key + WEBSOCKET).digest())
                wire.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          b"Sec-WebSocket-Accept: %s\r\n\r\n" % accept)
                return echo_frames(wire)
            kind, body = ("image/svg+xml", self.IMAGE) if request.target != "/" else ("text/html",
                                                                                      self.PAGE.encode())
            wire.send(ok(body, f"Content-Type: {kind}", "Cache-Control: no-store"))

    def test_a_page_of_fifty_objects_and_a_websocket(self):
        there = self.origin(self.speak)
        server = self.proxy("--json", "--connect-ports", "1-65535")
        browser = Browser(f"--proxy-server=http://127.0.0.1:{server.port}", "--proxy-bypass-list=<-loopback>")
        with contextlib.closing(browser):
            browser.open(there.url + "/")
            support.wait_until(lambda: browser.evaluate("document.title") == "heard 1000", "the echo")
            loaded = "[...document.images].filter(image => image.complete && image.naturalWidth == 3).length"
            support.wait_until(lambda: browser.evaluate(loaded) == 50, "all images")
        targets = [request.target for request in there.requests]
        self.assertEqual(sorted(target for target in targets if "image" in target),
                         sorted(f"/image/{n}" for n in range(50)))
        self.assertTrue(all(request.field("Via") for request in there.requests if request.target != "/echo"))
        support.wait_until(lambda: any(event["tunnel"] for event in self.events(server, 51)),
                           "the tunnel in the log")


if __name__ == "__main__":
    unittest.main()
