"""echo: 64 bytes to and fro through a TCP server, over 64 connections, and over one for latency."""

import json
import pathlib
import select
import subprocess
import tempfile
import time

from measure import (LOAD_CORE, NETTOOL, SERVER_CORE, Samples, Unable, cpu_seconds, free_port,
                     helper, pinned, required, running, table, wait_for_port)

ROUNDS = 8
SECONDS = 8  # at most, for each run
LONGEST_S = 40  # until a load generator is taken for dead
CONNECTIONS = 64
MESSAGES, PING_MESSAGES = 200_000, 40_000
FORKING_SHARE = 10  # one process for each connection: so many times fewer messages


def nettool(_, ready):
    return [NETTOOL, "upper-server", "--ascii", "--quiet", "--port", "0", "--ready-file", ready]


def recording(_, ready):
    return [*nettool(_, ready), "--pcap", ready.with_name("record.pcapng")]


def epoll(*_):
    return [helper("epoll_echo")]


def socat(port, _):
    return [required("socat"), f"TCP-LISTEN:{port},fork,reuseaddr,backlog=128,bind=127.0.0.1",
            "PIPE"]


def ncat(port, _):
    return [required("ncat"), "-l", "-k", "127.0.0.1", port, "--max-conns", "200",
            "--exec", "/bin/cat"]


RECORDING = "nettool --pcap"
SERVERS = {"nettool": nettool, RECORDING: recording, "epoll_echo": epoll, "socat": socat, "ncat": ncat}


def read_line(stream, patience):
    if not select.select([stream], [], [], patience)[0]:
        raise Unable("the load generator hangs")
    return stream.readline()


def wait_for_file(path, process):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and process.poll() is None:
        if path.exists() and path.read_text().strip():
            return int(path.read_text())
        time.sleep(0.01)
    raise Unable("nettool is not ready")


def under_load(server, core, command):
    """Runs the load; returns its report with the server's CPU microseconds for each message."""
    with subprocess.Popen(pinned(core, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          bufsize=1) as load:
        try:
            if read_line(load.stdout, 30) != "ready\n":
                raise Unable("the load generator does not start")
            before = cpu_seconds(server.pid)
            load.stdin.write("go\n")
            report = json.loads(read_line(load.stdout, LONGEST_S) or "{}")
            spent = cpu_seconds(server.pid) - before
            load.stdin.close()
        except BaseException:
            load.kill()
            raise
    if not report.get("messages"):
        raise Unable("the load generator failed")
    return dict(report, cpu=spent * 1e6 / report["messages"])


def port_of(name, server, port, ready):
    """The port of a server that has just been started, once it accepts connections."""
    if name.startswith("nettool"):
        port = wait_for_file(ready, server)
    elif name == "epoll_echo":
        port = int(read_line(server.stdout, 5) or 0)
    wait_for_port(port, server)
    return port


def one_run(name, load_core, connections, messages):
    if name in ("socat", "ncat"):
        messages //= FORKING_SHARE
    output = subprocess.PIPE if name == "epoll_echo" else subprocess.DEVNULL
    with tempfile.TemporaryDirectory() as directory:
        ready, port = pathlib.Path(directory) / "port", free_port()
        with running(SERVERS[name](port, ready), SERVER_CORE, output) as server:
            port = port_of(name, server, port, ready)
            return under_load(server, load_core, [helper("echo_load"), port, connections, messages, SECONDS])


def measure():
    for name in ("socat", "ncat"):
        required(name)
    cpu, rate, tail, ping = ({name: Samples(name) for name in SERVERS} for _ in range(4))
    for _ in range(ROUNDS):
        for name in SERVERS:
            report = one_run(name, LOAD_CORE, CONNECTIONS, MESSAGES)
            cpu[name].values.append(report["cpu"])
            rate[name].values.append(1e6 / report["rate"])
            tail[name].values.append(report["p99"])
            # Across cores a ping measures how long a core takes to wake up.
            ping[name].values.append(one_run(name, SERVER_CORE, 1, PING_MESSAGES)["p50"])
    recorded = cpu.pop(RECORDING)
    for samples in (rate, tail, ping):
        del samples[RECORDING]
    return [*table("echo recorded: CPU", "µs/message", "best", [cpu["nettool"], recorded], [("nettool", 1.15)],
                   "nettool"),
            *best("echo: server CPU", "µs/message", cpu, [("epoll_echo", 1.15)]),
            *best("echo: wall", "µs/message", rate),
            *best("echo: p99", "µs", tail),
            *best("echo: 1 connection p50", "µs", ping, [("epoll_echo", 1.10)])]


def best(row, unit, samples, goals=()):
    return table(row, unit, "best", samples.values(), goals, "epoll_echo")
