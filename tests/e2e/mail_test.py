"""Mail between nettool and foreign programs."""

import email
import email.message
import email.policy
import os
import re
import smtplib
import ssl
import unittest

import mail_peers
import support
from mail_peers import RECIPIENT, SENDER, MailServerTest

PLAIN = f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: greetings\r\n\r\nhello\r\n.dot\r\n"


def text_of(mail):
    return mail.get_content().replace("\r\n", "\n")


class ForeignClients(MailServerTest):
    def swaks(self, server, *options):
        return self.run_program("swaks", "--server", "127.0.0.1", "--port", server.port, "--from", SENDER,
                                "--to", RECIPIENT, *options)

    def test_swaks(self):
        server = self.receive()
        done = self.swaks(server, "--header", "Subject: from swaks", "--body", "line\n.dot\n")
        self.assertEqual(done.returncode, 0, done.stdout)
        envelope, content = self.only_mail()
        self.assertEqual((envelope["from"], envelope["to"]), (SENDER, [RECIPIENT]))
        self.assertIn(b"Subject: from swaks\r\n", content)
        self.assertIn(b"\r\n\r\nline\r\n.dot\r\n", content)

    def test_swaks_attaches(self):
        server = self.receive()
        noise = os.urandom(20_000)
        done = self.swaks(server, "--body", "see there", "--attach-type", "image/png", "--attach",
                          f"@{self.file('picture.png', noise)}")
        self.assertEqual(done.returncode, 0, done.stdout)
        mail = email.message_from_bytes(self.only_mail()[1], policy=email.policy.default)
        self.assertEqual([part.get_content() for part in mail.iter_attachments()], [noise])

    def test_swaks_logs_in_by_every_mechanism(self):
        server = self.receive("--user", "ada:right", "--require-auth")
        for tls in ([], ["--tls"]):
            for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
                with self.subTest(mechanism=mechanism, tls=tls):
                    login = [*tls, "--auth", mechanism, "--auth-user", "ada", "--auth-password"]
                    done = self.swaks(server, *login, "right")
                    self.assertEqual(done.returncode, 0, done.stdout)
                    envelope, _ = self.mails()[-1]
                    self.assertEqual((envelope["user"], bool(envelope["tls"])), ("ada", bool(tls)))
                    done = self.swaks(server, *login, "wrong")
                    self.assertEqual(done.returncode, 28, done.stdout)
                    self.assertIn(b"535 5.7.8", done.stdout)
        self.assertNotEqual(self.swaks(server).returncode, 0)
        self.assertEqual(len(self.mails()), 6)

    def curl(self, server, *options):
        mail = self.file("curl.eml", PLAIN)
        return self.run_program("curl", "-sS", f"smtp://127.0.0.1:{server.port}/curl.example", "--mail-from", SENDER,
                                "--mail-rcpt", RECIPIENT, "-T", mail, *options)

    def test_curl(self):
        server = self.receive(*self.with_certificate())  # lets in whoever logs in, and whoever does not
        for options in ([], ["--mail-rcpt", "carol@peer.example"], ["--ssl-reqd", "--cacert", self.certificate],
                        ["--ssl-reqd", "-k", "--user", "ada:right"], ["--user", "ada:right", "--login-options", "AUTH=LOGIN"]):
            with self.subTest(options=options):
                done = self.curl(server, *options)
                self.assertEqual(done.returncode, 0, done.stderr)
                envelope, content = self.mails()[-1]
                self.assertEqual(content, PLAIN.encode())
                self.assertEqual(bool(envelope["tls"]), "--ssl-reqd" in options)
                self.assertEqual(envelope["user"], "ada" if "--user" in options else "")
        self.assertEqual(len(self.mails()), 5)
        server = self.receive("--user", "ada:right")
        self.assertNotEqual(self.curl(server, "--user", "ada:wrong").returncode, 0)
        self.assertNotEqual(self.curl(server).returncode, 0)
        self.assertEqual(self.curl(server, "--user", "ada:right").returncode, 0)

    def test_msmtp(self):
        server = self.receive(*self.with_certificate())
        plain = ["msmtp", "--host=127.0.0.1", f"--port={server.port}", f"--from={SENDER}"]
        login = ["--auth=plain", "--user=ada", "--passwordeval=echo right"]
        tls = ["--tls=on", "--tls-starttls=on"]
        for options in (["--tls=off"], [*tls, f"--tls-trust-file={self.certificate}"],
                        [*tls, "--tls-trust-file=", "--tls-certcheck=off", *login]):
            with self.subTest(options=options):
                done = self.run_program(*plain, *options, RECIPIENT, data=PLAIN.replace("\r\n", "\n").encode())
                self.assertEqual(done.returncode, 0, done.stderr)
                envelope, content = self.mails()[-1]
                self.assertEqual(content[-len(PLAIN):], PLAIN.encode())
                self.assertEqual(bool(envelope["tls"]), tls[0] in options)

    def test_smtplib(self):
        server = self.receive(*self.with_certificate(), "--user", "ada:right")
        context = ssl.create_default_context(cafile=self.certificate)
        with smtplib.SMTP("127.0.0.1", int(server.port), timeout=support.PATIENCE_S) as client:
            client.starttls(context=context)
            self.assertEqual(client.login("ada", "right")[0], 235)
            eight_bit = b"Subject: 8\r\n\r\n\xe4\xf6\xfc\0\x80\r\n"
            client.sendmail(SENDER, [RECIPIENT], eight_bit, mail_options=["BODY=8BITMIME"])
            message = email.message.EmailMessage(policy=email.policy.SMTPUTF8)
            message["From"], message["To"], message["Subject"] = "jörg@bücher.example", RECIPIENT, "Grüße"
            message.set_content("schön", cte="8bit")
            client.send_message(message)
            refused = client.docmd("MAIL", "FROM:<jörg@bücher.example>".encode().decode("latin-1"))
            self.assertIn(refused[0], (501, 553))
        (first, content), (second, utf8) = self.mails()
        self.assertEqual(content, eight_bit)
        self.assertEqual((first["user"], bool(first["tls"])), ("ada", True))
        self.assertEqual(second["from"], "jörg@bücher.example")
        self.assertIn("Grüße".encode(), utf8)

    def test_smtp_source_in_twenty_sessions(self):
        server = self.receive()
        program, environment = mail_peers.postfix("smtp-source")
        done = self.run_program(program, "-s", "20", "-m", "2000", "-l", "1024", f"127.0.0.1:{server.port}",
                                env=environment, within=60)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(len(os.listdir(self.store / "new")), 2000)
        self.assertEqual(os.listdir(self.store / "tmp"), [])
        self.assertEqual(server.stop(), 0)


class ForeignServers(MailServerTest):
    def send(self, port, *options, data=b"hello\n.dot\n", **keywords):
        return self.nettool("send-mail", "--server", f"127.0.0.1:{port}", "--from", SENDER, "--to", RECIPIENT,
                            "--subject", "greetings", *options, data=data, **keywords)

    def aiosmtpd(self):
        self.certificate, key = self.make("good")
        running = mail_peers.running(mail_peers.PYTHON, "-c", mail_peers.AIOSMTPD, self.certificate, key, self.directory)
        self.addCleanup(running.__exit__, None, None, None)
        running.__enter__()
        port = self.directory / "port"
        support.wait_until(lambda: port.exists() and port.read_text(), "aiosmtpd")
        return port.read_text()

    def test_aiosmtpd_over_starttls_after_a_login(self):
        port = self.aiosmtpd()
        password = self.file("password", "secret word\n")
        login = ["--user", "ada", "--password-file", password]
        done = self.send(port, "--cacert", self.certificate, *login)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.directory / "1.to").read_text().split(), [SENDER, RECIPIENT, "ada"])
        mail = email.message_from_bytes((self.directory / "1.eml").read_bytes(), policy=email.policy.default)
        self.assertEqual((mail["Subject"], text_of(mail)), ("greetings", "hello\n.dot\n"))
        done = self.send(port, "--cacert", self.certificate, "--user", "ada", "--password-file",
                         self.file("other", "another\n"))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"535", done.stderr)
        self.assertNotIn(b"another", done.stdout + done.stderr)
        self.assertEqual(self.send(port, "--cacert", self.certificate).returncode, 1, "no login, no mail")
        other, _ = self.make("other")
        done = self.send(port, "--cacert", other, *login)
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertIn(b"not to be believed", done.stderr)
        self.assertFalse((self.directory / "2.eml").exists())

    def test_smtp_sink(self):
        program, environment = mail_peers.postfix("smtp-sink")
        port = support.free_port()
        user = ["-u", "root"] if os.geteuid() == 0 else []
        with mail_peers.running(program, *user, "-R", self.directory, "-d", "sunk.", f"127.0.0.1:{port}", "100",
                                env=environment):
            done = self.send(port, "--retry-connect", "5s", "--count", "50")
            self.assertEqual(done.returncode, 0, done.stderr)
        sunk = [path.read_bytes() for path in self.directory.glob("sunk.*")]
        self.assertEqual(len(sunk), 50)
        for content in sunk:
            self.assertIn(b"\nSubject: greetings\n", content.replace(b"\r", b""))
        ids = {re.search(rb"(?i)\nMessage-ID: (\S+)", content)[1] for content in sunk}
        self.assertEqual(len(ids), 50)

    def test_a_naive_server_that_knows_no_extension(self):
        naive = mail_peers.Naive()
        done = self.send(self.scripted(naive).port, "--body", "Grüße\n", data=b"")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([line.split()[0] for line in naive.heard], ["EHLO", "HELO", "MAIL", "RCPT", "DATA", "QUIT"])
        mail = email.message_from_bytes(naive.messages[0], policy=email.policy.default)
        self.assertEqual(text_of(mail), "Grüße\n")
        self.assertTrue(naive.messages[0].isascii(), "it has not said 8BITMIME")

    def gmail(self, *options, password="right app word"):
        certificate, key = self.make("gmail", names="DNS:smtp.gmail.com")
        self.server = mail_peers.Gmail(certificate, key)
        port = self.scripted(self.server).port
        command = mail_peers.as_gmail(
            self.directory, support.NETTOOL, "send-mail", "--server", f"smtp.gmail.com:{port}", "--cacert", certificate,
            "--from", "ada@gmail.com", "--to", RECIPIENT, "--body", "hello", *options)
        return self.run_program(*command, env=support.environment(PASSWORD=password))

    def test_gmail_takes_mail_after_a_login(self):
        done = self.gmail("--user", "ada@gmail.com", "--password-env", "PASSWORD")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual((self.server.logins, len(self.server.messages)), (1, 1))
        verbs = [line.split()[0] for line in self.server.heard]
        self.assertEqual(verbs, ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"])

    def test_what_gmail_refuses_comes_with_advice(self):
        done = self.gmail("--user", "ada@gmail.com", "--password-env", "PASSWORD", "-v", password="the usual one")
        self.assertEqual(done.returncode, 1, done.stderr)
        for words in (b"535", b"BadCredentials", b"app password"):
            self.assertIn(words, done.stderr)
        said = done.stdout + done.stderr
        self.assertNotIn(b"the usual one", said)
        self.assertNotIn(b"AGFkY", said, "base64 is no secret")
        done = self.gmail()
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn(b"530", done.stderr)
        self.assertIn(b"--user", done.stderr)
        self.assertEqual(self.server.messages, [])


if __name__ == "__main__":
    unittest.main()
