"""docs/wireshark/nettool.lua, judged by the fields that tshark finds with it in real records."""

import json
import os
import pathlib
import subprocess
import unittest

import support
from support import NettoolTest

SOURCE = pathlib.Path(os.environ.get("NETTOOL_SOURCE", pathlib.Path(__file__).parents[2]))
SCRIPT = SOURCE / "docs/wireshark/nettool.lua"


class Dissectors(NettoolTest):
    def tshark(self, path, *options, passes=2):
        done = subprocess.run(["tshark", *(["-2"] if passes == 2 else []), "-r", path, "-X", f"lua_script:{SCRIPT}",
                               *map(str, options)], capture_output=True, timeout=60)
        text = done.stdout.decode() + done.stderr.decode()
        # An error of the script does not change the status.
        self.assertNotIn("Lua", text)
        self.assertEqual(done.returncode, 0, text)
        return done.stdout.decode()

    def fields(self, path, filter, *names, options=(), passes=2):
        text = self.tshark(path, "-Y", filter, "-T", "fields", "-E", "aggregator=;",
                           *(word for name in names for word in ("-e", name)), *options, passes=passes)
        return [line.split("\t") for line in text.splitlines()]

    def record(self, server, client, data=b"", status=0, host="127.0.0.1"):
        """The client's record, while a server runs at its default port in a namespace of its own."""
        path = self.directory / f"record.{len(list(self.directory.iterdir()))}.pcapng"
        (self.directory / "input").write_bytes(data)
        script = f"""
{support.NETTOOL} {server} --host {host} --ready-file ready > /dev/null & server=$!
until [ -e ready ]; do sleep 0.02; done
{support.NETTOOL} {client} --pcap {path} < input > /dev/null; status=$?
kill $server; wait $server; rm -f ready; [ $status = {status} ]
"""
        done = self.run_program(*support.ISOLATED, "bash", "-c", script, cwd=self.directory)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return path

    def foreign(self, client, answers, port):
        """The client's record with somebody else's server, which gives these answers at this port."""
        path = self.directory / "foreign.pcapng"
        (self.directory / "server.py").write_text(f"""
import socket
listener = socket.create_server(("127.0.0.1", {port}))
open("ready", "w").close()
peer, _ = listener.accept()
for answer in {answers!r}:
    peer.recv(65536)
    peer.sendall(answer.encode())
peer.close()
""")
        (self.directory / "input").write_bytes(b"a\nq\n")
        done = self.run_program(*support.ISOLATED, "bash", "-c", f"""
python3 server.py & server=$!
until [ -e ready ]; do sleep 0.02; done
{support.NETTOOL} {client} --pcap {path} < input > /dev/null 2> /dev/null || true
wait $server
""", cwd=self.directory)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return path

    def test_sum(self):
        path = self.record("sum-server", "sum-client 12 30")
        self.assertEqual(self.fields(path, "nettool.sum.count", "nettool.sum.number", "nettool.sum.count", "_ws.col.Info"),
                         [["12;30", "2", "sum request: 2 numbers: 12 + 30"]])
        ((answer, right, request, time, info),) = self.fields(
            path, "nettool.sum.answer", "nettool.sum.answer", "nettool.sum.right", "nettool.sum.request_in",
            "nettool.sum.time", "_ws.col.Info")
        self.assertEqual((answer, right, info), ("42", "1", "sum answer: 42, right"))
        ((number, answered, at),) = self.fields(path, "nettool.sum.count", "frame.number", "nettool.sum.answer_in", "frame.time_epoch")
        self.assertEqual(number, request)
        ((later, frame),) = self.fields(path, f"frame.number == {answered}", "frame.time_epoch", "frame.number")
        self.assertAlmostEqual(float(time), float(later) - float(at), delta=2e-6)

    def test_sums_of_any_size_and_cut(self):
        for numbers, total in (("1.5 2.25", "3.75"), ("-0.5 0.25", "-0.25"), ("99999999999999999999999999 1", "100000000000000000000000000"),
                               ("-99999999999999999999.5 0.5", "-99999999999999999999"), ("5 -5", "0"), ("0.1 0.2", "0.3")):
            with self.subTest(numbers):
                path = self.record("sum-server", f"sum-client {numbers}")
                self.assertEqual(self.fields(path, "nettool.sum.answer", "nettool.sum.answer", "nettool.sum.right"), [[total, "1"]])
        many = " ".join(map(str, range(1, 5001)))
        path = self.record("sum-server", f"sum-client {many}")
        self.assertEqual(self.fields(path, "nettool.sum.count", "nettool.sum.count"), [["5000"]])
        self.assertEqual(self.fields(path, "nettool.sum.answer", "nettool.sum.answer", "nettool.sum.right"), [["12502500", "1"]])

    def test_a_wrong_answer_is_an_expert_info(self):
        path = self.foreign("sum-client 12 30 -q", ["41"], 1234)
        for passes in (1, 2):
            ((answer, right, said),) = self.fields(path, "nettool.sum.wrong", "nettool.sum.answer", "nettool.sum.right",
                                                   "_ws.expert.message", passes=passes)
            self.assertEqual((answer, right), ("41", "0"))
            self.assertTrue(said.endswith("Wrong answer: not 42"), said)

    def test_several_lists_in_one_packet(self):
        path = self.directory / "several.pcapng"
        server = self.serve("sum-server", "--pcap", path)
        with support.connect(server.port) as peer:
            peer.sendall(b"1|2|.3|4|.\n")
            self.assertEqual(support.read_line(peer) + support.read_line(peer), b"3\n7\n")
        server.stop()
        port = ("-o", f"nettool.sum.tcp_ports:{server.port}")
        self.assertEqual(self.fields(path, "nettool.sum.count", "nettool.sum.number", options=port), [["1;2;3;4"]])
        answers = ";".join(answer for answer, _ in self.fields(path, "nettool.sum.answer", "nettool.sum.answer", "nettool.sum.right", options=port))
        self.assertEqual(answers, "3;7")
        as_sum = ("-d", f"tcp.port=={server.port},nettool.sum")
        self.assertEqual(self.fields(path, "nettool.sum.count", "nettool.sum.number", options=as_sum), [["1;2;3;4"]])

    def test_inside_tls(self):
        path = self.record("sum-server --tls", "sum-client 12 30 --tls --insecure")
        self.assertEqual(self.fields(path, "nettool.sum.answer", "nettool.sum.answer", "nettool.sum.right"), [["42", "1"]])
        self.assertTrue(self.fields(path, "tls.handshake.type == 1", "frame.number"))

    def test_add(self):
        path = self.record("add-server", "add-client --name bob --numbers 3,7", b"a\nq\n")
        self.assertTrue(self.fields(path, "nettool.add.name", "nettool.add.name")[0][0].startswith("bob-"))
        self.assertEqual(self.fields(path, "nettool.add.numbers", "nettool.add.numbers"), [["3 7"]])
        self.assertEqual(self.fields(path, "nettool.add.right", "nettool.add.answer", "nettool.add.right"), [["10", "1"]])
        wrong = self.foreign("add-client --numbers 3,7", ["ack", "11"], 5005)
        self.assertEqual(self.fields(wrong, "nettool.add.wrong", "nettool.add.answer"), [["11"]])

    def test_lookup(self):
        (self.directory / "d.json").write_text(json.dumps({"name": "x", "n": [1, {"a": "}"}], "big": 12345678901234567890123}))
        for key, value in (("n", '[1, {"a": "}"}]'), ("big", "12345678901234567890123"), ("name", '"x"')):
            path = self.record("lookup-server", f"lookup-client d.json {key}")
            self.assertEqual(self.fields(path, "nettool.lookup.value", "nettool.lookup.found", "nettool.lookup.value", "nettool.lookup.right"),
                             [["1", value, "1"]])
            self.assertEqual(self.fields(path, "nettool.lookup.key", "nettool.lookup.key"), [[key]])
            self.assertTrue(self.fields(path, "json.key == \"dictionary\"", "frame.number"))
        absent = self.record("lookup-server", "lookup-client d.json nothing", status=1)
        self.assertEqual(self.fields(absent, "nettool.lookup.error", "nettool.lookup.found", "nettool.lookup.error", "nettool.lookup.right"),
                         [["0", "key not found: nothing", "1"]])

    def test_chat(self):
        path = self.record("chat-server", "chat-client --name alice --send hi")
        self.assertEqual(self.fields(path, "nettool.chat.identification", "nettool.chat.identification"), [["alice"]])
        self.assertEqual(self.fields(path, "nettool.chat.message", "nettool.chat.message"), [["hi"]])
        self.assertIn("Welcome, alice!", "".join(one for (one,) in self.fields(path, "nettool.chat.notice", "nettool.chat.notice")))

    def test_greeting(self):
        path = self.record("greet-server", "greet-client")
        ((address, port, real),) = self.fields(path, "nettool.greet", "nettool.greet.address", "nettool.greet.port", "tcp.dstport")
        self.assertEqual((address, port), ("127.0.0.1", real))
        self.assertEqual(self.fields(path, "nettool.greet.translated", "frame.number"), [])

    def test_file(self):
        (self.directory / "notes").write_text("hello\n")
        (self.directory / "got").mkdir()
        path = self.record("file-server", "file-client --naive notes got")
        self.assertEqual(self.fields(path, "nettool.file.name", "nettool.file.name"), [["notes"]])
        self.assertEqual(self.fields(path, "nettool.file.bytes", "nettool.file.bytes"), [["6"]])
        absent = self.record("file-server", "file-client --naive nothing got", status=1)
        self.assertEqual(self.fields(absent, "nettool.file.refused", "nettool.file.error"), [["ERROR: not found: nothing"]])
        web = self.record("file-server", "file-client --force notes got")
        self.assertEqual(self.fields(web, "http.response", "http.response.code"), [["200"]])

    def test_upper(self):
        for udp in ("", " --udp"):
            with self.subTest(udp):
                path = self.record("upper-server" + udp, "upper-client" + udp, b"hello\n")
                self.assertEqual(self.fields(path, "nettool.upper.answer", "nettool.upper.answer", "nettool.upper.right"), [["HELLO", "1"]])
                self.assertEqual(self.fields(path, "cpfi", "frame.number"), [], "Wireshark's own idea of the port")

    def test_ping_with_loss(self):
        path = self.record("ping-server --loss 40% --seed 5", "ping -c 10 -q --timeout 100ms")
        probes = self.fields(path, "nettool.ping.word == \"Ping\"", "nettool.ping.seq", "nettool.ping.answer_in")
        self.assertEqual([int(seq) for seq, _ in probes], list(range(1, 11)))
        lost = [seq for seq, answer in probes if not answer]
        self.assertTrue(1 <= len(lost) <= 9, probes)
        self.assertEqual([seq for (seq,) in self.fields(path, "nettool.ping.lost", "nettool.ping.seq")], lost)
        answers = self.fields(path, "nettool.ping.word == \"Pong\"", "nettool.ping.seq", "nettool.ping.time")
        self.assertEqual(len(answers) + len(lost), 10)
        self.assertTrue(all(0 < float(time) < 1 for _, time in answers))
        self.assertEqual(self.fields(path, "llc", "frame.number"), [], "Wireshark's own idea of the port")

    def test_ping_twice_answered(self):
        path = self.record("ping-server --duplicate 100%", "ping -c 3 -i 200ms -q")
        # The run may end before the last one has come a second time.
        self.assertIn(len(self.fields(path, "nettool.ping.unexpected", "frame.number")), (2, 3))

    def test_live(self):
        server = self.serve("ping-server")
        ping = self.start("ping", "-c", 3, "--port", server.port, "--pcap", "-", stdout=subprocess.PIPE)
        done = subprocess.run(["tshark", "-r", "-", "-X", f"lua_script:{SCRIPT}", "-o", f"nettool.ping.udp_ports:{server.port}"],
                              stdin=ping.popen.stdout, capture_output=True, timeout=60)
        self.assertNotIn(b"Lua", done.stdout + done.stderr)
        self.assertEqual(done.stdout.count(b"answer to probe"), 3, done.stdout)
        self.assertEqual(ping.wait(), 0)

    def test_any_bytes_do_no_harm(self):
        """What is on these ports need not be what is expected there."""
        path = self.directory / "odd.pcapng"
        script = f"""
python3 -c "
import socket, threading, random
dice = random.Random(3)
pieces = [b'{{', b'[1,', b'1|2', b'.', b'\\\\x00', b'\\\\xff\\\\xfe', b'Ping 1', b'Ping 99999999999999999999 1.5', b'* ', b': ', b'\\\\n', b'ERROR: x', b'\\\\x16\\\\x03\\\\x01']
for port in (1234, 5005, 5004, 5010, 5001, 5002, 9089):
    listener = socket.create_server(('127.0.0.1', port))
    client = socket.create_connection(('127.0.0.1', port)); peer, _ = listener.accept()
    for _ in range(40):
        for one in (client, peer): one.sendall(b''.join(dice.choices(pieces, k=3)))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    for port in (12000, 5001):
        for _ in range(40): s.sendto(b''.join(dice.choices(pieces, k=3)), ('127.0.0.1', port))
"
"""
        full = f"""
{support.NETTOOL} capture -w {path} --ready-file ready > /dev/null & capture=$!
until [ -e ready ]; do sleep 0.02; done
{script}
kill -INT $capture; wait $capture
"""
        done = self.run_program(*support.ISOLATED, "bash", "-c", full, cwd=self.directory)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        for passes in (1, 2):
            self.assertGreater(self.tshark(path, "-V", passes=passes).count("nettool"), 100)


if __name__ == "__main__":
    unittest.main()
