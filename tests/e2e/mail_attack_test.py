"""What naughty clients send to mail-server: smuggled and injected commands, and more than fits."""

import os
import select
import unittest

import support
from mail_peers import RECIPIENT, SENDER, MailServerTest

MIB = 1024 * 1024


class NaughtyClients(MailServerTest):
    # What some servers take for the end of a message, and others do not (CVE-2023-51764 and kin).
    FAKE_ENDS = ["\n.\n", "\n.\r", "\r.\n", "\r.\r", "\n.\r\n", "\r.\r\n", "\r\n.\n", "\r\n.\r", "\r\n.\r\r\n",
                 "\r\r\n.\r\r\n", "\r\n\0.\r\n", "\r\n.\0\r\n"]
    SMUGGLED = "MAIL FROM:<evil@peer.example>\r\nRCPT TO:<carol@peer.example>\r\nDATA\r\nSubject: smuggled\r\n\r\n!\r\n.\r\n"

    @staticmethod
    def content_of(wire):
        """What a message is when only CR LF . CR LF ends it and only CR LF ends a line."""
        lines = wire[:-len("\r\n.\r\n")].split("\r\n")
        return "".join((line[1:] if line.startswith(".") else line) + "\r\n" for line in lines).encode()

    def test_no_mail_is_smuggled(self):
        server = self.receive()
        for count, fake in enumerate(self.FAKE_ENDS, 1):
            with self.subTest(fake=fake):
                dialog = self.raw(server)
                dialog.begin()
                wire = f"Subject: first\r\n\r\nhello{fake}{self.SMUGGLED}"
                self.assertRegex(dialog.ask(wire[:-2]), "^250 ")
                self.assertRegex(dialog.ask("VRFY x"), "^252 ", "more than one reply")
                self.assertRegex(dialog.ask("QUIT"), "^221 ")
                self.assertEqual(dialog.reply(), "")
                self.assertEqual(len(self.mails()), count)
                envelope, content = self.mails()[-1]
                self.assertEqual(content, self.content_of(wire))
                self.assertEqual((envelope["from"], envelope["to"]), (SENDER, [RECIPIENT]))

    def test_a_strict_server_hangs_up_on_a_smuggler(self):
        server = self.receive("--strict")
        for fake in self.FAKE_ENDS[:10]:
            with self.subTest(fake=fake):
                dialog = self.raw(server)
                dialog.begin()
                self.assertRegex(dialog.ask(f"Subject: first\r\n\r\nhello{fake}{self.SMUGGLED}"[:-2]), "^5[25][01] ")
                self.assertEqual(dialog.reply(), "")
        self.assertEqual(self.mails(), [])

    def test_what_comes_in_the_clear_behind_starttls_is_not_heard(self):
        server = self.receive()
        for injected in ("EHLO inject\r\n", f"EHLO inject\r\nMAIL FROM:<{SENDER}>\r\nRCPT TO:<{RECIPIENT}>\r\n"):
            with self.subTest(injected=injected):
                dialog = self.raw(server)
                self.assertIn("STARTTLS", dialog.ask("EHLO raw.example"))
                self.assertRegex(dialog.ask(f"MAIL FROM:<{SENDER}>"), "^250 ")
                self.assertRegex(dialog.ask(f"STARTTLS\r\n{injected}"[:-2]), "^220 ")
                self.assertEqual(select.select([dialog.peer], [], [], 0)[0], [])
                dialog.start_tls()
                self.assertRegex(dialog.ask("VRFY x"), "^252 ", "the injected command was answered")
                self.assertRegex(dialog.ask(f"RCPT TO:<{RECIPIENT}>"), "^503 ")
                self.assertRegex(dialog.ask(f"MAIL FROM:<{SENDER}>"), "^503 ", "EHLO is forgotten too")
                self.assertNotIn("STARTTLS", dialog.ask("EHLO raw.example"))
                self.assertRegex(dialog.ask("STARTTLS"), "^50[23] ")
        self.assertEqual(self.mails(), [])

    def test_a_message_without_end_costs_no_memory(self):
        server = self.receive("--max-size", "1M")
        dialog = self.raw(server)
        dialog.begin()
        line = b"MAIL FROM:<evil@peer.example>\r\n"
        block = line * (MIB // len(line))
        for _ in range(300):
            dialog.peer.sendall(block)
        self.assertRegex(dialog.ask("."), "^552 5.3.4")
        if not support.is_sanitized(server.pid):
            self.assertLess(support.peak_bytes(server.pid), 32 * MIB)
        dialog.begin()
        self.assertRegex(dialog.ask("short\r\n."), "^250 ")
        self.assertEqual(self.only_mail()[1], b"short\r\n")
        self.assertEqual(os.listdir(self.store / "tmp"), [])

    def test_a_chunk_without_end_costs_no_memory(self):
        server = self.receive("--max-size", "1M")
        dialog = self.raw(server)
        dialog.ask("EHLO raw.example")
        dialog.ask(f"MAIL FROM:<{SENDER}>")
        dialog.ask(f"RCPT TO:<{RECIPIENT}>")
        size = 200 * MIB
        dialog.peer.sendall(f"BDAT {size} LAST\r\n".encode())
        for _ in range(size // MIB):
            dialog.peer.sendall(b"x" * MIB)
        self.assertRegex(dialog.reply(), "^552 ")
        if not support.is_sanitized(server.pid):
            self.assertLess(support.peak_bytes(server.pid), 32 * MIB)
        self.assertRegex(dialog.ask("NOOP"), "^250 ")
        self.assertEqual(os.listdir(self.store / "tmp") + os.listdir(self.store / "new"), [])

    def test_idle_connections_are_cheap(self):
        server = self.receive()
        self.raw(server).ask("EHLO raw.example")
        before = int(support.status_field(server.pid, "VmRSS"))
        count = 500
        for _ in range(count):
            self.raw(server).ask("EHLO raw.example")
        each = (int(support.status_field(server.pid, "VmRSS")) - before) / count
        if not support.is_sanitized(server.pid):
            self.assertLess(each, 48, "KiB for each connection")


if __name__ == "__main__":
    unittest.main()
