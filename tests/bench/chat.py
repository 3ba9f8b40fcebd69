"""chat: one client says many lines, a hundred hear each."""

import pathlib
import tempfile

from echo import under_load
from measure import (LOAD_CORE, NETTOOL, SERVER_CORE, Samples, free_port, helper, required, running,
                     table, unpacked, wait_for_port)

ROUNDS = 5
CLIENTS, LINES = 100, 20_000
FEWER = {"ngircd": 20}  # so many times fewer lines, for it is slower


def nettool(port, _):
    return [NETTOOL, "chat-server", "--quiet", "--port", port]


def nettool_console(port, _):
    return [NETTOOL, "chat-server", "--port", port]


def ncat(port, _):
    return [required("ncat"), "-l", "--chat", "127.0.0.1", port, "--max-conns", CLIENTS + 10]


def ngircd(port, directory):
    (directory / "conf").write_text(f"""
[Global]
Name = bench.local
Info = bench
Listen = 127.0.0.1
Ports = {port}
[Limits]
MaxConnectionsIP = 0
MaxConnections = 0
MaxPenaltyTime = 0
PingTimeout = 300
[Options]
DNS = no
Ident = no
PAM = no
""")
    return [unpacked("ngircd", "ngircd", "libident"), "-n", "-f", directory / "conf"]


SERVERS = {"nettool": (nettool, "nettool"), "console of nettool": (nettool_console, "nettool"),
           "ncat --chat": (ncat, "plain"), "ngircd": (ngircd, "irc")}


def one_run(name):
    start, dialect = SERVERS[name]
    lines = LINES // FEWER.get(name, 1)
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        with running(start(port, pathlib.Path(directory)), SERVER_CORE) as server:
            wait_for_port(port, server)
            return under_load(server, LOAD_CORE, [helper("chat_load"), port, CLIENTS, lines, dialect])


def measure():
    cpu, wall = ({name: Samples(name) for name in SERVERS} for _ in range(2))
    for _ in range(ROUNDS):
        for name in SERVERS:
            report = one_run(name)
            cpu[name].values.append(report["cpu"])
            wall[name].values.append(1e6 / report["rate"])
    return [*table("chat: server CPU", "µs/delivery", "best", cpu.values(), [("ncat --chat", 1)],
                   "ncat --chat"),
            *table("chat: wall", "µs/delivery", "best", wall.values(), (), "ncat --chat")]
