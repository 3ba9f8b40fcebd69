"""nettool talks with programs that are not nettool, and with ill-behaved ones."""

import hashlib
import os
import random
import re
import resource
import select
import signal
import socket
import ssl
import subprocess
import threading
import time
import unittest

import support
from support import CertificateTest, NettoolTest, connect, random_cuts, read_all, read_line, reset, wait_until

MIB = 1024 * 1024
GREETING = rb"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 127\.0\.0\.1 \d{1,5}\n$"


class SumServerAndForeignClients(NettoolTest):
    def ask(self, port, pieces):
        with connect(port) as peer:
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for piece in pieces:
                peer.sendall(piece)
            peer.settimeout(5)
            return peer.recv(1024)

    def test_a_naive_client_gets_its_sum_in_one_recv(self):
        server = self.serve("sum-server")
        self.assertEqual(self.ask(server.port, [b"1|2|3|."]), b"6")

    def test_any_cutting_of_the_bytes_gives_the_same_sum(self):
        server = self.serve("sum-server")
        text = b"12|-30|0.5| 100000000000000000000 |."
        expected = b"99999999999999999982.5"
        self.assertEqual(self.ask(server.port, [bytes([byte]) for byte in text]), expected)
        for seed in range(10):
            with self.subTest(seed=seed):
                self.assertEqual(self.ask(server.port, random_cuts(text, seed)), expected)

    def test_a_line_feed_is_mirrored(self):
        server = self.serve("sum-server")
        self.assertEqual(self.ask(server.port, [b"1|2|3|.\n"]), b"6\n")
        self.assertEqual(self.ask(server.port, [b"1|2|3|.\r\n"]).strip(), b"6")

    def test_the_padding_of_a_c_program_does_no_harm(self):
        server = self.serve("sum-server")
        self.assertEqual(self.ask(server.port, [b"1|2|3|.".ljust(256, b"\0")]), b"6")
        with connect(server.port) as peer:
            peer.sendall(b"1|2|3|.".ljust(256, b"\0"))
            peer.settimeout(5)
            self.assertEqual(read_all(peer), b"6")

    def test_every_netcat_gets_the_sum_and_returns_within_a_second(self):
        server = self.serve("sum-server")
        for command in (["nc.openbsd", "127.0.0.1", server.port],
                        ["nc.traditional", "127.0.0.1", server.port],
                        ["socat", "-", f"TCP:127.0.0.1:{server.port}"],
                        ["ncat", "127.0.0.1", server.port]):
            with self.subTest(command=command[0]):
                began = time.monotonic()
                done = self.run_program(*command, data=b"1|2|.", within=5)
                self.assertEqual(done.stdout, b"3", done.stderr)
                self.assertLess(time.monotonic() - began, 1)

    def test_a_unix_socket_serves_socat_and_nc(self):
        path = self.directory / "sum"
        self.serve("sum-server", "--unix", path, port=None)
        for command in (["socat", "-", f"UNIX-CONNECT:{path}"], ["nc.openbsd", "-U", path]):
            with self.subTest(command=command[0]):
                self.assertEqual(self.run_program(*command, data=b"1|2|.", within=5).stdout, b"3")

    def test_an_inherited_listener_is_served(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            server = self.serve("sum-server", "--fd", listener.fileno(), port=None,
                                pass_fds=[listener.fileno()])
            self.assertEqual(server.port, str(port))
            self.assertEqual(server.out.splitlines()[0], f"listening on 127.0.0.1:{port}")
            self.assertEqual(self.ask(port, [b"1|2|3|."]), b"6")

    def test_being_out_of_descriptors_is_said_once(self):
        limited = 32
        server = self.serve("sum-server", "--keep-open")
        if support.is_sanitized(server.pid):
            self.skipTest("the sanitizer needs descriptors itself, and calls their absence an error")
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (limited, limited))
        peers = [self.connect(server.port) for _ in range(limited)]
        wait_until(lambda: "accept:" in server.err, "it is said")
        for peer in peers[:limited // 2]:
            peer.sendall(b"1|.\n")
            self.assertEqual(read_line(peer), b"1\n")
            peer.close()
        peers[-1].sendall(b"2|.\n")
        self.assertEqual(read_line(peers[-1]), b"2\n")
        self.assert_one_line(server.err, "accept: Too many open files")

    def test_one_connection_too_many_is_told_so(self):
        server = self.serve("sum-server", "--max-connections", 1, "--keep-open")
        first = self.connect(server.port)
        first.sendall(b"1|.\n")
        self.assertEqual(read_line(first), b"1\n")
        with connect(server.port) as second:
            self.assertEqual(read_all(second), b"ERROR: too many connections\n")
        first.sendall(b"2|.\n")
        self.assertEqual(read_line(first), b"2\n")
        first.close()
        wait_until(lambda: self.ask(server.port, [b"3|."]) == b"3", "room again")

    def test_nobody_is_disturbed_by_those_who_misbehave(self):
        for command, request, answer in (("sum-server", b"20|22|.\n", b"42\n"),
                                         ("upper-server", b"hello\n", b"HELLO\n")):
            with self.subTest(command=command):
                server = self.serve(command)
                deaf = self.connect(server.port)
                deaf.setblocking(False)
                chunk = (b"1|.\n" if command == "sum-server" else b"abcd") * 16384
                stuck, deadline = 0, time.monotonic() + support.PATIENCE_S
                while stuck < 20 and time.monotonic() < deadline:  # 200 ms without progress
                    try:
                        deaf.send(chunk)
                        stuck = 0
                    except BlockingIOError:
                        stuck += 1
                        time.sleep(0.01)
                self.assertEqual(stuck, 20, "a client that never reads may send without end")
                for _ in range(200):
                    connect(server.port).close()
                for _ in range(20):
                    rude = connect(server.port)
                    rude.sendall(b"1|2")
                    reset(rude)
                with connect(server.port) as peer:
                    peer.sendall(request)
                    peer.settimeout(5)
                    self.assertEqual(read_line(peer), answer)
                self.assertEqual(server.err, "")
                deaf.close()
                self.assertEqual(server.stop(), 0)


class UpperServerAndForeignClients(NettoolTest):
    def test_nc_sends_a_file_and_gets_it_back_in_upper_case(self):
        server = self.serve("upper-server")
        for command in (["nc.openbsd", "-N", "127.0.0.1", server.port],
                        ["socat", "-", f"TCP:127.0.0.1:{server.port}"],
                        ["ncat", "127.0.0.1", server.port]):
            with self.subTest(command=command[0]):
                self.assertEqual(self.run_program(*command, data=b"hello", within=5).stdout, b"HELLO")

    def test_any_cutting_of_the_bytes_gives_the_same_text(self):
        server = self.serve("upper-server")
        text = "grüße, école, ждать, hello\n".encode()
        expected = "GRÜßE, ÉCOLE, ЖДАТЬ, HELLO\n".encode()
        cuttings = [[bytes([byte]) for byte in text], *(random_cuts(text, seed) for seed in range(5))]
        for pieces in cuttings:
            with connect(server.port) as peer:
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                for piece in pieces:
                    peer.sendall(piece)
                peer.shutdown(socket.SHUT_WR)
                self.assertEqual(read_all(peer).decode(), expected.decode())

    def test_a_naive_client_has_its_answer_at_once(self):
        server = self.serve("upper-server")
        with connect(server.port) as peer:
            peer.settimeout(5)
            for word in (b"hello", b"again"):
                peer.send(word)
                self.assertEqual(peer.recv(1024), word.upper())

    def test_a_datagram_is_answered_with_a_datagram(self):
        server = self.serve("upper-server", "--udp")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.settimeout(5)
            for text in (b"hello", b"", b"x" * 60000):
                peer.sendto(text, ("127.0.0.1", int(server.port)))
                self.assertEqual(peer.recv(65536), text.upper())
        done = self.run_program("socat", "-t1", "-", f"UDP:127.0.0.1:{server.port}", data=b"hello")
        self.assertEqual(done.stdout, b"HELLO", done.stderr)


class GreetServerAndForeignClients(NettoolTest):
    def test_everyone_is_greeted_with_time_and_address(self):
        server = self.serve("greet-server")
        for command in (["nc.openbsd", "127.0.0.1", server.port],
                        ["nc.traditional", "127.0.0.1", server.port],
                        ["socat", "-u", f"TCP:127.0.0.1:{server.port}", "-"]):
            with self.subTest(command=command[0]):
                self.assertRegex(self.run_program(*command, within=5).stdout, GREETING)
        with connect(server.port) as peer:
            peer.settimeout(5)
            greeting = peer.recv(1024)
            self.assertRegex(greeting, GREETING)
            self.assertEqual(greeting.split()[-1].decode(), str(peer.getsockname()[1]))
            self.assertEqual(peer.recv(1024), b"")
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len(server.out.splitlines()), 5)
        self.assertTrue(server.out.endswith(greeting.decode()))


class Certificates(CertificateTest):
    def serve_with(self, certificate, key, command="upper-server"):
        return self.serve(command, "--tls", "--cert", certificate, "--key", key)

    def ask(self, server, *options, env=None):
        return self.nettool("upper-client", "--tls", "--port", server.port, *options, data=b"hello\n",
                            env=env or support.environment())

    def test_openssl_and_python_speak_tls_with_a_self_signed_server(self):
        server = self.serve("sum-server", "--tls")
        done = self.run_program("openssl", "s_client", "-quiet", "-connect", f"127.0.0.1:{server.port}",
                                data=b"1|2|.\n", within=10)
        self.assertEqual(done.stdout, b"3\n", done.stderr)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with context.wrap_socket(connect(server.port)) as peer:
            peer.sendall(b"1|2|3|.")
            self.assertEqual(peer.recv(1024), b"6")

    def test_the_fingerprint_printed_is_that_of_the_certificate_shown(self):
        server = self.serve("upper-server", "--tls", "--json")
        shown = self.run_program("openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", within=10)
        (self.directory / "shown.pem").write_bytes(shown.stdout)
        line = self.openssl("x509", "-in", "shown.pem", "-noout", "-fingerprint", "-sha256")
        self.assertIn(f'"tls_sha256":"{line.strip().partition("=")[2]}"', server.out)
        certificate, key = self.make("own")
        prose = self.serve_with(certificate, key)
        line = self.openssl("x509", "-in", "own.pem", "-noout", "-fingerprint", "-sha256")
        self.assertIn(line.strip().partition("=")[2], prose.out + prose.err)

    def test_a_certificate_that_is_believed_works(self):
        certificate, key = self.make("good")
        server = self.serve_with(certificate, key)
        for host in ("localhost", "127.0.0.1"):
            done = self.ask(server, "--cacert", certificate, "--host", host)
            self.assertEqual((done.returncode, done.stdout), (0, b"HELLO\n"), done.stderr)
        done = self.ask(server, "--insecure")
        self.assertEqual((done.returncode, done.stdout), (0, b"HELLO\n"), done.stderr)

    def test_every_refusal_of_a_certificate_names_its_reason(self):
        good = self.make("good")
        other = self.make("other", names="DNS:other.example")
        old = self.make("old", days="-1")
        for (certificate, key), options, reason in (
                (good, [], "it is self-signed; --cacert FILE, --tls"),
                (good, ["--cacert", other[0]], "it is self-signed; --cacert FILE, --tls"),
                (other, ["--cacert", other[0]], "it is for other.example, not for 127.0.0.1; --tls"),
                (other, ["--cacert", other[0], "--host", "localhost"],
                 "it is for other.example, not for localhost; --tls"),
                (old, ["--cacert", old[0]], r"it expired at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ; --tls")):
            with self.subTest(reason=reason):
                server = self.serve_with(certificate, key)
                done = self.ask(server, *options)
                self.assertEqual((done.returncode, done.stdout), (3, b""))
                self.assert_one_line(done.stderr, "the certificate of .* is not to be believed: " + reason)
                self.assert_one_line(done.stderr, "-fingerprint ([0-9A-F]{2}:){31}[0-9A-F]{2} or --insecure would accept it$")
                said = re.search(r"--tls-fingerprint (\S+)", done.stderr.decode())[1]
                for spelling in (said, said.lower().replace(":", "")):
                    done = self.ask(server, "--tls-fingerprint", spelling)
                    self.assertEqual((done.returncode, done.stdout), (0, b"HELLO\n"), done.stderr)

    def test_a_fingerprint_that_is_another_ones_is_refused_with_the_right_one(self):
        server = self.serve_with(*self.make("good"))
        line = self.openssl("x509", "-in", "good.pem", "-noout", "-fingerprint", "-sha256")
        right = line.strip().partition("=")[2]
        other = ("0" if right[0] != "0" else "1") + right[1:]
        done = self.ask(server, "--tls-fingerprint", other, "--cacert", self.directory / "good.pem")
        self.assertEqual((done.returncode, done.stdout), (3, b""))
        self.assert_one_line(done.stderr, "fingerprint is not the one that was given; --tls-fingerprint " + right)
        for bad in ("", "12", right[:-1], right + ":00", right.replace(":", "-"), right.replace(":", "", 1)):
            done = self.ask(server, "--tls-fingerprint", bad)
            self.assertEqual(done.returncode, 2, bad)
        self.assertEqual(self.ask(server, "--tls-fingerprint", right, "--insecure").returncode, 2)

    def test_the_server_hears_the_name_that_the_user_gave(self):
        certificate, key = self.make("good")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        names = []
        context.sni_callback = lambda _, name, __: names.append(name)

        def speak(peer):
            with context.wrap_socket(peer, server_side=True) as secured:
                secured.sendall(secured.recv(1024).upper())

        server = self.scripted(speak)
        for host in ("localhost", "127.0.0.1"):
            done = self.ask(server, "--cacert", certificate, "--host", host)
            self.assertEqual((done.returncode, done.stdout), (0, b"HELLO\n"), done.stderr)
        self.assertEqual(names, ["localhost", None])

    def test_a_unix_socket_is_known_as_localhost(self):
        certificate, key = self.make("good")
        path = self.directory / "socket"
        self.serve("upper-server", "--tls", "--cert", certificate, "--key", key, "--unix", path, port=None)
        done = self.nettool("upper-client", "--tls", "--cacert", certificate, "--unix", path, data=b"hello\n")
        self.assertEqual((done.returncode, done.stdout), (0, b"HELLO\n"), done.stderr)

    def test_a_stalled_server_interrupts_no_write(self):
        server = self.serve("upper-server", "--tls")
        client = self.start("upper-client", "--tls", "--insecure", "--port", server.port, "--check",
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        client.popen.stdin.write(b"x")
        client.popen.stdin.flush()
        self.assertEqual(os.read(client.popen.stdout.fileno(), 1), b"X")
        server.send(signal.SIGSTOP)
        client.popen.stdin.flush()
        block, sent = b"x" * MIB, 1
        os.set_blocking(client.popen.stdin.fileno(), False)
        while select.select([], [client.popen.stdin], [], 0.3)[1]:  # until nothing goes for a while
            sent += os.write(client.popen.stdin.fileno(), block)
        server.send(signal.SIGCONT)
        client.popen.stdin.close()
        self.assertEqual(len(client.popen.stdout.read()) + 1, sent)
        self.assertEqual((client.wait(5), client.err), (0, ""))

    def test_keys_are_logged_for_the_owner_only(self):
        for side in ("server", "client"):
            with self.subTest(side=side):
                log = self.directory / f"keys.{side}"
                logging = support.environment(SSLKEYLOGFILE=log)
                plain = support.environment()
                server = self.serve("upper-server", "--tls",
                                    env=logging if side == "server" else plain)
                done = self.ask(server, "--insecure", env=logging if side == "client" else plain)
                self.assertEqual(done.stdout, b"HELLO\n", done.stderr)
                self.assertEqual(log.stat().st_mode & 0o777, 0o600)
                lines = log.read_text().splitlines()
                self.assertTrue(lines)
                for line in lines:
                    self.assertRegex(line, r"^(CLIENT|SERVER|EXPORTER)_[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]+$")

    def test_a_server_that_speaks_no_tls_is_three(self):
        server = self.scripted(lambda peer: (peer.recv(1024), peer.send(b"what?\n")))
        done = self.nettool("upper-client", "--tls", "--insecure", "--port", server.port, data=b"x")
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, "TLS")


class ClientsAndForeignServers(NettoolTest):
    CLIENTS = (("sum-client", ["1", "2", "3"], b""), ("greet-client", [], b""),
               ("upper-client", [], b"hello"))

    def call(self, client, port, operands, data, *options):
        began = time.monotonic()
        done = self.nettool(client, "127.0.0.1", port, *operands, *options, data=data, within=10)
        self.seconds = time.monotonic() - began
        return done

    def test_naive_servers_are_understood(self):
        def add(peer):
            numbers = peer.recv(1024).decode()
            peer.send(str(sum(int(n) for n in numbers.rstrip(".").split("|") if n)).encode())

        for (client, operands, data), speak, answer in zip(
                self.CLIENTS, (add, lambda peer: peer.send(b"welcome"),
                               lambda peer: peer.send(peer.recv(1024).upper())),
                (b"6\n", b"welcome\n", b"HELLO")):
            with self.subTest(client=client):
                done = self.call(client, self.scripted(speak).port, operands, data)
                self.assertEqual((done.returncode, done.stdout, done.stderr), (0, answer, b""))

    def test_a_reset_is_three_in_one_line(self):
        def shoot(peer):
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            if not greeting:
                peer.recv(1024)

        for client, operands, data in self.CLIENTS:
            with self.subTest(client=client):
                greeting = client == "greet-client"
                done = self.call(client, self.scripted(shoot).port, operands, data)
                self.assertEqual((done.returncode, done.stdout), (3, b""))
                self.assert_one_line(done.stderr, f"^{client}: .*reset")

    def test_a_server_that_says_nothing_and_closes_is_an_error_in_one_line(self):
        def leave(peer):
            peer.settimeout(0.2)
            peer.recv(1024)

        for client, operands, data in self.CLIENTS:
            with self.subTest(client=client):
                done = self.call(client, self.scripted(leave).port, operands, data)
                self.assertIn(done.returncode, (3, 4))
                self.assertEqual(done.stdout, b"")
                self.assert_one_line(done.stderr, f"^{client}: .*closed")

    def test_standard_input_that_cannot_be_read_is_four(self):
        port = self.serve("upper-server").port
        for options in ([], ["--json"]):
            with self.subTest(options=options):
                directory = os.open("/", os.O_RDONLY)
                self.addCleanup(os.close, directory)
                done = self.nettool("upper-client", "127.0.0.1", port, *options, stdin=directory, within=5)
                self.assertEqual((done.returncode, done.stdout, done.stderr),
                                 (4, b"", b"upper-client: cannot read standard input: Is a directory\n"))

    def test_a_text_cut_short_is_noticed(self):
        def cut(peer):
            peer.send(peer.recv(1024).upper()[:2])

        port = self.scripted(cut).port
        self.assertEqual(self.call("upper-client", port, [], b"hello", "--check").returncode, 4)
        done = self.call("upper-client", port, [], b"hello" * MIB)
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr)

    def test_a_silent_server_is_given_up(self):
        for client, operands, data in self.CLIENTS:
            with self.subTest(client=client):
                done = self.call(client, self.silent().port, operands, data, "--timeout", "300ms")
                self.assertEqual((done.returncode, done.stdout), (3, b""))
                self.assert_one_line(done.stderr, "timed out")
                self.assertGreater(self.seconds, 0.25)
                self.assertLess(self.seconds, 3)

    def test_garbage_breaks_the_protocol_and_no_terminal(self):
        garbage = b"\x1b[2J" + random.Random(1).randbytes(1000)
        server = self.scripted(lambda peer: (peer.settimeout(0.1), peer.send(garbage), peer.recv(1024)))
        done = self.call("sum-client", server.port, ["1"], b"")
        self.assertEqual((done.returncode, done.stdout), (4, b""))
        self.assert_one_line(done.stderr)
        shown = done.stderr + self.call("greet-client", server.port, [], b"").stdout
        self.assertEqual(re.findall(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown.decode("utf-8")), [])
        self.assertEqual(self.call("upper-client", server.port, [], b"hello", "--check").returncode, 4)

    def test_nobody_listening_is_three_in_one_line_at_once(self):
        for client, operands, data in self.CLIENTS:
            with self.subTest(client=client):
                port = support.free_port()
                done = self.call(client, port, operands, data)
                self.assertEqual((done.returncode, done.stdout, done.stderr.decode()), (
                    3, b"", f"{client}: cannot connect to 127.0.0.1:{port}: Connection refused\n"))
                self.assertLess(self.seconds, 1)


class MuchText(NettoolTest):
    def test_any_amount_passes_in_constant_memory(self):
        total = 1024 * MIB if os.environ.get("NETTOOL_BIG") else 64 * MIB
        block = bytes(random.Random(7).choices(range(32, 127), k=MIB))
        server = self.serve("upper-server")
        client = self.start("upper-client", "127.0.0.1", server.port, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)
        wait_until(lambda: support.catches(client.pid, 15), "the client is up")
        idle = {"server": support.peak_bytes(server.pid), "client": support.peak_bytes(client.pid)}
        sent, received, seen = hashlib.sha256(), hashlib.sha256(), 0

        def feed():
            for number in range(total // MIB):
                piece = block[number % MIB:] + block[:number % MIB]
                client.popen.stdin.write(piece)
                sent.update(piece.upper())
            client.popen.stdin.flush()

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        while seen < total:
            piece = os.read(client.popen.stdout.fileno(), MIB)
            self.assertTrue(piece, f"the answer ends after {seen} bytes: {client.err}")
            received.update(piece)
            seen += len(piece)
        feeder.join(support.PATIENCE_S)
        if not support.is_sanitized(server.pid):
            for name, process in (("server", server), ("client", client)):
                self.assertLess(support.peak_bytes(process.pid) - idle[name], 32 * MIB, name)
        client.popen.stdin.close()
        self.assertEqual(client.popen.stdout.read(), b"")
        self.assertEqual(client.wait(), 0, client.err)
        self.assertEqual((seen, received.hexdigest()), (total, sent.hexdigest()))


class DefaultPorts(NettoolTest):
    def test_a_server_in_the_background_and_its_client_just_work(self):
        done = self.isolated("nettool sum-server >/dev/null & nettool sum-client 1 2 3; s=$?; "
                             "kill $!; wait $!; exit $((s + $?))")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"6\n", b""))

    def test_the_client_may_be_started_first(self):
        done = self.isolated("nettool sum-client 1 2 3 & sleep 0.5; nettool sum-server --once >/dev/null; "
                             "s=$?; wait $!; exit $((s + $?))")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"6\n", b""))

    def test_without_any_server_it_is_three_after_two_seconds(self):
        began = time.monotonic()
        done = self.isolated("nettool sum-client 1 2 3")
        self.assertEqual(done.returncode, 3)
        self.assert_one_line(done.stderr, r"127\.0\.0\.1:1234: Connection refused")
        self.assertGreater(time.monotonic() - began, 1.8)
        self.assertLess(time.monotonic() - began, 5)


if __name__ == "__main__":
    unittest.main()
