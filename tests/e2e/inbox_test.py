"""mail-server --web in a headless Chromium: mail as it comes, and mail that means harm."""

import contextlib
import email.message
import http.server
import json
import os
import signal
import smtplib
import socket
import threading
import time
import unittest
import urllib.request

from browser import BrowserTest
from support import NettoolTest, wait_until

PICTURE = bytes.fromhex("89504e470d0a1a0a") + b"of no use"
HOSTILE = """<html><head>
<meta http-equiv="refresh" content="0; url={there}/refresh"><base href="{there}/base/">
<link rel="stylesheet" href="{there}/style.css"><link rel="dns-prefetch" href="{there}">
<link rel="preconnect" href="{there}"><LINK/rel=preconnect href="{there}"><link rel="preload" as="image" href="{there}/preload.png"><style>@import "{there}/import.css";
body {{ background: url({there}/background.png) }} @font-face {{ font-family: x; src: url({there}/font) }}</style>
</head><body onload="parent.document.title='owned'" style="font-family: x">
<p id=here>Hello</p><script>parent.document.title = "owned"; fetch("{there}/fetch")</script>
<script src="{there}/script.js"></script><img src="{there}/img.png"><img src="x" onerror="top.location='{there}/onerror'">
<svg><script>top.location = "{there}/svg"</script><image href="{there}/svg.png"/></svg>
<iframe src="{there}/frame"></iframe><iframe srcdoc="&lt;link rel=preconnect href={there}&gt;"></iframe>
<p><template shadowrootmode="open"><link rel="preconnect" href="{there}"></template></p><object data="{there}/object"></object><embed src="{there}/embed">
<video src="{there}/video" poster="{there}/poster" autoplay></video><audio src="{there}/audio" autoplay></audio>
<form id="form" action="{there}/form"><input name="q" autofocus onfocus="this.form.submit()"><button>go</button></form>
<a id="link" href="{there}/link" target="_top" ping="{there}/ping">link</a>
</body></html>"""


class Inbox(BrowserTest):
    def setUp(self):
        super().setUp()
        self.server = self.serve("mail-server", "--store", self.directory / "mail", "--web", 0, "-q")
        self.show(self.server)

    def post(self, subject, text="hello", html=None, attach=None):
        message = email.message.EmailMessage()
        message["From"], message["To"] = "Ann <ann@example.org>", "bob@example.org"
        message["Subject"], message["Date"] = subject, "Sun, 29 Nov 2026 10:00:00 +0000"
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        if attach:
            message.add_attachment(attach[1], maintype="application", subtype="octet-stream", filename=attach[0])
        with smtplib.SMTP("127.0.0.1", int(self.server.port)) as client:
            client.send_message(message)

    def await_subjects(self, *subjects):
        shown = "[...document.querySelectorAll('#list li:not([hidden]) .subject')].map(s => s.textContent).join('|')"
        self.await_js(f"{shown} === {json.dumps('|'.join(subjects))}", "the list")

    def await_reader(self, subject):
        self.await_js(f"document.querySelector('#reader h2')?.textContent === {json.dumps(subject)}", "the message")

    def tab(self, name):
        self.js(f"[...document.querySelectorAll('[role=tab]')].find(t => t.textContent === '{name}').click()")

    def panel(self):
        return self.js("document.getElementById('panel').textContent")

    def test_mail_appears_as_it_comes(self):
        self.open()
        self.await_js("!document.getElementById('empty').hidden", "what to do first")
        self.assertIn(f"127.0.0.1:{self.server.port}", self.js("document.getElementById('empty').textContent"))
        self.js("window.stayed = true")
        self.post("first <b>&amp;")
        self.await_subjects("first <b>&amp;")
        self.post("second")
        self.await_subjects("second", "first <b>&amp;")
        self.await_js("document.title === '(2) Inbox' && window.stayed", "two unread, and no reload")
        self.await_js("document.querySelector('#list li').className === 'fresh unread'", "a short highlight")

    def test_a_message_from_every_side(self):
        self.post("views", html="<p>as a page</p>", attach=("a ü.bin", PICTURE))
        self.open()
        self.await_subjects("views")
        self.js("document.querySelector('#list a').click()")
        self.await_reader("views")
        self.assertEqual(self.panel(), "hello\r\n")
        self.tab("Headers")
        self.assertIn("Date", self.panel())
        self.tab("Dialog")
        self.assertIn("rcpt TO:<bob@example.org>", self.panel())
        self.assertEqual(self.js("document.querySelector('.meaning a').href.slice(0, 35)"), "https://www.rfc-editor.org/rfc/rfc5")
        self.tab("Source")
        self.await_js("document.getElementById('panel').textContent.includes('Content-Transfer-Encoding')", "the source")
        self.tab("Parts")
        self.assertIn("a ü.bin", self.panel())
        self.assertEqual(self.js("document.querySelector('.attached small').textContent"), f" {len(PICTURE)} bytes")

    def test_an_attachment_is_saved_as_it_was_sent(self):
        self.browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.directory / "saved"))
        self.post("file", attach=("../a ü.bin", PICTURE))
        self.open()
        self.await_subjects("file")
        self.js("document.querySelector('#list a').click()")
        self.await_reader("file")
        self.js("document.querySelector('.attached a').click()")
        saved = wait_until(lambda: [f for f in (self.directory / "saved").glob("*") if f.suffix == ".bin"], "the file")
        self.assertEqual(saved[0].read_bytes(), PICTURE)

    def test_the_keyboard_is_enough(self):
        for subject in ("one", "two", "three"):
            self.post(subject)
        self.open()
        self.await_subjects("three", "two", "one")
        self.press("j")
        self.await_reader("three")
        self.press("ArrowDown")
        self.await_reader("two")
        self.press("k")
        self.await_reader("three")
        self.press("Escape")
        self.await_js("!document.querySelector('#reader h2') && location.hash === ''", "the list alone")
        self.press("Enter")
        self.await_reader("three")
        self.press("?")
        self.await_js("document.getElementById('keys').open", "help")
        self.press("Escape")
        self.await_js("!document.getElementById('keys').open", "no help")
        self.press("/")
        self.press("w")
        self.await_subjects("two")
        self.press("Escape")
        self.await_subjects("three", "two", "one")

    def test_what_is_deleted_can_be_had_back_for_a_while(self):
        self.post("one")
        self.post("two")
        self.open()
        self.await_subjects("two", "one")
        self.press("j")
        self.await_reader("two")
        self.press("#")
        self.await_subjects("one")
        self.await_reader("one")
        self.js("document.getElementById('undo').click()")
        self.await_subjects("two", "one")
        self.await_reader("two")
        self.press("#")
        self.await_subjects("one")
        store = self.directory / "mail" / "new"
        wait_until(lambda: len(list(store.iterdir())) == 1, "one is left in the store")
        self.assertIn(b"Subject: one", next(store.iterdir()).read_bytes())
        self.press("#")
        self.await_subjects()
        self.browser.open("about:blank")  # whoever leaves means it
        wait_until(lambda: not list(store.iterdir()), "nothing is left")

    def test_a_hostile_mail_does_and_loads_nothing(self):
        hits = []

        class Count(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                hits.append(self.path)
                self.send_error(404)
            do_POST = do_GET

            def log_message(self, *unused):
                pass

        class Door(http.server.ThreadingHTTPServer):
            def get_request(self):  # who only connects tells that the mail was read, too
                hits.append("connection")
                return super().get_request()
        there = Door(("127.0.0.1", 0), Count)
        thread = threading.Thread(target=there.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(there.server_close)
        self.addCleanup(there.shutdown)
        url = f"http://127.0.0.1:{there.server_address[1]}"
        self.post("<img src=x onerror=\"document.title='owned'\">", html=HOSTILE.format(there=url))
        self.open()
        self.await_js("document.querySelectorAll('#list li').length === 1", "the list")
        self.js("document.querySelector('#list a').click()")
        self.await_js("document.querySelectorAll('[role=tab]').length === 6", "the tabs")
        self.tab("HTML")
        with self.frame():
            self.await_js("document.readyState === 'complete' && !!document.getElementById('here')", "the message")
            self.js("document.getElementById('link').click()")
            self.js("document.getElementById('form').submit()")
        self.post("the next")
        self.await_js("document.querySelectorAll('#list li').length === 2", "the page goes on")
        self.assertTrue(self.js("location.href").startswith(self.url), "nobody has led it away")
        self.assertEqual(self.js("document.title"), "(1) Inbox")
        page = self.js("document.querySelector('iframe').src")
        self.assertEqual(hits, [])
        self.browser.open(page)
        self.await_js("document.readyState === 'complete' && !!document.getElementById('here')", "the message alone")
        self.assertEqual(hits, [])
        with self.assertRaises(OSError):
            urllib.request.urlopen(url + "/counted", timeout=10)
        self.assertEqual(hits, ["connection", "/counted"], "or the count above proves nothing")

    def test_what_somebody_else_has_deleted_leaves_the_list(self):
        for subject in ("one", "two", "three"):
            self.post(subject)
        self.open()
        self.await_subjects("three", "two", "one")
        for file in (self.directory / "mail" / "new").iterdir():
            if b"Subject: three" in file.read_bytes():
                file.unlink()
        for _ in range(2):  # the first for good as soon as the second is
            self.js("document.querySelector('#list li:not([hidden]) a').focus()")
            self.press("#")
        self.js("document.getElementById('undo').click()")
        self.await_js("document.getElementById('count').textContent === '2'", "as many as there are")
        self.await_subjects("two", "one")

    @contextlib.contextmanager
    def frame(self):
        """Within the sandboxed frame, which the browser keeps in a process of its own."""
        def find():
            targets = self.browser.call("Target.getTargets")["targetInfos"]
            return [target["targetId"] for target in targets if target["type"] == "iframe"]
        target, page = wait_until(find, "the frame")[0], self.browser.session
        self.browser.session = self.browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        yield
        self.browser.session = page

    def test_it_fits_a_phone_and_the_night(self):
        self.post("a subject that is much too long for the little screen of a telephone")
        self.resize(360, 640, mobile=True)
        self.browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.open()
        fits = "document.documentElement.scrollWidth <= 360"
        self.await_js("document.querySelectorAll('#list li').length === 1", "the list")
        self.assertTrue(self.js(fits))
        self.assertTrue(self.js("getComputedStyle(document.getElementById('reader')).display === 'none'"))
        self.js("document.querySelector('#list a').click()")
        self.await_js("!!document.querySelector('#reader h2')", "the message")
        self.assertTrue(self.js("getComputedStyle(document.querySelector('nav')).display === 'none'"))
        for name in ("Text", "Headers", "Parts", "Dialog", "Source"):
            self.tab(name)
            self.assertTrue(self.js(fits), name)
        self.js("document.querySelector('.back').click()")
        self.await_js("getComputedStyle(document.querySelector('nav')).display !== 'none'", "back")
        background, color = self.js("[getComputedStyle(document.documentElement).colorScheme, getComputedStyle(document.querySelector('.subject')).color]")
        self.assertEqual(background, "light dark")
        self.assertEqual(color, "rgb(255, 255, 255)")


class Stop(NettoolTest):
    def test_who_waits_for_a_turn_keeps_nobody(self):
        server = self.serve("mail-server", "--store", self.directory / "mail", "--web", 0, "-q")
        line = wait_until(lambda: [line for line in server.out.splitlines() if line.startswith("page on ")], "a page")
        port = int(line[0].rsplit(":", 1)[1].strip("/"))
        (self.directory / "long").write_bytes(b"Subject: x\r\n\r\n" + b"x" * 1_000_000)
        for number in range(40_000):  # work for seconds, of which two requests are in at a time
            os.link(self.directory / "long", self.directory / "mail" / "new" / f"1.{number}")
        for _ in range(4):
            page = socket.create_connection(("127.0.0.1", port))
            self.addCleanup(page.close)
            page.sendall(b"GET /api/mails?query=none HTTP/1.1\r\nHost: localhost\r\n\r\n")
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10).close()
        begin = time.monotonic()
        self.assertEqual(server.stop(signal.SIGTERM), 0)
        self.assertLess(time.monotonic() - begin, 4, "the two seconds of grace, on a machine at rest")


if __name__ == "__main__":
    unittest.main()
