"""proxy-server --web in a headless Chromium: requests side by side as they happen, and what becomes of heads."""

import http.client
import http.server
import json
import threading
import unittest

from browser import BrowserTest
from support import free_port, wait_until

BARS = """[...document.querySelectorAll('#list li:not([hidden]) .bar')].map(bar => {
  const { left, right } = bar.getBoundingClientRect(); return [left, right]; })"""


class Origin(http.server.ThreadingHTTPServer):
    """Answers /held only when it is told to."""

    request_queue_size = 128

    def __init__(self):
        self.gate = threading.Event()
        super().__init__(("127.0.0.1", 0), Answer)

    def handle_error(self, *unused):
        pass


class Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path.startswith("/held"):
            self.server.gate.wait(20)
        body = b"hello\n"
        self.send_response(404 if self.path.startswith("/none") else 200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", len(body))
        self.send_header("X-Hostile", "<img src=x onerror=\"document.title='owned'\">")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *unused):
        pass


class Page(BrowserTest):
    def setUp(self):
        super().setUp()
        self.origin = Origin()
        thread = threading.Thread(target=self.origin.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.origin.server_close)
        self.addCleanup(self.origin.shutdown)
        self.addCleanup(self.origin.gate.set)
        self.server = self.serve_proxy(0)
        self.show(self.server)

    def serve_proxy(self, web_port):
        return self.serve("proxy-server", "--web", web_port, "--connect-ports", self.origin.server_address[1],
                          "--log-format", "none")

    def at(self, path):
        return f"http://127.0.0.1:{self.origin.server_address[1]}{path}"

    def get(self, url, **fields):
        client = http.client.HTTPConnection("127.0.0.1", int(self.server.port), timeout=20)
        try:
            client.request("GET", url, headers=fields)
            return client.getresponse().read()
        finally:
            client.close()

    def hold(self, count):
        """So many requests that wait for the gate."""
        threads = [threading.Thread(target=self.get, args=(self.at(f"/held/{number}"),)) for number in range(count)]
        for thread in threads:
            thread.start()
            self.addCleanup(thread.join)
        self.addCleanup(self.origin.gate.set)  # before they are joined
        return threads

    def await_counts(self, under_way, most):
        self.await_js("document.getElementById('counts').textContent === "
                      f"'{under_way} under way now, most at once {most}'", "the counts")

    def await_urls(self, *paths):
        shown = "[...document.querySelectorAll('#list li:not([hidden]) a > span[title]')].map(s => s.title).join(' ')"
        self.await_js(f"{shown} === {json.dumps(' '.join(map(self.at, paths)))}", "the list")

    def await_reader(self, path):
        self.await_js(f"document.querySelector('#reader h2')?.textContent === {json.dumps('GET ' + self.at(path))}",
                      "a request in detail")

    def press_zoom(self, name):
        self.js(f"[...document.querySelectorAll('#zoom button')].find(b => b.textContent === '{name}').click()")

    def test_requests_are_side_by_side_while_they_are_under_way(self):
        self.open()
        self.await_js(f"document.getElementById('try').textContent.includes('-x http://127.0.0.1:{self.server.port} ')",
                      "what to do first")
        self.assertFalse(self.js("document.getElementById('empty').hidden"))
        threads = self.hold(20)
        self.await_counts(20, 20)
        self.await_js("document.querySelectorAll('.bar.begun').length === 20", "bars")
        self.await_js("document.title === '(20) Proxy'", "the title")
        self.await_js("getComputedStyle(document.querySelector('#list li:last-child .bar')).width > '5px'", "a width")
        before = self.js(BARS)[-1]
        wait_until(lambda: (lambda now: now[1] - now[0] > before[1] - before[0] + 5)(self.js(BARS)[-1]), "it grows")
        self.origin.gate.set()
        for thread in threads:
            thread.join()
        self.await_counts(0, 20)
        self.await_js("document.querySelectorAll('.bar.ended').length === 20", "all have ended")
        self.press_zoom("All")
        bars = self.js(BARS)
        self.assertLess(max(left for left, _ in bars), min(right for _, right in bars), "all at the same time")
        self.assertGreater(self.js("document.querySelectorAll('.bar b.wait').length"), 0)
        self.assertEqual(self.js("document.querySelector('#list .status').textContent"), "200")

    def test_what_came_before_the_page_is_there_too(self):
        for path in ("/one", "/two"):
            self.get(self.at(path))
        self.open()
        self.await_urls("/two", "/one")
        self.get(self.at("/three"))
        self.await_urls("/three", "/two", "/one")
        self.await_counts(0, 1)

    def test_the_heads_before_and_behind_the_proxy(self):
        self.open()
        self.get(self.at("/x"), **{"Proxy-Connection": "keep-alive", "Authorization": "Basic c2VjcmV0"})
        self.await_urls("/x")
        self.press("j")
        self.press("Enter")
        self.await_reader("/x")
        rows = self.js("[...document.querySelectorAll('.heads tbody tr')].map(r => r.className + ' ' + r.textContent)")
        self.assertTrue(any(row.startswith("removed Proxy-Connection: keep-alive") for row in rows), rows)
        self.assertTrue(any(row.startswith("added Via: 1.1 nettool") and "RFC 9110 §7.6.3" in row for row in rows), rows)
        self.assertTrue(any("Authorization: <redacted" in row for row in rows), rows)
        self.assertEqual(self.js("document.querySelector('.added a').href"),
                         "https://www.rfc-editor.org/rfc/rfc9110#section-7.6.3")
        self.assertEqual(self.js("document.querySelectorAll('.times tr').length >= 3"), True)
        self.press("Escape")
        self.await_js("document.getElementById('reader').hidden && location.hash === ''", "the list alone")

    def test_what_a_peer_says_is_only_text(self):
        self.open()
        self.get(self.at("/%3Cimg%20src=x%20onerror=alert(1)%3E"),
                 **{"X-Mine": "<script>document.title='owned'</script>"})
        self.await_js("document.querySelectorAll('#list li').length === 1", "the list")
        self.js("document.querySelector('#list a').click()")
        self.await_js("document.querySelectorAll('.heads').length === 2", "both heads")
        self.assertIn("<img src=x onerror", self.js("document.getElementById('reader').textContent"))
        self.assertIn("<script>document", self.js("document.getElementById('reader').textContent"))
        self.assertEqual(self.js("document.querySelectorAll('main img, main script').length"), 0)
        self.assertRegex(self.js("document.title"), r"^(\(1\) )?Proxy$")

    def test_failures_are_red_and_say_why(self):
        self.open()
        self.get(f"http://127.0.0.1:{free_port()}/")
        self.await_js("document.querySelector('#list li')?.className === 'ended failed'", "a failure")
        self.assertIn("Connection refused", self.js("document.querySelector('#list .cause').textContent"))
        self.get(self.at("/none"))
        self.await_js("document.querySelectorAll('#list li.failed').length === 2", "a status of an error")
        red = self.js("getComputedStyle(document.querySelector('.failed .status')).color")
        self.assertEqual(red, "rgb(179, 38, 30)")

    def test_the_keyboard_is_enough(self):
        self.open()
        for path in ("/one", "/two", "/three"):
            self.get(self.at(path))
        self.await_urls("/three", "/two", "/one")
        self.press("j")
        self.press("ArrowDown")
        self.press("Enter")
        self.await_reader("/two")
        self.press("k")
        self.await_reader("/three")
        self.press("Escape")
        self.await_js("document.getElementById('reader').hidden", "the list alone")
        self.press("?")
        self.await_js("document.getElementById('keys').open", "help")
        self.press("Escape")
        self.await_js("!document.getElementById('keys').open", "no help")
        self.press("/")
        self.press("t")
        self.press("w")
        self.await_urls("/two")
        self.press("Escape")
        self.await_urls("/three", "/two", "/one")
        self.press("3")
        self.await_js("document.querySelector('#zoom [aria-pressed=true]').textContent === 'All'", "all of the time")

    def test_a_pause_shows_what_was(self):
        self.open()
        self.get(self.at("/before"))
        self.await_urls("/before")
        self.press("p")
        self.await_js("document.getElementById('pause').textContent === 'Go on'", "a pause")
        self.get(self.at("/meanwhile"))
        wait_until(lambda: self.get_json("api/requests")[0]["url"].endswith("/meanwhile"), "it is known")
        self.await_urls("/before")
        self.press("p")
        self.await_urls("/meanwhile", "/before")

    def get_json(self, path):
        client = http.client.HTTPConnection(self.url.split("/")[2], timeout=20)
        try:
            client.request("GET", "/" + path)
            return json.load(client.getresponse())
        finally:
            client.close()

    def test_clearing_keeps_what_is_under_way(self):
        self.open()
        self.hold(1)
        self.await_urls("/held/0")
        self.get(self.at("/ended"))
        self.await_urls("/ended", "/held/0")
        self.js("document.getElementById('clear').click()")
        self.await_urls("/held/0")
        self.await_counts(1, 1)

    def test_the_archive_is_saved(self):
        self.browser.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.directory / "saved"))
        self.open()
        self.get(self.at("/x"))
        self.await_urls("/x")
        self.js("document.querySelector('header a').click()")
        saved = wait_until(lambda: [
            f for f in (self.directory / "saved").glob("*.har") if f.stat().st_size > 0], "the file")
        entries = json.loads(saved[0].read_text())["log"]["entries"]
        self.assertEqual([entry["request"]["url"] for entry in entries], [self.at("/x")])

    def test_it_tells_of_a_proxy_that_has_gone_and_of_the_next_one(self):
        self.open()
        self.get(self.at("/old"))
        self.await_urls("/old")
        self.assertEqual(self.server.stop(), 0)
        self.await_js("document.getElementById('live').textContent === 'offline'", "nobody is there")
        self.server = self.serve_proxy(self.url.rsplit(":", 1)[1].strip("/"))
        self.await_js("document.getElementById('live').textContent === 'live'", "the next one")
        self.await_urls()
        self.get(self.at("/new"))
        self.await_urls("/new")

    def test_a_tunnel_is_shown_while_it_is_open(self):
        port = self.origin.server_address[1]
        self.open()
        with self.connect(self.server.port) as tunnel:
            tunnel.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % (port, port))
            self.await_js("document.querySelector('.bar')?.className === 'bar opened'", "an open tunnel")
            self.await_counts(1, 1)
        self.await_js("document.querySelector('.bar')?.className === 'bar ended'", "its end")

    def test_it_fits_a_phone_and_the_night(self):
        self.get(self.at("/" + "long-name-" * 30))
        self.get(f"http://127.0.0.1:{free_port()}/")
        self.resize(360, 640, mobile=True)
        self.browser.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "dark"}])
        self.open()
        fits = "document.documentElement.scrollWidth <= 360"
        self.await_js("document.querySelectorAll('#list li').length === 2", "the list")
        self.assertTrue(self.js(fits))
        self.js("document.querySelector('#list li:last-child a').click()")
        self.await_js("document.querySelectorAll('.heads').length === 2", "the heads")
        self.assertTrue(self.js(fits))
        self.assertEqual(self.js("getComputedStyle(document.querySelector('#list .track')).display"), "block")
        self.assertEqual(self.js("getComputedStyle(document.querySelector('#list a')).color"), "rgb(255, 255, 255)")


if __name__ == "__main__":
    unittest.main()
