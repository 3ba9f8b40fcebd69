"""udp: 64 bytes over UDP in lock-step, server and client on one core."""

import json
import pathlib
import re
import subprocess
import tempfile

from echo import read_line, wait_for_file
from measure import (NETTOOL, SERVER_CORE, Samples, Unable, free_port, helper, pinned, running, table,
                     unpacked)

ROUNDS = 6
MESSAGES = 30_000


def run(command):
    done = subprocess.run(pinned(SERVER_CORE, command), capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr


def serving_nettool(directory):
    ready = pathlib.Path(directory) / "port"
    return [NETTOOL, "ping-server", "--echo", "--quiet", "--port", "0", "--ready-file", ready]


def same_client(name):
    """The round trip that a blocking client sees: nettool's server and one that only echoes."""
    with tempfile.TemporaryDirectory() as directory:
        limit = name == "echo loop"
        command = [helper("udp_load"), "serve"] if limit else serving_nettool(directory)
        with running(command, SERVER_CORE, subprocess.PIPE) as server:
            port = (int(read_line(server.stdout, 5)) if limit
                    else wait_for_file(pathlib.Path(directory) / "port", server))
            return json.loads(run([helper("udp_load"), port, MESSAGES]))["p50"]


def nettool_pair():
    with tempfile.TemporaryDirectory() as directory:
        with running(serving_nettool(directory), SERVER_CORE) as server:
            port = wait_for_file(pathlib.Path(directory) / "port", server)
            said = run([NETTOOL, "ping", "-q", "--json", "-s", "64", "-c", MESSAGES, "127.0.0.1", port])
            return json.loads(said)["p50_ms"] * 1000


def sockperf_pair():
    program, port = unpacked("sockperf", "sockperf"), free_port()
    with running([program, "server", "-i", "127.0.0.1", "-p", port], SERVER_CORE):
        for _ in range(20):  # it does not say when it is ready
            said = run([program, "ping-pong", "-i", "127.0.0.1", "-p", port, "-m", "64", "-t", "1",
                        "--full-rtt"])
            if found := re.search(r"percentile 50\.000 = +([\d.]+)", said):
                return float(found[1])
    raise Unable("sockperf does not answer")


def irtt_pair():
    program, port = unpacked("irtt", "irtt"), free_port()
    address = f"127.0.0.1:{port}"
    with running([program, "server", "-b", address], SERVER_CORE):
        for _ in range(20):
            said = run([program, "client", "-i", "10ms", "-d", "1s", "-l", "64", "-Q", "-o", "-", address])
            start = said.find("{")
            if start >= 0:
                return json.loads(said[start:])["stats"]["rtt"]["median"] / 1000
    raise Unable("irtt does not answer")


def measure():
    pairs = {"nettool": nettool_pair, "sockperf": sockperf_pair, "irtt": irtt_pair}
    pair = {name: Samples(name) for name in pairs}
    server = {name: Samples(name) for name in ("nettool", "echo loop")}
    for _ in range(ROUNDS):
        for name, one in pairs.items():
            pair[name].values.append(one())
        for name, samples in server.items():
            samples.values.append(same_client(name))
    return [*table("udp: ping p50", "µs", "best", pair.values(), [("sockperf", 1.10), ("irtt", 0.35)],
                   "sockperf"),
            *table("udp: server p50", "µs", "best", server.values(), (), "echo loop")]
