"""The proxies that are measured: how each one is started, alone, without a cache and on one core."""

import contextlib
import os
import pathlib
import tempfile

from measure import NETTOOL, SERVER_CORE, free_port, running, unpacked, wait_for_port

DESCRIPTORS = 20_000


def program(name):
    """The program of a package that is not installed, for that would start it."""
    if name == "squid":
        return unpacked("squid", "squid", "squid-common", "libecap3", "libltdl7", "libnetfilter-conntrack3",
                        "libnfnetlink0")
    if name == "privoxy":
        return unpacked("privoxy", "privoxy", "libmbedtls14", "libmbedx509-1", "libmbedcrypto7")
    if name == "tinyproxy":
        return unpacked("tinyproxy-bin", "tinyproxy")
    return unpacked("haproxy", "haproxy", "liblua5.3-0", "libopentracing-c-wrapper0", "libopentracing1")


def nettool(port, origin, _, logged):
    options = [] if logged else ["--quiet", "--log-format", "none"]
    return [NETTOOL, "proxy-server", "--threads", "1", "--port", port, "--connect-ports", origin,
            "--max-connections", "6000", *options]


def squid(port, _, directory, logged):
    binary = pathlib.Path(program("squid"))
    helpers, share = (binary.parents[1] / part / "squid" for part in ("lib", "share"))
    (directory / "squid.conf").write_text(f"""
http_port 127.0.0.1:{port}
http_access allow all
cache deny all
access_log {"stdio:/dev/null" if logged else "none"}
cache_log /dev/null
cache_store_log none
pid_filename none
cache_effective_user nobody
netdb_filename none
pinger_enable off
memory_cache_shared off
visible_hostname bench
shutdown_lifetime 0 seconds
max_filedescriptors {DESCRIPTORS}
unlinkd_program {helpers}/unlinkd
logfile_daemon {helpers}/log_file_daemon
mime_table {share}/mime.conf
icon_directory {share}/icons
coredump_dir {directory}
""")
    return [binary, "-N", "-f", directory / "squid.conf"]


def privoxy(port, _, directory, logged):
    binary = program("privoxy")
    (directory / "privoxy.conf").write_text(f"""
confdir {directory}
logdir {directory}
logfile privoxy.log
debug {1 if logged else 0}
listen-address 127.0.0.1:{port}
keep-alive-timeout 300
connection-sharing 1
max-client-connections 10000
""")
    (directory / "privoxy.log").symlink_to("/dev/null")
    user = ["--user", "nobody"] if os.geteuid() == 0 else []
    return [binary, "--no-daemon", *user, directory / "privoxy.conf"]


def tinyproxy(port, _, directory, logged):
    (directory / "tinyproxy.conf").write_text(f"""
Port {port}
Listen 127.0.0.1
User nobody
Timeout 600
MaxClients 10000
LogFile "/dev/null"
LogLevel {"Connect" if logged else "Critical"}
""")
    return [program("tinyproxy"), "-d", "-c", directory / "tinyproxy.conf"]


def haproxy(port, origin, directory, logged, mode="http", options=()):
    """In front of the one origin; in mode tcp it stands where others have a tunnel."""
    # splice-auto never splices here.
    options = "".join(f" option {name}\n" for name in ("splice-request", "splice-response", *options))
    log = f"log stdout format raw local0\n option {mode}log" if logged else "no log"
    reuse = "http-reuse always" if mode == "http" else ""
    (directory / "haproxy.cfg").write_text(f"""
global
 nbthread 1
 maxconn 6000
defaults
 mode {mode}
 {log}
 timeout connect 5s
 timeout client 600s
 timeout server 600s
{options}
 {reuse}
listen bench
 bind 127.0.0.1:{port}
 server origin 127.0.0.1:{origin}
""")
    return [program("haproxy"), "-db", "-f", directory / "haproxy.cfg"]


def haproxy_tcp(port, origin, directory, logged):
    return haproxy(port, origin, directory, logged, "tcp")


def haproxy_no_delay(port, origin, directory, logged):
    """Without that it waits for more of a chunked body before it sends what is there."""
    return haproxy(port, origin, directory, logged, options=["http-no-delay"])


PROXIES = {"nettool": nettool, "squid": squid, "privoxy": privoxy, "tinyproxy": tinyproxy, "haproxy": haproxy,
           "haproxy, TCP": haproxy_tcp, "haproxy, no delay": haproxy_no_delay}


@contextlib.contextmanager
def proxying(name, origin, logged=False):
    """A proxy that listens, and its port."""
    with tempfile.TemporaryDirectory() as place:
        directory, port = pathlib.Path(place), free_port()
        command = PROXIES[name](port, origin, directory, logged)
        if os.geteuid() == 0:
            os.chmod(directory, 0o755)
        with running(command, SERVER_CORE) as proxy:
            wait_for_port(port, proxy)
            yield proxy, port
