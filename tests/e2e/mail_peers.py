"""What the tests of mail share: a mail-server and what it stores, foreign programs, scripted servers."""

import contextlib
import json
import os
import pathlib
import ssl
import subprocess

import support

SENDER, RECIPIENT = "ada@peer.example", "bob@peer.example"

PYTHON = "/usr/bin/python3"  # Debian's, which knows Debian's packages

# Takes mail over STARTTLS and after a login only, and writes it with its envelope into files.
AIOSMTPD = """
import asyncio, pathlib, ssl, sys
from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import AuthResult

certificate, key, directory = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])

class Keep:
    count = 0
    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        (directory / f"{self.count}.eml").write_bytes(envelope.original_content)
        (directory / f"{self.count}.to").write_text("\\n".join(
            [envelope.mail_from, *envelope.rcpt_tos, session.auth_data.login.decode()]))
        return "250 2.0.0 kept"

def authenticate(server, session, envelope, mechanism, data):
    good = (data.login, data.password) == (b"ada", b"secret word")
    return AuthResult(success=good, handled=False, auth_data=data)

context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
loop = asyncio.new_event_loop()
controller = UnthreadedController(Keep(), hostname="127.0.0.1", port=0, loop=loop, tls_context=context,
                                  require_starttls=True, authenticator=authenticate, auth_required=True,
                                  enable_SMTPUTF8=True)
controller.begin()
(directory / "port").write_text(str(controller.server.sockets[0].getsockname()[1]))
loop.run_forever()
"""


def postfix(program):
    """The command of one of Postfix's programs, and the environment it needs."""
    done = subprocess.run([support.SOURCE / "tools" / "peers", "postfix"], stdout=subprocess.PIPE, check=True, text=True)
    root = pathlib.Path(done.stdout.strip())
    environment = support.environment(LD_LIBRARY_PATH=root / "usr" / "lib" / "postfix")
    return root / "usr" / "sbin" / program, environment


@contextlib.contextmanager
def running(*command, env=None):
    """A foreign server, and its end."""
    with subprocess.Popen([*map(str, command)], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, env=env or support.environment()) as process:
        try:
            yield process
        finally:
            process.terminate()


class Dialog:
    """The server's end of a dialog: what it heard, and what it says to it."""

    def __init__(self, peer):
        self.peer = peer
        self.heard = []

    def say(self, *lines):
        self.peer.sendall("".join(line + "\r\n" for line in lines).encode())

    def hear(self):
        line = support.read_line(self.peer).decode(errors="replace").rstrip("\r\n")
        self.heard.append(line)
        return line

    def message(self):
        lines = []
        while (line := support.read_line(self.peer)) not in (b".\r\n", b""):
            lines.append(line)
        return b"".join(lines)


class Naive:
    """Says 250 to whatever it does not know, and knows no extensions."""

    def __init__(self):
        self.heard, self.messages = [], []

    def __call__(self, peer):
        dialog = Dialog(peer)
        dialog.heard = self.heard
        dialog.say("220 hello")
        while line := dialog.hear():
            verb = line[:4].upper()
            if verb == "EHLO":
                dialog.say("500 what?")
            elif verb == "DATA":
                dialog.say("354 go on")
                self.messages.append(dialog.message())
                dialog.say("250 thanks")
            elif verb == "QUIT":
                return dialog.say("221 bye")
            else:
                dialog.say("250 fine")


class Gmail:
    """smtp.gmail.com:587 as anybody can see it, with the login ada@gmail.com, "right app word"."""

    BANNER = "220 smtp.gmail.com ESMTP 5b1f17b1804b1-4779b0 - gsmtp"
    CAPABILITIES = ["SIZE 35882577", "8BITMIME", "ENHANCEDSTATUSCODES", "PIPELINING", "CHUNKING", "SMTPUTF8"]
    BAD_CREDENTIALS = [
        "535-5.7.8 Username and Password not accepted. For more information, go to",
        "535 5.7.8  https://support.google.com/mail/?p=BadCredentials 5b1f17b1804b1-4779b0 - gsmtp"]
    REQUIRED = [
        "530-5.7.0 Authentication Required. For more information, go to",
        "530 5.7.0  https://support.google.com/mail/?p=WantAuthError 5b1f17b1804b1-4779b0 - gsmtp"]
    STARTTLS_FIRST = "530 5.7.0 Must issue a STARTTLS command first. 5b1f17b1804b1-4779b0 - gsmtp"
    RIGHT = "AGFkYUBnbWFpbC5jb20AcmlnaHQgYXBwIHdvcmQ="

    def __init__(self, certificate, key):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.heard, self.messages, self.logins = [], [], 0

    def greet(self, dialog, extra):
        keywords = ["smtp.gmail.com at your service, [127.0.0.1]", *self.CAPABILITIES[:2], extra, *self.CAPABILITIES[2:]]
        dialog.say(*[f"250-{word}" for word in keywords[:-1]], f"250 {keywords[-1]}")

    def __call__(self, peer):
        dialog = Dialog(peer)
        dialog.heard = self.heard
        dialog.say(self.BANNER)
        while line := dialog.hear():
            verb = line.upper()
            if verb.startswith("EHLO"):
                self.greet(dialog, "STARTTLS")
            elif verb == "STARTTLS":
                dialog.say("220 2.0.0 Ready to start TLS")
                with self.context.wrap_socket(peer, server_side=True) as secured:
                    dialog.peer = secured
                    return self.after_tls(dialog)
            elif verb == "QUIT":
                return dialog.say("221 2.0.0 closing connection 5b1f17b1804b1-4779b0 - gsmtp")
            else:
                dialog.say(self.STARTTLS_FIRST)

    def log_in(self, dialog, mechanism, initial):
        """LOGIN is asked for, and never succeeds here."""
        if mechanism == "PLAIN" and initial:
            return initial[0] == self.RIGHT
        for question in [""] if mechanism == "PLAIN" else ["VXNlcm5hbWU6", "UGFzc3dvcmQ6"]:
            dialog.say(f"334 {question}")
            answer = dialog.hear()
        return answer == self.RIGHT

    def after_tls(self, dialog):
        logged_in = False
        while line := dialog.hear():
            verb = line.upper()
            if verb.startswith("EHLO"):
                self.greet(dialog, "AUTH LOGIN PLAIN XOAUTH2 PLAIN-CLIENTTOKEN OAUTHBEARER XOAUTH")
            elif verb.startswith("AUTH"):
                self.logins += 1
                logged_in = self.log_in(dialog, verb.split()[1], line.split()[2:])
                dialog.say(*(["235 2.7.0 Accepted"] if logged_in else self.BAD_CREDENTIALS))
            elif verb.startswith("MAIL") and not logged_in:
                dialog.say(*self.REQUIRED)
            elif verb.startswith(("MAIL", "RCPT")):
                dialog.say(f"250 2.1.{'0' if verb.startswith('MAIL') else '5'} OK 5b1f17b1804b1-4779b0 - gsmtp")
            elif verb == "DATA" and logged_in:
                dialog.say("354 Go ahead 5b1f17b1804b1-4779b0 - gsmtp")
                self.messages.append(dialog.message())
                dialog.say("250 2.0.0 OK  1764400000 5b1f17b1804b1-4779b0 - gsmtp")
            elif verb == "QUIT":
                return dialog.say("221 2.0.0 closing connection 5b1f17b1804b1-4779b0 - gsmtp")
            else:
                dialog.say("503 5.5.1 RCPT first. A mail transaction protocol command was issued out of sequence - gsmtp")


def as_gmail(directory, *command):
    """A command in a world where smtp.gmail.com is this machine."""
    hosts = pathlib.Path(directory) / "hosts"
    hosts.write_text("127.0.0.1 localhost smtp.gmail.com\n")
    script = 'mount --bind "$1" /etc/hosts && shift && exec "$@"'
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", script, "sh", hosts, *command]


class MailServerTest(support.CertificateTest):
    def receive(self, *options):
        self.store = self.directory / "mail"
        return self.serve("mail-server", "--store", self.store, "--quiet", *options)

    def with_certificate(self):
        self.certificate, key = self.make("good")
        return ["--cert", self.certificate, "--key", key]

    def mails(self):
        """(envelope, bytes) of all that is stored, the oldest first."""
        new = self.store / "new"
        return [(json.loads((self.store / "envelopes" / f"{name}.json").read_text()), (new / name).read_bytes())
                for name in sorted(os.listdir(new))]

    def only_mail(self):
        mails = self.mails()
        self.assertEqual(len(mails), 1)
        return mails[0]

    def file(self, name, content):
        path = self.directory / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def raw(self, server):
        dialog = RawDialog(support.connect(server.port))
        self.addCleanup(dialog.close)
        return dialog


class RawDialog:
    """A client that says exactly these bytes."""

    def __init__(self, peer):
        self.peer = peer
        self.reply()

    def close(self):
        self.peer.close()

    def reply(self):
        """The next reply, all of its lines; empty at the end."""
        lines = b""
        while line := support.read_line(self.peer):
            lines += line
            if line[3:4] != b"-":
                break
        return lines.decode()

    def ask(self, command):
        self.peer.sendall(command.encode() + b"\r\n")
        return self.reply()

    def begin(self):
        self.ask("EHLO raw.example")
        self.ask(f"MAIL FROM:<{SENDER}>")
        self.ask(f"RCPT TO:<{RECIPIENT}>")
        assert self.ask("DATA").startswith("354 ")

    def start_tls(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        self.peer = context.wrap_socket(self.peer)
