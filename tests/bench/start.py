"""start: from the start of a process to its end, with next to nothing to do in between."""

import statistics
import subprocess

from measure import LOAD_CORE, NETTOOL, Samples, helper, peer, pinned, table

ROUNDS = 10
RUNS = 40  # in each round, so 400 of each program


def programs():
    yield "nettool", [NETTOOL, "--list"]
    for name, arguments in (("busybox", ["true"]), ("nginx", ["-v"]), ("curl", ["--version"])):
        if path := peer(name):
            yield name, [path, *arguments]


def batch(command):
    """The medians of wall and CPU milliseconds of one batch of runs."""
    done = subprocess.run(pinned(LOAD_CORE, [helper("spawn"), RUNS, *command]), check=True,
                          capture_output=True, text=True, timeout=60)
    wall, cpu = zip(*(map(int, line.split()) for line in done.stdout.splitlines()))
    return statistics.median(wall) / 1e6, statistics.median(cpu) / 1e3


def measure():
    commands = dict(programs())
    wall = {name: Samples(name) for name in commands}
    cpu = {name: Samples(name) for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            milliseconds, cpu_milliseconds = batch(command)
            wall[name].values.append(milliseconds)
            cpu[name].values.append(cpu_milliseconds)
    goals = [("busybox", 1.5), ("nginx", 0.6)]
    return [table("start: wall time", "ms", wall.values(), goals),
            table("start: CPU time", "ms", cpu.values())]
