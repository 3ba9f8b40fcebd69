"""echo: 64 bytes to and fro through a TCP server, over 64 connections, and over one for latency."""

import json
import pathlib
import select
import subprocess
import tempfile
import time

from measure import (LOAD_CORE, NETTOOL, SERVER_CORE, Samples, Unable, cpu_seconds, free_port,
                     helper, peer, pinned, running, table, wait_for_port)

ROUNDS = 4
SECONDS = 3  # at most, for each run
CONNECTIONS, MESSAGES = 64, 150_000
PING_MESSAGES = 40_000


def nettool(port, ready):
    return [NETTOOL, "upper-server", "--ascii", "--quiet", "--port", "0", "--ready-file", ready]


def epoll(port, ready):
    return [helper("epoll_echo"), port]


def socat(port, ready):
    return ["socat", f"TCP-LISTEN:{port},bind=127.0.0.1,fork,reuseaddr,backlog=128", "PIPE"]


def ncat(port, ready):
    return ["ncat", "--listen", "127.0.0.1", port, "--keep-open", "--exec", "/bin/cat"]


def servers():
    yield "nettool", nettool
    yield "epoll loop", epoll
    for name, command in (("socat", socat), ("ncat", ncat)):
        if peer(name):
            yield name, command


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
    raise Unable(f"{process.args} is not ready")


def under_load(server, port, core, connections, messages):
    """Runs the load; returns its report with the server's CPU microseconds for each message."""
    command = pinned(core, [helper("echo_load"), port, connections, messages, SECONDS])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                          bufsize=1) as load:
        try:
            if read_line(load.stdout, 30) != "ready\n":
                raise Unable("the load generator does not start")
            before = cpu_seconds(server.pid)
            load.stdin.write("go\n")
            report = json.loads(read_line(load.stdout, SECONDS + 10) or "{}")
            spent = cpu_seconds(server.pid) - before
            load.stdin.close()
        except BaseException:
            load.kill()
            raise
    if not report.get("messages"):
        raise Unable("the load generator failed")
    return dict(report, cpu=spent * 1e6 / report["messages"])


def one_run(command, load_core, connections, messages):
    with tempfile.TemporaryDirectory() as directory:
        ready, port = pathlib.Path(directory) / "port", free_port()
        with running(command(port, ready), SERVER_CORE) as server:
            if command is nettool:
                port = wait_for_file(ready, server)
            else:
                wait_for_port(port, server)
            return under_load(server, port, load_core, connections, messages)


def measure():
    all_servers = dict(servers())
    cpu, rate, latency = ({name: Samples(name) for name in all_servers} for _ in range(3))
    for _ in range(ROUNDS):
        for name, command in all_servers.items():
            report = one_run(command, LOAD_CORE, CONNECTIONS, MESSAGES)
            cpu[name].values.append(report["cpu"])
            rate[name].values.append(1e6 / report["rate"])
            # Across cores a ping measures how long a core takes to wake up.
            ping = one_run(command, SERVER_CORE, 1, PING_MESSAGES)
            latency[name].values.append(ping["p50"])
    return [table("echo: CPU of the server", "µs/message", cpu.values(), [("epoll loop", 1.15)]),
            table("echo: wall time", "µs/message", rate.values()),
            table("echo: round trip, one connection, one core", "µs", latency.values(),
                  [("epoll loop", 1.10)])]
