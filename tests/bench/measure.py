"""What the rows share: helper programs, pinned servers, CPU time, and the summary of samples."""

import contextlib
import os
import pathlib
import shutil
import signal
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


def required(name):
    path = peer(name)
    if path is None:
        raise Unable(f"{name} is missing: apt-get install {name}")
    return path


def helper(name):
    """Compiles tests/bench/NAME.cpp when it is newer than its program; returns the program."""
    source, program = HERE / f"{name}.cpp", WORK / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        WORK.mkdir(parents=True, exist_ok=True)
        compiler = os.environ.get("CXX", "c++")
        subprocess.run([compiler, "-std=c++20", "-O2", "-Wall", "-Wextra", source, "-o", program],
                       check=True)
    return str(program)


def unpacked(package, program, *libraries):
    """A program that is not installed, for its package would start it: unpacked beside the build."""
    if found := peer(program) or unpacked_before(program):
        return found
    root = WORK / "peers" / package
    root.mkdir(parents=True, exist_ok=True)
    got = subprocess.run(["apt-get", "download", package, *libraries], cwd=root, capture_output=True,
                         timeout=120)
    if got.returncode != 0:
        shutil.rmtree(root)
        raise Unable(f"{package} cannot be downloaded")
    for archive in root.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", archive, root], check=True)
    if not (found := unpacked_before(program)):
        raise Unable(f"{package} has no {program}")
    return found


def unpacked_before(program):
    return next(map(str, (WORK / "peers").glob(f"*/usr/*bin/{program}")), None)


def environment_of(program):
    """None, or what an unpacked program needs to find the libraries beside it."""
    peers = WORK / "peers"
    if not pathlib.Path(program).is_relative_to(peers):
        return None
    root = peers / pathlib.Path(program).relative_to(peers).parts[0]
    folders = sorted({str(path.parent) for path in root.rglob("lib*.so*")})
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(folders)}


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
            raise Unable(f"{process.args[3]} ended with status {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.01)
    raise Unable(f"{process.args[3]} does not listen on port {port}")


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
    """CPU time of the process, its descendants, and the children they waited for.

    utime and stime of /proc/PID/stat are whole ticks, of which a process for each connection uses
    about one: they would show half.  The clock of a process has nanoseconds, and knows the threads
    that have ended.
    """
    seconds = ticks = 0
    for member in family(pid):
        with contextlib.suppress(OSError):
            seconds += time.clock_gettime(~member << 3 | 2)  # clock_getcpuclockid(3)
            status = pathlib.Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, status[13:15]))
    return seconds + ticks / os.sysconf("SC_CLK_TCK")


def private_kib(pid):
    """Memory of its own, of the process and its descendants."""
    return sum(int(line.split()[1]) for member in family(pid)
               for line in pathlib.Path(f"/proc/{member}/status").read_text().splitlines()
               if line.startswith("RssAnon"))


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
            os.kill(member, signal.SIGTERM)


@contextlib.contextmanager
def running(command, core, output=subprocess.DEVNULL, environment=None):
    process = subprocess.Popen(pinned(core, command), stdin=subprocess.DEVNULL, stdout=output,
                               stderr=subprocess.DEVNULL, text=True,
                               env=environment or environment_of(command[0]))
    try:
        yield process
    finally:
        end(process)
        if process.stdout:
            process.stdout.close()


class Samples:
    """The figures of one program, one from each interleaved run."""

    def __init__(self, name):
        self.name = name
        self.values = []

    def summary(self):
        return {"median": statistics.median(self.values), "best": min(self.values),
                "min": min(self.values), "max": max(self.values), "values": self.values}


def table(row, unit, figure, samples, goals, baseline):
    """Lines of a row, one for each program.

    They are compared by their "median" or their "best".  A goal (peer, limit) is one that all lines
    of nettool must meet, without a peer (None, limit) in the row's unit; without goals the ratio is
    to the baseline.
    """
    lines = [dict({"row": row, "subject": one.name, "unit": unit, "figure": figure},
                  **one.summary()) for one in samples]
    value = {line["subject"]: line[figure] for line in lines} | {None: 1}
    for line in lines:
        line["ratio"] = line[figure] / value[baseline] if baseline in value else None
        line["ratio_to"] = baseline
        if line["subject"].startswith("nettool"):
            line["goals"] = [{"peer": name, "limit": limit, "ratio": line[figure] / value[name],
                              "met": line[figure] <= limit * value[name]}
                             for name, limit in goals if name in value]
    return lines
