"""wire: a capture of 64 MiB, 40 connections of which each sends 1,400 bytes a packet and is acknowledged, explained."""

import os
import pathlib
import struct
import subprocess
import tempfile
import time

from measure import LOAD_CORE, NETTOOL, Samples, pinned, required, table

ROUNDS = 3
MIBS = 64
CONNECTIONS = 40
SERVER = 5678  # a port of which tshark knows nothing
PAYLOAD = b"0123456789abcdef" * 87 + b"01234567"


def frame(port, to_server, sequence, acknowledged, flags, payload=b""):
    ends = (port, SERVER) if to_server else (SERVER, port)
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40 + len(payload), 0, 0, 64, 6, 0, b"\x0a\0\0\1", b"\x0a\0\0\2")
    tcp = struct.pack(">HHIIBBHHH", *ends, sequence & 0xFFFFFFFF, acknowledged & 0xFFFFFFFF, 0x50, flags, 65535, 0, 0)
    return ip + tcp + payload


def write_capture(path):
    syn, ack = 2, 16
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        micros = 0

        def write(data):
            nonlocal micros
            micros += 10
            file.write(struct.pack("<IIII", micros // 1_000_000, micros % 1_000_000, len(data), len(data)) + data)

        for port in range(40_000, 40_000 + CONNECTIONS):
            write(frame(port, True, 0, 0, syn))
            write(frame(port, False, 0, 1, syn | ack))
            write(frame(port, True, 1, 1, ack))
        at = 1
        while file.tell() < MIBS << 20:
            for port in range(40_000, 40_000 + CONNECTIONS):
                write(frame(port, True, at, 1, ack, PAYLOAD))
                write(frame(port, False, 1, at + len(PAYLOAD), ack))
            at += len(PAYLOAD)


def one_run(command):
    """Wall seconds a GiB, and the most memory in MiB."""
    began = time.monotonic()
    with subprocess.Popen(pinned(LOAD_CORE, command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise subprocess.SubprocessError(f"{command[0]} ended with status {process.returncode}")
    return (time.monotonic() - began) * 1024 / MIBS, usage.ru_maxrss / 1024


def measure():
    with tempfile.TemporaryDirectory() as directory:
        capture = pathlib.Path(directory) / "capture.pcap"
        write_capture(capture)
        commands = {
            "nettool explain": [NETTOOL, "explain", capture],
            "nettool explain --json": [NETTOOL, "explain", "--json", capture],
            "nettool explain -c 1": [NETTOOL, "explain", "--conversation", "1", capture],
            "tcpdump -nn": [required("tcpdump"), "-nn", "-r", capture],
            "tshark": [required("tshark"), "-r", capture],
            "tshark -z conv,tcp": [required("tshark"), "-q", "-z", "conv,tcp", "-r", capture],
        }
        wall, memory = ({name: Samples(name) for name in commands} for _ in range(2))
        for _ in range(ROUNDS):
            for name, command in commands.items():
                seconds, most = one_run(command)
                wall[name].values.append(seconds)
                memory[name].values.append(most)
    return [*table("explain: 1 GiB, wall", "s", "best", wall.values(), [], "tshark"),
            *table("explain: memory", "MiB", "best", memory.values(), [], "tshark")]
