"""proxy: what proxies spend on small and long answers and on tunnels, and how soon events pass them."""

import contextlib
import http.client
import resource
import statistics
import subprocess
import time

from echo import read_line, under_load
from measure import (LOAD_CORE, Samples, Unable, free_port, helper, pinned, private_kib, running, table,
                     wait_for_port)
from proxies import proxying

ROUNDS = 5
SECONDS = 20  # at most, for each run
SMALL, LARGE = 1024, 1 << 30
CONNECTIONS, REQUESTS, OPENED = 32, 60_000, 10_000
SHARE = {"squid": 3, "privoxy": 4, "tinyproxy": 6}  # so many times fewer requests
IDLE, FIRST = 5000, 64
EVENTS = 200


@contextlib.contextmanager
def between(name, logged=False):
    """A proxy, its port, and that of the origin behind it."""
    port = free_port()
    with running([helper("proxy_origin"), port], LOAD_CORE) as origin:
        wait_for_port(port, origin)
        with proxying(name, port, logged) as (proxy, proxy_port):
            yield proxy, proxy_port, port


def load(name, ports, way, kept, *amount):
    # HAProxy stands before its origin, and nobody has to tell it where that is.
    way = "direct" if name.startswith("haproxy") else way
    return [helper("proxy_load"), *ports, way, kept, *amount, SECONDS]


def small(name, kept, logged=False):
    """CPU microseconds for each request."""
    count = (REQUESTS if kept == "kept" else OPENED) // SHARE.get(name, 1)
    with between(name, logged) as (proxy, *ports):
        command = load(name, ports, "absolute", kept, SMALL, CONNECTIONS, count)
        return under_load(proxy, LOAD_CORE, command)["cpu"]


def large(name, way):
    """CPU seconds for 1 GiB."""
    with between(name) as (proxy, *ports):
        return under_load(proxy, LOAD_CORE, load(name, ports, way, "kept", LARGE, 1, 1))["cpu"] / 1e6


def in_turn(names, figure):
    samples = {name: Samples(name) for name in names}
    for _ in range(ROUNDS):
        for name in names:
            samples[name].values.append(figure(name))
    return samples.values()


def requests():
    names = ("nettool", "squid", "privoxy", "tinyproxy", "haproxy")
    some = ("nettool", "squid", "haproxy")
    unit = "µs/request"
    return [*table("proxy: 1 KiB, no log", unit, "best", in_turn(names, lambda name: small(name, "kept")),
                   [("squid", 0.35), ("haproxy", 1.1)], "haproxy"),
            *table("proxy: 1 KiB, logged", unit, "best",
                   in_turn(some, lambda name: small(name, "kept", logged=True)), [], "haproxy"),
            *table("proxy: 1 KiB, new", unit, "best", in_turn(some, lambda name: small(name, "each")), [],
                   "haproxy")]


def bodies():
    tunnels = ("nettool", "squid", "tinyproxy", "haproxy, TCP")
    gets = ("nettool", "squid", "tinyproxy", "haproxy")
    return [*table("proxy: tunnel, 1 GiB", "CPU s", "best",
                   in_turn(tunnels, lambda name: large(name, "tunnel")),
                   [("squid", 0.45), ("haproxy, TCP", 1.2)], "haproxy, TCP"),
            *table("proxy: GET 1 GiB", "CPU s", "best", in_turn(gets, lambda name: large(name, "absolute")),
                   [], "haproxy")]


def idle(name):
    """KiB of memory for each tunnel through which something has passed both ways."""
    with between(name) as (proxy, *ports):
        before = private_kib(proxy.pid)
        command = load(name, ports, "tunnel", "kept", FIRST, IDLE, 0)
        with subprocess.Popen(pinned(LOAD_CORE, command), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as crowd:
            if read_line(crowd.stdout, SECONDS) != "ready\n":
                crowd.kill()
                raise Unable(f"{name} does not have {IDLE} tunnels")
            time.sleep(1)
            return (private_kib(proxy.pid) - before) / IDLE


def tunnels():
    memory = {name: Samples(name) for name in ("nettool", "squid", "haproxy, TCP")}
    for name, samples in memory.items():
        samples.values.append(idle(name))
    return table(f"proxy: {IDLE} tunnels", "KiB each", "best", memory.values(), [(None, 40)], "haproxy, TCP")


def events(name):
    """Milliseconds from the origin's sending of each event to its arrival."""
    with between(name) as (_, port, origin):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with contextlib.closing(client):
            target = "" if name.startswith("haproxy") else f"http://127.0.0.1:{origin}"
            client.request("GET", f"{target}/events/{EVENTS}", headers={"Host": f"127.0.0.1:{origin}"})
            stream, passed = client.getresponse(), []
            while line := stream.readline():
                if line.startswith(b"data: "):
                    passed.append((time.monotonic_ns() - int(line[6:])) / 1e6)
        if len(passed) != EVENTS:
            raise Unable(f"{name} passed {len(passed)} events")
        return passed


def streams():
    names = ("nettool", "squid", "privoxy", "tinyproxy", "haproxy", "haproxy, no delay")
    middle, longest = ({name: Samples(name) for name in names} for _ in range(2))
    for _ in range(ROUNDS):
        for name in names:
            passed = events(name)
            middle[name].values.append(statistics.median(passed))
            longest[name].values.append(max(passed))
    return [*table("proxy: events, median", "ms", "best", middle.values(), [], "squid"),
            *table("proxy: events, last", "ms", "best", longest.values(), [(None, 50)], "squid")]


def measure():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return [*requests(), *bodies(), *tunnels(), *streams()]
