"""A strict reader of HTTP/1.1: whatever two readers could understand in two ways is an error here."""

import contextlib
import re
import socket

import support

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
VISIBLE = rb"[\x21-\x7e\x80-\xff]"
FIELD = re.compile(rb"(%b):[ \t]*((?:%b(?:[\t\x20-\x7e\x80-\xff]*%b)?)?)[ \t]*" % (TOKEN, VISIBLE, VISIBLE))
REQUEST_LINE = re.compile(rb"(" + TOKEN + rb") ([\x21\x22\x24-\x5b\x5d-\x7e]+) HTTP/1\.([01])")
STATUS_LINE = re.compile(rb"HTTP/1\.([01]) ([1-5]\d\d) ([\t\x20-\x7e\x80-\xff]*)")
LENGTH = re.compile(rb"(?:0|[1-9]\d{0,17})")
CHUNK = re.compile(rb"[0-9a-fA-F]{1,15}")
HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]+)(?::\d{1,5})?")


class Ambiguous(AssertionError):
    """Not HTTP, or HTTP that somebody else may read in another way."""


class Cut(AssertionError):
    """The connection ended within a message; .message holds what had come."""

    message = None


class Wire:
    """One end of a connection: all that came stays in .heard, .at says how far it is read."""

    def __init__(self, peer=None, heard=b""):
        self.peer, self.heard, self.at = peer, bytearray(heard), 0
        self.ended = "" if peer else "fin"
        self.requests = []

    def more(self):
        """Waits for bytes; false at the end, and .ended says which."""
        if self.ended:
            return False
        try:
            part = self.peer.recv(1 << 16)
        except ConnectionResetError:
            self.ended = "reset"
            return False
        except TimeoutError:
            raise
        except OSError as error:  # closed by the end of the test, or a broken TLS session
            self.ended = type(error).__name__
            return False
        if not part:
            self.ended = "fin"
        self.heard += part
        return bool(part)

    def at_end(self):
        return self.at == len(self.heard) and not self.more()

    def need(self, found):
        """Reads until found() is not None."""
        while (value := found()) is None:
            if not self.more():
                raise Cut(f"{self.ended} behind {bytes(self.heard[self.at:])[-200:]!r}")
        return value

    def take(self, count):
        self.need(lambda: len(self.heard) - self.at >= count or None)
        self.at += count
        return bytes(self.heard[self.at - count:self.at])

    def line(self):
        """The next line, without the CR LF that ends it."""
        def found():
            end = self.heard.find(b"\n", self.at)
            return None if end < 0 else end
        line = self.take(self.need(found) + 1 - self.at)
        if not line.endswith(b"\r\n") or b"\r" in line[:-2]:
            raise Ambiguous(f"line end: {line[-80:]!r}")
        return line[:-2]

    def rest(self):
        """Everything up to the end."""
        while self.more():
            pass
        rest, self.at = bytes(self.heard[self.at:]), len(self.heard)
        return rest

    def send(self, *parts):
        for part in parts:
            self.peer.sendall(part)

    def drip(self, data):
        """Byte by byte."""
        with contextlib.suppress(OSError):
            self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for at in range(len(data)):
            self.peer.sendall(data[at:at + 1])

    def finish(self):
        """Our end of the stream; the peer's may go on."""
        self.peer.shutdown(socket.SHUT_WR)

    def reset(self):
        support.reset(self.peer)

    def close(self):
        with contextlib.suppress(OSError):
            self.peer.close()
        self.ended = self.ended or "closed"


class Message:
    """A request (method, target, version) or a response (status, reason, version)."""

    def __init__(self, **start):
        self.__dict__.update(start)
        self.fields, self.trailers, self.body, self.framing, self.chunks = [], [], b"", "", []

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]

    def field(self, name):
        """All values in one, None without the field."""
        return ", ".join(self.all(name)) if self.all(name) else None

    @property
    def names(self):
        return {name.lower() for name, _ in self.fields}


def read_fields(wire):
    fields = []
    while line := wire.line():
        field = FIELD.fullmatch(line)
        if not field:
            raise Ambiguous(f"field: {line!r}")
        fields.append((field[1].decode(), field[2].decode("latin-1")))
    return fields


def framing_of(message):
    """chunked, an exact length, or None where neither is said."""
    codings, lengths = message.all("Transfer-Encoding"), message.all("Content-Length")
    if codings and lengths or len(lengths) > 1:
        raise Ambiguous(f"lengths: {codings} {lengths}")
    if codings:
        if [coding.lower() for coding in codings] != ["chunked"] or message.version != "1.1":
            raise Ambiguous(f"codings: {codings} in 1.{message.version[-1]}")
        return "chunked"
    if lengths and not LENGTH.fullmatch(lengths[0].encode()):
        raise Ambiguous(f"length: {lengths}")
    return int(lengths[0]) if lengths else None


def read_chunks(wire, message):
    while True:
        line = wire.line()
        if not CHUNK.fullmatch(line):
            raise Ambiguous(f"chunk: {line!r}")
        size = int(line, 16)
        if size == 0:
            break
        message.chunks.append(size)
        message.body += wire.take(size)
        if wire.take(2) != b"\r\n":
            raise Ambiguous("no CR LF behind a chunk")
    message.trailers = read_fields(wire)
    if {name.lower() for name, _ in message.trailers} & {"host", "content-length", "transfer-encoding"}:
        raise Ambiguous(f"trailers: {message.trailers}")


def read_body(wire, message, framing):
    """The body; what had come of it is in a Cut."""
    message.framing = "chunked" if framing == "chunked" else "length"
    begun = wire.at
    try:
        if framing == "chunked":
            read_chunks(wire, message)
        else:
            message.body = wire.take(framing or 0)
    except Cut as cut:
        message.body = message.body or bytes(wire.heard[begun:])
        cut.message = message
        raise
    return message


def read_request(wire):
    line = wire.line()
    start = REQUEST_LINE.fullmatch(line)
    if not start:
        raise Ambiguous(f"request line: {line!r}")
    request = Message(method=start[1].decode(), target=start[2].decode(), version=f"1.{start[3].decode()}")
    request.fields = read_fields(wire)
    hosts = [host.encode("latin-1") for host in request.all("Host")]
    if len(hosts) > 1 or not hosts and request.version == "1.1" or hosts and not HOST.fullmatch(hosts[0]):
        raise Ambiguous(f"hosts: {hosts}")
    return read_body(wire, request, framing_of(request))


def read_response(wire, method="GET"):
    line = wire.line()
    start = STATUS_LINE.fullmatch(line)
    if not start:
        raise Ambiguous(f"status line: {line!r}")
    response = Message(status=int(start[2]), reason=start[3].decode("latin-1"),
                       version=f"1.{start[1].decode()}")
    response.fields = read_fields(wire)
    framing = framing_of(response)
    bare = response.status < 200 or response.status == 204 or method == "CONNECT" and response.status < 300
    if bare and framing is not None:
        raise Ambiguous(f"a {response.status} with {framing}")
    if bare or method == "HEAD" or response.status == 304:
        return response
    if framing is not None:
        return read_body(wire, response, framing)
    response.framing, response.body = "close", wire.rest()
    if wire.ended != "fin":
        cut = Cut(f"{wire.ended} within a body that ends with the connection")
        cut.message = response
        raise cut
    return response
