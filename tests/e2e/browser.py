"""A headless Chromium, driven over the pipe that its DevTools protocol offers."""

import json
import os
import select
import shutil
import subprocess
import tempfile
import time

from support import PATIENCE_S, NettoolTest, environment, wait_until


class CallError(AssertionError):
    """The browser refused what it was told to do."""


class Browser:
    """One page; every call waits for its answer."""

    def __init__(self, *arguments):
        self.profile = tempfile.mkdtemp(prefix="nettool-browser.")
        to_browser, self.to_browser = os.pipe()
        self.from_browser, from_browser = os.pipe()

        def keep():  # the protocol speaks on 3 and 4
            kept = os.dup(to_browser), os.dup(from_browser)
            os.dup2(kept[0], 3)
            os.dup2(kept[1], 4)

        self.process = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--remote-debugging-pipe", "--no-first-run", f"--user-data-dir={self.profile}", *arguments],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=environment(), preexec_fn=keep, close_fds=False, start_new_session=True)
        os.close(to_browser)
        os.close(from_browser)
        self.buffer, self.last, self.session = b"", 0, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def call(self, method, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to_browser, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + PATIENCE_S
        while True:
            answer = self.next_message(deadline)
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise CallError(f"{method}: {answer['error']}")
                return answer["result"]

    def next_message(self, deadline):
        while b"\0" not in self.buffer:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self.from_browser], [], [], left)[0]:
                raise AssertionError("the browser does not answer")
            part = os.read(self.from_browser, 65536)
            if not part:
                raise AssertionError("the browser has ended")
            self.buffer += part
        message, _, self.buffer = self.buffer.partition(b"\0")
        return json.loads(message)

    def evaluate(self, expression):
        """The value of the expression; None where its page gives way to the next one meanwhile."""
        try:
            return self.call("Runtime.evaluate", expression=expression, returnByValue=True)["result"].get("value")
        except CallError as error:
            if "Inspected target navigated" not in str(error):
                raise
            return None

    def open(self, url):
        self.call("Page.navigate", url=url)

    def close(self):
        os.close(self.to_browser)
        os.close(self.from_browser)
        try:
            self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


class BrowserTest(NettoolTest):
    """A test of the page that a server shows beside what else it does."""

    def show(self, server):
        """Once the server has said where its page is."""
        line = wait_until(lambda: [line for line in server.out.splitlines() if line.startswith("page on ")], "a page")
        self.url = line[0].removeprefix("page on ")
        self.browser = Browser()
        self.addCleanup(self.browser.close)
        self.resize(1280, 800)

    def resize(self, width, height, mobile=False):
        self.browser.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                          mobile=mobile)

    def open(self):
        self.browser.open(self.url)
        self.await_js("document.getElementById('live')?.textContent === 'live'", "a live page")

    def js(self, expression):
        return self.browser.evaluate(expression)

    def await_js(self, expression, what):
        wait_until(lambda: self.js(expression) is True, f"{what}: {expression}")

    def press(self, key):
        text, code = {"Enter": ("\r", 13), "Escape": ("", 27)}.get(key, (key if len(key) == 1 else "", 0))
        self.browser.call("Input.dispatchKeyEvent", type="keyDown", key=key, text=text, windowsVirtualKeyCode=code)
        self.browser.call("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code)
