"""Runs what the documentation and the commands' own help tell people to type.

They find README.md and docs/wireshark as in the project's directory.

Each piece runs in a temporary directory and in a network namespace of its own, so the default ports
are free.  A fenced block runs if its info string is `sh run`; a block `text expect` right behind it is
its exact standard output.  A block `python NAME.py` is a file for the blocks of the same document.
"""

import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from support import environment

NETTOOL = pathlib.Path(os.environ.get("NETTOOL", "nettool")).resolve()
SOURCE = pathlib.Path(os.environ.get("NETTOOL_SOURCE", pathlib.Path(__file__).parents[2])).resolve()
TIMEOUT_S = 20

# Shell blocks that are only read: building, installing, a terminal of several windows.
READ_ONLY_SHELL_BLOCKS = 3

# Examples that run in another form: what is run, and why.
REPLACED = {
    "nettool install-links /usr/local/bin": ("nettool install-links .", "leaves the system alone"),
}
# Examples for a program that may be missing here: what is run then.
WITHOUT = {
    "fish": (r"nettool completion fish \| source", "nettool completion fish | grep -q '^complete'"),
    "man": (r"nettool help .* --man \| man -l -", "nettool help sum-server --man | grep -q '^.TH'"),
}
# The examples of clients need these.
DEFAULT_SERVERS = ["greet-server", "upper-server", "upper-server --udp", "sum-server", "serve-http",
                   "add-server", "lookup-server", "ping-server", "chat-server",
                   "udp-log-server", "file-server", "mail-server", "proxy-server"]
# These options of a server only look at what it has left.
LOOKING = {"--list", "--show", "--wait"}
# What has to be there for the examples of a command.
PREPARED = {
    "mail-server": "nettool send-mail --from a@example.org --to b@example.org --body hi > /dev/null\n",
}

# Brings the loopback interface of a new namespace up (`ip link set lo up`), then becomes argv.
LOOPBACK_UP = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 0x41))
os.execvp(sys.argv[1], sys.argv[1:])
"""
ISOLATED = ["unshare", "--map-root-user", "--net", sys.executable, "-c", LOOPBACK_UP]

# Behind each script: whatever it left running is ended by its number, and that is a failure.
EPILOGUE = """
left=$(jobs -pr)
if [ -n "$left" ]; then kill $left; wait; echo "the block left jobs running: $left" >&2; exit 1; fi
"""

START_SERVERS = """
nettool lab {members} >servers 2>&1 &
servers=$!
trap 'kill $servers; wait $servers || true' EXIT
for try in $(seq 200); do [ "$(grep -c 'listening on' servers)" = {count} ] && break; sleep 0.05; done
[ "$(grep -c 'listening on' servers)" = {count} ] || {{ cat servers >&2; exit 1; }}
"""


class Workplace:
    """A directory with nettool on PATH."""

    def __enter__(self):
        self.temporary = tempfile.TemporaryDirectory()
        root = pathlib.Path(self.temporary.name)
        self.directory = root / "work"
        self.directory.mkdir()
        (root / "bin").mkdir()
        (root / "bin" / "nettool").symlink_to(NETTOOL)
        shutil.copy(SOURCE / "README.md", self.directory)
        shutil.copytree(SOURCE / "docs" / "wireshark", self.directory / "docs" / "wireshark")
        self.environment = environment(PATH=f"{root / 'bin'}:{os.environ['PATH']}")
        return self

    def __exit__(self, *unused):
        self.temporary.cleanup()

    def start(self, script, shell="bash"):
        command = [shell, "-c", script]
        return subprocess.Popen(ISOLATED + command, cwd=self.directory, env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, start_new_session=True)

    def run(self, script, shell="bash"):
        process = self.start(script, shell)
        try:
            out, err = process.communicate(timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)  # our own session
            out, err = process.communicate()
            err += f"\nnot done after {TIMEOUT_S} s"
        return process.returncode, out, err


def blocks_of(path):
    """(info string, first line, text) of every fenced block."""
    fence, found = None, []
    for number, line in enumerate(path.read_text().splitlines(keepends=True), 1):
        match = re.match(r"(```+|~~~+)(.*)$", line)
        if fence is None and match:
            fence = match[1]
            found.append([match[2].strip(), number, ""])
        elif fence is not None and line.rstrip() == fence:
            fence = None
        elif fence is not None:
            found[-1][2] += line
    assert fence is None, f"{path}: a block does not end"
    return found


def documents():
    return [SOURCE / "README.md", SOURCE / "CONTRIBUTING.md", *sorted((SOURCE / "docs").rglob("*.md"))]


def nettool(*arguments):
    return subprocess.run([NETTOOL, *arguments], capture_output=True, text=True, check=True,
                          timeout=TIMEOUT_S).stdout


def examples():
    for command in nettool("--list").split():
        behind = nettool("help", command).partition("\nExamples:\n")[2]
        for line in behind.splitlines():
            if line.startswith("  $ "):
                yield command, line.removeprefix("  $ ")


def is_server(example):
    words = example.split()
    if words[0] != "nettool" or "|" in words or LOOKING & set(words):
        return False
    if words[1] == "lab":
        return all(word.endswith("-server") for word in words[2:])
    return words[1] in ("serve-http", "capture") or words[1].endswith("-server")


class Namespace(unittest.TestCase):
    def test_there_is_a_private_network_with_a_loopback(self):
        with Workplace() as place:
            status, out, err = place.run("nettool sum-server --once >/dev/null & nettool sum-client 1 2; wait")
        self.assertEqual((status, out), (0, "3\n"),
                         f"these tests need user and network namespaces (unshare -rn):\n{err}")


class Documentation(unittest.TestCase):
    def run_block(self, script, files):
        with Workplace() as place:
            for name, text in files.items():
                (place.directory / name).write_text(text)
            return place.run("set -e\n" + script + EPILOGUE)

    def test_every_runnable_block_runs(self):
        ran = 0
        for path in documents():
            blocks = blocks_of(path)
            files = {info.split()[1]: text for info, _, text in blocks
                     if re.fullmatch(r"python \w+\.py", info)}
            for i, (info, line, script) in enumerate(blocks):
                if info != "sh run":
                    continue
                ran += 1
                with self.subTest(block=f"{path.relative_to(SOURCE)}:{line}"):
                    status, out, err = self.run_block(script, files)
                    self.assertEqual(status, 0, f"{script}\n{out}\n{err}")
                    if i + 1 < len(blocks) and blocks[i + 1][0] == "text expect":
                        self.assertEqual(out, blocks[i + 1][2], err)
        self.assertGreater(ran, 10)

    def test_expectations_stand_behind_what_is_run(self):
        for path in documents():
            infos = [info for info, _, _ in blocks_of(path)]
            for before, info in zip(["", *infos], infos):
                if info == "text expect":
                    self.assertEqual(before, "sh run", path)

    def test_few_shell_blocks_are_only_read(self):
        only_read = [f"{path.relative_to(SOURCE)}:{line}" for path in documents()
                     for info, line, _ in blocks_of(path)
                     if re.match(r"(sh|bash|shell|console)\b", info) and info != "sh run"]
        self.assertEqual(len(only_read), READ_ONLY_SHELL_BLOCKS, only_read)

    def test_links_lead_somewhere(self):
        for path in documents():
            prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", path.read_text(), flags=re.MULTILINE | re.DOTALL)
            for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose):
                if not target.startswith("http"):
                    self.assertTrue((path.parent / target).exists(), f"{path}: {target}")

    def test_readme_names_every_command(self):
        text = (SOURCE / "README.md").read_text()
        for command in nettool("--list").split():
            self.assertIn(f"| `{command}` |", text)


class Examples(unittest.TestCase):
    def check_server(self, example):
        with Workplace() as place:
            process = place.start(f"exec {example}")
            try:
                line = process.stdout.readline()
                self.assertRegex(line, '(listening|capturing) on |"event":"capturing"')
                os.kill(process.pid, signal.SIGTERM)
                _, err = process.communicate(timeout=TIMEOUT_S)
                self.assertEqual(process.returncode, 0, err)
            finally:
                if process.poll() is None:
                    process.kill()
                process.communicate()

    def check_other(self, command, example):
        shell, script = "bash", REPLACED.get(example, (example,))[0]
        for program, (pattern, instead) in WITHOUT.items():
            if re.fullmatch(pattern, example):
                if shutil.which(program) is None:
                    script = instead
                elif program == "fish":
                    script = f"fish -c '{example}'"
        members = " ".join(f"'{member}'" for member in DEFAULT_SERVERS)
        servers = START_SERVERS.format(members=members, count=len(DEFAULT_SERVERS))
        before = PREPARED.get(command, "")
        with Workplace() as place:
            began = time.monotonic()
            status, out, err = place.run("set -e -o pipefail\n" + servers + before + script, shell)
            self.assertEqual(status, 0, f"{out}\n{err}")
            self.assertLess(time.monotonic() - began, TIMEOUT_S)
            if not re.search(r"/dev/null|source| -o ", example):
                self.assertTrue(out, f"{command}: no output")

    def test_every_example_of_every_command_runs(self):
        ran, all_of_them = set(), list(examples())
        for command, example in all_of_them:
            with self.subTest(command=command, example=example):
                if is_server(example):
                    self.check_server(example)
                else:
                    self.check_other(command, example)
            ran.add((command, example))
        self.assertEqual(ran, set(all_of_them))
        self.assertEqual({command for command, _ in ran}, set(nettool("--list").split()),
                         "a command has no example")

    def test_replacements_are_still_needed(self):
        known = {example for _, example in examples()}
        self.assertLessEqual(set(REPLACED), known)
        for program, (pattern, _) in WITHOUT.items():
            self.assertTrue(any(re.fullmatch(pattern, example) for example in known), program)


if __name__ == "__main__":
    unittest.main()
