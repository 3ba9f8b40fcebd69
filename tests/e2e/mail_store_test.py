"""Nothing acknowledged is lost: mail-server --store is killed, and its disk fails, at every step."""

import collections
import json
import os
import pathlib
import random
import re
import shutil
import smtplib
import subprocess
import threading
import unittest

import support
from support import NETTOOL, NettoolTest

SHIM = os.environ.get("NETTOOL_DISK_FAULTS")
CROWD = 20
SENDER, DOMAIN = "a@store.example", "store.example"
SPILLED = 300_000  # bytes; more than the server keeps in memory
MOST_CALLS = 400  # of a few mails; the search for the last one ends here


def message(token, size=200):
    """A message whose bytes tell which one it is, with a line that is stuffed on its way."""
    head = f"From: {SENDER}\r\nTo: {token}@{DOMAIN}\r\nSubject: {token}\r\n\r\n.{token}\r\n"
    filler = random.Random(token).randbytes(size // 2).hex()
    lines = [filler[i:i + 76] for i in range(0, len(filler), 76)]
    return (head + "".join(line + "\r\n" for line in lines)).encode()


class Sender:
    """One connection; what it was told of each message."""

    def __init__(self, port):
        self.smtp = smtplib.SMTP("127.0.0.1", int(port), timeout=support.PATIENCE_S)
        self.smtp.ehlo("sender.example")

    def send(self, token, size=200):
        """The reply to the message, or None when the connection was lost."""
        try:
            for code, words in (self.smtp.mail(SENDER), self.smtp.rcpt(f"{token}@{DOMAIN}")):
                if code != 250:
                    return code, words
            return self.smtp.data(message(token, size))
        except smtplib.SMTPDataError as refused:  # instead of 354
            return refused.smtp_code, refused.smtp_error
        except (smtplib.SMTPServerDisconnected, OSError):
            return None

    def close(self):
        self.smtp.close()


class StoreTest(NettoolTest):
    def setUp(self):
        super().setUp()
        if not SHIM or not pathlib.Path(SHIM).exists():
            self.fail("NETTOOL_DISK_FAULTS names no library: build the target disk_faults")
        self.sent = {}  # token -> bytes
        self.acknowledged = set()
        self.use("mail")

    def use(self, name):
        self.store = self.directory / name
        self.log = self.directory / f"{name}.log"

    def make_store(self):
        """With its directories, so that the first call that counts is a mail's."""
        for name in ("tmp", "new", "cur", "envelopes"):
            (self.store / name).mkdir(parents=True)

    def serve_with(self, action="none", at=0):
        environment = support.environment(LD_PRELOAD=SHIM, DISK_FAULTS_DIR=self.store, DISK_FAULTS_AT=at,
                                          DISK_FAULTS_ACTION=action, DISK_FAULTS_LOG=self.log)
        return self.serve("mail-server", "--store", self.store, "--quiet", env=environment)

    def send(self, port, token, size=200):
        self.sent[token] = message(token, size)
        try:
            sender = Sender(port)
        except (OSError, smtplib.SMTPException):
            return None
        reply = sender.send(token, size)
        sender.close()
        if reply and reply[0] == 250:
            self.acknowledged.add(token)
        return reply

    def send_all(self, port, tokens):
        threads = [threading.Thread(target=self.send, args=(port, token)) for token in tokens]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(support.PATIENCE_S)

    def stored(self, root=None):
        """The tokens of the messages in new/, each as it was sent and with its envelope."""
        store, tokens = root or self.store, []
        for path in (store / "new").iterdir():
            content = path.read_bytes()
            token = re.search(rb"Subject: (\S+)\r\n", content)
            self.assertIsNotNone(token, f"{path} holds {content[:80]!r}")
            token = token[1].decode()
            self.assertEqual(content, self.sent[token], f"{path} is not what was sent")
            envelope = json.loads((store / "envelopes" / f"{path.name}.json").read_text())
            self.assertEqual((envelope["from"], envelope["to"]), (SENDER, [f"{token}@{DOMAIN}"]))
            tokens.append(token)
        twice = [token for token, count in collections.Counter(tokens).items() if count > 1]
        self.assertEqual(twice, [])
        return set(tokens)

    def assert_nothing_lost(self, root=None):
        self.assertEqual(self.acknowledged - self.stored(root), set())

    def assert_nothing_left_over(self):
        """For a server that had time to tidy up: what is there has been acknowledged."""
        self.assertEqual(self.stored(), self.acknowledged)
        self.assertEqual(os.listdir(self.store / "tmp"), [])
        self.assertEqual(len(os.listdir(self.store / "envelopes")), len(self.acknowledged))


class Killed(StoreTest):
    def rounds(self, send, step=1):
        """Kills a server at every step-th call until one lives through all that is sent."""
        for at in range(1, MOST_CALLS, step):
            try:
                server = self.serve_with("kill", at)
            except AssertionError:  # it was making its directories
                self.assertRegex(self.log.read_text().splitlines()[-1], r"^kill at (mkdir|fsync )")
                continue
            send(server.port, at)
            if server.is_running() and "kill" not in self.log.read_text():
                self.assertEqual(server.stop(), 0)
                return at
            self.assertEqual(server.wait(), -9)
            self.log.unlink()
            self.assert_nothing_lost()
        self.fail(f"a mail takes more than {MOST_CALLS} calls")

    def test_at_every_call_of_a_mail(self):
        def send(port, at):
            for size in (200, SPILLED):
                self.send(port, f"m{at}-{size}", size)

        last = self.rounds(send)
        self.assertGreater(last, 20, "so few calls cannot take two mails to the disk")
        self.assert_nothing_lost()
        self.assertEqual({token for token in self.acknowledged if token.startswith(f"m{last}-")},
                         {f"m{last}-200", f"m{last}-{SPILLED}"})

    def test_among_parallel_mails(self):
        last = self.rounds(lambda port, at: self.send_all(port, [f"p{at}-{i}" for i in range(CROWD)]), step=7)
        self.assertGreater(last, 5 * CROWD)
        self.assertLessEqual({f"p{last}-{i}" for i in range(CROWD)}, self.acknowledged)
        self.assert_nothing_lost()


class Failing(StoreTest):
    CODES = {"ENOSPC": 452, "EIO": 451}

    def one_round(self, action, at, size):
        """Whether a call failed; then the mail was refused, and the next one was stored."""
        self.use(f"{action}-{at}-{size}")
        self.make_store()
        self.sent.clear()
        self.acknowledged.clear()
        server = self.serve_with(action, at)
        first, second = self.send(server.port, "first", size), self.send(server.port, "second", size)
        failed = f"{action} at " in self.log.read_text()
        if failed:
            self.assertEqual(first[0], self.CODES[action], self.log.read_text())
        self.assertEqual((second or [0])[0], 250, self.log.read_text())
        self.assert_nothing_left_over()
        self.assertEqual(server.stop(), 0)
        shutil.rmtree(self.store)
        return failed

    def calls_of_one(self, size):
        self.use(f"probe-{size}")
        self.make_store()
        server = self.serve_with()
        self.assertEqual(self.send(server.port, "probe", size)[0], 250)
        server.stop()
        return sum(not line.startswith("reply") for line in self.log.read_text().splitlines())

    def test_at_every_call_of_a_mail(self):
        for size in (200, SPILLED):
            calls = self.calls_of_one(size)
            self.assertGreater(calls, 8)
            for action in self.CODES:
                for at in range(1, calls + 1):
                    with self.subTest(action=action, at=at, size=size):
                        self.assertTrue(self.one_round(action, at, size))

    def test_among_parallel_mails(self):
        self.make_store()
        for at in range(5, 8 * CROWD, 20):
            server = self.serve_with("EIO", at)
            self.send_all(server.port, [f"e{at}-{i}" for i in range(CROWD)])
            self.assertIn("EIO at ", self.log.read_text())
            self.assert_nothing_left_over()
            self.assertEqual(server.stop(), 0)
            self.log.unlink()

    def test_a_store_that_cannot_be_written_is_four(self):
        (self.directory / "file").write_text("")
        for store in (self.directory / "file", self.directory / "file" / "mail", "/proc/nettool"):
            done = self.nettool("mail-server", "--port", 0, "--store", store, within=5)
            self.assertEqual((done.returncode, done.stdout), (4, b""))
            self.assert_one_line(done.stderr, "^mail-server: cannot .*" + re.escape(str(store)))

    def test_a_full_disk_is_452_until_there_is_room(self):
        mount = self.directory / "disk"
        mount.mkdir()
        ready = self.directory / "ready"
        script = 'mount -t tmpfs -o size=2m,nr_inodes=100 none "$1" && exec "$2" mail-server --quiet --port 0 ' \
                 '--store "$1/mail" --ready-file "$3"'
        command = ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", mount, NETTOOL, ready]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=support.environment()) as server:
            try:
                support.wait_until(lambda: ready.exists() or server.poll() is not None, "a ready file")
                self.assertIsNone(server.poll(), "no mount namespace, or no server")
                port = ready.read_text().strip()
                root = pathlib.Path(f"/proc/{server.pid}/root{mount}/mail")
                replies = [self.send(port, f"f{i}", 200_000) for i in range(20)]
                self.assertEqual({reply[0] for reply in replies}, {250, 452}, replies)
                self.assertEqual(self.stored(root), self.acknowledged)
                self.assertEqual(os.listdir(root / "tmp"), [])
                for path in list((root / "new").iterdir())[:3]:
                    self.acknowledged.remove(re.search(rb"Subject: (\S+)", path.read_bytes())[1].decode())
                    path.unlink()
                self.assertEqual(self.send(port, "again", 200_000)[0], 250)
                self.assert_nothing_lost(root)
                self.assertEqual(self.send(port, "huge", 4_000_000)[0], 452)
                self.assertEqual(os.listdir(root / "tmp"), [])
                self.assertEqual(self.send(port, "short")[0], 250)
            finally:
                server.terminate()


class Order(StoreTest):
    def steps(self):
        return self.log.read_text().splitlines()

    def assert_durable(self, steps, reply):
        """Message and envelope were synced, then named, then their directories synced: then 250."""
        at = steps.index(reply)
        name = re.search(r"\b\d+\.M\d+P\d+Q\d+R[0-9a-f]{8}\b", reply)
        self.assertIsNotNone(name, reply)
        before = steps[:at]
        renames = {step.split()[2]: (i, step.split()[1]) for i, step in enumerate(before) if step.startswith("rename ")}
        for path, folder in ((f"new/{name[0]}", "new"), (f"envelopes/{name[0]}.json", "envelopes")):
            self.assertIn(path, renames, before)
            named, draft = renames[path]
            last_write = max(i for i, step in enumerate(before) if step == f"write {draft}")
            synced = [i for i, step in enumerate(before)
                      if step in (f"fdatasync {draft}", f"fsync {draft}") or step.startswith("syncfs ")]
            self.assertTrue(any(last_write < i < named for i in synced), before)
            self.assertTrue(any(i > named for i, step in enumerate(before) if step == f"fsync {folder}"), before)

    def test_a_mail_is_on_the_disk_before_it_is_acknowledged(self):
        server = self.serve_with()
        for token, size in (("short", 200), ("long", SPILLED)):
            self.assertEqual(self.send(server.port, token, size)[0], 250)
        replies = [step for step in self.steps() if step.startswith("reply 250") and " stored " in step]
        self.assertEqual(len(replies), 2, self.steps())
        for reply in replies:
            self.assert_durable(self.steps(), reply)

    def test_so_are_those_that_share_their_way(self):
        server = self.serve_with()
        for round_ in range(3):
            self.send_all(server.port, [f"o{round_}-{i}" for i in range(CROWD)])
        replies = [step for step in self.steps() if step.startswith("reply 250") and " stored " in step]
        self.assertEqual(len(replies), 3 * CROWD)
        steps = self.steps()
        for reply in replies:
            self.assert_durable(steps, reply)
        shared = sum(step == "fsync new" for step in steps)
        self.assertLess(shared, len(replies) / 2, "they did not share")


if __name__ == "__main__":
    unittest.main()
