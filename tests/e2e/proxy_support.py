"""What the tests of the proxy share: a proxy, a scripted origin, a client of exact bytes."""

import contextlib
import json
import socket
import ssl
import threading
import urllib.parse

import support
from proxy_reader import Ambiguous, Cut, Wire, read_request, read_response


def ok(body=b"hello\n", *fields, status="200 OK", version="1.1"):
    """A response with a length."""
    lines = [f"HTTP/{version} {status}", f"Content-Length: {len(body)}", *fields]
    return "".join(line + "\r\n" for line in lines).encode() + b"\r\n" + body


def chunked(*parts, trailers=()):
    """A body in chunks of exactly these sizes, with its end."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return chunks + b"0\r\n" + "".join(line + "\r\n" for line in trailers).encode() + b"\r\n"


def get(url, *fields, method="GET", version="1.1", body=b"", host=None):
    """A request as a client sends it to a proxy; a Host of the URL's unless host is given ("": none)."""
    authority = (urllib.parse.urlsplit(url).netloc or url).rpartition("@")[2] if host is None else host
    lines = [f"{method} {url} HTTP/{version}", *([f"Host: {authority}"] if authority else []), *fields]
    return "".join(line + "\r\n" for line in lines).encode() + b"\r\n" + body


def post(url, body, *fields, **keywords):
    return get(url, f"Content-Length: {len(body)}", *fields, method="POST", body=body, **keywords)


def answering(answer=ok()):
    """A script: one answer for each request, until a Connection: close of its own or the client's end."""
    def speak(wire):
        while not wire.at_end():
            request = read_request(wire)
            wire.requests.append(request)
            reply = answer(request) if callable(answer) else answer
            head, end, _ = reply.partition(b"\r\n\r\n")
            wire.send(head + end if request.method == "HEAD" else reply)
            if b"connection: close" in head.lower():
                return
    return speak


def once(*parts, between=None):
    """A script: takes one request, says these bytes, and closes."""
    def speak(wire):
        wire.requests.append(read_request(wire))
        for part in parts:
            wire.send(part)
            if between:
                between.wait(support.PATIENCE_S)
    return speak


def resetting(*parts):
    def speak(wire):
        wire.requests.append(read_request(wire))
        wire.send(*parts)
        wire.reset()
    return speak


def swallowing(wire):
    """A script: takes whatever comes, and never answers."""
    wire.rest()


def echoing(wire):
    """A script: sends back what comes, then its own end."""
    while wire.more():
        wire.peer.sendall(wire.heard[wire.at:])
        wire.at = len(wire.heard)


class Origin:
    """speak(wire) on a thread for each connection; every wire, and so every byte heard, is kept."""

    def __init__(self, speak, context=None, address="127.0.0.1"):
        self.speak, self.context = speak, context
        self.wires, self.requests, self.faults, self.threads = [], [], [], []
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.listener = socket.create_server((address, 0), family=family, backlog=256)
        self.port = self.listener.getsockname()[1]
        self.authority = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if context else 'http'}://{self.authority}"
        self.start(self.accept)

    def start(self, work, *arguments):
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        thread.start()
        self.threads.append(thread)

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                peer, _ = self.listener.accept()
                peer.settimeout(support.PATIENCE_S)
                wire = Wire(peer)
                wire.requests = self.requests  # of all connections, in the order of their coming
                self.wires.append(wire)
                self.start(self.serve, wire)

    def serve(self, wire):
        try:
            if self.context:
                wire.peer = self.context.wrap_socket(wire.peer, server_side=True)
            self.speak(wire)
        except Ambiguous as fault:
            self.faults.append(fault)
            wire.rest()
        except (Cut, OSError):
            pass
        wire.close()

    @property
    def heard(self):
        return b"".join(bytes(wire.heard) for wire in list(self.wires))

    def wait_for(self, count):
        support.wait_until(lambda: len(self.requests) >= count, f"{count} requests at the origin")
        return self.requests

    def wait_for_end(self):
        """Until every connection has ended; what came on them."""
        support.wait_until(lambda: all(wire.ended for wire in list(self.wires)), "the end of the connections")
        return self.heard

    def close(self):
        for closing in [self.listener, *[wire.peer for wire in self.wires]]:
            with contextlib.suppress(OSError):
                closing.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for thread in list(self.threads):
            thread.join(support.PATIENCE_S)


class Client(Wire):
    """Says exactly these bytes to the proxy, and reads strictly."""

    def response(self, method="GET"):
        """The next response, interim or final."""
        return read_response(self, method)

    def final(self, method="GET"):
        """The next final response; .interim: what came before it."""
        interim = []
        while (response := self.response(method)).status < 200 and response.status != 101:
            interim.append(response)
        response.interim = interim
        return response

    def ask(self, data, method="GET"):
        self.send(data)
        return self.final(method)

    def send_quietly(self, *parts):
        """What the proxy takes of it: it may have heard enough."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.send(*parts)

    def end(self):
        """How the connection ends, behind nothing more: fin or reset."""
        rest = self.rest()
        if rest:
            raise Ambiguous(f"bytes behind the last response: {rest[:200]!r}")
        return self.ended


class ProxyTest(support.CertificateTest):
    def proxy(self, *options, **keywords):
        return self.serve("proxy-server", *options, **keywords)

    def origin(self, speak=None, **keywords):
        origin = Origin(speak or answering(), **keywords)
        self.addCleanup(lambda: self.assertEqual(origin.faults, [], "what the origin heard"))
        self.addCleanup(origin.close)
        return origin

    def tls_origin(self, speak=None, name="origin", **certificate):
        pem, key = self.make(name, **certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key)
        return self.origin(speak, context=context), pem

    def client(self, proxy):
        client = Client(support.connect(proxy.port))
        self.addCleanup(client.close)
        return client

    def ask(self, proxy, data, method="GET"):
        """The one final response to these bytes, on a connection of their own."""
        client = Client(support.connect(proxy.port))
        try:
            return client.ask(data, method)
        finally:
            client.close()

    def assert_refused(self, proxy, data, *statuses, method="GET"):
        """One of the statuses, then the end of the connection and nothing else."""
        client = self.client(proxy)
        client.peer.settimeout(5)
        client.send_quietly(data)
        response = client.final(method)
        self.assertIn(response.status, statuses, response.body[:200])
        self.assertEqual(client.end(), "fin")
        return response

    def tunnel(self, proxy, origin, early=b""):
        """An open CONNECT tunnel."""
        client = self.client(proxy)
        response = client.ask(
            get(origin.authority, method="CONNECT", host=origin.authority) + early, "CONNECT")
        self.assertEqual(response.status, 200)
        return client

    def events(self, proxy, count):
        """The first count requests that a proxy with --json tells of."""
        def told():
            lines = [json.loads(line) for line in proxy.out.splitlines(keepends=True) if line.endswith("\n")]
            requests = [event for event in lines if event.get("event") == "request"]
            return requests if len(requests) >= count else None
        return support.wait_until(told, f"{count} requests in the log")

    def assert_cause(self, response, status, *words):
        """The failure is named: in Proxy-Status by a word of RFC 9209, and in the page for people."""
        self.assertEqual(response.status, status, response.body)
        named = response.field("Proxy-Status") or ""
        self.assertRegex(named, rf"^[!-~]+; *error=({'|'.join(words)})\b")
        self.assertTrue(response.body.strip(), "a page without a cause")
        self.assertTrue((response.field("Content-Type") or "").startswith("text/plain"), response.fields)


class RequestTest(ProxyTest):
    """One proxy, one origin that says hello."""

    options = []

    def setUp(self):
        super().setUp()
        self.there = self.origin()
        self.server = self.proxy(*self.options)

    def passed(self, data, method="GET"):
        """The one request that the origin hears of these bytes, answered with 200."""
        before = len(self.there.requests)
        response = self.ask(self.server, data, method)
        self.assertEqual(response.status, 200, response.body)
        requests = self.there.requests
        self.assertEqual(len(requests), before + 1)
        return requests[-1]

    def refuse(self, data, *statuses):
        response = self.assert_refused(self.server, data, *statuses)
        self.assertEqual(self.there.requests, [])
        return response

    def heard_in_all(self):
        """What the origin hears until the proxy has ended."""
        self.assertEqual(self.server.stop(), 0)
        return self.there.wait_for_end()
