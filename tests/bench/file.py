"""file: 1 GiB from a server to a client, the CPU time of both ends, with and without a digest."""

import os
import pathlib
import subprocess
import tempfile
import time

from fetch import client_cpu
from http_servers import LARGE
from measure import (LOAD_CORE, NETTOOL, SERVER_CORE, WORK, Samples, cpu_seconds, free_port, pinned, required, running,
                     table, wait_for_port)

ROUNDS = 5
SOCAT_BLOCK = "-b262144"


def ours(source, client):
    """CPU seconds of both ends."""
    port = free_port()
    server_command = [NETTOOL, "file-server", "--threads=1", str(port), source.parent]
    with running(server_command, SERVER_CORE) as server:
        wait_for_port(port, server)
        before = cpu_seconds(server.pid)
        spent = client_cpu(client(port))
        return spent + cpu_seconds(server.pid) - before


def once(server_command, client_command):
    """The same for a server of one connection, which may not be asked whether it listens."""
    before = os.times()
    with subprocess.Popen(pinned(SERVER_CORE, server_command), stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        for _ in range(100):
            time.sleep(0.02)
            client = subprocess.run(pinned(LOAD_CORE, client_command), stderr=subprocess.DEVNULL, timeout=120)
            if client.returncode == 0:
                break
        server.wait(30)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


def socat(source, target):
    port = free_port()
    return once([required("socat"), "-u", SOCAT_BLOCK, f"OPEN:{source}", f"TCP-LISTEN:{port},bind=127.0.0.1,reuseaddr"],
                [required("socat"), "-u", SOCAT_BLOCK, f"TCP:127.0.0.1:{port}", target])


def netcat(source, target):
    port = free_port()
    return once(["sh", "-c", f"exec nc -N -l 127.0.0.1 {port} < {source}"],
                ["sh", "-c", f"exec nc -d 127.0.0.1 {port} > {target}"])


def measure():
    WORK.mkdir(parents=True, exist_ok=True)
    names = ("nettool", "socat", "nc")
    null, file = ({name: Samples(name) for name in names} for _ in range(2))
    digest = {name: Samples(name) for name in ("nettool file-client", "socat, openssl dgst")}
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        place = pathlib.Path(directory)
        (place / "from").mkdir()
        source, target = place / "from" / "large", place / "large"
        with open(source, "wb") as large:
            for _ in range(LARGE >> 20):
                large.write(bytes(1 << 20))
        for _ in range(ROUNDS):
            for samples, to in ((null, "/dev/null"), (file, target)):
                for name, run in (("nettool", lambda to=to: ours(source, lambda port: [
                        NETTOOL, "fetch", "-q", "-o", to, f"http://127.0.0.1:{port}/large"])),
                                  ("socat", lambda to=to: socat(source, f"OPEN:{to},creat")),
                                  ("nc", lambda to=to: netcat(source, to))):
                    target.unlink(missing_ok=True)
                    samples[name].values.append(run())
            target.unlink(missing_ok=True)
            digest["nettool file-client"].values.append(ours(source, lambda port: [
                NETTOOL, "file-client", "-q", "--max-size=2G", "127.0.0.1", port, "large", place]))
            target.unlink(missing_ok=True)
            spent = socat(source, f"OPEN:{target},creat")
            digest["socat, openssl dgst"].values.append(
                spent + client_cpu([required("openssl"), "dgst", "-sha256", target]))
    return [*table("file: to /dev/null", "CPU s", "best", null.values(), [("socat", 1.0)], "socat"),
            *table("file: to a file", "CPU s", "best", file.values(), [("socat", 1.0)], "socat"),
            *table("file: with a digest", "CPU s", "best", digest.values(), [("socat, openssl dgst", 1.2)],
                   "socat, openssl dgst")]
