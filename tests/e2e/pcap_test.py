"""--pcap, judged by tshark: every pair, both sides, plain and TLS, IPv4 and IPv6, one thread and four."""

import collections
import os
import pathlib
import ssl
import subprocess
import sys
import time
import unittest

import support
from support import NettoolTest, connect

FIELDS = ["frame.number", "ip.version", "tcp.stream", "tcp.completeness", "_ws.malformed", "tcp.analysis.flags",
          "tcp.checksum.status", "udp.checksum.status", "ip.checksum.status", "tcp.payload", "udp.payload",
          "tcp.srcport", "udp.srcport", "frame.comment", "icmp.type", "icmpv6.type"]
CHECKED = [option for name in ("tcp.check_checksum", "udp.check_checksum", "ip.check_checksum")
           for option in ("-o", f"{name}:TRUE")]
GOOD = "1"
SOURCE = pathlib.Path(os.environ.get("NETTOOL_SOURCE", pathlib.Path(__file__).parents[2]))
SCRIPT = SOURCE / "docs" / "wireshark" / "nettool.lua"


def tshark(*arguments, data=None):
    done = subprocess.run(["tshark", *map(str, arguments)], input=data, capture_output=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode())
    return done.stdout.decode()


def frames(path, *options):
    # Without the script UDP port 5001 is taken for something else.
    text = tshark("-2", "-r", path, *CHECKED, "-X", f"lua_script:{SCRIPT}", *options, "-T", "fields", "-E", "separator=|", "-E", "occurrence=f",
                  *(word for field in FIELDS for word in ("-e", field)))
    return [dict(zip(FIELDS, line.split("|"))) for line in text.splitlines()]


def payloads(all_frames, port):
    """What either side said: (stream, by the server) -> bytes."""
    said = collections.defaultdict(bytes)
    for frame in all_frames:
        if frame["icmp.type"] or frame["icmpv6.type"]:
            continue  # it quotes somebody
        source = frame["tcp.srcport"] or frame["udp.srcport"]
        data = frame["tcp.payload"] or frame["udp.payload"]
        said[frame["tcp.stream"], source == str(port)] += bytes.fromhex(data)
    return said


class Pcap(NettoolTest):
    def check(self, path, streams=None, udp=False, completeness=("31", "63")):
        """Nothing in the file is wrong; returns its frames."""
        found = frames(path)
        self.assertTrue(found, path)
        for frame in found:
            self.assertEqual(frame["_ws.malformed"], "", frame)
            self.assertEqual(frame["tcp.analysis.flags"], "", frame)
            self.assertEqual(frame["udp.checksum.status" if udp else "tcp.checksum.status"], GOOD, frame)
            if frame["ip.version"] == "4":
                self.assertEqual(frame["ip.checksum.status"], GOOD, frame)
            if not udp:
                self.assertIn(frame["tcp.completeness"], completeness, frame)
        if streams is not None:
            self.assertEqual(len({frame["tcp.stream"] for frame in found}), streams)
        subprocess.run(["tcpdump", "-nn", "-r", path], check=True, capture_output=True, timeout=20)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        return found

    def test_every_command_over_both_versions(self):
        """What either side has recorded is what dumpcap saw on the wire."""
        web = "http://$url:8080"
        pairs = [("sum-server", "sum-client 12 30", 1234), ("greet-server", "greet-client", 5010),
                 ("upper-server", "upper-client", 5001), ("lookup-server", "lookup-client d.json n", 5004),
                 ("add-server", "add-client", 5005), ("chat-server", "chat-client --name alice --send hi", 5002),
                 ("file-server", "file-client --force d.json got", 9089), ("ping-server", "ping -c 3", 12000), ("upper-server --udp", "upper-client --udp", 5001),
                 ("udp-log-server -o log", "udp-send hello", 5003), ("sum-server --tls", "sum-client 1 2 --tls --insecure", 1234),
                 ("serve-http --threads 4 .", f"fetch {web}/d.json", 8080), ("serve-http .", f"fetch-report {web}/d.json", 8080),
                 ("serve-http .", f"list-files {web}/", 8080),
                 ("serve-http --tls .", f"fetch --insecure {web}/d.json".replace("http:", "https:"), 8080)]
        script = """
set -e
echo '{"n": 12}' > d.json; mkdir got
run() {  # NAME HOST SERVER CLIENT
    rm -f ready; url=$2; case $2 in *:*) url=[$2];; esac
    dumpcap -q -i lo -w $1.real.pcapng 2> dumpcap.err & dumpcap=$!
    until grep -q File: dumpcap.err; do sleep 0.01; done
    $NETTOOL $3 --host $2 --pcap $1.server.pcapng --ready-file ready > /dev/null & server=$!
    until [ -e ready ]; do sleep 0.01; done
    case $4 in *http*) host=;; *) host="--host $2";; esac
    printf 'a\na\nq\n' | eval $NETTOOL $4 $host --pcap $1.client.pcapng > /dev/null
    kill $server; wait $server
    # The kernel hands packets over in blocks: what comes last says that all the others have come.
    until grep -q THE-END $1.real.pcapng; do printf THE-END > /dev/udp/127.0.0.1/9 || true; sleep 0.05; done
    kill -INT $dumpcap; wait $dumpcap || true; : > dumpcap.err
}
""".replace("$NETTOOL", str(support.NETTOOL))
        runs = [(f"{i}.{version}", host, *pair) for i, pair in enumerate(pairs) for version, host in ((4, "127.0.0.1"), (6, "::1"))]
        script += "".join(f"run {name} {host} '{server}' '{client}'\n" for name, host, server, client, _ in runs)
        done = self.run_program(*support.ISOLATED, "bash", "-c", script, cwd=self.directory, within=120)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        for name, host, server, client, port in runs:
            with self.subTest(server=server, client=client, host=host):
                real, ours, theirs = (self.directory / f"{name}.{kind}.pcapng" for kind in ("real", "server", "client"))
                wire = frames(real, "-Y", "not udp.port == 9")
                udp = bool(wire[0]["udp.srcport"])
                completeness = ("31", "47", "63") if "--tls" in server else ("31", "63")
                said = payloads(wire, port)
                self.assertTrue(said)
                streams = None if udp else 1
                for path in (ours, theirs):
                    recorded = payloads(self.check(path, streams, udp, completeness), port)
                    self.assertEqual(recorded.keys(), said.keys())
                    for side, text in recorded.items():
                        # Who has closed does not read the other side's close_notify.
                        unread = len(said[side]) - len(text)
                        self.assertTrue(unread == 0 or ("--tls" in server and 0 < unread <= 24), (side, unread))
                        self.assertEqual(said[side][:len(text)], text)

    def test_tls_is_decrypted_by_what_is_in_the_file(self):
        (self.directory / "site").mkdir()
        (self.directory / "site" / "page.html").write_text("<p>secret</p>" * 3000)
        ours, theirs = self.directory / "s.pcapng", self.directory / "c.pcapng"
        server = self.serve("serve-http", "--tls", "--threads", 4, "--pcap", ours, self.directory / "site")
        for _ in range(3):
            subprocess.run([support.NETTOOL, "fetch", "--insecure", "--pcap", theirs,
                            f"https://127.0.0.1:{server.port}/page.html"], check=True, capture_output=True, timeout=20)
        server.stop()
        for path, streams in ((ours, 3), (theirs, 1)):
            with self.subTest(path=path.name):
                # Our close_notify may find the other side gone: then it resets.
                self.check(path, streams, completeness=("31", "47", "63"))
                shown = tshark("-2", "-r", path, "-Y", "http.response.code == 200", "-T", "fields", "-e", "http.content_length")
                self.assertEqual(shown.split(), ["39000"] * streams)
        bare = self.directory / "bare.pcapng"
        subprocess.run([support.NETTOOL, "fetch", "--insecure", "--pcap", bare, "--pcap-no-keys", "--max-time", "5",
                        f"https://127.0.0.1:{server.port}/"], capture_output=True, timeout=20)

    def test_old_tls_is_decrypted_too(self):
        path = self.directory / "old.pcapng"
        server = self.serve("upper-server", "--tls", "--pcap", path)
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with connect(server.port) as plain, context.wrap_socket(plain) as peer:
            peer.sendall(b"hello\n")
            self.assertEqual(peer.recv(100), b"HELLO\n")
        server.stop()
        self.check(path, 1)
        self.assertIn("TLSv1.2", tshark("-2", "-r", path))
        self.assertIn("HELLO", tshark("-2", "-q", "-r", path, "-z", "follow,tls,ascii,0"))

    def test_many_connections_and_four_threads(self):
        (self.directory / "f").write_bytes(b"x" * 100_000)
        path = self.directory / "many.pcapng"
        server = self.serve("serve-http", "--threads", 4, "--log-format", "none", "--pcap", path, self.directory)
        script = (f"import urllib.request as u, threading as t\n"
                  f"def get():\n    for _ in range(5): assert len(u.urlopen('http://127.0.0.1:{server.port}/f').read()) == 100000\n"
                  f"all = [t.Thread(target=get) for _ in range(8)]\n[x.start() for x in all]; [x.join() for x in all]\n")
        subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
        server.stop()
        self.check(path, 40)

    def test_a_reset_is_one(self):
        path = self.directory / "reset.pcapng"
        server = self.serve("sum-server", "--pcap", path)
        with connect(server.port) as peer:
            peer.sendall(b"1|2")
            time.sleep(0.05)
            support.reset(peer)
        support.wait_until(lambda: "reset" in server.out.lower(), "the session's end")
        server.stop()
        found = self.check(path, 1, completeness=("47",))
        self.assertTrue(any("reset" in frame["frame.comment"] for frame in found))

    def test_faults_on_purpose_are_marked(self):
        path = self.directory / "ping.pcapng"
        server = self.serve("ping-server", "--loss", "40%", "--seed", 5, "--pcap", path)
        done = self.start("ping", "--port", server.port, "-W", "200ms", "--json")
        done.wait()
        server.stop()
        lost = [frame for frame in self.check(path, udp=True) if frame["frame.comment"] == "[reconstructed] on purpose: lost"]
        self.assertEqual(len(lost), done.out.count('"timeout"'))
        self.assertTrue(lost)
        for options, wanted, completeness in (
                (["--one-byte"], "sum answer 1 begins here; on purpose: a segment for each byte", ("31", "63")),
                (["--delay", "20ms"], "sum answer 1 begins here; on purpose: delayed by 20.0 ms", ("31", "63")),
                (["--reset", "100%"], "on purpose: ends half-way in a reset", ("47", "63"))):
            with self.subTest(options):
                path = self.directory / f"{options[0]}.pcapng"
                server = self.serve("sum-server", *options, "--pcap", path)
                self.start("sum-client", "--port", server.port, "1000", "2").wait()
                server.stop()
                found = self.check(path, 1, completeness=completeness)
                self.assertTrue(any(wanted in frame["frame.comment"] for frame in found), found)
                ours = [frame for frame in found if frame["frame.comment"] == "[reconstructed] our reset"]
                self.assertEqual(len(ours), 1 if options[0] == "--reset" else 0)
        path = self.directory / "inject.pcapng"
        server = self.serve("serve-http", "--inject", "503", "--pcap", path, self.directory)
        self.start("fetch", f"http://127.0.0.1:{server.port}/").wait()
        server.stop()
        self.assertTrue(any("on purpose: status 503" in frame["frame.comment"] for frame in self.check(path, 1)))

    def test_live_through_a_pipe(self):
        server = self.serve("ping-server")
        ping = self.start("ping", "-c", 3, "--port", server.port, "--pcap", "-", stdout=subprocess.PIPE)
        shown = tshark("-r", "-", "-T", "fields", "-e", "udp.length", data=ping.popen.stdout.read())
        self.assertEqual(len(shown.split()), 6)
        self.assertEqual(ping.wait(), 0)
        self.assertIn("3 received", ping.err)

    def test_a_record_that_cannot_be_written_is_an_error(self):
        server = self.serve("sum-server")
        full = self.start("sum-client", "--port", server.port, "--pcap", "/dev/full", "1")
        self.assertEqual(full.wait(), 4)
        self.assertEqual(full.out, "1\n")
        absent = self.start("sum-client", "--port", server.port, "--pcap", self.directory / "no" / "file", "1")
        self.assertEqual(absent.wait(), 4)

    def test_filters_are_printed(self):
        for arguments, text in ((["sum-client"], "tcp.port == 1234 && ip.addr == 127.0.0.1\n"),
                                (["ping-server", "--print-filter=capture"], "udp port 12000 and host 127.0.0.1\n"),
                                (["sum-client", "--host", "::1"], "tcp.port == 1234 && ipv6.addr == ::1\n"),
                                (["serve-http", "--host", "::", "--port", "99"], "tcp.port == 99\n")):
            with self.subTest(arguments):
                done = self.start(*arguments, *([] if "--print-filter=capture" in arguments else ["--print-filter"]))
                self.assertEqual(done.wait(), 0)
                self.assertEqual(done.out, text)


if __name__ == "__main__":
    unittest.main()
