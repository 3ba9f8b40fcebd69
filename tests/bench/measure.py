"""What the rows share: helper programs, pinned servers, CPU time, and the summary of samples."""

import contextlib
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
HERE = pathlib.Path(__file__).resolve().parent
WORK = SOURCE / "build" / "bench"
NETTOOL = os.environ.get("NETTOOL", str(SOURCE / "build" / "release" / "nettool"))

CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE = CORES[0]
LOAD_CORE = CORES[-1]


class Unable(Exception):
    """What keeps a row from being measured, in one line."""


def peer(name):
    """The path of an installed program, or None."""
    return shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin:/sbin")


def helper(name):
    """Compiles tests/bench/NAME.cpp when it is newer than its program; returns the program."""
    source, program = HERE / f"{name}.cpp", WORK / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        WORK.mkdir(parents=True, exist_ok=True)
        compiler = os.environ.get("CXX", "c++")
        subprocess.run([compiler, "-std=c++20", "-O2", "-Wall", "-Wextra", source, "-o", program],
                       check=True)
    return str(program)


def pinned(core, command):
    return ["taskset", "-c", str(core), *map(str, command)]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port, process, patience=5):
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Unable(f"{process.args} ended with status {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise Unable(f"{process.args} does not listen on port {port}")


def children_of():
    """Process id -> the ids of its children, of all that run now."""
    children = {}
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
            children.setdefault(int(after_name[1]), []).append(int(entry.name))
    return children


def family(pid):
    """The process and all that descend from it."""
    children, members = children_of(), [pid]
    for member in members:
        members += children.get(member, [])
    return members


def cpu_seconds(pid):
    """CPU time of all threads of the process and its descendants, to the nanosecond."""
    total = 0
    for member in family(pid):
        with contextlib.suppress(OSError):
            for thread in pathlib.Path(f"/proc/{member}/task").iterdir():
                total += int((thread / "schedstat").read_text().split()[0])
    return total / 1e9


def end(process):
    """Ends the process and its descendants, by their ids."""
    members = family(process.pid)
    process.terminate()
    try:
        process.wait(3)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for member in members[1:]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, 15)


@contextlib.contextmanager
def running(command, core):
    process = subprocess.Popen(pinned(core, command), stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        end(process)


class Samples:
    """The figures of one program, one from each interleaved run."""

    def __init__(self, name):
        self.name = name
        self.values = []

    @property
    def best(self):
        return min(self.values)

    def summary(self):
        return {"name": self.name, "median": statistics.median(self.values), "min": self.best,
                "max": max(self.values), "runs": len(self.values)}


def table(title, unit, samples, goals=()):
    """A result: all programs beside nettool, as ratio of the best runs; goals are (peer, limit)."""
    best = {one.name: one.best for one in samples}
    programs = [dict(one.summary(), ratio=best["nettool"] / one.best) for one in samples]
    met = [{"peer": name, "limit": limit, "ratio": best["nettool"] / best[name],
            "met": best["nettool"] <= limit * best[name]}
           for name, limit in goals if name in best]
    return {"title": title, "unit": unit, "programs": programs, "goals": met}
