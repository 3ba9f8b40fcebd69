"""fetch: what a client spends on the start and one GET, and on 1 GiB."""

import os
import resource
import subprocess
import tempfile

from http_servers import site_of, serving
from measure import LOAD_CORE, NETTOOL, SERVER_CORE, Samples, helper, pinned, required, table
from start import batch

ROUNDS = 5
STARTS = 100  # in each round


def clients(url, target):
    return {"nettool fetch": [NETTOOL, "fetch", "-q", "-o", target, url],
            "curl": [required("curl"), "-s", "-o", target, url],
            "busybox wget": [required("busybox"), "wget", "-q", "-O", target, url],
            "wget": [required("wget"), "-q", "-O", target, url]}


def file_clients(url, target):
    """To a file; aria2c writes to nothing else."""
    place, name = os.path.split(target)
    return {**clients(url, target),
            "aria2c": [required("aria2c"), "-q", "--file-allocation=none", "-d", place, "-o", name, url]}


def client_cpu(command, environment=None):
    """Client CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)  # os.times() counts whole ticks
    subprocess.run(pinned(LOAD_CORE, command), check=True, timeout=120, env=environment,
                   stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure():
    helper("spawn")
    with site_of() as site:
        return measure_on(site)


def measure_on(site):
    names = list(clients("", ""))
    start, null, file = ({name: Samples(name) for name in [*names, "aria2c"]} for _ in range(3))
    with serving("nginx", site, SERVER_CORE) as (_, url):
        for _ in range(ROUNDS):
            for name, command in clients(url + "/small", "/dev/null").items():
                start[name].values.append(batch(command, STARTS)[0])
            for name, command in clients(url + "/large", "/dev/null").items():
                null[name].values.append(client_cpu(command))
            with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
                target = os.path.join(directory, "large")
                for name, command in file_clients(url + "/large", target).items():
                    file[name].values.append(client_cpu(command))
                    os.unlink(target)
    del start["aria2c"], null["aria2c"]
    return [*table("fetch 1 KiB: wall", "µs/run", "best", start.values(),
                   [("busybox wget", 1.0), ("curl", 0.2)], "busybox wget"),
            *table("fetch 1 GiB: CPU", "s", "best", null.values(), [("curl", 1.0)], "curl"),
            *table("fetch to a file: CPU", "s", "best", file.values(), [("curl", 0.6)], "curl")]


