"""Expect, pipelines, HTTP/1.0, https and other schemes, --auth, methods (rules P19-P22, P27-P32)."""

import base64
import unittest

import support
from proxy_reader import read_request
from proxy_support import ProxyTest, RequestTest, answering, chunked, get, ok, once, post

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


def read_head(wire):
    """The fields of a request whose body is not read yet."""
    lines = []
    while line := wire.line():
        lines.append(line.decode())
    return lines


class Expectations(ProxyTest):
    def withheld(self, *fields, version="1.1"):
        return get(self.there.url + "/", "Content-Length: 5", *fields, method="POST", version=version)

    def start_with(self, speak):
        self.there, self.server = self.origin(speak), self.proxy()
        return self.client(self.server)

    def test_the_question_and_the_answer_pass_before_the_body(self):  # P19
        def speak(wire):
            wire.expected = "Expect: 100-continue" in read_head(wire)
            wire.before = bytes(wire.heard[wire.at:])
            wire.send(CONTINUE)
            wire.body = wire.take(5)
            wire.send(ok())
        client = self.start_with(speak)
        client.send(self.withheld("Expect: 100-continue"))
        self.assertEqual(client.response().status, 100)
        wire = self.there.wires[0]
        self.assertEqual((wire.expected, wire.before), (True, b""))
        response = client.ask(b"hello")
        self.assertEqual((response.status, wire.body), (200, b"hello"))

    def test_a_refusal_passes_without_the_body(self):
        for status in ("417 Expectation Failed", "401 Unauthorized", "200 OK"):
            with self.subTest(status=status):
                def speak(wire):
                    read_head(wire)
                    wire.send(ok(b"no", "Connection: close", status=status))
                    wire.rest()
                client = self.start_with(speak)
                response = client.ask(self.withheld("Expect: 100-continue"))
                self.assertEqual((response.status, response.body), (int(status[:3]), b"no"))

    def test_an_origin_that_does_not_know_it_gets_the_body_when_it_comes(self):
        client = self.start_with(answering())
        client.send(self.withheld("Expect: 100-Continue"))
        support.wait_until(lambda: self.there.heard.endswith(b"\r\n\r\n"), "the head at the origin")
        self.assertEqual(client.ask(b"hello").status, 200)
        client = self.client(self.server)
        self.assertEqual(client.ask(self.withheld("Expect: 100-continue") + b"hello").status, 200)
        self.assertEqual([request.body for request in self.there.requests], [b"hello"] * 2)

    def test_a_client_of_http_1_0_sees_no_100(self):
        client = self.start_with(once(CONTINUE + ok()))
        client.send(self.withheld("Expect: 100-continue", version="1.0") + b"hello")
        self.assertEqual((client.response().status, client.end()), (200, "fin"))

    def test_another_expectation_is_417(self):
        client = self.start_with(answering())
        self.assertEqual(client.ask(get(self.there.url + "/", "Expect: tea")).status, 417)
        self.assertEqual(self.there.requests, [])


class Pipelines(ProxyTest):
    def test_answers_come_in_order(self):  # P20
        slow = self.origin(answering(lambda request: ok(b"slow " + request.target.encode())))
        quick = self.origin(answering(lambda request: ok(b"quick " + request.target.encode())))
        client = self.client(self.proxy())
        expected = []
        for number in range(20):
            origin, name = [(slow, "slow"), (quick, "quick")][number % 2]
            client.send(post(f"{origin.url}/{number}", b"x" * number))
            expected.append(f"{name} /{number}".encode())
        self.assertEqual([client.response().body for _ in expected], expected)

    def test_a_slow_first_answer_still_comes_first(self):
        asked = []

        def speak(wire):
            wire.requests.append(read_request(wire))
            asked.append(wire)
            support.wait_until(lambda: go, "the test")
            wire.send(ok(b"first"))
        go, first, second = [], self.origin(speak), self.origin()
        client = self.client(self.proxy())
        client.send(get(first.url + "/") + get(second.url + "/"))
        first.wait_for(1)
        go.append(True)
        self.assertEqual([client.response().body, client.response().body], [b"first", b"hello\n"])

    def test_behind_a_bad_request_nothing_is_answered(self):
        there, server = self.origin(), self.proxy()
        for bad in (b"nonsense\r\n\r\n", get(there.url + "/",
                                             host=""), post(there.url + "/", b"x", "Content-Length: 7")):
            with self.subTest(bad=bad):
                client = self.client(server)
                client.send_quietly(get(there.url + "/1") + bad + get(there.url + "/evil"))
                self.assertEqual([client.response().status, client.response().status], [200, 400])
                self.assertEqual(client.end(), "fin")
        self.assertNotIn(b"/evil", there.heard)

    def test_behind_connection_close_nothing_is_answered(self):
        there, server = self.origin(), self.proxy()
        client = self.client(server)
        response = client.ask(get(there.url + "/1", "Connection: close") + get(there.url + "/2"))
        self.assertEqual((response.field("Connection"), client.end()), ("close", "fin"))
        self.assertEqual(len(there.requests), 1)


class OldClients(ProxyTest):
    def test_chunks_are_taken_off_for_them(self):  # P21
        there = self.origin(
            answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"he", b"llo")))
        client = self.client(self.proxy())
        response = client.ask(get(there.url + "/", version="1.0"))
        self.assertEqual((response.body, response.framing, client.ended), (b"hello", "close", "fin"))
        self.assertEqual(response.field("Transfer-Encoding"), None)

    def test_they_are_not_kept(self):  # P22
        there, server = self.origin(), self.proxy()
        for field in ("Connection: keep-alive", "Proxy-Connection: keep-alive"):
            with self.subTest(field=field):
                client = self.client(server)
                response = client.ask(get(there.url + "/", field, version="1.0"))
                self.assertNotEqual(response.field("Connection"), "keep-alive")
                self.assertEqual(client.end(), "fin")


class Policies(RequestTest):
    def test_https_goes_over_tls_that_is_verified(self):  # P27
        there, certificate = self.tls_origin()
        self.assert_cause(self.ask(self.server, get(there.url + "/")), 502, "tls_certificate_error")
        for option in (["--cacert", certificate], ["--insecure"]):
            with self.subTest(option=option):
                self.assertEqual(self.ask(self.proxy(*option), get(there.url + "/x")).body, b"hello\n")
        self.assertEqual([request.target for request in there.requests], ["/x", "/x"])
        plain = self.origin(lambda wire: wire.more() and wire.close())
        self.assertEqual(
            self.ask(self.server, get(plain.url.replace("http", "https") + "/secret")).status, 502)
        self.assertEqual(plain.heard[:2], b"\x16\x03")
        self.assertNotIn(b"/secret", plain.heard)

    def test_other_schemes_are_501_and_pages_of_its_own_are_400(self):  # P28
        for target in ("ftp://127.0.0.1/x", "file:///etc/passwd", "gopher://127.0.0.1/", "ws://127.0.0.1/",
                       "x://y/"):
            with self.subTest(target=target):
                self.assertIn(self.ask(self.server, get(target)).status, (501, 400))
        self.assertEqual(self.ask(self.server, get("ftp://127.0.0.1/x")).status, 501)
        for target in ("/", "/127.0.0.1/x", f"/{self.there.authority}/"):
            response = self.ask(self.server, get(target, host="localhost"))
            self.assertEqual(response.status, 400)
            self.assertRegex(response.body, b"(?i)proxy")

    def test_the_lab_accepts_a_host_in_the_path(self):
        server = self.proxy("--lab")
        for version in ("1.0", "1.1"):
            response = self.ask(
                server, get(f"/{self.there.authority}/page?q=1", host="localhost:8888", version=version))
            self.assertEqual((response.status, self.there.requests[-1].target), (200, "/page?q=1"))
            self.assertEqual(self.there.requests[-1].all("Host"), [self.there.authority])
        self.assertEqual(self.ask(server, get(f"/{self.there.authority}", host="localhost")).status, 200)
        self.assertEqual(self.ask(server, get(self.there.url + "/")).status, 200)

    def test_user_and_password_stay_here(self):  # P29
        log = self.directory / "log"
        server = self.proxy("--json", "--log", log)
        response = self.ask(
            server,
            get(self.there.url.replace("//", "//ada:secret@") + "/", "Authorization: Basic bXl0b2tlbg=="))
        self.assertEqual(response.status, 200)
        self.assertEqual(self.there.requests[0].field("Authorization"), "Basic bXl0b2tlbg==")
        server.stop()
        self.assertEqual(log.read_text().count(f" {self.there.url}/ "), 1, log.read_text())
        for text in (self.there.heard.decode(), server.out, server.err, log.read_text()):
            self.assertNotIn("secret", text)
        self.assertNotIn("bXl0b2tlbg==", server.out + server.err + log.read_text())

    def test_a_password_is_asked_for_and_not_passed_on(self):  # P30
        server = self.proxy("--auth", "ada:open sesame", "--connect-ports", self.there.port)
        client = self.client(server)
        wrong = [f"Proxy-Authorization: Basic {base64.b64encode(text).decode()}" for text in
                 (b"ada:wrong", b"ada:open sesame2", b"ada:", b"", b"open sesame", b"ada:open sesame\0")]
        for fields in ([], *[[field] for field in wrong], ["Proxy-Authorization: Basic !"],
                       ["Proxy-Authorization: Bearer x"], ["Authorization: Basic YWRhOm9wZW4gc2VzYW1l"]):
            with self.subTest(fields=fields):
                response = client.ask(get(self.there.url + "/", *fields))
                self.assertEqual(response.status, 407)
                self.assertRegex(response.field("Proxy-Authenticate"), '^Basic realm="[^"]+"')
                self.assertEqual(
                    self.ask(server, get(self.there.authority, *fields, method="CONNECT"), "GET").status, 407)
        self.assertEqual(self.there.wires, [])
        right = "Proxy-Authorization: basic YWRhOm9wZW4gc2VzYW1l"
        self.assertEqual(client.ask(get(self.there.url + "/", right)).status, 200)
        self.assertNotIn(b"uthorization", self.there.heard)

    def test_any_method_passes_with_its_body(self):  # P31
        for method in ("PROPFIND", "GET", "DELETE", "HEAD", "PUT", "X-Y", "get", "OPTIONS", "M-SEARCH"):
            with self.subTest(method=method):
                sized = self.passed(
                    get(self.there.url + "/a", "Content-Length: 5", method=method, body=b"hello"), method)
                self.assertEqual((sized.method, sized.body, sized.framing), (method, b"hello", "length"))
                parts = self.passed(get(self.there.url + "/a", "Transfer-Encoding: chunked", method=method,
                                        body=chunked(b"he", b"llo")), method)
                self.assertEqual((parts.method, parts.body, parts.framing), (method, b"hello", "chunked"))

    def test_trace_shows_no_secrets(self):  # P32
        secrets = ["Cookie: a=b", "Authorization: Basic x", "Proxy-Authorization: Basic y"]
        for fields in (secrets, ["Max-Forwards: 0", *secrets]):
            response = self.ask(self.server, get(self.there.url + "/", *fields, method="TRACE"))
            self.assertIn(response.status, (200, 405))
            self.assertNotRegex(response.body, b"a=b|Basic")
        self.assertNotRegex(self.there.heard, b"a=b|Basic")
        self.assertIn(
            self.ask(self.server, get(self.there.url + "/", "Content-Length: 1", method="TRACE",
                                      body=b"x")).status, (400, 405, 413))


if __name__ == "__main__":
    unittest.main()
