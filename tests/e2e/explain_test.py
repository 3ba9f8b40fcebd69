"""explain, judged by tshark: foreign programs captured by dumpcap, on good paths and bad ones, in every file format."""

import collections
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import support
from browser import Browser
from support import NettoolTest

LOSSY_PATH = pathlib.Path(__file__).with_name("lossy_path.py")

# capture NAME FILTER INTERFACE COMMAND…: what dumpcap sees while the command runs.
CAPTURE = r"""
set -e
capture() {
    local name=$1 filter=$2 interface=$3; shift 3
    dumpcap -q -i $interface -f "$filter" -w $name.pcapng 2>$name.err &
    local dumpcap=$!
    until grep -q File: $name.err; do sleep 0.02; done
    "$@"
    sleep 0.3
    kill -INT $dumpcap; wait $dumpcap || true
}
until_open() { until nc -z 127.0.0.1 $1; do sleep 0.05; done; }
"""

GOOD = CAPTURE + r"""
echo hello > file
python3 -m http.server 8080 --bind 127.0.0.1 > /dev/null 2>&1 & servers=$!
until_open 8080
web() { curl -s -o /dev/null http://127.0.0.1:8080/file http://127.0.0.1:8080/none; curl -s -I http://127.0.0.1:8080/file; }
capture http 'tcp port 8080' lo web > /dev/null

python3 -W ignore -m smtpd -n -c DebuggingServer 127.0.0.1:2525 > /dev/null & servers="$servers $!"
until_open 2525
mail() { python3 -c 'import smtplib
with smtplib.SMTP("127.0.0.1", 2525) as s: s.sendmail("a@x", ["b@y"], "Subject: hi\r\n\r\nhello\r\n.dot\r\n")'; }
capture smtp 'tcp port 2525' lo mail

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -subj /CN=x -days 2 2> /dev/null
openssl s_server -accept 127.0.0.1:4433 -cert cert.pem -key key.pem -quiet -www > /dev/null 2>&1 & servers="$servers $!"
until_open 4433
tls() { for v in tls1_2 tls1_3; do printf 'GET / HTTP/1.0\r\n\r\n' |
    openssl s_client -connect 127.0.0.1:4433 -servername wire.example -$v -quiet > /dev/null 2>&1; done; true; }
capture tls 'tcp port 4433' lo tls

ip link set lo mtu 1500
datagrams() { python3 -c 'import socket
for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    with socket.socket(family, socket.SOCK_DGRAM) as a, socket.socket(family, socket.SOCK_DGRAM) as b:
        a.bind((host, 0)); b.sendto(b"x" * 5000, a.getsockname()); a.recv(9000)
        b.sendto(b"anybody?", (host, 9))'; }
capture datagrams 'udp or ip[6:2] & 0x1fff != 0 or ip6 or icmp' lo datagrams
ip link set lo mtu 65536

stalls() { python3 stalls.py; }
capture stalls 'tcp port 7000' lo stalls
kill $servers
"""

# A window that closes and opens again, keep-alives, and a reset.
STALLS = r"""
import socket, struct, threading, time
listener = socket.create_server(("127.0.0.1", 7000))
listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
client = socket.create_connection(("127.0.0.1", 7000))
server, _ = listener.accept()
client.setblocking(False)
sent = 0
try:
    while True: sent += client.send(b"x" * 100000)
except BlockingIOError: pass
time.sleep(1)
server.settimeout(5)
got = 0
while got < sent: got += len(server.recv(65536))
client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
client.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
time.sleep(2.5)
client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
client.close()
"""

BAD = CAPTURE + r"""
head -c 1500000 /dev/urandom > file
mkfifo control; exec 9<> control
python3 LOSSY_PATH 7 < control > path.out & path=$!
until grep -q ready path.out; do sleep 0.02; done
python3 -m http.server 8080 --bind 10.9.0.1 > /dev/null 2>&1 & server=$!
until nc -z 10.9.0.1 8080; do sleep 0.05; done
get() { curl -s -m 20 -o got http://10.9.0.2:8080/file; }
capture lossy 'tcp port 8080' lossy get
cmp file got
kill $server $path
"""


def run_isolated(script, directory, where=support.ISOLATED):
    done = subprocess.run([*where, "bash", "-c", script], cwd=directory, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{done.stdout.decode()}{done.stderr.decode()}")


def fields(path, *names, filter=""):
    """What tshark says of each frame."""
    done = subprocess.run(["tshark", "-r", path, "-o", "ip.defragment:TRUE", "-Y", filter, "-T", "fields", "-E", "occurrence=f",
                           *(word for name in names for word in ("-e", name))], capture_output=True, timeout=60, check=True)
    return [dict(zip(names, line.split("\t"))) for line in done.stdout.decode().splitlines()]


class Explain(NettoolTest):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.captures = pathlib.Path(temporary.name)
        (cls.captures / "stalls.py").write_text(STALLS)
        run_isolated(GOOD, cls.captures)
        run_isolated(BAD.replace("LOSSY_PATH", str(LOSSY_PATH)), cls.captures)

    def explain(self, *arguments, status=0, **keywords):
        done = self.nettool("explain", *arguments, **keywords)
        self.assertEqual(done.returncode, status, done.stderr.decode())
        return done.stdout.decode()

    def json(self, *arguments, **keywords):
        """The packets and the conversations."""
        objects = [json.loads(line) for line in self.explain("--json", *arguments, **keywords).splitlines()]
        return tuple([one for one in objects if one["event"] == event] for event in ("packet", "conversation"))

    def test_numbers_are_those_of_tshark(self):
        for name in ("http", "smtp", "tls", "stalls", "lossy"):
            with self.subTest(name):
                path = self.captures / f"{name}.pcapng"
                packets, _ = self.json(path)
                theirs = fields(path, "frame.number", "tcp.seq", "tcp.ack", "tcp.len", "tcp.seq_raw", "tcp.stream")
                self.assertGreater(len(theirs), 5)
                ours = [dict(zip(theirs[0], map(str, (one["number"], one["seq"], one["ack"], one["size_bytes"],
                                                      one["seq_raw"], one["conversation"] - 1)))) for one in packets]
                self.assertEqual(ours, theirs)

    def test_http_is_read(self):
        path = self.captures / "http.pcapng"
        packets, conversations = self.json(path)
        said = [part for one in packets for part in one["message"].split("; ") if part]
        self.assertEqual([text for text in said if text.startswith("HTTP GET") or text.startswith("HTTP HEAD")],
                         ["HTTP GET /file", "HTTP GET /none", "HTTP HEAD /file"])
        self.assertEqual([text.split(",")[0] for text in said if text[5].isdigit()],
                         ["HTTP 200 OK", "HTTP 404 File not found", "HTTP 200 OK"])
        theirs = fields(path, "frame.number", filter="http.request or http.response")
        self.assertGreaterEqual({str(one["number"]) for one in packets if one["message"]}, {one["frame.number"] for one in
                                fields(path, "frame.number", filter="http.request")})
        self.assertEqual({one["protocol"] for one in conversations}, {"HTTP"})
        self.assertTrue(theirs)
        for one in conversations:
            self.assertEqual(len(fields(path, "frame.number", filter=one["filter"])), one["packets"])

    def test_mail_is_read(self):
        packets, _ = self.json(self.captures / "smtp.pcapng")
        said = [part for one in packets for part in one["message"].split("; ") if part]
        for wanted in ("SMTP mail FROM:<a@x>", "SMTP rcpt TO:<b@y>", "SMTP data", "SMTP quit"):
            self.assertTrue(any(text.lower().startswith(wanted.lower()) for text in said), (wanted, said))
        self.assertTrue(any(text.startswith("SMTP end of the mail") for text in said), said)

    def test_tls_is_read(self):
        path = self.captures / "tls.pcapng"
        packets, conversations = self.json(path)
        said = [part for one in packets for part in one["message"].split("; ") if part]
        self.assertEqual([text.split(", ")[:2] for text in said if "ClientHello" in text],
                         [["TLS ClientHello", "server name wire.example"]] * 2)
        hellos = [text.split(", ") for text in said if "ServerHello," in text]
        self.assertEqual([hello[1] for hello in hellos], ["version 1.2", "version 1.3"])
        self.assertIn("TLS Certificate", said)
        self.assertIn("TLS ClientKeyExchange", said)
        self.assertEqual([one["protocol"] for one in conversations], ["TLS", "TLS"])
        suites = fields(path, "tls.handshake.ciphersuite", filter="tls.handshake.type == 2")
        known = {"0x1302": "TLS_AES_256_GCM_SHA384", "0xc030": "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"}
        self.assertEqual([hello[2] for hello in hellos], [known[one["tls.handshake.ciphersuite"]] for one in suites])

    def test_fragments_are_put_together_and_complaints_belong_to_their_conversation(self):
        packets, _ = self.json(self.captures / "datagrams.pcapng")
        self.assertEqual([one["size_bytes"] for one in packets if one["kind"] == "UDP"], [5000, 8, 5000, 8])
        complaints = [one for one in packets if one["kind"] == "ICMP"]
        self.assertEqual([one["note"] for one in complaints], ["port unreachable"] * 2)
        self.assertEqual([one["from"] for one in complaints], ["127.0.0.1:9", "[::1]:9"])

    def test_stalls_are_named_as_tshark_does(self):
        path = self.captures / "stalls.pcapng"
        packets, conversations = self.json(path)
        noted = collections.defaultdict(set)
        for one in packets:
            for note in one["note"].split(", "):
                noted[note].add(str(one["number"]))
        for note, field in (("zero window", "tcp.analysis.zero_window"), ("reset", "tcp.flags.reset == 1"),
                            ("keep-alive answer", "tcp.analysis.keep_alive_ack")):
            theirs = {one["frame.number"] for one in fields(path, "frame.number", filter=field)}
            self.assertTrue(theirs, field)
            if field == "tcp.analysis.keep_alive_ack":
                # It takes the answers to probes of a closed window for these too.
                self.assertLessEqual(noted[note], theirs)
            else:
                self.assertEqual(noted[note], theirs, note)
        # It takes probes of a closed window for keep-alives.
        probes = {one["frame.number"] for one in fields(path, "frame.number", filter="tcp.analysis.keep_alive")}
        self.assertEqual(noted["keep-alive"] | noted["zero-window probe"], probes)
        self.assertTrue(noted["keep-alive"] and noted["zero-window probe"] and noted["the window opens again"])
        self.assertEqual(conversations[0]["resets"], 1)

    def test_a_retransmission_is_what_was_sent_before(self):
        packets, conversations = self.json(self.captures / "lossy.pcapng")
        # Whatever was in the file before, byte by byte, by the numbers that tshark gives.
        theirs = {int(one["frame.number"]): one for one in
                  fields(self.captures / "lossy.pcapng", "frame.number", "tcp.stream", "tcp.srcport", "tcp.seq", "tcp.len")}
        seen, ends = collections.defaultdict(set), collections.defaultdict(int)
        expected = collections.Counter()
        for one in packets:
            frame = theirs[one["number"]]
            side, begin, size = (frame["tcp.stream"], frame["tcp.srcport"]), int(frame["tcp.seq"]), int(frame["tcp.len"])
            if size == 0:
                continue
            bytes_here, end = set(range(begin, begin + size)), max(ends[side], 1)
            old = {byte for byte in bytes_here if byte < end}
            if begin > end:
                kind = f"{begin - end} bytes before it are missing"
            elif not old:
                kind = ""
            else:
                kind = "retransmission" if old <= seen[side] else "out of order, fills a hole"
            note = one["note"].replace("spurious ", "")
            self.assertTrue(note.startswith(kind) and bool(kind) == bool(note.split(", acknowledges")[0].strip()) or
                            (not kind and note in ("", "teardown", "handshake 3/3")), (one, kind))
            expected[kind.split(" ")[-1] if kind.endswith("missing") else kind] += 1
            seen[side] |= bytes_here
            ends[side] = max(ends[side], begin + size)
        for kind in ("retransmission", "out of order, fills a hole", "missing"):
            self.assertGreater(expected[kind], 3, expected)
        self.assertEqual(sum(one["retransmissions"] for one in conversations),
                         expected["retransmission"] + sum("SYN" in one["kind"] and "retransmission" in one["note"] or
                                                          one["kind"] == "FIN" and "retransmission" in one["note"]
                                                          for one in packets))
        # What was sent again was lost for one of the views only; HTTP is read in both all the same.
        said = [one["message"] for one in packets if one["message"].startswith("HTTP")]
        self.assertEqual(sorted(text.split(",")[0] for text in said), ["HTTP 200 OK"] * 2 + ["HTTP GET /file"] * 2)

    def test_every_format_says_the_same(self):
        path = self.captures / "http.pcapng"
        wanted = self.explain(path)
        for form in ("pcap", "nsecpcap", "pcapng"):
            with self.subTest(form):
                other = self.directory / form
                subprocess.run(["editcap", "-F", form, path, other], check=True)
                times = r"^ *\d+\.\d{6}|\d+\.\d{3} ms"  # pcap has microseconds
                self.assertEqual(re.sub(times, "", self.explain(other), flags=re.M), re.sub(times, "", wanted, flags=re.M))
        short = self.directory / "short"
        subprocess.run(["editcap", "-s", "90", path, short], check=True)
        cut, _ = self.json(short)
        whole, _ = self.json(path)
        self.assertEqual([one["size_bytes"] for one in cut], [one["size_bytes"] for one in whole])
        middle = self.directory / "middle"
        subprocess.run(["editcap", path, middle, "1-5"], check=True)
        self.assertIn("client 127.0.0.1:", self.explain(middle))
        with open(path, "rb") as data:
            self.assertEqual(self.explain("-", stdin=data), wanted)

    def test_sequence_numbers_may_wrap_and_bytes_may_stand_the_other_way_round(self):
        plain = self.directory / "plain"
        subprocess.run(["editcap", "-F", "pcap", self.captures / "lossy.pcapng", plain], check=True)
        wanted = [(one["number"], one["seq"], one["ack"], one["note"], one["message"]) for one in self.json(plain)[0]]
        # Each side's numbers moved so that they pass zero in the midst of what it sends.
        data, moved, shifts = plain.read_bytes(), bytearray(plain.read_bytes()), {}
        swapped, at = bytearray(struct.pack(">IHHIIII", *struct.unpack("<IHHIIII", data[:24]))), 24
        while at < len(data):
            head = struct.unpack("<IIII", data[at:at + 16])
            swapped += struct.pack(">IIII", *head) + data[at + 16:at + 16 + head[2]]
            tcp = at + 16 + 4 * (data[at + 16] & 15)  # the path has no link layer
            ports = data[tcp:tcp + 4]
            back = ports[2:] + ports[:2]
            addresses = data[at + 28:at + 36]
            here, there = (addresses, ports), (addresses[4:] + addresses[:4], back)
            sequence, acknowledged = struct.unpack(">II", data[tcp + 4:tcp + 12])
            if here not in shifts:
                shifts[here] = (2 ** 32 - 500 if data[tcp + 13] & 2 else 0) - sequence
            sequence = (sequence + shifts[here]) % 2 ** 32
            if data[tcp + 13] & 16:
                acknowledged = (acknowledged + shifts.get(there, 0)) % 2 ** 32
            moved[tcp + 4:tcp + 12] = struct.pack(">II", sequence, acknowledged)
            at += 16 + head[2]
        for name, content in (("wrapped", moved), ("big", swapped)):
            with self.subTest(name):
                path = self.directory / name
                path.write_bytes(content)
                packets, _ = self.json(path)
                self.assertEqual([(one["number"], one["seq"], one["ack"], one["note"], one["message"]) for one in packets], wanted)
        raw = [one["seq_raw"] for one in self.json(self.directory / "wrapped")[0]]
        self.assertTrue(min(raw) < 10_000 and max(raw) > 2 ** 32 - 1000)

    def test_a_file_of_tcpdump(self):
        # As root it would become somebody else first, which no namespace of ours allows.
        nobody = ["unshare", "--user", "--map-user=1000", "--keep-caps", "--net", sys.executable, "-c", support.LOOPBACK_UP]
        run_isolated(CAPTURE + """
echo hello > file
python3 -m http.server 8080 --bind 127.0.0.1 > /dev/null 2>&1 & server=$!
until_open 8080
tcpdump --immediate-mode -U -i lo -w dump.pcap 'tcp port 8080' 2> dump.err & tcpdump=$!
until grep -q 'listening on' dump.err; do sleep 0.02; done
printf 'GET /file HTTP/1.0\r\n\r\n' | nc 127.0.0.1 8080 > got
grep -q hello got
sleep 0.3; kill -INT $tcpdump; wait $tcpdump || true
kill $server
""", self.directory, nobody)
        told = self.explain(self.directory / "dump.pcap")
        for wanted in ("handshake 3/3", "HTTP GET /file", "HTTP 200 OK", "teardown"):
            self.assertIn(wanted, told)

    def test_a_file_may_be_cut_off_anywhere(self):
        whole = (self.captures / "http.pcapng").read_bytes()
        path, wanted = self.directory / "cut", len(self.json(self.captures / "http.pcapng")[0])
        for size in range(0, len(whole), len(whole) // 40):
            path.write_bytes(whole[:size])
            done = self.nettool("explain", "--json", path)
            self.assertIn(done.returncode, (0, 4))
            self.assertLessEqual(done.stdout.count(b'"packet"'), wanted)
            if done.returncode == 4:
                self.assert_one_line(done.stderr, "cut off")

    def test_one_conversation_of_many(self):
        path = self.captures / "http.pcapng"
        second = self.explain("--conversation", 2, path)
        self.assertTrue(second.startswith("2. TCP"))
        self.assertIn(second, self.explain(path))
        self.assert_one_line(self.nettool("explain", "--conversation", 99, path).stderr, "no conversation 99, only")
        self.explain("--conversation", 99, path, status=1)
        few = self.nettool("explain", "--max-conversations", 1, path)
        self.assert_one_line(few.stderr, "max-conversations")
        self.assertEqual(few.stdout.count(b"handshake 1/3"), 1)
        self.assertEqual(self.explain(path, path).count("== "), 2)
        self.explain(self.directory / "none", status=4)
        self.explain("--html", "--json", path, status=2)

    def test_the_page(self):
        page = self.directory / "page.html"
        page.write_text(self.explain("--html", self.captures / "http.pcapng", self.captures / "lossy.pcapng"))
        for outside in ("src=", "href=", "url(", "<script", "@import"):
            self.assertNotIn(outside, page.read_text())
        browser = Browser()
        self.addCleanup(browser.close)
        browser.open(page.as_uri())
        packets = sum(len(self.json(self.captures / f"{name}.pcapng")[0]) for name in ("http", "lossy"))
        count = "document.querySelectorAll('tbody tr').length"
        support.wait_until(lambda: browser.evaluate(f"document.readyState === 'complete' && {count}") == packets, "all rows")
        self.assertIn("handshake 1/3", browser.evaluate("document.body.innerText"))
        self.assertGreater(browser.evaluate("document.querySelectorAll('.trouble').length"), 3)
        self.assertLessEqual(browser.evaluate("document.body.scrollWidth - window.innerWidth"), 0)

    def test_memory_does_not_grow_with_the_file(self):
        frames = (self.captures / "lossy.pcapng").read_bytes()
        many = self.directory / "many.pcapng"
        with open(many, "wb") as file:
            for _ in range(max(1, 200_000_000 // len(frames))):
                file.write(frames)  # a section behind the other
        process = self.start("explain", "--conversation", 1, many)
        peak = 0
        while process.is_running():
            try:
                peak = max(peak, support.peak_bytes(process.pid))
                sanitized = support.is_sanitized(process.pid)
            except (OSError, TypeError):
                break
            time.sleep(0.02)
        self.assertEqual(process.wait(), 0, process.err)
        self.assertLess(peak, (600 if sanitized else 100) << 20)


if __name__ == "__main__":
    unittest.main()
