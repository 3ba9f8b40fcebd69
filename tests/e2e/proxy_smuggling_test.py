"""No smuggled request reaches an origin, and no planted response a client: judged by a strict reader."""

import contextlib
import time
import unittest

import proxy_bad_responses
import proxy_shapes
import support
from proxy_reader import Ambiguous, Cut, Wire, read_request
from proxy_support import Client, ProxyTest, chunked, get, ok

LIMITS = ["--head-time", "2s", "--timeout", "2s", "--idle", "2s"]


def as_heard(request):
    return b"%s %s %d" % (request.method.encode(), request.target.encode(), len(request.body))


class SmuggledRequests(ProxyTest):
    def answer(self, wire):
        """Each request is answered with what was understood of it."""
        while not wire.at_end():
            request = read_request(wire)
            wire.requests.append(request)
            reply = ok(as_heard(request), f"X-Heard: {as_heard(request).decode()}")
            wire.send(reply.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if request.method == "HEAD" else reply)

    def answers(self, client, data):
        """All responses on a connection, read strictly."""
        methods = [line.split(b" ", 1)[0].decode("latin-1") for line in data.split(b"\r\n") if b"://" in line]
        responses = []
        while not client.at_end():
            method = "HEAD" if methods[:1] == ["HEAD"] and not responses else "GET"
            responses.append(client.final(method))
        return responses

    def attempt(self, origin, data, pieces):
        """The statuses that the client saw, and the requests that the origin heard."""
        before = len(origin.wires), len(origin.requests), len(origin.faults)
        client = Client(support.connect(self.server.port))
        with contextlib.closing(client):
            for piece in pieces(data):
                client.send_quietly(piece)
            with contextlib.suppress(OSError):
                client.finish()
            responses = self.answers(client, data)
        told = [response.field("X-Heard") for response in responses if response.field("X-Heard")]
        heard = [as_heard(request).decode() for request in origin.requests[before[1]:]]
        self.assertEqual(origin.faults[before[2]:], [], "the origin heard what is ambiguous")
        self.assertEqual(told, heard[:len(told)], "somebody else's answer")
        self.assertFalse([line for line in heard[len(told):] if "/evil" in line], "nobody was told of it")
        for request in origin.requests[before[1]:]:
            self.assertFalse(request.names & {"upgrade", "http2-settings"} and
                             request.field("Upgrade") != "websocket")
        return [response.status for response in responses], heard

    def try_all(self, pieces):
        origin = self.origin(self.answer)
        self.server = self.proxy(*LIMITS)
        evil = get(origin.url + "/evil")
        for name, refused, shape in proxy_shapes.requests():
            with self.subTest(shape=name):
                began = time.monotonic()
                statuses, heard = self.attempt(origin,
                                               shape.replace(b"@", origin.url.encode()) + evil, pieces)
                self.assertLess(time.monotonic() - began, 1.5, "it waited for more")
                if refused:
                    self.assertIn([status // 100 for status in statuses], ([4], [5], []))
                    self.assertFalse([line for line in heard if "/evil" in line], "smuggled")
        self.check_connections(origin)

    def check_connections(self, origin):
        """All that was forwarded, read once more from the beginning: whole requests, at most a torn end."""
        self.assertEqual(self.server.stop(), 0)
        origin.wait_for_end()
        for wire in origin.wires:
            again = Wire(heard=wire.heard)
            with contextlib.suppress(Cut):
                while not again.at_end():
                    read_request(again)

    def test_in_one_piece(self):
        self.try_all(lambda data: [data])

    def test_in_many_pieces(self):
        self.try_all(lambda data: support.random_cuts(data, len(data)) if len(data) < 500 else [data])


class HalfARequest(ProxyTest):
    def test_an_upload_that_ends_early_is_never_completed(self):
        origin = self.origin(lambda wire: (wire.requests.append(read_request(wire)), wire.send(ok())))
        server = self.proxy(*LIMITS)
        evil = get(origin.url + "/evil")
        for fields, part in ((["Content-Length: 500"], b"hello"), (["Transfer-Encoding: chunked"],
                                                                   b"5\r\nhello\r\n"),
                             (["Transfer-Encoding: chunked"], b"5\r\nhel"), (["Transfer-Encoding: chunked"],
                                                                             b"5\r\nhello\r\n0\r\n"),
                             (["Content-Length: 500", "Expect: 100-continue"], b"")):
            for end in (Client.finish, Client.close, Client.reset):
                with self.subTest(fields=fields, end=end.__name__):
                    client = self.client(server)
                    client.send(get(origin.url + "/", *fields, method="POST") + part)
                    end(client)
                    self.assertEqual(self.ask(server, get(origin.url + "/next")).status, 200)
        origin.wait_for_end()
        self.assertEqual({request.target for request in origin.requests}, {"/next"})
        self.assertNotIn(evil, origin.heard)

    def test_a_body_that_the_origin_did_not_read_is_not_the_next_request(self):
        def speak(wire):
            wire.need(lambda: b"\r\n\r\n" in wire.heard or None)
            wire.send(ok(b"early", status="401 Unauthorized"))
            wire.rest()
        origin = self.origin(speak)
        server = self.proxy(*LIMITS)
        for expect in ([], ["Expect: 100-continue"]):
            client = self.client(server)
            size = len(proxy_shapes.HIDDEN)
            response = client.ask(get(origin.url + "/", f"Content-Length: {size}", *expect, method="POST"))
            self.assertEqual(response.status, 401)
            client.send_quietly(proxy_shapes.HIDDEN, get(origin.url + "/next"))
            with contextlib.suppress(Cut, OSError):
                client.final()
        for wire in origin.wires:
            heard = bytes(wire.heard)
            self.assertEqual(heard.count(b" HTTP/1.1\r\n") - heard.count(b"GET /evil HTTP/1.1"), 1, heard)


class BodiesThatNobodyWants(ProxyTest):
    def test_they_are_not_the_next_request(self):
        there = self.origin()
        plain, closed = self.proxy(), self.proxy("--auth", "ada:secret")
        evil = get(there.url + "/evil", "Proxy-Authorization: Basic YWRhOnNlY3JldA==")
        for server, url, method, fields in (
                (closed, there.url, "POST", []), (closed, there.url, "POST", ["Expect: 100-continue"]),
                (plain, "http://127.0.0.1:1/", "POST", []), (plain, "ftp://127.0.0.1/", "POST", []),
                (plain, there.url, "POST", ["Expect: tea"]), (plain, "/x", "POST", []),
                (plain, there.url + "/", "OPTIONS", ["Max-Forwards: 0"]), (plain, "*", "OPTIONS", []),
                (plain, f"http://127.0.0.1:{plain.port}/", "POST", []), (plain, "127.0.0.1:1", "CONNECT", []),
                (plain, there.url + "/", "TRACE", ["Max-Forwards: 0"])):
            for framing, body in ((f"Content-Length: {len(evil)}", evil),
                                  ("Transfer-Encoding: chunked", chunked(evil))):
                with self.subTest(url=url, method=method, fields=fields, framing=framing):
                    client = self.client(server)
                    client.send_quietly(get(url, framing, *fields, method=method, body=body, host="x"))
                    with contextlib.suppress(OSError):
                        client.finish()
                    self.assertIn(client.final().status // 100, (2, 4, 5))
                    self.assertEqual(client.rest(), b"")
        self.assertEqual(there.wires, [])


class PlantedResponses(ProxyTest):
    def speak(self, wire):
        """/bad/N gets the Nth bad response; all else, fine."""
        while not wire.at_end():
            request = read_request(wire)
            wire.requests.append(request)
            if request.target.startswith("/bad/"):
                wire.send(self.responses[int(request.target[5:])][1])
            else:
                wire.send(ok(b"fine"))

    def test_what_follows_a_response_answers_nobody(self):
        self.responses = list(proxy_bad_responses.responses())
        origin = self.origin(self.speak)
        server = self.proxy("--head-time", "2s", "--timeout", "300ms")
        for number, (method, data) in enumerate(self.responses):
            with self.subTest(data=data[:120], method=method):
                client = self.client(server)
                client.send(get(f"{origin.url}/bad/{number}", method=method))
                with contextlib.suppress(Cut):  # seen as cut short
                    client.final(method)
                with contextlib.suppress(Cut):
                    client.send_quietly(get(origin.url + "/next"))
                    self.assertEqual(client.final().body, b"fine")
                for _ in range(2):
                    self.assertEqual(self.ask(server, get(origin.url + "/other")).body, b"fine")
                client.close()

    def test_what_comes_later_answers_nobody(self):
        origin = self.origin(self.speak)
        server = self.proxy()
        for late in (proxy_bad_responses.EVIL, b"x", b"\r\n",
                     b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 4\r\n\r\nevil"):
            for method in ("GET", "POST"):
                with self.subTest(late=late, method=method):
                    client = self.client(server)
                    self.assertEqual(client.ask(get(origin.url + "/first")).body, b"fine")
                    for wire in origin.wires:
                        with contextlib.suppress(OSError):
                            wire.send(late)
                    response = client.ask(get(origin.url + "/second", method=method))
                    self.assertEqual((response.status, response.body), (200, b"fine"))

    def test_a_planted_response_does_not_become_a_trailing_one(self):
        self.responses = [("GET",
                           proxy_bad_responses.EVIL.replace(b"evil", b"fine") + proxy_bad_responses.EVIL)]
        origin = self.origin(self.speak)
        client = self.client(self.proxy())
        client.send(get(origin.url + "/bad/0") + get(origin.url + "/next"))
        self.assertEqual([client.final().body, client.final().body], [b"fine", b"fine"])
        client.finish()
        with self.assertRaises((Cut, Ambiguous)):
            client.final()


if __name__ == "__main__":
    unittest.main()
