"""nettool in a shell: names, help, completion, results in pipes and files, terminals."""

import datetime
import fcntl
import json
import os
import pty
import signal
import subprocess
import termios
import unittest

import support
from support import NETTOOL, NettoolTest, wait_until

SERVERS = ("greet-server", "upper-server", "sum-server")


def commands():
    return subprocess.run([NETTOOL, "--list"], capture_output=True, text=True, check=True,
                          timeout=support.PATIENCE_S).stdout.split()


def is_blocking(descriptor):
    return not fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_NONBLOCK


class Terminal:
    """A pseudo-terminal; .slave is for the program, the rest for the person before it."""

    def __init__(self, test):
        self.master, self.slave = pty.openpty()
        test.addCleanup(os.close, self.master)
        test.addCleanup(os.close, self.slave)
        attributes = termios.tcgetattr(self.slave)
        attributes[1] &= ~termios.OPOST
        attributes[3] &= ~termios.ECHO
        termios.tcsetattr(self.slave, termios.TCSANOW, attributes)

    def type(self, text):
        os.write(self.master, text)

    def shown(self):
        """What has been written up to now."""
        os.set_blocking(self.master, False)
        parts = []
        try:
            while part := os.read(self.master, 65536):
                parts.append(part)
        except BlockingIOError:
            pass
        finally:
            os.set_blocking(self.master, True)
        return b"".join(parts)


class Names(NettoolTest):
    def test_a_link_runs_the_command_whose_name_it_has(self):
        server = self.serve("sum-server")
        (self.directory / "sum-client").symlink_to(NETTOOL)
        done = self.run_program("./sum-client", "--port", server.port, "1", "2", "3", cwd=self.directory)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"6\n", b""))

    def test_install_links_makes_a_link_for_every_command(self):
        target = self.directory / "bin"
        target.mkdir()
        done = self.nettool("install-links", target)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertEqual(sorted(path.name for path in target.iterdir()), sorted(commands()))
        for name in commands():
            shown = self.run_program(target / name, "--help")
            self.assertTrue(shown.stdout.startswith(f"usage: nettool {name}".encode()), name)
        self.assertEqual(self.nettool("install-links", target).returncode, 0, "a second time")
        (target / "lab").unlink()
        (target / "lab").write_text("mine")
        done = self.nettool("install-links", target)
        self.assertEqual(done.returncode, 4)
        self.assert_one_line(done.stderr, "lab")
        self.assertEqual((target / "lab").read_text(), "mine")

    def test_list_names_every_command_on_a_line_of_its_own(self):
        done = self.nettool("--list")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        self.assertLessEqual({*SERVERS, "sum-client", "lab", "help"}, set(done.stdout.decode().splitlines()))

    def test_version_names_boost_and_openssl(self):
        done = self.nettool("--version")
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, rb"^nettool \d+\.\d+(?s:.*)Boost \d+\.\d+(?s:.*)OpenSSL \d+\.")

    def test_the_overview_is_no_error(self):
        for arguments in ([], ["help"], ["--help"], ["-h"]):
            with self.subTest(arguments=arguments):
                done = self.nettool(*arguments)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                for name in commands():
                    self.assertIn(f"  {name} ", done.stdout.decode())

    def test_an_unknown_word_is_two_and_the_nearest_is_offered(self):
        for arguments, near in ((["sum-sever"], "sum-server"), (["help", "uper-client"], "upper-client"),
                                (["--versoin"], "--version"), (["sum-server", "--prot=1"], "--port")):
            with self.subTest(arguments=arguments):
                done = self.nettool(*arguments)
                self.assertEqual((done.returncode, done.stdout), (2, b""))
                self.assertIn(f"did you mean '{near}'?", done.stderr.decode())

    def test_an_option_that_takes_one_value_is_given_once(self):
        self.assertEqual(self.nettool("sum-server", "--port=0", "--port=0").returncode, 2)


class Pages(NettoolTest):
    def test_man_shows_every_page_without_a_warning(self):
        for name in commands():
            with self.subTest(command=name):
                done = self.shell(f"set -o pipefail; nettool help {name} --man | "
                                  "MANPAGER=cat man --warnings -l -")
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertIn(f"nettool-{name}", done.stdout.decode())


class Completion(NettoolTest):
    def bash(self, *words):
        done = self.shell('source <(nettool completion bash)\nCOMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))\n'
                          "_nettool\n" r"printf '%s\n' ${COMPREPLY[@]+" '"${COMPREPLY[@]}"}', "bash", *words)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return done.stdout.decode().split()

    def test_bash_completes_commands_options_and_words(self):
        self.assertLessEqual(set(commands()), set(self.bash("nettool", "")))
        self.assertEqual(self.bash("nettool", "sum-"), ["sum-server", "sum-client"])
        self.assertEqual(self.bash("nettool", "sum-client", "--ti"), ["--timeout"])
        self.assertEqual(self.bash("sum-client", "--ti"), ["--timeout"])
        self.assertEqual(self.bash("nettool", "sum-client", "--color", ""), ["auto", "always", "never"])
        self.assertEqual(self.bash("nettool", "help", "gre"), ["greet-server", "greet-client"])
        self.assertEqual(self.bash("nettool", "completion", "f"), ["fish"])

    def test_zsh_takes_the_script_sourced_or_as_a_function(self):
        (self.directory / "_nettool").write_bytes(self.nettool("completion", "zsh").stdout)
        self.assertEqual(self.shell("zsh -n _nettool").stderr, b"")
        check = '; print -r -- "$_comps[nettool] $_comps[sum-client]"; whence -w _nettool'
        for way in ("autoload -Uz compinit; compinit -u -d dump; source ./_nettool",
                    "fpath=($PWD $fpath); autoload -Uz compinit; compinit -u -d dump; "
                    "autoload +X _nettool"):
            with self.subTest(way=way):
                done = self.run_program("zsh", "-f", "-c", way + check, cwd=self.directory)
                self.assertEqual((done.returncode, done.stderr), (0, b""))
                self.assertEqual(done.stdout.decode().splitlines(),
                                 ["_nettool _nettool", "_nettool: function"])

    def fish(self, line):
        done = self.shell(f"nettool completion fish | source; complete -C '{line}'", shell="fish")
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        return [entry.split("\t")[0] for entry in done.stdout.decode().splitlines()]

    def test_fish_completes_commands_options_and_words(self):
        self.assertEqual(sorted(self.fish("nettool sum-")), ["sum-client", "sum-server"])
        self.assertEqual(self.fish("nettool sum-client --ti"), ["--timeout"])
        self.assertEqual(self.fish("sum-client --ti"), ["--timeout"])
        self.assertEqual(sorted(self.fish("nettool sum-client --color ")), ["always", "auto", "never"])

    def test_another_shell_is_two(self):
        self.assertEqual(self.nettool("completion", "tcsh").returncode, 2)


class Results(NettoolTest):
    def clients(self):
        """Command lines that write to standard output and end."""
        port = self.serve("sum-server").port
        upper = self.serve("upper-server").port
        return [["sum-client", "127.0.0.1", port, "1"], ["upper-client", "127.0.0.1", upper],
                ["help"], ["help", "sum-server"], ["--list"], ["--version"], [],
                ["completion", "bash"], ["greet-server", "--port", "0"]]

    def test_a_full_disk_is_four_in_one_line(self):
        for arguments in self.clients():
            with self.subTest(arguments=arguments), open("/dev/full", "wb") as full:
                done = self.nettool(*arguments, data=b"hello", stdout=full)
                self.assertEqual(done.returncode, 4)
                self.assert_one_line(done.stderr, "cannot write to standard output: No space left")

    def test_a_closed_pipe_is_four_without_a_message(self):
        for arguments in self.clients():
            with self.subTest(arguments=arguments):
                reader, writer = os.pipe()
                os.close(reader)
                try:
                    done = self.nettool(*arguments, data=b"hello", stdout=writer)
                finally:
                    os.close(writer)
                self.assertEqual((done.returncode, done.stderr), (4, b""))

    def test_a_server_stops_when_nobody_reads_its_results_any_more(self):
        server = self.serve("greet-server", stdout=subprocess.PIPE)
        self.assertEqual(server.popen.stdout.readline().decode(), f"listening on 127.0.0.1:{server.port}\n")
        server.popen.stdout.close()
        self.connect(server.port)
        self.assertEqual(server.wait(5), 4)
        self.assertEqual(server.err, "")

    def test_head_in_a_pipeline_ends_the_command(self):
        done = self.shell("nettool help sum-server | head -1; echo ${PIPESTATUS[0]}")
        self.assertTrue(done.stdout.startswith(b"usage: nettool sum-server"))
        self.assertEqual(done.stderr, b"")

    def json_of(self, text):
        values = [json.loads(line) for line in text.splitlines()]
        for value in values:
            self.assertIsInstance(value["event"], str)
        return values

    def test_every_json_line_is_an_object_with_an_event(self):
        greet, upper, add = (self.serve(name, "--json") for name in SERVERS)
        ask = lambda *line, data=b"": self.json_of(self.nettool(*line, "--json", data=data).stdout)  # noqa: E731
        self.assertEqual(ask("greet-client", "--port", greet.port)[0]["event"], "greeting")
        said = ask("upper-client", "--port", upper.port, data='a"b\né\x01\n'.encode())
        self.assertEqual([(e["event"], e["text"], e["answer"]) for e in said],
                         [("upper", 'a"b', 'A"B'), ("upper", "é\x01", "É\x01")])
        self.assertEqual(ask("sum-client", "--port", add.port, 1, 2)[0]["sum"], "3")
        wait_until(lambda: "sum-session" in add.out, "the session is reported while the server runs")
        for server, events in ((greet, {"listening", "greeted"}), (add, {"listening", "sum-session"})):
            self.assertEqual(server.stop(), 0)
            values = self.json_of(server.out)
            self.assertEqual({value["event"] for value in values}, events)
            self.assertEqual((values[0]["address"], values[0]["port"]), ("127.0.0.1", int(server.port)))
        time = self.json_of(greet.out)[1]["time"]
        self.assertEqual(datetime.datetime.fromisoformat(time).utcoffset(), datetime.timedelta(0))
        target = self.directory / "links"
        target.mkdir()
        self.assertEqual({value["event"] for value in ask("install-links", target)}, {"link"})

    def test_quiet_says_results_only_and_verbose_says_more(self):
        port = self.serve("sum-server").port
        for option, pattern in (("-q", "^$"), ("--quiet", "^$"), ("-v", "connected"), ("--verbose", "connected")):
            with self.subTest(option=option):
                done = self.nettool("sum-client", option, "--port", port, "1", "2")
                self.assertEqual((done.returncode, done.stdout), (0, b"3\n"))
                self.assertRegex(done.stderr.decode(), pattern)

    def test_a_trace_goes_to_standard_error_only(self):
        server = self.serve("sum-server", "--trace")
        for option, shown in (("--trace", '"1|2|."'), ("--trace=text", '"1|2|."'),
                              ("--trace=hex", "31 7c 32 7c 2e")):
            with self.subTest(option=option):
                done = self.nettool("sum-client", "--port", server.port, option, "1", "2")
                self.assertEqual((done.returncode, done.stdout), (0, b"3\n"))
                self.assertIn(shown, done.stderr.decode())
                self.assertIn(server.port, done.stderr.decode())
        wait_until(lambda: server.out.count("answered") > 1, "the sessions")
        self.assertNotIn("1|2|.", server.out)
        self.assertIn("1|2|.", server.err)

    def test_a_minus_is_standard_output_for_every_file(self):
        server = self.start("greet-server", "--port", 0, "--quiet", "--ready-file", "-", "--log", "-")
        port = wait_until(lambda: server.out.endswith("\n") and server.out.split()[0], "the port")
        wait_until(lambda: "listening" in server.out, "the server")
        with support.connect(port) as peer:
            greeting = support.read_all(peer).decode()
        wait_until(lambda: server.out.count(greeting) == 2, "result and log")
        self.assertFalse(os.path.exists("-"))

    def test_the_ready_file_is_the_port_and_written_whole(self):
        place = self.directory / "place"
        place.mkdir()
        ready = place / "ready"
        ready.write_text("of an earlier run, longer than any port")
        server = self.start("sum-server", "--port", "0", "--ready-file", ready)
        seen = set()

        def has_port():
            seen.add(ready.read_text())
            return any(text[:1].isdigit() for text in seen)

        wait_until(has_port, "a port")
        port = ready.read_text()
        self.assertRegex(port, r"\A\d+\n\Z")
        self.assertLessEqual(seen, {port, "of an earlier run, longer than any port"})
        wait_until(lambda: "\n" in server.out, "the line that says so")
        self.assertEqual(server.out.splitlines()[0], f"listening on 127.0.0.1:{port.strip()}")
        self.assertEqual([path.name for path in place.iterdir()], ["ready"])
        support.connect(port).close()


class Colors(NettoolTest):
    def shown_on_a_terminal(self, *options, **changes):
        terminal = Terminal(self)
        done = self.nettool("sum-client", "127.0.0.1", support.free_port(), "1", *options,
                            stderr=terminal.slave, env=support.environment(TERM="xterm", **changes))
        self.assertEqual(done.returncode, 3)
        return terminal.shown()

    def test_a_terminal_gets_colors_unless_it_does_not_want_them(self):
        self.assertIn(b"\x1b[", self.shown_on_a_terminal())
        self.assertIn(b"\x1b[", self.shown_on_a_terminal("--color", "auto"))
        self.assertNotIn(b"\x1b", self.shown_on_a_terminal("--color", "never"))
        self.assertNotIn(b"\x1b", self.shown_on_a_terminal(NO_COLOR="1"))

    def test_a_pipe_gets_colors_only_when_asked(self):
        line = ["sum-client", "127.0.0.1", support.free_port(), "1"]
        self.assertNotIn(b"\x1b", self.nettool(*line).stderr)
        self.assertIn(b"\x1b[", self.nettool(*line, "--color=always").stderr)
        self.assertEqual(self.nettool(*line, "--color=pink").returncode, 2)


class Terminals(NettoolTest):
    def test_the_upper_client_answers_every_typed_line_before_the_next(self):
        server, terminal = self.serve("upper-server"), Terminal(self)
        client = self.start("upper-client", "--port", server.port, stdin=terminal.slave,
                            stdout=subprocess.PIPE)
        for word, answer in (("hello", "HELLO"), ("again", "AGAIN"), ("école", "ÉCOLE")):
            terminal.type(word.encode() + b"\n")
            self.assertEqual(client.popen.stdout.readline().decode(), answer + "\n")
        terminal.type(b"\x04")
        self.assertEqual(client.wait(5), 0, client.err)
        self.assertEqual(client.err, "")

    def test_a_terminal_is_left_as_it_was(self):
        server, terminal = self.serve("upper-server"), Terminal(self)
        before = termios.tcgetattr(terminal.slave)
        for ending in ("end of file", "interrupt"):
            with self.subTest(ending=ending):
                client = self.start("upper-client", "--port", server.port, stdin=terminal.slave,
                                    stdout=terminal.slave, stderr=terminal.slave)
                terminal.type(b"hello\n")
                shown = wait_until(terminal.shown, "an answer")
                self.assertEqual(shown, b"HELLO\n")
                if ending == "interrupt":
                    client.send(signal.SIGINT)
                else:
                    terminal.type(b"\x04")
                self.assertEqual(client.wait(5), 130 if ending == "interrupt" else 0)
                self.assertTrue(is_blocking(terminal.slave))
                self.assertEqual(termios.tcgetattr(terminal.slave), before)

    def test_an_answer_drives_no_terminal(self):
        server, terminal = self.serve("upper-server"), Terminal(self)
        client = self.start("upper-client", "--port", server.port, stdin=subprocess.PIPE, stdout=terminal.slave)
        client.popen.stdin.write("\x1b[2jé\tü\n".encode())
        client.popen.stdin.close()
        self.assertEqual(client.wait(5), 0, client.err)
        self.assertEqual(terminal.shown().decode(), "\\x1b[2JÉ\tÜ\n")

    def test_the_callers_standard_input_stays_blocking(self):
        server = self.serve("upper-server")
        reader, writer = os.pipe()
        with open(reader, "rb") as reading, open(writer, "wb", buffering=0) as writing:
            client = self.start("upper-client", "--port", server.port, stdin=reading,
                                stdout=subprocess.PIPE)
            writing.write(b"hello")
            self.assertEqual(os.read(client.popen.stdout.fileno(), 100), b"HELLO")
            writing.close()
            self.assertEqual(client.wait(5), 0, client.err)
            self.assertTrue(is_blocking(reading.fileno()))
            self.assertTrue(is_blocking(client.popen.stdout.fileno()))


if __name__ == "__main__":
    unittest.main()
