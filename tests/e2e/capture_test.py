"""capture, judged by tshark and by dumpcap beside it, in a network namespace of its own."""

import json
import os
import re
import subprocess
import unittest

import support
from support import NettoolTest

# capturing OPTION…: starts it and waits until it captures; ended: ends it as Ctrl-C does.
TOOLS = r"""
set -e
capturing() {
    rm -f capturing
    nettool capture --ready-file capturing "$@" > out 2> err & capture=$!
    until [ -e capturing ]; do sleep 0.02; done
}
ended() { kill -INT $capture; wait $capture; }
serving() {
    nettool "$@" --ready-file serving > /dev/null & server=$!
    until [ -e serving ]; do sleep 0.02; done
}
"""


def fields(path, *names):
    done = subprocess.run(["tshark", "-r", path, "-T", "fields", "-E", "occurrence=f",
                           *(word for name in names for word in ("-e", name))], capture_output=True, timeout=60, check=True)
    return [line.split("\t") for line in done.stdout.decode().splitlines()]


class Capture(NettoolTest):
    def run_here(self, script):
        done = self.isolated(TOOLS + script, within=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode() + self.text("err"))
        return done.stdout.decode()

    def text(self, name):
        path = self.directory / name
        return path.read_text() if path.exists() else ""

    def test_shows_and_records_a_conversation(self):
        self.run_here("""
capturing --port 1234 -w lab.pcapng
serving sum-server
nettool sum-client 12 30
ended
kill $server
""")
        out = self.text("out")
        for wanted in ("1. TCP client 127.0.0.1:", "handshake 1/3", "handshake 3/3", 'DATA 7 B "12|30|."', "sum request",
                       "sum answer 42, right", "teardown", "1 conversation in", "on lo, none dropped", "10 unfinished checksums: "):
            self.assertIn(wanted, out)
        self.assertTrue(out.startswith("capturing on lo: port 1234\n"))
        self.assertEqual(self.text("err"), "")
        path = self.directory / "lab.pcapng"
        comments = [comment for (comment,) in fields(path, "frame.comment") if comment]
        self.assertTrue(comments[0].startswith("[captured] TCP handshake 1/3 SYN; the checksum is unfinished"), comments)
        self.assertEqual(comments[1:3], ["[captured] TCP handshake 2/3 SYN-ACK", "[captured] TCP handshake 3/3 ACK"])
        self.assertIn("[captured] sum answer 42, right", comments)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        explained = self.nettool("explain", path).stdout.decode()
        # The same lines, but for the number of the conversation before each.
        self.assertEqual([line for line in explained.splitlines() if "#" in line],
                         [line[5:] for line in out.splitlines() if "#" in line])
        subprocess.run(["tcpdump", "-nn", "-r", path], check=True, capture_output=True, timeout=20)

    def test_sees_what_dumpcap_sees(self):
        self.run_here("""
head -c 3000000 /dev/urandom > file
capturing --port 8080 -w ours.pcapng
dumpcap -q -B 64 -i lo -f 'port 8080' -w theirs.pcapng 2> dumpcap.err & dumpcap=$!
until grep -q File: dumpcap.err; do sleep 0.02; done
serving serve-http --host :: --port 8080 .
for host in 127.0.0.1 '[::1]'; do curl -s -o got http://$host:8080/file; cmp file got; done
ended
sleep 0.2; kill -INT $dumpcap; wait $dumpcap || true
kill $server
""")
        names = ("ipv6.src", "tcp.seq_raw", "tcp.ack_raw", "tcp.flags", "tcp.len", "frame.len", "frame.cap_len")
        ours, theirs = (fields(self.directory / f"{name}.pcapng", *names) for name in ("ours", "theirs"))
        self.assertEqual(ours, theirs)
        self.assertGreater(len(ours), 20)
        self.assertIn("longer than an Ethernet carries", self.text("out"))
        said = subprocess.run(["tshark", "-r", self.directory / "ours.pcapng", "-Y", "frame.comment contains \"on an Ethernet\""],
                              capture_output=True, check=True, timeout=60).stdout
        self.assertTrue(said)

    def test_a_live_pipe(self):
        shown = self.run_here("""
mkfifo pipe
tshark -l -r - -c 3 -T fields -e tcp.flags.str < pipe 2> /dev/null > shown & tshark=$!
nettool capture --port 1234 -w - --ready-file capturing > pipe 2> err & capture=$!
until [ -e capturing ]; do sleep 0.02; done
serving sum-server
nettool sum-client 1 2 > /dev/null
wait $tshark   # ends while the capture goes on
cat shown
kill $server
kill -INT $capture; wait $capture || true
""")
        self.assertEqual(len(shown.split()), 3)
        self.assertIn("handshake 1/3", self.text("err"))

    def test_counts_and_objects(self):
        self.run_here("""
capturing --port 12000 --count 4 --json
serving ping-server
nettool ping -c 5 -q > /dev/null
wait $capture
kill $server
""")
        objects = [json.loads(line) for line in self.text("out").splitlines()]
        self.assertEqual([one["event"] for one in objects], ["capturing"] + ["packet"] * 4 + ["conversation", "summary"])
        self.assertEqual(objects[1]["message"], "probe 1")
        self.assertRegex(objects[2]["message"], r"^answer 1 after \d\.\d{3} ms$")
        self.assertEqual(objects[5]["summary"], "2 probes, 2 answered")
        self.assertEqual((objects[6]["packets"], objects[6]["conversations"], objects[6]["dropped"]), (4, 1, 0))

    def test_a_wrong_checksum_is_said(self):
        self.run_here(r"""
capturing -w wrong.pcapng --filter udp
python3 -c 'import socket
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
raw.sendto(bytes.fromhex("0fa0 1388 000a 1234") + b"hi", ("127.0.0.1", 0))'
sleep 0.1
ended
""")
        self.assertIn("1 wrong checksum\n", self.text("out"))
        self.assertEqual(fields(self.directory / "wrong.pcapng", "frame.comment"), [["[captured] the checksum is wrong"]])

    def test_what_cannot_be_captured(self):
        self.run_here("""
status() { local wanted=$1; shift; local got=0; "$@" 2> $wanted.err > /dev/null || got=$?; [ $got = $wanted ]; }
status 4 nettool capture -i nowhere
grep -q 'cannot capture on nowhere: ' 4.err; [ $(wc -l < 4.err) = 1 ]
status 4 nettool capture --filter 'port nonsense'
grep -q 'not a capture filter: "port nonsense": ' 4.err; [ $(wc -l < 4.err) = 1 ]
status 4 nettool capture -w /nowhere/file
status 2 nettool capture --port 0
status 2 nettool capture --snaplen 1
status 4 setpriv --bounding-set=-net_raw nettool capture
grep -q 'cannot capture on lo: not permitted; .*--pcap FILE.*setcap cap_net_raw+ep' 4.err; [ $(wc -l < 4.err) = 1 ]
""")

    def test_ends_in_time_and_regularly(self):
        self.run_here("""
capturing
begin=$(date +%s%N)
ended
[ $(( $(date +%s%N) - begin )) -lt 2000000000 ]
""")
        self.assertIn("0 packets, 0 B, 0 conversations", self.text("out"))

    def test_ends_in_time_under_a_flood(self):
        self.run_here(r"""
capturing --filter 'udp port 5999' -w flood.pcapng
flood() { python3 -c 'import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to:
    to.bind(("127.0.0.1", 5999))
    while True: s.sendto(b"x" * 20000, to.getsockname())'; }
flood & flood=$!
sleep 0.5
begin=$(date +%s%N)
ended
spent=$(( $(date +%s%N) - begin ))
kill $(pgrep -P $flood) $flood 2> /dev/null || true
[ $spent -lt 3000000000 ]
""")
        self.assertIn("on lo, ", self.text("out"))

    def test_a_flood_is_counted_whole(self):
        self.run_here(r"""
capturing --filter 'udp port 5999' -w flood.pcapng --snaplen 64
python3 -c 'import socket
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to:
    to.bind(("127.0.0.1", 5999))
    for _ in range(20000): s.sendto(b"x" * 1000, to.getsockname())'
ended
""")
        received = len(fields(self.directory / "flood.pcapng", "frame.len", "frame.cap_len"))
        dropped = re.search(r"on lo, (none|\d+) dropped", self.text("out")).group(1)
        self.assertEqual(received + (0 if dropped == "none" else int(dropped)), 20000, dropped)


if __name__ == "__main__":
    unittest.main()
