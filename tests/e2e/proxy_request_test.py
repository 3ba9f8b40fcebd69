"""What the proxy makes of requests: targets, heads, limits, loops (rules P1-P4, P12-P18)."""

import time
import unittest

import support
from proxy_reader import read_request
from proxy_support import RequestTest, chunked, get, post

MIB = 1024 * 1024


class Targets(RequestTest):
    def test_the_origin_gets_its_own_form_and_its_own_name(self):  # P1
        for path, target in [("/a?b", "/a?b"), ("", "/"), ("?x=1", "/?x=1"), ("/a%2f../b;c", "/a%2f../b;c"),
                             ("//c", "//c")]:
            for host in ("evil", "evil.example:81", self.there.authority):
                with self.subTest(path=path, host=host):
                    request = self.passed(get(self.there.url + path, host=host))
                    self.assertEqual((request.method, request.target, request.version),
                                     ("GET", target, "1.1"))
                    self.assertEqual(request.all("Host"), [self.there.authority])
        self.assertNotIn(b"evil", self.there.heard)

    def test_the_scheme_may_be_written_in_capitals(self):
        self.assertEqual(self.passed(get(self.there.url.replace("http", "HTTP") + "/x")).target, "/x")

    def test_an_address_of_ipv6_is_a_host(self):
        there = self.origin(address="::1")
        response = self.ask(self.server, get(f"http://[::1]:{there.port}/x", host="evil"))
        self.assertEqual((response.status, there.requests[0].all("Host")), (200, [f"[::1]:{there.port}"]))

    def test_a_host_is_needed_once_and_whole(self):  # P2
        url = self.there.url + "/"
        for fields in ([], ["Host: a", "Host: b"], ["Host: a",
                                                    "Host: a"], ["Host: a b"], ["Host: a/b"], ["Host: u@a"],
                       ["Host: a, b"], ["Host: a\\b"], ["Host: a:1:2"], ["Host: a:x"], ["Host: [::1"]):
            with self.subTest(fields=fields):
                self.refuse(get(url, *fields, host=""), 400)

    def test_http_1_0_needs_no_host(self):
        self.assertEqual(self.passed(get(self.there.url + "/", host="", version="1.0")).all("Host"),
                         [self.there.authority])

    def test_odd_bytes_in_a_target_are_refused(self):
        for line in (b"GET %s/a b HTTP/1.1", b"GET %s/\xe4 HTTP/1.1", b"GET %s/\0 HTTP/1.1",
                     b"GET %s/#x HTTP/1.1", b"GET %s/a\\b HTTP/1.1", b"GET\t%s/ HTTP/1.1",
                     b"GET %s/ HTTP/1.1 ", b"GET  %s/ HTTP/1.1", b"GET %s/ http/1.1", b"GET %s/ HTTP/1.10",
                     b"GET %s/", b"G\xffT %s/ HTTP/1.1", b"G@T %s/ HTTP/1.1",
                     ):
            line = line % self.there.url.encode()
            with self.subTest(line=line):
                self.refuse(line + b"\r\nHost: a\r\n\r\n", 400)

    def test_hosts_that_are_none_are_refused(self):
        for authority in ("", ":80", "127.0.0.1:x", "127.0.0.1:99999", "127.0.0.1:0", "127.0.0.1:-1", "[::1",
                          "[::1]x", "[zz]", "::1", "a b", "127.0.0.1:80:80", "a,b", "@", "127.0.0.1:+80"):
            with self.subTest(authority=authority):
                self.assertEqual(self.ask(self.server, get(f"http://{authority}/", host="a")).status, 400)

    def test_other_versions_are_505(self):
        for version in ("2.0", "1.2", "3.1"):
            with self.subTest(version=version):
                self.refuse(get(self.there.url + "/", version=version), 505,
                            *([200] if version == "1.2" else []))
        self.refuse(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, 400)

    def test_options_without_a_path_asks_about_the_origin(self):  # P17
        self.assertEqual(self.passed(get(self.there.url, method="OPTIONS")).target, "*")
        self.assertEqual(self.passed(get(self.there.url + "/", method="OPTIONS")).target, "/")
        self.assertEqual(self.passed(get(self.there.url + "?a", method="OPTIONS")).target, "/?a")

    def test_max_forwards_is_counted(self):  # P18
        for method in ("OPTIONS", "TRACE"):
            with self.subTest(method=method):
                last = self.ask(self.server, get(self.there.url + "/", "Max-Forwards: 0", method=method))
                self.assertIn(last.status, (200, 204) if method == "OPTIONS" else (200, 405))
                self.assertEqual(self.there.requests, [])
        self.assertEqual(
            self.passed(get(self.there.url + "/", "Max-Forwards: 3", method="OPTIONS")).all("Max-Forwards"),
            ["2"])
        self.assertEqual(self.passed(get(self.there.url + "/", "Max-Forwards: 0")).method, "GET")


class Heads(RequestTest):
    def test_what_is_no_field_is_refused(self):  # P3
        for line in (b"Foo : x", b"Foo\t: x", b": x", b"no colon", b"A: b\0c", b"A: b\rc", b"A: b\x01c",
                     b"A: \x7f", b"A b: c", b"A(: c", b"\xc3\xa4: c", b"A\0: b", b"A\r: b", b"\rA: b",
                     b"A: b\nB: c", b"A: b\n", b"A,B: c"):
            with self.subTest(line=line):
                self.refuse(get(self.there.url + "/")[:-2] + line + b"\r\n\r\n", 400)
        with self.subTest("white space before the first field"):
            self.refuse(b"GET %s/ HTTP/1.1\r\n Host: a\r\n\r\n" % self.there.url.encode(), 400)

    def test_a_folded_line_is_refused(self):  # P4
        for fold in ("\r\n ", "\r\n\t", "\r\n \r\n "):
            with self.subTest(fold=fold):
                self.refuse(get(self.there.url + "/", f"A: b{fold}c"), 400)

    def test_one_empty_line_before_a_request_is_forgiven(self):  # P12
        self.passed(b"\r\n" + get(self.there.url + "/"))
        client = self.client(self.server)
        for _ in range(2):
            self.assertEqual(client.ask(post(self.there.url + "/", b"x") + b"\r\n").status, 200)
        self.assertEqual(client.ask(get(self.there.url + "/")).status, 200)

    def test_what_is_for_the_proxy_alone_is_not_forwarded(self):  # P14
        request = self.passed(
            get(self.there.url + "/", "Connection: X-Hop, close", "X-Hop: 1", "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive", "TE: trailers", "Upgrade: foo/2", "X-End: 2",
                "Proxy-Authorization: Basic YTpi", "connection: x-other", "X-Other: 3"))
        self.assertEqual(
            request.names
            & {"x-hop", "x-other", "keep-alive", "proxy-connection", "te", "upgrade", "proxy-authorization"},
            set())
        self.assertEqual(request.all("X-End"), ["2"])
        self.assertNotIn("close", request.field("Connection") or "")

    def test_connection_cannot_name_what_frames_a_message(self):
        for names in ("Host, Content-Length", "content-length", "Transfer-Encoding", "Via", "Host"):
            with self.subTest(names=names):
                request = self.passed(post(self.there.url + "/", b"hello", f"Connection: {names}"))
                self.assertEqual((request.body, request.all("Host")), (b"hello", [self.there.authority]))
        body = chunked(b"hello")
        request = self.passed(
            get(self.there.url + "/", "Transfer-Encoding: chunked", "Connection: Transfer-Encoding",
                method="POST", body=body))
        self.assertEqual(request.body, b"hello")

    def test_fields_that_are_not_for_the_proxy_pass_as_they_are(self):
        request = self.passed(
            get(self.there.url + "/", "X-A: 1", "x-a:2", "Cookie: a=b; c", "Accept:", "X-B: \t c "))
        self.assertEqual(request.all("X-A"), ["1", "2"])
        self.assertEqual((request.all("Cookie"), request.all("X-B")), (["a=b; c"], ["c"]))

    def test_limits_are_414_431_and_413(self):  # P13
        self.assertEqual(len(self.passed(get(f"{self.there.url}/{'a' * 7900}")).target), 7901)
        before = len(self.there.wires)
        for data, status in [(get(f"{self.there.url}/{'a' * 200_000}"), 414), (b"a" * (4 * MIB), 414),
                             (get(self.there.url + "/", f"X: {'a' * 200_000}"), 431),
                             (get(self.there.url + "/", *["X: y"] * 60_000), 431)]:
            with self.subTest(begin=data[-40:]):
                self.assert_refused(self.server, data, status, *([400, 431] if data[:2] == b"aa" else []))
        self.assertEqual(len(self.there.wires), before)
        if not support.is_sanitized(self.server.pid):
            self.assertLess(support.peak_bytes(self.server.pid), 32 * MIB)


class Loops(RequestTest):
    def pseudonym(self):
        return self.passed(get(self.there.url + "/")).all("Via")[-1].split()[1]

    def test_via_is_added_both_ways(self):  # P15
        client = self.client(self.server)
        response = client.ask(get(self.there.url + "/", "Via: 1.0 fred", "Via: 1.1 p.example (x, y)"))
        request = self.there.requests[0]
        self.assertRegex(request.field("Via"),
                         r"^1\.0 fred, 1\.1 p\.example \(x, y\), 1\.1 [!-~]+( \(.*\))?$")
        self.assertRegex(response.field("Via"), r"^1\.1 [!-~]+( \(.*\))?$")
        self.assertRegex(self.passed(get(self.there.url + "/", version="1.0")).field("Via"), r"^1\.0 [!-~]+")

    def test_its_own_name_in_via_is_a_loop(self):  # P15
        own, count = self.pseudonym(), len(self.there.requests)
        for via in (f"1.1 {own}", f"1.0 fred, 1.1 {own} (comment), 1.1 next", f"HTTP/1.1 {own}"):
            with self.subTest(via=via):
                response = self.ask(self.server, get(self.there.url + "/", f"Via: {via}"))
                self.assert_cause(response, 508, "proxy_loop_detected")
        self.assertEqual(self.passed(get(self.there.url + "/", "Via: 1.1 not-" + own)).method, "GET")
        self.assertEqual(len(self.there.requests), count + 1)

    def test_it_does_not_ask_itself(self):  # P16
        port = self.server.port
        for host in ("127.0.0.1", "localhost", "LOCALHOST", "0.0.0.0", "[::ffff:127.0.0.1]", "0x7f.1",
                     "127.1", "2130706433", "017700000001", "0", "[::ffff:7f00:1]", "localhost."):
            with self.subTest(host=host):
                began = time.monotonic()
                response = self.ask(self.server, get(f"http://{host}:{port}/"))
                self.assertLess(time.monotonic() - began, 1)
                self.assertIn(response.status, (400, 403, 404, 421, 508), response.body)

    def test_a_loop_through_a_mapped_port_ends(self):  # P16
        def forward(wire):
            request = read_request(wire)
            via = [f"Via: {value}" for value in request.all("Via")]
            with support.connect(self.server.port) as inner:
                inner.sendall(
                    get(f"http://{request.field('Host')}{request.target}", *via, "Connection: close"))
                wire.send(support.read_all(inner))
        mapped = self.origin(forward)
        response = self.ask(self.server, get(mapped.url + "/"))
        self.assertEqual(response.status, 508)
        self.assertEqual(len(mapped.wires), 1)


if __name__ == "__main__":
    unittest.main()
