"""What the end-to-end tests share: nettool processes, foreign peers, and waiting with a deadline."""

import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import unittest

NETTOOL = pathlib.Path(os.environ.get("NETTOOL", "nettool")).resolve()
SOURCE = pathlib.Path(os.environ.get("NETTOOL_SOURCE", pathlib.Path(__file__).parents[2])).resolve()
PATIENCE_S = 20

# Brings the loopback interface of a new namespace up (`ip link set lo up`), then becomes argv.
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
os.execvp(sys.argv[1], sys.argv[1:])
"""
ISOLATED = ["unshare", "--map-root-user", "--net", "--mount", sys.executable, "-c", LOOPBACK_UP]


def wait_until(condition, what, within=PATIENCE_S):
    """The first true value of condition()."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(0.005)


# Would lead requests for this machine to another one.
PROXIES = [name for word in ("http", "https", "all", "no") for name in (f"{word}_proxy", f"{word.upper()}_PROXY")]


def environment(**changes):
    """Ours, without what would change the program's ways; None removes a variable."""
    plain = {"LC_ALL": "C.UTF-8", "NO_COLOR": None, "SSLKEYLOGFILE": None, **dict.fromkeys(PROXIES)}
    merged = {**os.environ, **plain, **changes}
    return {name: str(value) for name, value in merged.items() if value is not None}


def connect(port, timeout=PATIENCE_S):
    return socket.create_connection(("127.0.0.1", int(port)), timeout=timeout)


def connect_unix(path):
    peer = socket.socket(socket.AF_UNIX)
    peer.settimeout(PATIENCE_S)
    peer.connect(str(path))
    return peer


def is_refused(port):
    try:
        connect(port, timeout=1).close()
    except ConnectionRefusedError:
        return True
    except OSError:
        pass
    return False


def read_all(peer):
    """Everything up to the end of the stream."""
    parts = []
    while part := peer.recv(65536):
        parts.append(part)
    return b"".join(parts)


def read_line(peer):
    line = b""
    while not line.endswith(b"\n"):
        byte = peer.recv(1)
        if not byte:
            break
        line += byte
    return line


def reset(peer):
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def free_port():
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def random_cuts(data, seed):
    """data in pieces of 1 to 4 bytes."""
    rng, at = random.Random(seed), 0
    while at < len(data):
        size = rng.randint(1, 4)
        yield data[at:at + size]
        at += size


def status_field(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return line.split()[1]
    return None


def peak_bytes(pid):
    return int(status_field(pid, "VmHWM")) * 1024


def is_sanitized(pid):
    maps = pathlib.Path(f"/proc/{pid}/maps").read_text()
    return any(name in maps for name in ("libasan", "libtsan", "libclang_rt"))


def catches(pid, number):
    return int(status_field(pid, "SigCgt") or "0", 16) >> (number - 1) & 1


class Process:
    """A nettool process; standard output and error go to files unless said otherwise."""

    def __init__(self, directory, *arguments, stdin=subprocess.DEVNULL, stdout=None, stderr=None,
                 env=None, pass_fds=()):
        self.out_path = pathlib.Path(tempfile.mkstemp(dir=directory, prefix="out.")[1])
        self.err_path = pathlib.Path(tempfile.mkstemp(dir=directory, prefix="err.")[1])
        with open(self.out_path, "wb") as out, open(self.err_path, "wb") as err:
            self.popen = subprocess.Popen(
                [NETTOOL, *map(str, arguments)], stdin=stdin,
                stdout=out if stdout is None else stdout, stderr=err if stderr is None else stderr,
                env=env or environment(), pass_fds=pass_fds, start_new_session=True)
        self.pid = self.popen.pid

    @property
    def out(self):
        return self.out_path.read_text(errors="replace")

    @property
    def err(self):
        return self.err_path.read_text(errors="replace")

    def is_running(self):
        return self.popen.poll() is None

    def send(self, number):
        self.popen.send_signal(number)

    def wait(self, within=PATIENCE_S):
        try:
            return self.popen.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"process still runs after {within} s: {self.out}{self.err}") from None

    def stop(self, number=signal.SIGTERM, within=PATIENCE_S):
        self.send(number)
        return self.wait(within)

    def close(self):
        if self.is_running():
            self.popen.kill()
        self.popen.wait(PATIENCE_S)
        for stream in (self.popen.stdin, self.popen.stdout, self.popen.stderr):
            if stream:
                stream.close()


class ScriptedServer:
    """A naive server: speak(connection) for each client, then close."""

    def __init__(self, speak):
        self.speak = speak
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.released = threading.Event()
        self.seen = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            peer.settimeout(PATIENCE_S)
            with peer:
                try:
                    self.speak(peer)
                except OSError:
                    pass

    def stay_silent(self, peer):
        """For speak: takes what comes first, then says nothing until the end of the test."""
        peer.recv(1024)
        self.seen.set()
        self.released.wait(PATIENCE_S)

    def close(self):
        self.released.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(PATIENCE_S)


class NettoolTest(unittest.TestCase):
    """A directory of its own, and every process ended by its number."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.directory = pathlib.Path(temporary.name)
        self.servers = 0

    def start(self, *arguments, **keywords):
        process = Process(self.directory, *arguments, **keywords)
        self.addCleanup(process.close)
        return process

    def serve(self, command, *arguments, port=0, **keywords):
        """A server that listens; its port is in .port."""
        self.servers += 1
        ready = self.directory / f"ready.{self.servers}"
        where = [] if port is None else ["--port", port]
        server = self.start(command, *where, "--ready-file", ready, *arguments, **keywords)
        wait_until(lambda: ready.exists() or not server.is_running(), "a ready file")
        if not ready.exists():
            self.fail(f"{command} ended with {server.wait()}: {server.err}")
        server.port = ready.read_text().strip()
        return server

    def scripted(self, speak):
        server = ScriptedServer(speak)
        self.addCleanup(server.close)
        return server

    def silent(self):
        server = ScriptedServer(None)
        server.speak = server.stay_silent
        self.addCleanup(server.close)
        return server

    def connect(self, port):
        peer = connect(port)
        self.addCleanup(peer.close)
        return peer

    def run_program(self, *command, data=b"", within=PATIENCE_S, **keywords):
        keywords.setdefault("env", environment())
        keywords.setdefault("stdout", subprocess.PIPE)
        keywords.setdefault("stderr", subprocess.PIPE)
        if "stdin" not in keywords:
            keywords["input"] = data
        return subprocess.run([*map(str, command)], timeout=within, check=False, **keywords)

    def nettool(self, *arguments, **keywords):
        return self.run_program(NETTOOL, *arguments, **keywords)

    def shell(self, script, *arguments, shell="bash", **keywords):
        """A script with nettool on its PATH."""
        tools = self.directory / "tools"
        if not tools.exists():
            tools.mkdir()
            (tools / "nettool").symlink_to(NETTOOL)
        changes = {"PATH": f"{tools}:{os.environ['PATH']}", "HOME": self.directory}
        return self.run_program(shell, "-c", script, *arguments, env=environment(**changes),
                                cwd=self.directory, **keywords)

    def isolated(self, script, **keywords):
        """The same in a network namespace of its own, with a loopback."""
        tools = self.directory / "tools"
        tools.mkdir()
        (tools / "nettool").symlink_to(NETTOOL)
        return self.run_program(*ISOLATED, "bash", "-c", script, cwd=self.directory,
                                env=environment(PATH=f"{tools}:{os.environ['PATH']}"), **keywords)

    def assert_one_line(self, err, pattern=None):
        text = err.decode(errors="replace") if isinstance(err, bytes) else err
        self.assertEqual(text.count("\n"), 1, text)
        self.assertTrue(text.endswith("\n"), text)
        if pattern:
            self.assertRegex(text, pattern)


class CertificateTest(NettoolTest):
    """Certificates of every kind, made by openssl."""

    def openssl(self, *arguments):
        done = self.run_program("openssl", *arguments, cwd=self.directory)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def make(self, name, names="DNS:localhost,IP:127.0.0.1", days="2"):
        """NAME.pem, self-signed, and NAME.key."""
        (self.directory / "extensions").write_text(f"subjectAltName={names}\n")
        if int(days) > 0:
            self.openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key",
                         "-out", f"{name}.pem", "-subj", "/CN=nettool test", "-days", days,
                         "-addext", f"subjectAltName={names}")
        else:
            self.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key",
                         "-out", f"{name}.csr", "-subj", "/CN=nettool test")
            self.openssl("x509", "-req", "-in", f"{name}.csr", "-signkey", f"{name}.key",
                         "-out", f"{name}.pem", "-days", days, "-extfile", "extensions")
        return self.directory / f"{name}.pem", self.directory / f"{name}.key"
