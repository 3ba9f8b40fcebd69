#!/usr/bin/env python3
"""Measures nettool and the installed peers in turn: bench.py [start|echo] [--json].

A figure is compared by its best run: a virtual machine only ever gets slower by what others do.
"""

import argparse
import datetime
import json
import os
import platform
import re
import subprocess
import sys

import echo
import measure
import start

ROWS = {"start": start, "echo": echo}
VERSIONS = {"nettool": ["--version"], "busybox": [], "curl": ["--version"], "socat": ["-V"],
            "ncat": ["--version"], "nginx": ["-v"]}


def version(name, arguments):
    path = measure.NETTOOL if name == "nettool" else measure.peer(name)
    if path is None:
        return None
    said = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=10)
    lines = (said.stdout + said.stderr).splitlines()
    return next((line for line in lines if re.search(r"\d\.\d", line)), "?").strip()[:60]


def circumstances():
    return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "command": " ".join(["./dev", "bench", *sys.argv[1:]]),
            "kernel": platform.release(), "cores": len(measure.CORES), "load": os.getloadavg()[0],
            "versions": {name: version(name, arguments) for name, arguments in VERSIONS.items()}}


def verdict(result, name):
    for goal in result["goals"]:
        if goal["peer"] == name:
            return f"<= {goal['limit']:.2f} x", "met" if goal["met"] else "missed"
    return "", ""


def show(result):
    print(f"\n{result['title']}, {result['unit']}")
    print(f"  {'name':<12}{'median':>10}{'min':>10}{'max':>10}{'nettool is':>12}  goal")
    for program in result["programs"]:
        goal, met = verdict(result, program["name"])
        ratio = "" if program["name"] == "nettool" else f"{program['ratio']:.2f} x"
        print(f"  {program['name']:<12}{program['median']:>10.3f}{program['min']:>10.3f}"
              f"{program['max']:>10.3f}{ratio:>12}  {goal} {met}".rstrip())


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.splitlines()[0])
    parser.add_argument("name", nargs="*", metavar="NAME", help=f"{', '.join(ROWS)} (default: all)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    options = parser.parse_args()
    if unknown := [name for name in options.name if name not in ROWS]:
        parser.error(f"no row is called {unknown[0]}")
    document = dict(circumstances(), results=[])
    try:
        for name in options.name or ROWS:
            print(f"measuring {name}", file=sys.stderr)
            document["results"] += ROWS[name].measure()
    except (measure.Unable, subprocess.SubprocessError) as problem:
        sys.exit(f"bench: {problem}")
    if options.json:
        print(json.dumps(document, indent=1, ensure_ascii=False))
        return
    print(f"{document['date']}, {document['cores']} cores, load {document['load']:.2f}; {document['command']}")
    for name, text in document["versions"].items():
        print(f"  {name}: {text or 'not installed'}")
    for result in document["results"]:
        show(result)


if __name__ == "__main__":
    main()
