"""mail: what a mail server spends on a mail, how fast it stores them, and what a client spends."""

import contextlib
import json
import os
import pathlib
import resource
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from echo import under_load
from fetch import client_cpu
from measure import (LOAD_CORE, NETTOOL, SERVER_CORE, SOURCE, WORK, Samples, Unable, free_port, helper, pinned,
                     private_kib, required, running, table, wait_for_port)

ROUNDS = 5
SESSIONS, MAILS, SECONDS = 20, 20_000, 15
STORED, STORED_ALONE = 2000, 100  # mails; each takes milliseconds
IDLE = 5000
STARTS, TOGETHER = 40, 1000
PYTHON = "/usr/bin/python3"  # Debian's, which knows Debian's packages
MAIL = "From: a@bench.example\r\nTo: b@bench.example\r\nSubject: load\r\n\r\n" + ("x" * 76 + "\r\n") * 12

AIOSMTPD = """
import sys
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.handlers import Sink
import asyncio
loop = asyncio.new_event_loop()
UnthreadedController(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]), loop=loop).begin()
loop.run_forever()
"""
SMTPLIB = """
import smtplib, sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as server:
    server.sendmail("a@bench.example", ["b@bench.example"], open(sys.argv[2], "rb").read())
"""


def postfix(program):
    """The command of one of Postfix's programs, and the environment it needs."""
    done = subprocess.run([SOURCE / "tools" / "peers", "postfix"], capture_output=True, text=True)
    if done.returncode != 0:
        raise Unable("postfix cannot be downloaded")
    root = pathlib.Path(done.stdout.strip()) / "usr"
    return [str(root / "sbin" / program)], {**os.environ, "LD_LIBRARY_PATH": str(root / "lib" / "postfix")}


def python_with(module):
    if subprocess.run([PYTHON, "-c", f"import {module}"], capture_output=True).returncode != 0:
        raise Unable(f"{module} is missing: apt-get install python3-{module}")
    return PYTHON


def nettool(port, *options):
    return [NETTOOL, "mail-server", "--quiet", "--port", port, *(options or ["--discard"])], None


def smtp_sink(port, backlog=100):
    command, environment = postfix("smtp-sink")
    # It gives up the rights of root, whom it does not let it serve.
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    return [*command, *user, "-m", 10_000, f"127.0.0.1:{port}", backlog], environment


def aiosmtpd(port):
    return [python_with("aiosmtpd"), "-c", AIOSMTPD, port], None


SERVERS = {"nettool": nettool, "smtp-sink": smtp_sink, "aiosmtpd": aiosmtpd}


@contextlib.contextmanager
def serving(name, *options):
    port = free_port()
    command, environment = SERVERS[name](port, *options)
    with running(command, SERVER_CORE, environment=environment) as server:
        wait_for_port(port, server)
        yield server, port


def load(server, port, sessions, mails, way):
    return under_load(server, LOAD_CORE, [helper("mail_load"), port, sessions, mails, SECONDS, way])


def discarding():
    cpu = {way: {name: Samples(name) for name in SERVERS} for way in ("kept", "each")}
    for _ in range(ROUNDS):
        for name in SERVERS:
            with serving(name) as (server, port):
                for way, samples in cpu.items():
                    share = 4 if name == "aiosmtpd" else 1
                    samples[name].values.append(load(server, port, SESSIONS, MAILS // share, way)["cpu"])
    return [*table("mail discarded: kept", "CPU µs/mail", "best", cpu["kept"].values(), [("smtp-sink", 0.9)],
                   "smtp-sink"),
            *table("mail discarded: one each", "CPU µs/mail", "best", cpu["each"].values(), [("smtp-sink", 0.9)],
                   "smtp-sink")]


@contextlib.contextmanager
def scratch():
    """A directory on the disk that the build is on; that of temporary files may be memory."""
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=WORK) as directory:
        yield pathlib.Path(directory)


def stored(sessions):
    """Wall microseconds for each mail that is on the disk when it is acknowledged."""
    with scratch() as directory, serving("nettool", "--store", directory / "mail") as (server, port):
        report = load(server, port, sessions, STORED, "kept")
        kept = len(os.listdir(directory / "mail" / "new"))
        if kept != report["messages"]:
            raise Unable(f"{report['messages']} mails were acknowledged, {kept} are there")
        return 1e6 / report["rate"]


def stored_one_by_one():
    with scratch() as directory:
        done = subprocess.run(pinned(SERVER_CORE, [helper("mail_sync"), directory / "mail", STORED_ALONE]), check=True,
                              capture_output=True, text=True, timeout=120)
    return float(done.stdout)


def storing():
    crowds = {f"nettool, {sessions} sessions": sessions for sessions in (SESSIONS, 100)}
    alone = "one fsync per mail"
    wall = {name: Samples(name) for name in [*crowds, alone]}
    for _ in range(ROUNDS):
        wall[alone].values.append(stored_one_by_one())
        for name, sessions in crowds.items():
            wall[name].values.append(stored(sessions))
    return table("mail stored", "µs/mail", "best", wall.values(), [(alone, 0.2)], alone)


def idle(name, *options):
    """KiB of memory for each connection that has said hello and stays."""
    with serving(name, *options) as (server, port), contextlib.ExitStack() as crowd:
        with socket.create_connection(("127.0.0.1", port), 10) as first:
            first.recv(4096)
        before = private_kib(server.pid)
        for _ in range(IDLE):
            peer = crowd.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            peer.recv(4096)
            peer.sendall(b"EHLO bench.example\r\n")
            peer.recv(4096)
        time.sleep(1)
        return (private_kib(server.pid) - before) / IDLE


def idling():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    memory = {name: Samples(name) for name in SERVERS}
    memory["nettool"].values.append(idle("nettool", "--discard", "--max-connections", IDLE + 10))
    memory["smtp-sink"].values.append(idle("smtp-sink", IDLE))
    memory["aiosmtpd"].values.append(idle("aiosmtpd"))
    return table(f"mail: idle, {IDLE}", "KiB each", "best", memory.values(), [], "smtp-sink")


def clients(port, mail):
    """Client -> its command for one mail, and its environment."""
    people = ["a@bench.example", "b@bench.example"]
    source, environment = postfix("smtp-source")
    return {"nettool send-mail": ([NETTOOL, "send-mail", "--quiet", "--server", f"127.0.0.1:{port}", "--security=none",
                                   "--from", people[0], "--to", people[1], "--subject=load", "--body-file", mail], None),
            "smtp-source": ([*source, "-l", len(MAIL), "-f", people[0], "-t", people[1], f"127.0.0.1:{port}"], environment),
            "curl": ([required("curl"), "-s", f"smtp://127.0.0.1:{port}/bench.example", "--mail-from", people[0],
                      "--mail-rcpt", people[1], "-T", mail], None),
            "swaks": ([required("swaks"), "--silent", "2", "--server", f"127.0.0.1:{port}", "--from", people[0], "--to", people[1],
                       "--data", f"@{mail}"], None),
            "smtplib": ([PYTHON, "-c", SMTPLIB, port, mail], None)}


def starts(command, environment, runs):
    """The median wall milliseconds of so many runs."""
    done = subprocess.run(pinned(LOAD_CORE, [helper("spawn"), runs, *command]), check=True, stdout=subprocess.PIPE,
                          text=True, timeout=120, env=environment)
    return statistics.median(json.loads(done.stdout)["wall"]) / 1000


def many(port, mail):
    """Client -> its command for so many mails over one connection."""
    alone = clients(port, mail)
    ours, theirs = alone["nettool send-mail"], alone["smtp-source"]
    return {"nettool send-mail": ([*ours[0], "--count", TOGETHER], ours[1]),
            "smtp-source": ([*theirs[0][:-1], "-d", "-m", TOGETHER, theirs[0][-1]], theirs[1])}


def sending():
    start = {name: Samples(name) for name in clients(0, "")}
    cpu = {name: Samples(name) for name in many(0, "")}
    with scratch() as directory, serving("smtp-sink") as (_, port):
        mail = directory / "mail.eml"
        mail.write_text(MAIL, newline="")
        for _ in range(ROUNDS):
            for name, (command, environment) in clients(port, mail).items():
                start[name].values.append(starts(command, environment, STARTS))
            for name, (command, environment) in many(port, mail).items():
                cpu[name].values.append(client_cpu(command, environment) * 1e6 / TOGETHER)
    return [*table("mail sent: one", "ms/run", "best", start.values(), [("smtp-source", 0.7)], "smtp-source"),
            *table(f"mail sent: {TOGETHER}", "CPU µs/mail", "best", cpu.values(), [("smtp-source", 0.6)], "smtp-source")]


def measure():
    return [*discarding(), *storing(), *idling(), *sending()]
