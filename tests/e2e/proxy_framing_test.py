"""What the proxy makes of bodies: lengths, codings, chunks, trailers (rules P5 to P11 and P13)."""

import re
import unittest

from proxy_support import RequestTest, chunked, get, post


class ABodyThatIsTooLarge(RequestTest):
    options = ["--max-body", "1K"]

    def test_is_413(self):  # P13
        self.assertEqual(len(self.passed(post(self.there.url + "/", b"a" * 1024)).body), 1024)
        self.assert_refused(self.server, post(self.there.url + "/", b"a" * 1025), 413)
        body = chunked(*[b"a" * 100] * 11)
        self.assert_refused(self.server,
                            get(self.there.url + "/", "Transfer-Encoding: chunked", method="POST", body=body),
                            413)
        self.heard_in_all()
        self.assertEqual(len(self.there.requests), 1)


class Framing(RequestTest):
    def both(self, *fields, body=b"0\r\n\r\n", version="1.1"):
        return get(self.there.url + "/", *fields, method="POST", body=body, version=version)

    def test_two_framings_are_refused(self):  # P5
        for fields in (["Content-Length: 5",
                        "Transfer-Encoding: chunked"], ["Transfer-Encoding: chunked", "Content-Length: 5"],
                       ["Content-Length: 0",
                        "transfer-encoding: chunked"], ["Content-Length:", "Transfer-Encoding: chunked"]):
            with self.subTest(fields=fields):
                self.refuse(self.both(*fields) + get(self.there.url + "/evil"), 400)

    def test_lengths_that_are_none_are_refused(self):  # P6
        for value in ("1,2", "", "+1", "0x1", "1Z", "-1", "9223372036854775809", "99999999999999999999999",
                      "1 1", "1;", "1.0", "1e1", "\"1\"", "1\t2", "0 0", "1,", ",1", "1, 2", "٣"):
            with self.subTest(value=value):
                self.refuse(self.both(f"Content-Length: {value}", body=b"x" * 12), 400)
        self.refuse(self.both("Content-Length: 1", "Content-Length: 2", body=b"xx"), 400)

    def test_a_length_said_twice_is_one(self):  # P6
        request = self.passed(self.both("Content-Length: 5", "Content-Length: 5", body=b"hello"))
        self.assertEqual((request.all("Content-Length"), request.body), (["5"], b"hello"))

    def test_codings_that_are_not_exactly_chunked_are_refused(self):  # P7
        for value in (",chunked", "\xa0chunked", "chunked, gzip", "gzip, chunked", "chunked;q=1", "chunked,",
                      "identity", "x", "chunked chunked", "\x0bchunked", "\"chunked\"", "chunked, chunked",
                      "", "chunk", "identity, chunked"):
            with self.subTest(value=value):
                data = self.both("Transfer-Encoding: @").replace(b"@", value.encode("latin-1"))
                self.refuse(data + get(self.there.url + "/evil"), 400, 501)
        self.refuse(self.both("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400, 501)
        self.refuse(self.both("Transfer-Encoding: chunked", "Transfer-Encoding: identity"), 400, 501)

    def test_chunks_in_http_1_0_are_refused(self):  # P8
        self.refuse(self.both("Transfer-Encoding: chunked", version="1.0"), 400)

    def test_what_is_no_chunk_ends_both_connections(self):  # P9
        evil = get(self.there.url + "/evil")
        for chunk in (b"0_2e\r\n", b"+1\r\nx\r\n", b"0x1\r\nx\r\n", b" 1\r\nx\r\n", b"1 \r\nx\r\n",
                      b"12345678901234567\r\nx\r\n", b"1\nx\r\n", b"1\r\nx\n", b"1;\rX\r\nx\r\n",
                      b"1;a\nb\r\nx\r\n", b"1\r\nxy\r\n", b"1\r\nx0\r\n", b"-1\r\nx\r\n", b"\r\n", b"g\r\n",
                      b"1\rx\r\n", b"1;a=\0\r\nx\r\n", b"1\r\nx\r\r\n", b"\xef\xbc\x91\r\nx\r\n"):
            with self.subTest(chunk=chunk):
                data = self.both("Transfer-Encoding: chunked", body=b"3\r\nabc\r\n" + chunk + b"0\r\n\r\n")
                self.assert_refused(self.server, data + evil, 400)
        heard = self.there.wait_for_end()
        self.assertNotIn(b"/evil", heard)
        self.assertEqual(self.there.requests, [], "a broken body was made whole")
        self.assertFalse(re.search(rb"\r\n0\r\n\r\n", heard))

    def test_extensions_of_chunks_are_dropped_and_bounded(self):  # P10
        body = b"2;x=y\r\nhe\r\n3 ;q=\"a;b\" ; z\r\nllo\r\n0;end\r\n\r\n".replace(b"3 ;", b"3;")
        self.assertEqual(self.passed(self.both("Transfer-Encoding: chunked", body=body)).body, b"hello")
        for large in (b"1;" + b"x" * 100_000 + b"\r\nx\r\n", (b"1;" + b"x" * 1000 + b"\r\nx\r\n") * 1000):
            with self.subTest(begin=large[:8]):
                data = self.both("Transfer-Encoding: chunked", body=large + b"0\r\n\r\n")
                self.assert_refused(self.server, data, 400, 413, 431)

    def test_trailers_never_become_fields(self):  # P11
        trailers = ["Host: evil", "X-T: v", "Authorization: Basic x", "Connection: close"]
        request = self.passed(
            self.both("Transfer-Encoding: chunked", body=chunked(b"hello", trailers=trailers)))
        self.assertEqual((request.body, request.all("Host")), (b"hello", [self.there.authority]))
        self.assertEqual(request.names & {"x-t", "content-length", "authorization"}, set())
        self.assertLessEqual({name.lower() for name, _ in request.trailers}, {"x-t"})
        for framing in ("Content-Length: 7", "Transfer-Encoding: chunked"):
            response = self.ask(
                self.server, self.both("Transfer-Encoding: chunked", body=chunked(b"x", trailers=[framing])))
            self.assertIn(response.status, (200, 400))
        many = chunked(b"hello", trailers=[f"X-{n}: {'v' * 100}" for n in range(5000)])
        self.assert_refused(self.server, self.both("Transfer-Encoding: chunked", body=many), 400, 413, 431)
        bad = chunked(b"hello", trailers=["no colon"])
        self.assert_refused(self.server, self.both("Transfer-Encoding: chunked", body=bad), 400)


if __name__ == "__main__":
    unittest.main()
