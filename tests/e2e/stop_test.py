"""Stopping: servers finish what they have begun, clients end at once, nothing is left behind."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
import unittest

import support
from support import NETTOOL, NettoolTest, is_refused, read_all, read_line, wait_until

SERVERS = ("greet-server", "upper-server", "sum-server")
# Two seconds is the promise.  A sanitizer also looks for leaks at the end, and takes its time.
GRACE_S = 5 if b"__asan_init" in support.NETTOOL.read_bytes() else 2.5
AT_ONCE_S = 1

# Starts argv where names are asked of a server that says nothing, signals it when it has asked.
SILENT_NAMES = """
import os, select, socket, subprocess, sys, tempfile, time
number, argv = int(sys.argv[1]), sys.argv[2:]
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", 53))
for text, target in (("nameserver 127.0.0.1\\n", "/etc/resolv.conf"), ("hosts: dns\\n", "/etc/nsswitch.conf")):
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        file.write(text)
    subprocess.run(["mount", "--bind", file.name, target], check=True)
    os.unlink(file.name)
client = subprocess.Popen(argv)
try:
    assert select.select([names], [], [], 10)[0], "nothing was asked"
    began = time.monotonic()
    client.send_signal(number)
    print(client.wait(10), time.monotonic() - began)
finally:
    client.kill()
    client.wait()
"""


class Servers(NettoolTest):
    def stop_with(self, number):
        server = self.serve("sum-server", "--keep-open")
        idle, half, answered = (self.connect(server.port) for _ in range(3))
        for peer in (idle, half, answered):
            peer.sendall(b"1|.\n")
            self.assertEqual(read_line(peer), b"1\n")
        half.sendall(b"1|2|")
        many = 20000
        answered.sendall(b"4|.\n" * many)
        began = time.monotonic()
        server.send(number)
        wait_until(lambda: is_refused(server.port), "new connections are refused", AT_ONCE_S)
        half.sendall(b"3|.\n")
        self.assertEqual(read_all(half), b"6\n")
        self.assertEqual(read_all(answered), b"4\n" * many)
        self.assertEqual(read_all(idle), b"")
        self.assertEqual(server.wait(GRACE_S), 0)
        self.assertLess(time.monotonic() - began, GRACE_S)
        self.assertEqual(server.err, "")

    def test_sigterm_lets_the_sum_server_answer_what_was_begun(self):
        self.stop_with(signal.SIGTERM)

    def test_sigint_lets_the_sum_server_answer_what_was_begun(self):
        self.stop_with(signal.SIGINT)

    def test_clients_that_do_nothing_do_not_keep_a_server(self):
        for command in SERVERS:
            with self.subTest(command=command):
                server = self.serve(command, *(["--hold"] if command == "greet-server" else []))
                idle, half = self.connect(server.port), self.connect(server.port)
                half.sendall(b"1|2")
                deaf = self.connect(server.port)
                deaf.settimeout(0.2)
                try:
                    for _ in range(256):  # greet-server reads for ever
                        deaf.sendall(b"1|.\n" * 16384)
                except OSError:
                    pass  # full, or reset
                self.assertEqual(server.stop(within=GRACE_S), 0)
                self.assertEqual(server.err, "")
                idle.close()

    def test_an_idle_server_ends_at_once(self):
        for command in SERVERS:
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(command=command, number=number):
                    self.assertEqual(self.serve(command).stop(number, AT_ONCE_S), 0)

    def test_a_second_signal_ends_a_server_at_once(self):
        for first, second, status in ((signal.SIGTERM, signal.SIGTERM, 130),
                                      (signal.SIGINT, signal.SIGINT, 130),
                                      (signal.SIGTERM, signal.SIGINT, 130)):
            with self.subTest(first=first, second=second):
                server = self.serve("sum-server", "--keep-open")
                half = self.connect(server.port)
                half.sendall(b"1|.\n2|")
                self.assertEqual(read_line(half), b"1\n")
                server.send(first)
                wait_until(lambda: is_refused(server.port), "new connections are refused", AT_ONCE_S)
                self.assertTrue(server.is_running())
                self.assertEqual(server.stop(second, AT_ONCE_S), status)

    def test_a_lab_of_three_servers_stops_with_zero(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number=number):
                lab = self.start("lab", *(f"{command} --port 0" for command in SERVERS))
                wait_until(lambda: lab.out.count("listening on") == 3, "three servers")
                self.assertEqual(lab.stop(number, GRACE_S), 0)
                self.assertEqual(lab.err, "")

    def test_once_ends_by_itself_with_zero(self):
        for command in SERVERS:
            with self.subTest(command=command):
                server = self.serve(command, "--once")
                peer = self.connect(server.port)
                peer.sendall(b"1|.\n" if command == "sum-server" else b"")
                peer.shutdown(socket.SHUT_WR)
                read_all(peer)
                peer.close()
                self.assertEqual(server.wait(5), 0)
                self.assertTrue(is_refused(server.port))

    def test_a_server_whose_results_nobody_reads_still_stops(self):
        reader, writer = os.pipe()
        self.addCleanup(os.close, reader)
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
        server = self.serve("greet-server", stdout=writer)
        filler = os.open(f"/proc/self/fd/{writer}", os.O_WRONLY | os.O_NONBLOCK)
        os.close(writer)
        try:
            while True:
                os.write(filler, b"x")
        except BlockingIOError:
            os.close(filler)
        peer = self.connect(server.port)
        peer.settimeout(0.3)
        try:
            peer.recv(100)
        except TimeoutError:
            pass  # it stands before the full pipe
        server.stop(within=5)


class UnixSockets(NettoolTest):
    def test_the_socket_file_is_gone_at_the_end(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            path = self.directory / f"socket.{number}"
            server = self.serve("sum-server", "--unix", path, port=None)
            self.assertEqual(server.out, f"listening on unix:{path}\n")
            self.assertTrue(path.is_socket())
            self.assertEqual(server.stop(number, GRACE_S), 0)
            self.assertFalse(path.exists())

    def test_a_stale_socket_file_is_replaced(self):
        path = self.directory / "socket"
        with socket.socket(socket.AF_UNIX) as stale:
            stale.bind(str(path))
        self.serve("sum-server", "--unix", path, port=None)
        with support.connect_unix(path) as peer:
            peer.sendall(b"1|2|.")
            self.assertEqual(peer.recv(1024), b"3")

    def test_a_full_queue_is_waited_for_and_is_no_stale_file(self):
        path = self.directory / "socket"
        with socket.socket(socket.AF_UNIX) as listener, contextlib.ExitStack() as waiting:
            listener.bind(str(path))
            listener.listen(0)
            try:
                while True:
                    peer = waiting.enter_context(socket.socket(socket.AF_UNIX))
                    peer.setblocking(False)
                    peer.connect(str(path))
            except BlockingIOError:
                pass
            done = self.nettool("sum-server", "--unix", path, within=5)
            self.assertEqual(done.returncode, 4)
            self.assert_one_line(done.stderr, "Address already in use")
            done = self.nettool("greet-client", "--unix", path, "--timeout", "200ms", within=5)
            self.assertEqual(done.returncode, 3)
            self.assert_one_line(done.stderr, "cannot connect to unix:.*timed out")
            client = self.start("greet-client", "--unix", path)
            for _ in range(2):  # who came before, then the client
                with listener.accept()[0] as peer:
                    peer.sendall(b"welcome\n")
            self.assertEqual((client.wait(5), client.out), (0, "welcome\n"))

    def test_an_inherited_one_is_announced_by_its_path(self):
        path = self.directory / "socket"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            server = self.serve("greet-server", "--fd", listener.fileno(), port=None,
                                pass_fds=[listener.fileno()])
            self.assertEqual(server.out, f"listening on unix:{path}\n")

    def test_a_live_one_is_in_use_and_stays_alive(self):
        path = self.directory / "socket"
        self.serve("sum-server", "--unix", path, port=None)
        done = self.nettool("sum-server", "--unix", path)
        self.assertEqual((done.returncode, done.stdout), (4, b""))
        self.assert_one_line(done.stderr, "Address already in use")
        with support.connect_unix(path) as peer:
            peer.sendall(b"1|2|.")
            self.assertEqual(peer.recv(1024), b"3")

    def test_a_file_that_is_no_socket_is_left_alone(self):
        path = self.directory / "file"
        path.write_text("precious")
        done = self.nettool("sum-server", "--unix", path)
        self.assertEqual(done.returncode, 4)
        self.assert_one_line(done.stderr)
        self.assertEqual(path.read_text(), "precious")


class Clients(NettoolTest):
    ENDINGS = ((signal.SIGINT, 130), (signal.SIGTERM, 143))

    def interrupt(self, client, number, status):
        self.assertEqual(client.stop(number, AT_ONCE_S), status)
        self.assertEqual(client.out, "")
        self.assertLessEqual(client.err.count("\n"), 1, client.err)

    def test_waiting_for_an_answer(self):
        for number, status in self.ENDINGS:
            for command, operands in (("sum-client", ["1", "2"]), ("upper-client", [])):
                with self.subTest(command=command, number=number):
                    server = self.silent()
                    client = self.start(command, "127.0.0.1", server.port, *operands,
                                        stdin=subprocess.PIPE)
                    client.popen.stdin.write(b"hello\n")
                    client.popen.stdin.close()
                    self.assertTrue(server.seen.wait(5), client.err)
                    self.interrupt(client, number, status)

    def test_waiting_for_a_greeting(self):
        for number, status in self.ENDINGS:
            with socket.create_server(("127.0.0.1", 0)) as listener, self.subTest(number=number):
                listener.settimeout(5)
                client = self.start("greet-client", "127.0.0.1", listener.getsockname()[1])
                peer, _ = listener.accept()
                with peer:
                    self.interrupt(client, number, status)

    def test_sending_without_end(self):
        port = self.serve("upper-server").port
        for number, status in self.ENDINGS:
            with self.subTest(number=number), open("/dev/zero", "rb") as zeros:
                with open(os.devnull, "wb") as nowhere:
                    client = self.start("upper-client", "127.0.0.1", port, stdin=zeros, stdout=nowhere)
                wait_until(lambda: support.catches(client.pid, number), "the client is up")
                self.interrupt(client, number, status)

    def test_a_reader_that_has_read_enough(self):
        port = self.serve("upper-server").port
        began = time.monotonic()
        done = self.shell(f"nettool upper-client 127.0.0.1 {port} </dev/zero | head -c 10; echo ${{PIPESTATUS[0]}}")
        self.assertLess(time.monotonic() - began, GRACE_S)
        self.assertEqual(done.stdout, b"\0" * 10 + b"4\n")
        self.assertEqual(done.stderr, b"")

    def test_a_reader_that_reads_no_more(self):
        port = self.serve("upper-server").port
        for blocking in (True, False):
            for number, status in self.ENDINGS:
                with self.subTest(number=number, blocking=blocking), open("/dev/zero", "rb") as zeros:
                    reader, writer = os.pipe()
                    self.addCleanup(os.close, reader)
                    os.set_blocking(writer, blocking)
                    client = self.start("upper-client", "127.0.0.1", port, stdin=zeros, stdout=writer)
                    wait_until(lambda: not select.select([], [writer], [], 0)[1], "a full pipe")
                    os.close(writer)
                    self.assertEqual(client.stop(number, GRACE_S), status)

    def test_waiting_for_a_silent_standard_input(self):
        port = self.serve("upper-server").port
        for number, status in self.ENDINGS:
            for command in ("sum-client", "upper-client"):
                for kind in ("pipe", "terminal"):
                    with self.subTest(command=command, number=number, stdin=kind):
                        other, stdin = pty.openpty() if kind == "terminal" else reversed(os.pipe())
                        try:
                            client = self.start(command, "127.0.0.1", port, stdin=stdin)
                            wait_until(lambda: support.catches(client.pid, number), "the client is up")
                            self.interrupt(client, number, status)
                        finally:
                            os.close(other)
                            os.close(stdin)

    def test_waiting_for_a_connection(self):
        for number, status in self.ENDINGS:
            with self.subTest(number=number), socket.socket() as listener:
                listener.bind(("127.0.0.1", 0))
                listener.listen(0)
                port = listener.getsockname()[1]
                for _ in range(3):  # the queue is full now: further SYNs go unanswered
                    peer = socket.socket()
                    self.addCleanup(peer.close)
                    peer.setblocking(False)
                    peer.connect_ex(("127.0.0.1", port))
                client = self.start("greet-client", "127.0.0.1", port)
                wait_until(lambda: support.catches(client.pid, number), "the client is up")
                self.interrupt(client, number, status)

    def test_trying_a_refused_connection_again(self):
        for number, status in self.ENDINGS:
            with self.subTest(number=number):
                client = self.start("greet-client", "127.0.0.1", support.free_port(), "--retry-connect", "20s")
                wait_until(lambda: support.catches(client.pid, number), "the client is up")
                self.interrupt(client, number, status)

    def test_waiting_for_the_address_of_a_name(self):
        for number, status in self.ENDINGS:
            with self.subTest(number=number):
                done = self.run_program(*support.ISOLATED, sys.executable, "-c", SILENT_NAMES, int(number),
                                        NETTOOL, "greet-client", "silent.test", "5010")
                self.assertEqual(done.returncode, 0, done.stderr.decode())
                shown, seconds = done.stdout.split()
                self.assertEqual(int(shown), status)
                self.assertLess(float(seconds), AT_ONCE_S)
                self.assertLessEqual(done.stderr.count(b"\n"), 1)

    def test_control_c_at_a_terminal_is_130(self):
        port = self.serve("upper-server").port
        pid, master = pty.fork()
        if pid == 0:
            try:
                os.execve(NETTOOL, ["nettool", "upper-client", "127.0.0.1", port], support.environment())
            finally:
                os._exit(127)
        try:
            # Until it is executed the child is a copy of this program, which catches signals too.
            wait_until(lambda: os.path.samefile(f"/proc/{pid}/exe", NETTOOL) and support.catches(pid, signal.SIGINT),
                       "the client is up")
            os.write(master, b"\x03")
            done = wait_until(lambda: (found := os.waitpid(pid, os.WNOHANG))[0] and found, "its end", 5)
            pid = 0
            self.assertEqual(os.waitstatus_to_exitcode(done[1]), 130)
        finally:
            if pid:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            os.close(master)


if __name__ == "__main__":
    unittest.main()
