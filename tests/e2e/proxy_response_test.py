"""What the proxy makes of responses: framing, 1xx, broken and slow origins (rules R1 to R9)."""

import contextlib
import statistics
import threading
import time
import unittest

import support
from proxy_reader import Cut, read_request
from proxy_support import ProxyTest, answering, chunked, get, ok, once, resetting

HEAD = b"HTTP/1.1 200 OK\r\n"


class ResponseTest(ProxyTest):
    options = ["--json"]

    def setUp(self):
        super().setUp()
        self.server = self.proxy(*self.options)

    def answer_of(self, speak, method="GET", **keywords):
        there = self.origin(speak)
        return self.ask(self.server, get(there.url + "/", method=method, **keywords), method)

    def refused(self, data):
        """A response that is not forwarded; behind it the origin's connection is closed."""
        there = self.origin(lambda wire:
                            (wire.requests.append(read_request(wire)), wire.send(data), wire.rest()))
        response = self.ask(self.server, get(there.url + "/"))
        self.assert_cause(response, 502, "http_protocol_error", "http_response_header_size",
                          "http_response_body_size", "http_response_header_section_size",
                          "http_response_transfer_coding", "http_response_incomplete",
                          "http_response_header_field_line_size")
        self.assertNotIn("x-bad", response.names)
        there.wait_for_end()
        self.assertEqual(len(there.requests), 1)

    def cut(self, speak, method="GET", data=None):
        """The response that a client must see as cut short."""
        there = self.origin(speak)
        client = self.client(self.server)
        client.send(data or get(there.url + "/", method=method))
        with self.assertRaises(Cut) as caught:
            client.final(method)
        self.assertIsNotNone(caught.exception.message, "not even a head")
        return caught.exception.message


class Framing(ResponseTest):
    def test_ambiguous_framing_is_502(self):  # R1
        for fields in (b"Content-Length: 5\r\nTransfer-Encoding: chunked",
                       b"Transfer-Encoding: chunked\r\nContent-Length: 5",
                       b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 2x",
                       b"Content-Length: -1", b"Content-Length: +5", b"Content-Length: 5, 6",
                       b"Content-Length: 0x5", b"Content-Length: 99999999999999999999",
                       b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked, chunked",
                       b"Transfer-Encoding: xchunked",
                       b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                       b"Transfer-Encoding: \x0bchunked", b"Transfer-Encoding: chunked;q=1",
                       b"Transfer-Encoding: chunked, identity", b"Content-Length:"):
            with self.subTest(fields=fields):
                self.refused(HEAD + b"X-Bad: 1\r\n" + fields + b"\r\n\r\n5\r\nhello\r\n0\r\n\r\n")

    def test_a_length_said_twice_is_one(self):
        response = self.answer_of(answering(HEAD + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"))
        self.assertEqual((response.all("Content-Length"), response.body), (["5"], b"hello"))

    def test_bad_heads_are_502(self):  # R2
        for data in (b"HTTP/1.1 200 OK\nContent-Length: 0\n\n", HEAD + b"X-Bad : y\r\n\r\n",
                     b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", HEAD + b" X-Bad: y\r\n\r\n",
                     HEAD + b"X-Bad: a\0b\r\n\r\n", HEAD + b"X-Bad: a\rb\r\n\r\n", HEAD + b"nonsense\r\n\r\n",
                     b"HTTP/1.1 20 OK\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n", b"HTTP/1.1 099 OK\r\n\r\n",
                     b"HTTP/2 200 OK\r\n\r\n", b"ICY 200 OK\r\n\r\n", b"<html>hello</html>",
                     b"\0\1\2\3\r\n\r\n", b"HTTP/1.1 abc OK\r\n\r\n", HEAD + b": y\r\n\r\n",
                     HEAD + b"X-Bad: y\nX-B: z\r\n\r\n", b"220 smtp.example ESMTP\r\n",
                     HEAD + b"X-Bad: " + b"y" * 300_000 + b"\r\n\r\n"):
            with self.subTest(data=data[:60]):
                self.refused(data)

    def test_a_folded_line_is_one_line_or_502(self):
        response = self.answer_of(answering(HEAD + b"X-Bad: a\r\n b\r\nContent-Length: 0\r\n\r\n"))
        self.assertIn((response.status, response.field("X-Bad")), ((200, "a b"), (502, None)))

    def test_servers_of_students_are_forgiven_when_told_so(self):
        self.server = self.proxy("--lenient")
        for data in (b"HTTP/1.1 200 OK\nX-A: y\nContent-Length: 5\n\nhello",
                     b"HTTP/1.1 200\r\nX-A: y\r\nContent-Length: 5\r\n\r\nhello", b"HTTP/1.0 200\nX-A: y\n\nhello"):
            response = self.answer_of(once(data))
            self.assertEqual((response.status, response.field("X-A"), response.body), (200, "y", b"hello"))

    def test_bodies_pass_in_every_framing(self):  # R5
        big = bytes(range(256)) * 2000
        for framing, data in (("length", ok(big)),
                              ("chunked", HEAD + b"Transfer-Encoding: Chunked\r\n\r\n" + chunked(b"h", big)),
                              ("end", HEAD + b"\r\n" + big), ("end", b"HTTP/1.0 200 OK\r\n\r\n" + big)):
            for version in ("1.1", "1.0"):
                with self.subTest(framing=framing, version=version):
                    response = self.answer_of(once(data), version=version)
                    self.assertEqual(response.body, (b"h" if framing == "chunked" else b"") + big)
                    wanted = {"length": ("length", ), "chunked": ("chunked", ), "end":
                              ("chunked", "close")}[framing]
                    self.assertIn(response.framing, wanted if version == "1.1" else ("length", "close"))

    def test_a_coding_of_http_1_0_is_not_believed(self):
        response = self.answer_of(
            once(b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunked(b"hello")))
        self.assertIn((response.status, response.body[:5]), ((200, b"hello"), (502, response.body[:5])))

    def test_trailers_are_dropped_or_stay_trailers(self):
        data = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked(
            b"hello", trailers=["Set-Cookie: a=b", "X-T: v", "Host: evil"])
        response = self.answer_of(answering(data))
        self.assertEqual((response.body, response.names & {"set-cookie", "x-t"}), (b"hello", set()))
        self.assertLessEqual({name.lower() for name, _ in response.trailers}, {"x-t", "set-cookie"})

    def test_what_is_between_proxy_and_origin_is_not_forwarded(self):
        fields = [
            "Connection: X-Hop, keep-alive", "X-Hop: 1", "Keep-Alive: timeout=5", "Proxy-Connection: a",
            "Upgrade: h2c", "X-End: 2", "Set-Cookie: a=b", "Set-Cookie: c=d"
        ]
        response = self.answer_of(answering(ok(b"hello", *fields)))
        self.assertEqual(response.names & {"x-hop", "keep-alive", "proxy-connection", "upgrade"}, set())
        self.assertEqual((response.field("X-End"), response.all("Set-Cookie")), ("2", ["a=b", "c=d"]))

    def test_interim_responses_pass_except_to_old_clients(self):  # R3
        interim = (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                   b"HTTP/1.1 102 Processing\r\n\r\n")
        response = self.answer_of(answering(interim + ok()))
        self.assertIn([before.status for before in response.interim], ([103, 100, 102], [103, 102]))
        self.assertEqual(response.interim[0].field("Link"), "</a>")
        self.assertEqual(self.answer_of(answering(interim + ok()), version="1.0").interim, [])

    def test_endless_interim_responses_are_502(self):
        def speak(wire):
            with contextlib.suppress(OSError):
                while True:
                    wire.send(b"HTTP/1.1 102 Processing\r\n\r\n" * 1000)
        self.assertEqual(self.answer_of(speak).status, 502)

    def test_responses_without_a_body_are_not_waited_for(self):  # R4
        there = self.origin(
            answering(
                lambda request: {
                    "/204": b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", "/204c":
                    b"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", "/304":
                    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", "/head": HEAD +
                    b"Content-Length: 5\r\n\r\n", "/headc": HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
                }.get(request.target, ok(b"next"))))
        client = self.client(self.server)
        for path, status, method in (("/204", 204, "GET"), ("/204c", 204, "GET"), ("/304", 304, "GET"),
                                     ("/head", 200, "HEAD"), ("/headc", 200, "HEAD")):
            with self.subTest(path=path):
                response = client.ask(get(there.url + path, method=method), method)
                self.assertEqual((response.status, response.body), (status, b""))
                if method == "HEAD" and path == "/head":
                    self.assertEqual(response.all("Content-Length"), ["5"])
                self.assertEqual(client.ask(get(there.url + "/x")).body, b"next")

    def test_connections_to_origins_are_kept(self):
        there = self.origin()
        client = self.client(self.server)
        for _ in range(5):
            self.assertEqual(client.ask(get(there.url + "/")).status, 200)
        self.assertEqual(len(there.wires), 1)
        self.assertEqual([event["connection"] for event in self.events(self.server, 5)],
                         ["new", *["kept"] * 4])


class Endings(ResponseTest):
    def test_nothing_is_502(self):  # R6
        for speak in (once(), resetting(), once(b"HTTP/1.1 20"), resetting(b"HTTP/1.1 200 OK\r\nX"),
                      once(HEAD + b"X: y\r\n")):
            response = self.answer_of(speak)
            self.assert_cause(response, 502, "connection_terminated", "http_response_incomplete")

    def stale(self, ending):
        """An origin that ends each kept connection when the second request comes on it, before an answer."""
        def speak(wire):
            wire.requests.append(read_request(wire))
            wire.send(ok())
            read_request(wire)
            there.second += 1
            getattr(wire, ending)()
        there = self.origin(speak)
        there.second = 0
        client = self.client(self.server)
        self.assertEqual(client.ask(get(there.url + "/1")).status, 200)
        return there, client

    def test_a_stale_connection_is_tried_once_more_where_that_is_safe(self):
        for ending in ("close", "reset"):
            for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS"):
                with self.subTest(ending=ending, method=method):
                    there, client = self.stale(ending)
                    body = [["Content-Length: 0"], b""] if method == "PUT" else [[], b""]
                    response = client.ask(get(there.url + "/2", *body[0], method=method), method)
                    self.assertEqual(response.status, 200)
                    self.assertEqual((len(there.wires), there.second), (2, 1))

    def test_a_post_is_never_sent_twice(self):
        for ending in ("close", "reset"):
            for method in ("POST", "PATCH", "X-ADD"):
                with self.subTest(ending=ending, method=method):
                    there, client = self.stale(ending)
                    response = client.ask(
                        get(there.url + "/2", "Content-Length: 5", method=method, body=b"hello"))
                    if there.second:
                        self.assert_cause(response, 502, "connection_terminated", "http_response_incomplete")
                    self.assertEqual(there.heard.count(b" /2 "), 1)

    def test_a_fresh_connection_is_not_tried_twice(self):
        there = self.origin(once())
        self.assertEqual(self.ask(self.server, get(there.url + "/")).status, 502)
        self.assertEqual(len(there.wires), 1)

    def test_a_connection_that_ended_while_idle_is_not_used(self):
        there = self.origin(once(ok()))
        for method in ("GET", "POST"):
            self.assertEqual(self.ask(self.server, get(there.url + "/", method=method)).status, 200)
            there.wait_for_end()
        self.assertEqual(len(there.wires), 2)

    def test_a_body_cut_short_is_seen_by_the_client(self):  # R7
        for cut in (HEAD + b"Content-Length: 9\r\n\r\nhello",
                    HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhello",
                    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
                    HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n"):
            for speak in (once, resetting):
                with self.subTest(cut=cut, speak=speak.__name__):
                    message = self.cut(speak(cut))
                    self.assertTrue(b"hello".startswith(message.body[:5]) or b"hello" in message.body,
                                    message.body)
        self.cut(resetting(HEAD + b"\r\nhello"))
        events = self.events(self.server, 11)
        self.assertTrue(all(event["cause"] and event["error"] for event in events), events)

    def test_an_old_client_sees_it_too(self):
        there = self.origin(once(HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"))
        client = self.client(self.server)
        client.send(get(there.url + "/", version="1.0"))
        with self.assertRaises(Cut):
            client.final()
        self.assertEqual(client.ended, "reset")

    def test_an_early_answer_ends_the_upload(self):  # R8
        def speak(wire):
            wire.need(lambda: b"\r\n\r\n" in wire.heard or None)
            wire.send(ok(b"too large", "Connection: close", status="413 Content Too Large"))
            wire.rest()
        there = self.origin(speak)
        for head in (get(there.url + "/", "Content-Length: 1000000000", method="POST"),
                     get(there.url + "/", "Transfer-Encoding: chunked", method="POST") + b"fffffff\r\n"):
            client = self.client(self.server)
            sender = threading.Thread(target=client.send_quietly, args=(head, *[b"x" * 65536] * 3000),
                                      daemon=True)
            sender.start()
            response = client.final()
            self.assertEqual((response.status, response.body), (413, b"too large"))
            client.rest()
            sender.join(support.PATIENCE_S)
            self.assertFalse(sender.is_alive())
        self.assertLess(len(there.wait_for_end()), 150_000_000)

    def test_each_event_passes_at_once(self):  # R9
        for field, wrap in ((b"Transfer-Encoding: chunked\r\n", lambda text: b"%x\r\n%s\r\n" %
                             (len(text), text)), (b"", bytes)):
            waits = self.waits_for_events(HEAD + b"Content-Type: text/event-stream\r\n" + field + b"\r\n",
                                          wrap(b"data: now\n\n"))
            self.assertLess(statistics.median(waits), 0.05)

    def waits_for_events(self, head, event):
        turns, sent = threading.Semaphore(0), []

        def speak(wire):
            read_request(wire)
            wire.send(head)
            for _ in range(11):
                turns.acquire(timeout=support.PATIENCE_S)
                sent.append(time.monotonic())
                wire.send(event)
        client, waits = self.client(self.server), []
        client.send(get(self.origin(speak).url + "/"))
        client.need(lambda: b"\r\n\r\n" in client.heard or None)
        for number in range(1, 12):
            turns.release()
            client.need(lambda: client.heard.count(b"data: now\n\n") == number or None)
            waits.append(time.monotonic() - sent[-1])
        return waits


if __name__ == "__main__":
    unittest.main()
