"""serve-http as a class uses it: sending files, archives, the listing in a browser, and those who mean it harm."""

import contextlib
import hashlib
import io
import os
import re
import resource
import shutil
import signal
import socket
import tarfile
import threading
import time
import urllib.request
import zipfile

import support
from browser import Browser
from support import is_sanitized, peak_bytes, read_all, wait_until
from web_test import ODD_NAMES, WebTest


class ServeTest(WebTest):
    def curl(self, *arguments, status=0, **keywords):
        done = self.run_program("curl", "-sS", *arguments, **keywords)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return done.stdout

    def names(self):
        return sorted(os.listdir(self.site / "drop"))

    def serve_drop(self, *options, **keywords):
        (self.site / "drop").mkdir()
        return self.serve_site("--upload", *options, **keywords)


class SendingFiles(ServeTest):
    def test_curl_sends_files_and_gets_receipts(self):
        self.serve_drop("--auth-upload", "teacher:secret")
        source = self.directory / "a b.bin"
        source.write_bytes(self.big)
        digest = hashlib.sha256(self.big).hexdigest()
        said = self.curl("-T", source, "-u", "teacher:secret", self.url + "/drop/").decode()
        self.assertEqual(said, f"saved a b.bin: {len(self.big)} bytes, sha256 {digest}\n")
        self.assertEqual((self.site / "drop" / "a b.bin").read_bytes(), self.big)
        self.assertEqual(self.curl("-T", source, "-u", "teacher:wrong", "-o", "/dev/null", "-w", "%{http_code}",
                                   self.url + "/drop/"), b"401")
        self.assertIn(b"409 Conflict", self.curl("-T", source, "-u", "teacher:secret", self.url + "/drop/"))
        said = self.curl("-F", f"file=@{source};filename=c", "-F", "other=x", "-u", "teacher:secret",
                         self.url + "/drop/").decode()
        self.assertEqual(said, f"saved c: {len(self.big)} bytes, sha256 {digest}\n")
        self.assertEqual(self.curl("-T", "-", "-u", "teacher:secret", self.url + "/drop/piped", data=b"from a pipe"),
                         f"saved piped: 11 bytes, sha256 {hashlib.sha256(b'from a pipe').hexdigest()}\n".encode())
        self.assertEqual(self.names(), ["a b.bin", "c", "piped"])

    def test_a_killed_server_leaves_nothing_under_the_name(self):
        self.serve_drop()
        peer = self.connect(self.server.port)
        peer.sendall(b"PUT /drop/x HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n" + self.big[:2_000_000])
        wait_until(lambda: any((self.site / "drop" / name).stat().st_size > 1_000_000 for name in self.names()),
                   "some of it has come")
        self.server.stop(signal.SIGKILL)
        self.assertNotIn("x", self.names())

    def test_a_full_disk_is_507_and_loses_nothing(self):
        (self.site / "drop").mkdir()
        done = self.run_program("unshare", "--map-root-user", "--mount", "bash", "-c", f"""
mount -t tmpfs -o size=1M none {self.site}/drop
echo kept > {self.site}/drop/kept
{support.NETTOOL} serve-http --upload --force --port 0 --ready-file {self.directory}/full {self.site} >&2 & server=$!
until [ -s {self.directory}/full ]; do sleep 0.02; done
url=http://127.0.0.1:$(cat {self.directory}/full)
for to in x kept; do curl -sS -T {self.site}/big $url/drop/$to; done
curl -sS -F file=@{self.site}/big $url/drop/
curl -sS $url/page.html > /dev/null && ls -A {self.site}/drop && cat {self.site}/drop/kept
echo fits | curl -sS -T - $url/drop/small
kill $server
""", within=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        out = done.stdout.decode()
        self.assertEqual(out.count("507 Insufficient Storage: there is no room for this on the server.\n"), 3, out)
        self.assertIn("kept\nkept\nsaved small: 5 bytes", out)

    def test_who_sends_on_hears_the_refusal(self):
        self.serve_drop("--threads=1")
        (self.site / "drop" / "x").touch()
        peer = self.connect(self.server.port)
        peer.sendall(b"PUT /drop/x HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n")
        for _ in range(10):  # as a browser, which reads no answer before it has sent all
            peer.sendall(self.big)
        self.assertTrue(peer.recv(4096).startswith(b"HTTP/1.1 409 Conflict\r\n"))
        self.assertEqual((self.site / "drop" / "x").read_bytes(), b"")

    def test_a_slow_sender_does_not_delay_the_others(self):
        self.serve_drop("--threads=1")
        slow = self.connect(self.server.port)
        slow.sendall(b"PUT /drop/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345")
        self.curl("-T", self.site / "big", self.url + "/drop/fast")
        slow.sendall(b"67890")
        self.assertTrue(slow.recv(4096).startswith(b"HTTP/1.1 201 Created\r\n"))
        self.assertEqual((self.site / "drop" / "slow").read_bytes(), b"1234567890")


class WhatAClassNeeds(ServeTest):
    def test_every_coding_that_curl_knows(self):
        words = b"".join(b"word %d\n" % (i % 100) for i in range(200_000))
        (self.site / "words.txt").write_bytes(words)
        self.serve_site("--compress")
        for coding in ("gzip", "br", "zstd"):
            with self.subTest(coding):
                head = self.directory / "head"
                body = self.curl("--compressed", "-H", f"Accept-Encoding: {coding}", "-D", head,
                                 self.url + "/words.txt")
                self.assertEqual(body, words)
                self.assertIn(f"Content-Encoding: {coding}\r\n", head.read_bytes().decode())
                self.assertIn(b"words.txt", self.curl("--compressed", "-H", f"Accept-Encoding: {coding}", self.url))

    def test_archives_hold_the_directory(self):
        os.mkfifo(self.site / "fifo")
        (self.site / "secret").symlink_to("/etc/passwd")
        self.serve_site("--archive")
        wanted = {f"files/sub/{name}": name.encode() for name in ODD_NAMES if not name.startswith(".")}
        wanted |= {"files/big": self.big, "files/empty": b"", "files/sub/deep/leaf.md": b"leaf",
                   "files/page.html": (self.site / "page.html").read_bytes()}
        with tarfile.open(fileobj=io.BytesIO(self.curl(self.url + "/?archive=tar"))) as tar:
            found = {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile()}
            self.assertEqual(found, wanted)
            self.assertEqual({entry.name for entry in tar if entry.isdir()}, {"files", "files/sub", "files/sub/deep"})
        packed = self.curl(self.url + "/?archive=zip")
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            self.assertIsNone(archive.testzip())
            self.assertEqual({name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}, wanted)
        listed = self.run_program("bsdtar", "-tf", "-", data=packed)
        self.assertEqual(listed.returncode, 0, listed.stderr)

    def test_an_archive_names_what_it_lacks(self):
        (self.site / "locked").write_text("nobody reads this")
        (self.site / "locked").chmod(0)
        program = shutil.copy(support.NETTOOL, self.directory / "nettool")  # nobody may not reach the other
        command = ["serve-http", "--archive", "--port=0", f"--ready-file={self.directory}/locked", str(self.site)]
        as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
        self.directory.chmod(0o777)
        script = "\"$@\" > /dev/null & server=$!; until [ -s $READY ]; do sleep 0.02; done; " \
                 "curl -sS http://127.0.0.1:$(cat $READY)/?archive=tar; kill $server"
        done = self.run_program("bash", "-c", script, "bash", *as_nobody, program, *command,
                                env=support.environment(READY=self.directory / "locked"))
        with tarfile.open(fileobj=io.BytesIO(done.stdout)) as tar:
            texts = {entry.name: tar.extractfile(entry).read() for entry in tar if entry.isfile()}
        self.assertIn(b"files/locked\n", texts["files/NOT-IN-THIS-ARCHIVE.txt"])
        self.assertNotIn("files/locked", texts)

    def test_plain_http_is_sent_to_https(self):
        self.serve_site("--tls")
        self.assertEqual(self.curl("-kL", self.url + "/big"), self.big)
        self.assertIn(b"307 Temporary Redirect: this port speaks HTTPS", self.curl(self.url + "/"))
        with socket.create_connection(("127.0.0.1", int(self.server.port)), 10) as peer:
            peer.sendall(b"\0\0\0\0not TLS and not HTTP either\r\n\r\n")
            self.assertNotIn(b"HTTP/", read_all(peer))

    def test_the_address_is_shown_to_people_and_phones(self):
        done = self.isolated("""
ip addr add 10.1.2.3/24 dev lo
nettool serve-http --host 0.0.0.0 --port 8080 --qr --ready-file ready . & server=$!
until [ -s ready ]; do sleep 0.02; done; kill $server; wait $server
""")
        out = done.stdout.decode()
        self.assertIn("listening on 0.0.0.0:8080\nopen http://10.1.2.3:8080/\n", out)
        self.assertIn("\u2588", out)
        server = self.serve_site("--qr")
        wait_until(lambda: "\u2588" in server.out, "a code")
        self.assertIn(f"open {self.url}/\n", server.out)
        self.assertIn("only this machine can open that", server.err)

    def test_a_hundred_thousand_entries_are_streamed(self):
        many = self.site / "many"
        many.mkdir()
        for i in range(100_000):
            (many / f"{i:06}").touch()
        self.serve_site("--log-format=none")
        page = self.curl(self.url + "/many/", within=60)
        self.assertEqual(len(re.findall(rb'<a href="\d{6}">', page)), 100_000)
        self.assertIn(b"100000 entries", page)
        if not is_sanitized(self.server.pid):
            self.assertLess(peak_bytes(self.server.pid), 64 << 20)


class FilesThatChange(ServeTest):
    def begin(self, size=40_000_000):
        """A reader that has taken the beginning of a long file of one letter."""
        self.path = self.site / "long"
        self.path.write_bytes(b"a" * size)
        self.serve_site("--threads=1")
        peer = self.connect(self.server.port)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        peer.sendall(b"GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
        head = b""
        while b"\r\n\r\n" not in head:
            head += peer.recv(4096)
        self.assertIn(f"Content-Length: {size}\r\n".encode(), head)
        return peer, head.partition(b"\r\n\r\n")[2]

    def rest(self, peer, body):
        with contextlib.suppress(ConnectionResetError):
            while part := peer.recv(1 << 20):
                body += part
                if len(body) == 40_000_000:
                    break
        return body

    def test_one_that_shrinks_ends_the_connection(self):
        peer, body = self.begin()
        os.truncate(self.path, 1000)
        body = self.rest(peer, body)
        self.assertLess(len(body), 40_000_000, "never filled up")

    def test_one_that_is_written_over_ends_the_connection(self):
        peer, body = self.begin()
        with open(self.path, "r+b") as file:
            file.write(b"b" * 1000)
        self.assertLess(len(self.rest(peer, body)), 40_000_000, "never mixed")

    def test_one_that_is_replaced_is_sent_as_it_was(self):
        peer, body = self.begin()
        other = self.site / "other"
        other.write_bytes(b"b" * 40_000_000)
        other.rename(self.path)
        body = self.rest(peer, body)
        self.assertEqual(len(body), 40_000_000)
        self.assertEqual(set(body), {ord("a")}, "never mixed")

    def test_one_that_grows_is_as_long_as_it_was(self):
        peer, body = self.begin()
        with open(self.path, "ab") as file:
            file.write(b"b" * 1000)
        self.assertEqual(self.rest(peer, body), b"a" * 40_000_000)


class ThoseWhoMeanItHarm(ServeTest):
    def seconds_of_a_get(self):
        began = time.monotonic()
        with urllib.request.urlopen(self.url + "/page.html", timeout=10) as answer:
            self.assertEqual(answer.status, 200)
            answer.read()
        return time.monotonic() - began

    def attack(self, *options):
        command = ["slowhttptest", "-c", "300", "-r", "300", "-l", "4", "-i", "1", "-p", "3", *options]
        done = []
        attacker = threading.Thread(target=lambda: done.append(self.run_program(*command, within=60)))
        attacker.start()
        times = []
        while attacker.is_alive():
            times.append(self.seconds_of_a_get())
            time.sleep(0.1)
        attacker.join()
        self.assertIn(b"Exit status", done[0].stdout)
        # The sanitizers make it slow by themselves, and once in a while so does the machine.
        times.sort()
        self.assertLess(times[len(times) * 9 // 10], 1 if not is_sanitized(self.server.pid) else 10, times)

    def test_slow_heads(self):
        self.serve_site("--log-format=none", "--head-time=2s")
        self.attack("-H", "-u", self.url + "/")

    def test_slow_bodies(self):
        self.serve_site("--log-format=none", "--upload")
        self.attack("-B", "-s", "8192", "-t", "PUT", "-u", self.url + "/drop")

    def test_slow_readers(self):
        self.serve_site("--log-format=none")
        self.attack("-X", "-w", "1", "-y", "2", "-n", "1", "-z", "2", "-k", "3", "-u", self.url + "/big")

    def test_no_descriptors_left(self):
        self.serve_site("--threads=1")
        if is_sanitized(self.server.pid):
            self.skipTest("the sanitizer looks at memory through a pipe, and calls it bad when it gets none")
        resource.prlimit(self.server.pid, resource.RLIMIT_NOFILE, (40, 40))
        crowd = contextlib.ExitStack()
        self.addCleanup(crowd.close)
        peers = [crowd.enter_context(support.connect(self.server.port)) for _ in range(60)]
        peers[0].sendall(b"GET /page.html HTTP/1.1\r\nHost: a\r\n\r\n")
        self.assertRegex(peers[0].recv(4096), rb"HTTP/1.1 (200|503) ")
        wait_until(lambda: "accept: Too many open files" in self.server.err, "the accept fails")
        crowd.close()
        with urllib.request.urlopen(self.url + "/big", timeout=10) as answer:
            self.assertEqual(answer.read(), self.big)
        self.assertEqual(self.server.err.count("accept:"), 1, "one line, not thousands")


class TheListingInABrowser(ServeTest):
    def setUp(self):
        super().setUp()
        self.browser = Browser()
        self.addCleanup(self.browser.close)
        for size, name in ((3, "middle"), (2, "zero"), (9000, "alpha")):
            (self.site / "sub" / "deep" / name).write_bytes(bytes(size))

    def listed(self):
        return self.browser.evaluate(
            "[...document.querySelectorAll('#list tbody tr:not(.up)')].filter(r => !r.hidden)"
            ".map(r => r.querySelector('a').textContent).join(' ')")

    def see(self, expected):
        wait_until(lambda: self.listed() == expected, f"{expected}, not {self.listed()}")

    def visit(self, path):
        self.browser.open(self.url + path)
        wait_until(lambda: self.browser.evaluate("document.readyState") == "complete" and
                   self.browser.evaluate("location.pathname") == path.partition("?")[0], "the page")

    def click(self, selector):
        self.browser.evaluate(f"document.querySelector({selector!r}).click()")

    def choose(self, *paths):
        root = self.browser.call("DOM.getDocument")["root"]["nodeId"]
        node = self.browser.call("DOM.querySelector", nodeId=root, selector="#upload input")["nodeId"]
        self.browser.call("DOM.setFileInputFiles", nodeId=node, files=[str(path) for path in paths])

    def press(self, key):
        self.browser.call("Input.dispatchKeyEvent", type="keyDown", key=key)
        self.browser.call("Input.dispatchKeyEvent", type="keyUp", key=key)

    def test_with_scripts(self):
        self.serve_site()
        self.visit("/sub/deep/")
        self.see("alpha leaf.md middle zero")
        self.browser.evaluate("window.stays = true")
        self.click("button[name=sort][value=size]")
        self.see("zero middle leaf.md alpha")
        self.click("button[name=sort][value='-size']")
        self.see("alpha leaf.md middle zero")
        self.click("button[name=sort][value=name]")
        self.click("button[name=sort][value='-name']")
        self.see("zero middle leaf.md alpha")
        self.browser.evaluate("const f = document.querySelector('[name=filter]'); f.focus(); f.value = 'A';"
                              "f.dispatchEvent(new Event('input'))")
        self.see("leaf.md alpha")
        self.assertEqual(self.browser.evaluate("document.getElementById('count').textContent"), "2 entries")
        self.press("Escape")
        self.see("zero middle leaf.md alpha")
        self.press("ArrowDown")
        self.assertEqual(self.browser.evaluate("document.activeElement.textContent"), "../")
        self.press("ArrowDown")
        self.assertEqual(self.browser.evaluate("document.activeElement.textContent"), "zero")
        self.press("/")
        self.assertEqual(self.browser.evaluate("document.activeElement.name"), "filter")
        self.assertTrue(self.browser.evaluate("window.stays"), "without a reload")
        self.assertEqual(self.browser.evaluate("document.querySelector('data[title]').title"), "9000 bytes")
        self.browser.evaluate("document.activeElement.blur()")
        self.press("Backspace")
        wait_until(lambda: self.browser.evaluate("document.title") == "Index of /sub/", "the directory above")

    def test_without_scripts(self):
        self.serve_site()
        self.browser.call("Emulation.setScriptExecutionDisabled", value=True)
        self.visit("/sub/deep/")
        self.click("button[name=sort][value=size]")
        self.see("zero middle leaf.md alpha")
        self.click("button[name=sort][value='-size']")
        self.see("alpha leaf.md middle zero")
        self.browser.evaluate("document.querySelector('[name=filter]').value = 'A'")
        self.click("#view > button")
        self.see("alpha leaf.md")
        self.assertEqual(self.browser.evaluate("document.querySelector('[name=filter]').value"), "A")
        self.click("button[name=sort][value=size]")
        self.see("leaf.md alpha")
        self.click("tr.up a")
        wait_until(lambda: self.browser.evaluate("document.title") == "Index of /sub/", "the directory above")

    def test_sends_files_with_scripts(self):
        self.serve_drop("--max-upload", "3M")
        huge = self.directory / "huge"
        huge.write_bytes(bytes(3 << 20) + b"!")
        self.visit("/drop/")
        self.choose(self.site / "big", self.site / "page.html", huge)
        self.click("#upload button")
        digest = hashlib.sha256(self.big).hexdigest()
        text = "document.getElementById('receipts').innerText"
        wait_until(lambda: "huge" in (self.browser.evaluate(text) or ""), "the receipts")
        receipts = self.browser.evaluate(text)
        self.assertIn(f"saved, {len(self.big)} bytes, sha256 {digest}", receipts)
        self.assertIn("not saved: longer than 3145728 bytes", receipts)
        self.see("big page.html")
        self.assertEqual((self.site / "drop" / "big").read_bytes(), self.big)
        self.choose(self.site / "page.html")
        self.click("#upload button")
        wait_until(lambda: "409" in self.browser.evaluate(text), "the refusal")

    def test_sends_files_without_scripts_and_with_a_password(self):
        self.serve_drop("--auth-upload", "teacher:secret")
        self.browser.call("Emulation.setScriptExecutionDisabled", value=True)
        self.visit("/drop/")
        self.assertIsNone(self.browser.evaluate("document.querySelector('#upload')?.id"))
        self.browser.open(f"http://teacher:secret@127.0.0.1:{self.server.port}/drop/?upload=")
        wait_until(lambda: self.browser.evaluate("document.querySelector('#upload')?.id"), "the form")
        self.choose(self.site / "page.html", self.site / "empty")
        self.click("#upload button")
        wait_until(lambda: self.browser.evaluate("document.title") == "Receipt", "the receipt")
        receipt = self.browser.evaluate("document.getElementById('receipt').innerText")
        self.assertIn(hashlib.sha256(b"").hexdigest(), receipt)
        self.assertEqual(self.names(), ["empty", "page.html"])
        self.click("p a")
        self.see("empty page.html")
