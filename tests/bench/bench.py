#!/usr/bin/env python3
"""Measures nettool and the installed peers in turn: bench.py [start|echo|udp|chat|http|fetch|...] [--json].

All programs of a row take turns.  start compares medians, the others the best rounds: a virtual machine
only ever gets slower by what others do.
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys

import chat
import echo
import fetch
import file
import http_servers
import mail
import measure
import mirror
import proxy
import start
import udp
import wire

ROWS = {"start": start, "echo": echo, "udp": udp, "chat": chat, "http": http_servers, "fetch": fetch,
        "mirror": mirror, "file": file, "wire": wire, "mail": mail, "proxy": proxy}
VERSIONS = {"nettool": ["--version"], "busybox": [], "curl": ["--version"], "socat": ["-V"],
            "ncat": ["--version"], "nginx": ["-v"], "lighttpd": ["-v"], "wget": ["--version"], "aria2c": ["--version"],
            "swaks": ["--version"], "squid": ["-v"], "haproxy": ["-v"], "privoxy": ["--version"], "tinyproxy": ["-v"]}


def version(name, arguments):
    path = measure.NETTOOL if name == "nettool" else measure.peer(name) or measure.unpacked_before(name)
    if path is None:
        return None
    said = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=10,
                          env=measure.environment_of(path))
    lines = (said.stdout + said.stderr).splitlines()
    return next((line for line in lines if re.search(r"\d\.\d", line)), "?").strip()[:48]


def circumstances():
    return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "command": " ".join(["python3", "tests/bench/bench.py", *sys.argv[1:]]),
            "kernel": platform.release(), "cores": len(measure.CORES), "load": os.getloadavg()[0]}


def verdict(goal):
    peer = f" x {goal['peer']}" if goal["peer"] else ""
    return f"<= {goal['limit']:.2f}{peer} {'met' if goal['met'] else 'missed'}"


def show(rows):
    print(f"{'row':<24}{'subject':<27}{'figure':<7}{'value':>9}{'min':>9}{'max':>9}  {'unit':<11}"
          f"{'ratio':>7}  goal")
    for line in rows:
        goals = ", ".join(map(verdict, line.get("goals", [])))
        print(f"{line['row']:<24}{line['subject']:<27}{line['figure']:<7}"
              f"{line[line['figure']]:>9.3f}{line['min']:>9.3f}{line['max']:>9.3f}  "
              f"{line['unit']:<11}{line['ratio']:>7.2f}  {goals}".rstrip())


def missed(rows):
    return [f"{line['row']}, {line['subject']}" for line in rows
            if not all(goal["met"] for goal in line.get("goals", []))]


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"{', '.join(ROWS)} (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    if unknown := [name for name in options.name if name not in ROWS]:
        parser.error(f"no row is called {unknown[0]}")
    document = circumstances()
    document["rows"] = []
    try:
        for name in options.name or ROWS:
            print(f"measuring {name}", file=sys.stderr)
            document["rows"] += ROWS[name].measure()
    except (measure.Unable, subprocess.SubprocessError) as problem:
        sys.exit(f"bench: {problem}")
    # Only now have all of them been unpacked.
    document["versions"] = {name: version(name, arguments) for name, arguments in VERSIONS.items()}
    if options.json:
        print(json.dumps(document, indent=1, ensure_ascii=False))
        return
    print(f"{document['date']}, {document['cores']} cores, load {document['load']:.2f}; "
          f"{document['command']}")
    for name, text in document["versions"].items():
        print(f"  {name}: {text or 'not installed'}")
    show(document["rows"])
    for name in missed(document["rows"]):
        print(f"a goal is missed: {name}")


if __name__ == "__main__":
    main()
