"""Responses of an origin that wants its bytes to be taken for the answer to somebody else's request."""

EVIL = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
HEAD = b"HTTP/1.1 200 OK\r\n"

FRAMINGS = [
    b"Content-Length: 0\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 0",
    b"Content-Length: 0\r\nContent-Length: 9", b"Content-Length: 9\r\nContent-Length: 0",
    b"Content-Length: 0, 0", b"Content-Length: 0, 9", b"Content-Length: +0", b"Content-Length: -1",
    b"Content-Length: 0x0", b"Content-Length: 0 0", b"Content-Length:",
    b"Content-Length: 0\r\nContent-Length : 9", b"Content-Length: \x0b0",
    b"Content-Length: 18446744073709551616", b"Transfer-Encoding: identity",
    b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding: gzip\r\nContent-Length: 0", b"Transfer-Encoding:\r\n chunked",
    b"Transfer-Encoding : chunked\r\nContent-Length: 0",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", b"Transfer-Encoding: \xa0chunked",
    b"Transfer-Encoding: chunked;x", b"X: y\nContent-Length: 0", b"X: y\rContent-Length: 0",
    b"X: y\0\r\nContent-Length: 0", b" Content-Length: 0", b"Content-Length: 0\r\n X: y",
    b"Content-Length: 0\n\n", b"Content-Length: 0\r\nSet-Cookie: a\n\n", b"Content-Length: 0\r\n\n",
    b"X: y\r\r\nContent-Length: 0", b"Content-Length: 0\r\nConnection: Content-Length",
    b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    b"Content-Length: 0\r\nConnection: keep-alive\r\nConnection: close",
    b"Content-Length: 0\r\nUpgrade: h2c\r\nConnection: Upgrade",
]
CHUNKS = [
    b"0\r\n\r\n", b"0\n\n", b"0\r\n\n", b"0\r\n\r", b"0x0\r\n\r\n", b"+0\r\n\r\n", b" 0\r\n\r\n",
    b"0;\n\r\n\r\n", b"4\r\nfine0\r\n\r\n", b"4\r\nfine\n0\r\n\r\n", b"4\r\nfinexx\r\n0\r\n\r\n",
    b"0\r\nContent-Length: 40\r\n\r\n", b"0\r\nX : y\r\n\r\n", b"0\r\nX: y\n\n", b"\r\n\r\n",
    b"10000000000000000\r\n0\r\n\r\n", b"0\r\nTransfer-Encoding: chunked\r\n\r\n", b"0\0\r\n\r\n",
    b"0;a\rb\r\n\r\n", b"0\r\nX: a\rb\r\n\r\n"
]
WHOLE = [
    EVIL.replace(b"evil", b"fine"), HEAD + b"Content-Length: 0\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nContent-Length: 4\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 4\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\nContent-Length: 4\r\n\r\n" + HEAD + b"Content-Length: 0\r\n\r\n",
    b"HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: "
    b"chunked\r\n\r\n" + HEAD + b"Content-Length: 0\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
    b"\r\n" + HEAD + b"Content-Length: 0\r\n\r\n", b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    b"HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 200 OK\nContent-Length: 0\n\n",
    b"HTTP/2 200 OK\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 304 Not Modified\r\n\r\n",
    b"HTTP/1.1 204 No\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
]


def responses():
    """(method, bytes): an answer, and behind it what is to be taken for the answer to another request."""
    for framing in FRAMINGS:
        yield "GET", HEAD + framing + b"\r\n\r\n" + EVIL
    for chunk in CHUNKS:
        yield "GET", HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + EVIL
    for whole in WHOLE:
        yield "GET", whole + EVIL
    for framing in (b"Content-Length: 4", b"Transfer-Encoding: chunked", b"Content-Length: 0", b"X: y"):
        yield "HEAD", HEAD + framing + b"\r\n\r\n" + EVIL
    yield "HEAD", HEAD + b"Content-Length: 4\r\n\r\nfine" + EVIL
    yield "OPTIONS", HEAD + b"Content-Length: 0\r\n\r\n" + EVIL
