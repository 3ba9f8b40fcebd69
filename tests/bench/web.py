"""web: a small and a large file from a server, and what a client spends on one GET and on 1 GiB."""

import contextlib
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from measure import (LOAD_CORE, NETTOOL, SERVER_CORE, WORK, Samples, Unable, cpu_seconds, free_port,
                     helper, pinned, required, running, table, unpacked, wait_for_port)
from start import batch

ROUNDS = 5
CONNECTIONS, SECONDS = 64, 3
SMALL, LARGE = 1024, 1 << 30
STARTS = 100  # in each round


def nettool(port, site, _):
    return [NETTOOL, "serve-http", "--threads=1", "--log-format=none", "--port", port, site]


def nginx(port, site, directory):
    scratch = "".join(f"{name}_temp_path {directory}/t;" for name in
                      ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (directory / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {directory}/nginx.pid; error_log {directory}/nginx.err;
events {{ worker_connections 1024; }}
http {{ access_log off; {scratch} sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=1000; default_type text/plain;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {site}; }} }}
""")
    return [unpacked("nginx", "nginx"), "-e", f"{directory}/nginx.err", "-c", f"{directory}/nginx.conf"]


def lighttpd(port, site, directory):
    (directory / "lighttpd.conf").write_text(f"""
server.document-root = "{site}"
server.bind = "127.0.0.1"
server.port = {port}
server.max-keep-alive-requests = 100000000
server.max-connections = 1024
""")
    program = unpacked("lighttpd", "lighttpd")
    modules = pathlib.Path(program).parents[1] / "lib" / "lighttpd"
    return [program, "-D", "-m", modules, "-f", f"{directory}/lighttpd.conf"]


SERVERS = {"nettool": nettool, "nginx": nginx, "lighttpd": lighttpd}


@contextlib.contextmanager
def serving(name, site, core):
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        with running(SERVERS[name](port, site, pathlib.Path(directory)), core) as server:
            wait_for_port(port, server)
            yield server, f"http://127.0.0.1:{port}"


def small_file(server, url):
    """Server CPU microseconds for each request."""
    before = cpu_seconds(server.pid)
    done = subprocess.run(pinned(LOAD_CORE, [required("wrk"), "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}",
                                             url + "/small"]),
                          check=True, capture_output=True, text=True, timeout=SECONDS + 20)
    spent = cpu_seconds(server.pid) - before
    count = re.search(r"(\d+) requests in", done.stdout)
    if not count or "Non-2xx" in done.stdout:
        raise Unable(f"wrk: {done.stdout}")
    return spent * 1e6 / int(count[1])


def large_file(server, url):
    """Server CPU seconds for 1 GiB."""
    before = cpu_seconds(server.pid)
    subprocess.run(pinned(LOAD_CORE, [required("curl"), "-sf", "-o", "/dev/null", url + "/large"]),
                   check=True, timeout=60)
    return cpu_seconds(server.pid) - before


def clients(url, target):
    return {"nettool fetch": [NETTOOL, "fetch", "-q", "-o", target, url],
            "curl": [required("curl"), "-s", "-o", target, url],
            "busybox wget": [required("busybox"), "wget", "-q", "-O", target, url],
            "wget": [required("wget"), "-q", "-O", target, url]}


def client_cpu(command):
    """Client CPU seconds."""
    before = os.times()
    subprocess.run(pinned(LOAD_CORE, command), check=True, timeout=120)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def measure_servers(site):
    small, large = ({name: Samples(name) for name in SERVERS} for _ in range(2))
    for _ in range(ROUNDS):
        for name in SERVERS:
            with serving(name, site, SERVER_CORE) as (server, url):
                small[name].values.append(small_file(server, url))
                large[name].values.append(large_file(server, url))
    return [*table("web: 1 KiB file", "µs/request", "best", small.values(), [], "nginx"),
            *table("web: 1 GiB file", "CPU s", "best", large.values(), [], "nginx")]


def measure_clients(site):
    names = list(clients("", ""))
    start, null = ({name: Samples(name) for name in names} for _ in range(2))
    with serving("nginx", site, SERVER_CORE) as (_, url):
        for _ in range(ROUNDS):
            for name, command in clients(url + "/small", "/dev/null").items():
                start[name].values.append(batch(command, STARTS)[0])
            for name, command in clients(url + "/large", "/dev/null").items():
                null[name].values.append(client_cpu(command))
    return [*table("web: fetch 1 KiB, wall", "µs/run", "best", start.values(), [], "busybox wget"),
            *table("web: fetch 1 GiB, CPU", "s", "best", null.values(), [], "curl")]


def measure():
    helper("spawn")
    site = WORK / "site"
    site.mkdir(parents=True, exist_ok=True)
    try:
        (site / "small").write_bytes(b"x" * SMALL)
        with open(site / "large", "wb") as file:
            file.truncate(LARGE)
        return measure_servers(site) + measure_clients(site)
    finally:
        shutil.rmtree(site)
