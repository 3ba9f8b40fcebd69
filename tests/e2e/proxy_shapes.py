"""Requests that two readers may understand in two ways: the shapes of known smuggling attacks."""

# As an origin would read it, were it to take the bytes of a body for a request.
HIDDEN = b"GET /evil HTTP/1.1\r\nHost: x\r\n\r\n"

# Shapes are (name, must be refused, bytes before the pipelined request); @ stands for the origin's URL.
CODINGS = [
    b"xchunked", b"chunkedx", b"chunk\xe9d", b"chunked\0", b"\0chunked", b"chunked\x0b", b"\x0bchunked",
    b"\x0cchunked", b"'chunked'", b'"chunked"', b"chunked,", b",chunked", b", chunked", b"chunked, identity",
    b"identity, chunked", b"cow", b"x, chunked", b"chunked;foo", b"chunked; q=0", b"chunked\x7f",
    b"ch\0unked", b"gzip", b"", b"chunked, chunked", b"chunked chunked", b"compress, chunked",
    b"chun\xe2\x84\xaaed", b"chunked\r", b"\rchunked", b"chunked\r\n x", b"\r\n chunked", b"\n chunked",
    b"\r\n\tchunked", b"chunked\n x", b"chunked\x85", b"\xa0chunked", b"chunked\xa0", b"chunked \0",
    b"identity", b"chunked-", b"chunked:", b"[chunked]", b"chunked\x1f", b"\x1fchunked", b"trailers, chunked",
    b"chunked\tx", b"{chunked}",
]
CODING_LINES = [
    b"Transfer-Encoding : chunked", b"Transfer-Encoding\t: chunked", b" Transfer-Encoding: chunked",
    b"\tTransfer-Encoding: chunked", b"X: y\nTransfer-Encoding: chunked", b"X: y\rTransfer-Encoding: chunked",
    b"Transfer\0-Encoding: chunked", b"\0Transfer-Encoding: chunked", b"Transfer-Encoding\0: chunked",
    b"Transfer-Encoding\xa0: chunked", b"Transfer-Encoding\r\n: chunked",
    b"X: y\r\n\rTransfer-Encoding: chunked", b"Transfer-Encoding\x0b: chunked", b"Transfer-Encoding:chunked",
    b"transfer-encoding: chunked", b"TRANSFER-ENCODING: Chunked", b"Transfer-Encoding:\tchunked\t",
    b"Transfer-Encoding", b"Transfer-Encoding chunked", b"Transfer-Encoding; chunked",
    b":Transfer-Encoding: chunked", b"Transfer Encoding: chunked", b"Transfer-Encoding\r: chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x", b"\xefTransfer-Encoding: chunked",
    b"X: y\x00\r\nTransfer-Encoding: chunked", b"\x0bTransfer-Encoding: chunked",
    b"X: y\n\rTransfer-Encoding: chunked", b"X: y\r\r\nTransfer-Encoding: chunked",
    b"Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked",
    b"Connection: Content-Length\r\nTransfer-Encoding: chunked",
]
# Other names for a human eye, and for a CGI program; a field like any other for HTTP.
OTHER_NAMES = [
    b"Transfer_Encoding: chunked", b"Content_Length: 0", b"Content-Encoding: chunked",
    b"X-Transfer-Encoding: chunked", b"Content-Length-: 0", b"TE: chunked", b"Connection: Content-Length",
    b"Connection: Transfer-Encoding", b"Connection: close, Content-Length", b"Connection: Host",
    b"Transfer.Encoding: chunked", b"X-HTTP-Method-Override: PUT",
    b"Connection: keep-alive, Content-Length, Host, Via", b"Proxy-Connection: Content-Length"
]
LENGTHS = [
    b"+%d", b"-%d", b"0x%x", b"%d,0", b"0,%d", b"%d 0", b"%d\r\n 0", b"%d;", b"%d.0", b"\0%d", b"%d\0",
    b"%d\r", b"\x0b%d", b"%d\x0b", b"0%do", b"%dabc", b"%d\xa0", b"\xa0%d", b"'%d'", b"%d,", b",%d", b"1e1",
    b"0b1", b"_%d", b"%d_0", b"", b"\r\n %d", b"%d\n", b"18446744073709551616", b"18446744073709551617",
    b"9223372036854775808", b"4294967297999999999999", b"\xd9\xa3", b"%d\t1", b"1 %d",
    b"%d\r\nContent-Length: 0", b"0\r\nContent-Length: %d", b"%d\r\nContent-Length:",
    b"%d\r\nContent-Length: +%d", b"%d\r\nContent-Length: x"
]
LENGTH_LINES = [
    b"Content-Length : %d", b"Content-Length\t: %d", b" Content-Length: %d", b"Content-Length\0: %d",
    b"X: y\nContent-Length: %d", b"X: y\rContent-Length: %d", b"Content-Length\r\n: %d", b"Content-Length %d",
    b"\0Content-Length: %d", b"Content-Length\xa0: %d", b"Content-Length: 0\r\nContent-Length : %d",
    b"Content-Length\x0b: %d", b"Content Length: %d", b"X: y\r\n Content-Length: %d",
    b"X: y\r\r\nContent-Length: %d", b"\rContent-Length: %d"
]
CHUNKS = [
    b"0\n\n", b"0\r\n\n", b"0\n\r\n", b"0\r\r\n\r\n", b"0\r\n\r", b"0\r\n\r\r\n", b"00x\r\n\r\n",
    b"0 \r\n\r\n", b" 0\r\n\r\n", b"\t0\r\n\r\n", b"+0\r\n\r\n", b"-0\r\n\r\n", b"0x0\r\n\r\n",
    b"0_0\r\n\r\n", b"\0000\r\n\r\n", b"0\0\r\n\r\n", b"0;\n\r\n\r\n", b"0;a\rb\r\n\r\n", b"0;\0\r\n\r\n",
    b"\r\n0\r\n\r\n", b"\n0\r\n\r\n", b"1\nx\r\n0\r\n\r\n", b"1\r\nx\n0\r\n\r\n", b"1\r\nx0\r\n\r\n",
    b"1\r\nxx0\r\n\r\n", b"1\r\nx\r\r\n0\r\n\r\n", b"1;\nx\r\n0\r\n\r\n", b"2;\nxx\r\n45\r\n0\r\n\r\n",
    b"1\rx\r\n0\r\n\r\n", b"10000000000000000\r\nx\r\n0\r\n\r\n", b"ffffffffffffffff\r\nx\r\n0\r\n\r\n",
    b"8000000000000000\r\nx\r\n", b"fffffffffffffffe\r\nx\r\n0\r\n\r\n", b"1\r\nx\r\n0\r\nX : y\r\n\r\n",
    b"1\r\nx\r\n0\r\nX\n\r\n", b"1\r\nx\r\n0\r\n X: y\r\n\r\n", b"1\r\nx\r\n0\r\nX: y\n\r\n",
    b"1\r\nx\r\n0\r\n: y\r\n\r\n", b"1\r\nx\r\n0\r\nX: \0\r\n\r\n", b"1\r\nx\r\n0\r\nX: a\rb\r\n\r\n",
    b"1\r\nx\r\n\r\n0\r\n\r\n", b"1 ;a\nb\r\nx\r\n0\r\n\r\n", b"1;a=\"\n\"\r\nx\r\n0\r\n\r\n",
    b"1;a=\"\r\n0\r\n\r\n", b"\xef\xbc\x90\r\n\r\n", b"1\r\nx\r\n;\r\n\r\n", b"\r\n\r\n",
    b"1,0\r\nx\r\n0\r\n\r\n", b"1 0\r\nx\r\n0\r\n\r\n", b"0\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n",
    b"1\r\nx\r\n0\r\n\rX", b"5\r\nAAAAA\rX2\r\n45\r\n0\r\n\r\n", b"1;\x7f\r\nx\r\n0\r\n\r\n", b"0x\r\n\r\n",
    b"1h\r\nx\r\n0\r\n\r\n",
]
GOOD_CHUNKS = [
    b"0\r\n\r\n", b"1\r\nx\r\n0\r\nX: y\r\n z\r\n\r\n", b"100000001\r\nx", b"0;a=b\r\n\r\n", b"000\r\n\r\n",
    b"A\r\n0123456789\r\n0\r\nX: y\r\n\r\n", b"1;\r\nx\r\n0\r\n\r\n", b"1;a=\"b;c\"\r\nx\r\n0\r\n\r\n",
    b"0\r\nHost: evil\r\nContent-Length: 99\r\nTransfer-Encoding: x\r\n\r\n",
    b"%x\r\n%s\r\n0\r\n\r\n" % (len(HIDDEN), HIDDEN), b"1\r\nx\r\n0\r\nConnection: close\r\n\r\n",
    b"0\r\nExpect: 100-continue\r\nUpgrade: websocket\r\n\r\n"
]
# Heads from the request line on, without the empty line.
HEADS = [
    (True, b"GET @/a\nHost: x"), (True, b"GET @/a HTTP/1.1\nHost: x"), (True, b"GET @/a HTTP/1.1\rHost: x"),
    (True, b"GET @/a"), (True, b"GET @/a HTTP/1.1\r\nHost: x\n"),
    (True, b"GET @/a HTTP/1.1\r\nHost: x\n\n" + HIDDEN), (True, b"GET @/a HTTP/1.1\r\nHost: x\r\r\n"),
    (True, b"GET @/a HTTP/1.1 HTTP/1.1\r\nHost: x"), (True, b"GET @/a  HTTP/1.1\r\nHost: x"),
    (True, b"GET  @/a HTTP/1.1\r\nHost: x"), (True, b" GET @/a HTTP/1.1\r\nHost: x"),
    (True, b"GET\t@/a\tHTTP/1.1\r\nHost: x"), (True, b"GET\x0b@/a HTTP/1.1\r\nHost: x"),
    (True, b"GET @/a\0 HTTP/1.1\r\nHost: x"), (True, b"GET @/a\rb HTTP/1.1\r\nHost: x"),
    (True, b"GET @/a HTTP/1.1\0\r\nHost: x"), (True, b"GET @/a HTTP/1.1 \r\nHost: x"),
    (True, b"GET @/a HTTP/01.1\r\nHost: x"), (True, b"GET @/a HTTP/1.1x\r\nHost: x"),
    (True, b"GET @/a HTTP/1,1\r\nHost: x"), (True, b"GET @/a http/1.1\r\nHost: x"),
    (True, b"GET @/a HTTP/ 1.1\r\nHost: x"), (True, b"GET @/a HTTP/1.1\r\n Host: x"),
    (True, b"GET @/a HTTP/1.1\r\n\tX: y\r\nHost: x"), (True, b"GET @/a HTTP/1.1\r\nHost: x\r\nHost: y"),
    (True, b"GET @/a HTTP/1.1\r\nHost: x\r\nhost: x"), (True, b"GET @/a HTTP/1.1\r\nHost: x\r\n y"),
    (True, b"GET @/a HTTP/1.1\r\nHost : x"), (True, b"GET @/a HTTP/1.1\r\nHost: x y"),
    (True, b"GET @/a HTTP/1.1\r\nHost: x\0y"), (True, b"GET @/a HTTP/1.1\r\nHost: x\rX: y"),
    (True, b"GET @/a HTTP/1.1\r\nX: y"), (True, b"GET @/a HTTP/1.1\r\nHost: x\r\nX"),
    (True, b"GET @/a HTTP/1.1\r\nHost: x\r\nX\r\n Y: z"), (True, b"GET @/a HTTP/1.1\r\nHost: x, y"),
    (True, b"GET @/a HTTP/1.1\r\nHost: a@b"), (True, b"GET @/a HTTP/1.1\r\nHost: a/b"),
    (True, b"GET @/a HTTP/1.1\r\nHost: x\r\nGET /evil HTTP/1.1"),
    (True, b"GET @/a HTTP/1.1\r\nHost: x\r\nGET /evil HTTP/1.1\r\nHost: x"),
    (True, b"G\0T @/a HTTP/1.1\r\nHost: x"), (True, b"@ HTTP/1.1\r\nHost: x"),
    (True, b"HTTP/1.1 200 OK\r\nHost: x"), (True, b"\0"), (True, b"\x16\x03\x01\x02\x00\x01\x00\x01"),
    (True, b"GET @/a#b HTTP/1.1\r\nHost: x"), (True, b"GET @\\evil HTTP/1.1\r\nHost: x"),
    (False, b"GET @/%0d%0aX:%20y HTTP/1.1\r\nHost: x"), (False, b"GET @//evil HTTP/1.1\r\nHost: x"),
    (False, b"GET @/a HTTP/1.0"), (False, b"GET @/a HTTP/1.0\r\nConnection: keep-alive"),
    (False, b"\r\nGET @/a HTTP/1.1\r\nHost: x"), (False, b"\r\n\r\n\r\nGET @/a HTTP/1.1\r\nHost: x"),
    (False, b"GET @/a HTTP/1.1\r\nHost:\t x \t"), (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nX:"),
    (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nX: \xff\xfe"),
    (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nX-Forwarded-Host: evil"), (False, b"PRI * HTTP/2.0"),
    (False, b"CONNECT 127.0.0.1:443 HTTP/1.1\r\nHost: x\r\nContent-Length: 5"),
    (False, b"OPTIONS * HTTP/1.1\r\nHost: x"), (False, b"TRACE @/a HTTP/1.1\r\nHost: x"),
    (False, b"GET /evil HTTP/1.1\r\nHost: x"), (False, b"HEAD @/a HTTP/1.1\r\nHost: x"),
    (False,
     b"GET @/a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
     b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"
     ), (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade"),
    (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nUpgrade: h2c"),
    (False,
     b"GET @/a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket, h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
     b"HTTP2-Settings: AAMAAABk"
     ),
    (False,
     b"GET @/a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
     b"Sec-WebSocket-Version: 1\r\nSec-WebSocket-Key: x"
     ),
    (False,
     b"POST @/a HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nContent-Length: 0"),
    (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue"),
    (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nExpect: x 100-continue"),
    (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue, 100-continue"),
    (True, b"GET @/a HTTP/1.1\r\nHost: x\r\nExpect:\r\n 100-continue"),
    (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nConnection: close"),
    (False, b"GET @/a HTTP/1.1\r\nHost: x\r\nConnection: Host, Via, close"),
]
EXPECTING = [
    b"Expect: 100-continue", b"expect: 100-Continue", b"Expect: y 100-continue", b"Expect: 100-continue ",
    b"Expect: x"
]


def in_body(fields, body):
    return b"POST @/a HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n\r\n" + body


def requests():
    """All shapes of requests."""
    chunks = b"0\r\n\r\n" + HIDDEN
    sized = b"Content-Length: %d" % len(chunks)
    for line in [b"Transfer-Encoding: " + coding for coding in CODINGS] + CODING_LINES:
        yield line + b" behind a length", True, in_body(sized + b"\r\n" + line, chunks)
        yield line + b" before a length", True, in_body(line + b"\r\n" + sized, chunks)
    for line in [b"Transfer-Encoding: " + coding for coding in CODINGS]:
        yield line + b" alone", True, in_body(line, b"0\r\n\r\n")
    for line in OTHER_NAMES:
        yield line, False, in_body(sized + b"\r\n" + line, chunks)
    for value in LENGTHS:
        values = (len(HIDDEN),) * value.count(b"%")
        yield b"Content-Length: " + value, True, in_body(b"Content-Length: " + value % values, HIDDEN)
    for line in LENGTH_LINES:
        yield line, True, in_body(line % len(HIDDEN), HIDDEN)
    for value in (b"00%d", b"%d, %d", b"%d\r\nContent-Length: %d, %d", b"%d\r\nContent-Length: %d",
                  b"\t%d\t"):
        values = (len(HIDDEN),) * value.count(b"%")
        yield b"Content-Length: " + value, False, in_body(b"Content-Length: " + value % values, HIDDEN)
    for chunk in CHUNKS:
        yield b"chunk " + chunk, True, in_body(b"Transfer-Encoding: chunked", chunk)
    for chunk in GOOD_CHUNKS:
        yield b"chunk " + chunk, False, in_body(b"Transfer-Encoding: chunked", chunk)
    for must, head in HEADS:
        yield head, must, head + b"\r\n\r\n"
    for line in EXPECTING:
        yield line, False, in_body(line + b"\r\nContent-Length: %d" % len(HIDDEN), HIDDEN)
    for method in (b"GET", b"HEAD", b"DELETE", b"PROPFIND", b"TRACE", b"OPTIONS"):
        yield method + b" with a body", False, in_body(b"Content-Length: %d" % len(HIDDEN),
                                                       HIDDEN).replace(b"POST", method)
    yield b"chunks in HTTP/1.0", True, in_body(b"Transfer-Encoding: chunked",
                                               b"0\r\n\r\n").replace(b"1.1", b"1.0", 1)
