"""start: from the start of a process to its end, with next to nothing to do in between."""

import json
import statistics
import subprocess

from measure import LOAD_CORE, NETTOOL, Samples, helper, peer, pinned, required, table

WARM_UP = 20
ROUNDS, RUNS = 8, 50  # so 400 of each program
GOALS = [("busybox true", 1.5), ("nginx -v", 0.6)]


def programs():
    yield "nettool --list", [NETTOOL, "--list"]
    yield "nettool sum-client --help", [NETTOOL, "sum-client", "--help"]
    yield "busybox true", [required("busybox"), "true"]
    yield "curl --version", [required("curl"), "--version"]
    if nginx := peer("nginx"):
        yield "nginx -v", [nginx, "-v"]


def batch(command, runs):
    """The median wall and the mean CPU microseconds of so many runs."""
    done = subprocess.run(pinned(LOAD_CORE, [helper("spawn"), runs, *command]), check=True,
                          stdout=subprocess.PIPE, text=True, timeout=60)
    report = json.loads(done.stdout)
    return statistics.median(report["wall"]), report["cpu"] / runs


def measure():
    commands = dict(programs())
    wall, cpu = ({name: Samples(name) for name in commands} for _ in range(2))
    for command in commands.values():
        batch(command, WARM_UP)
    for _ in range(ROUNDS):
        for name, command in commands.items():
            wall_microseconds, cpu_microseconds = batch(command, RUNS)
            wall[name].values.append(wall_microseconds)
            cpu[name].values.append(cpu_microseconds)
    return [*table("start: wall", "µs/run", "median", wall.values(), GOALS, "busybox true"),
            *table("start: CPU", "µs/run", "median", cpu.values(), [], "busybox true")]
