"""http: small and large files, listings and idle connections of web servers."""

import contextlib
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import time

from measure import (LOAD_CORE, NETTOOL, SERVER_CORE, WORK, Samples, Unable, cpu_seconds, free_port, helper, pinned,
                     private_kib, required, running, table, unpacked, wait_for_port)

ROUNDS = 5
CONNECTIONS, SECONDS = 64, 3
SMALL, LARGE = 1024, 1 << 30
ENTRIES, PAGES = 10_000, 20
IDLE = 10_000


def nettool(port, site, _):
    return [NETTOOL, "serve-http", "--threads=1", "--log-format=none", "--port", port, site]


def nginx(port, site, directory):
    scratch = "".join(f"{name}_temp_path {directory}/t;" for name in
                      ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (directory / "nginx.conf").write_text(f"""
daemon off; master_process off; pid {directory}/nginx.pid; error_log {directory}/nginx.err;
events {{ worker_connections 16384; }}
http {{ access_log off; {scratch} sendfile on; tcp_nopush on; keepalive_requests 100000000;
  open_file_cache max=1000; default_type text/plain;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {site}; autoindex on; }} }}
""")
    return [unpacked("nginx", "nginx"), "-e", f"{directory}/nginx.err", "-c", f"{directory}/nginx.conf"]


def lighttpd(port, site, directory):
    (directory / "lighttpd.conf").write_text(f"""
server.document-root = "{site}"
server.bind = "127.0.0.1"
server.port = {port}
server.max-keep-alive-requests = 100000000
server.max-connections = 16384
server.max-fds = 20000
server.modules += ("mod_dirlisting")
dir-listing.activate = "enable"
""")
    program = unpacked("lighttpd", "lighttpd")
    modules = pathlib.Path(program).parents[1] / "lib" / "lighttpd"
    return [program, "-D", "-m", modules, "-f", f"{directory}/lighttpd.conf"]


def caddy(port, site, _):
    return [unpacked("caddy", "caddy"), "file-server", "--browse", "--root", site, "--listen", f"127.0.0.1:{port}"]


SERVERS = {"nettool": nettool, "nginx": nginx, "lighttpd": lighttpd, "caddy": caddy}


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


def limit(site, core):
    """A server that does nothing but send that file: CPU seconds for 1 GiB."""
    port = free_port()
    with running([helper("sendfile_limit"), port, site / "large"], core) as server:
        wait_for_port(port, server)
        return large_file(server, f"http://127.0.0.1:{port}")


def listing(server, url, site, changes):
    """Server CPU milliseconds for each page; with changes the directory is another one each time."""
    spent = 0.0
    for i in range(PAGES):
        if changes:
            (site / "many" / f"new{i % 2}").touch() if i % 4 < 2 else (site / "many" / f"new{i % 2}").unlink()
            time.sleep(0.05)  # older than a tick of the clock
        before = cpu_seconds(server.pid)
        subprocess.run(pinned(LOAD_CORE, [required("curl"), "-sf", "-o", "/dev/null", url + "/many/"]), check=True,
                       timeout=60)
        if i > 0:  # the first one finds nothing ready
            spent += cpu_seconds(server.pid) - before
    return spent * 1000 / (PAGES - 1)


def idle(server, url):
    """KiB of memory for each connection that has asked once and stays."""
    port = int(url.rpartition(":")[2])
    before = private_kib(server.pid)
    with contextlib.ExitStack() as crowd:
        peers = [crowd.enter_context(socket.create_connection(("127.0.0.1", port), 10)) for _ in range(IDLE)]
        for peer in peers:
            peer.sendall(b"GET /small HTTP/1.1\r\nHost: a\r\n\r\n")
        for peer in peers:
            left = SMALL
            while left > 0:
                left -= len(peer.recv(65536))
        time.sleep(1)
        return (private_kib(server.pid) - before) / IDLE


def measure_on(site):
    small, large, cold, warm, parked = ({name: Samples(name) for name in SERVERS} for _ in range(5))
    large["sendfile alone"] = Samples("sendfile alone")
    for round_ in range(ROUNDS):
        large["sendfile alone"].values.append(limit(site, SERVER_CORE))
        for name in SERVERS:
            with serving(name, site, SERVER_CORE) as (server, url):
                small[name].values.append(small_file(server, url))
                large[name].values.append(large_file(server, url))
                if round_ < 3:
                    cold[name].values.append(listing(server, url, site, changes=True))
                    warm[name].values.append(listing(server, url, site, changes=False))
            if round_ == 0:
                with serving(name, site, SERVER_CORE) as (server, url):
                    parked[name].values.append(idle(server, url))
    return [*table("http: 1 KiB file", "µs/request", "best", small.values(),
                   [("lighttpd", 0.95), ("nginx", 0.75)], "lighttpd"),
            *table("http: 1 GiB file", "CPU s", "best", large.values(),
                   [("nginx", 1.0), ("sendfile alone", 1.3)], "nginx"),
            *table("http: list 10,000", "CPU ms/page", "best", cold.values(), [("nginx", 0.7)], "nginx"),
            *table("http: list again", "CPU ms/page", "best", warm.values(), [("nginx", 0.01)], "nginx"),
            *table("http: idle, 10,000", "KiB each", "best", parked.values(), [("nginx", 2.0)], "nginx")]


@contextlib.contextmanager
def site_of():
    """A directory with a small and a large file and a directory of many."""
    site = WORK / "site"
    shutil.rmtree(site, ignore_errors=True)
    (site / "many").mkdir(parents=True)
    try:
        (site / "small").write_bytes(b"x" * SMALL)
        with open(site / "large", "wb") as file:
            file.truncate(LARGE)
        for i in range(ENTRIES):
            (site / "many" / f"file-{i:05}.txt").write_bytes(b"x" * (i % 100))
        yield site
    finally:
        shutil.rmtree(site)


def measure():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with site_of() as site:
        return measure_on(site)
