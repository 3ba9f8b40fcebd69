"""What once leaked or was let through: secrets in what is told of requests, addresses, options."""

import http.client
import json
import re
import socket
import unittest

import support
from proxy_reader import read_request
from proxy_support import ProxyTest, RequestTest, answering, chunked, echoing, get, ok

BASIC = "Basic YTpi"  # a:b


class Told(ProxyTest):
    """What is told of requests: lines, events, the archive, the page."""

    def page_of(self, server):
        found = support.wait_until(lambda: re.search(r"http://(127\.0\.0\.1:\d+)/", server.out), "the page")
        return found[1]

    def fetch(self, authority, path):
        client = http.client.HTTPConnection(authority, timeout=support.PATIENCE_S)
        try:
            client.request("GET", path)
            return client.getresponse().read().decode()
        finally:
            client.close()

    def telling(self, *options, **keywords):
        self.log, self.har = self.directory / "lines", self.directory / "archive.har"
        return self.proxy("--web", "0", "--har", self.har, *options, **keywords)

    def told(self, server, count):
        """All that is told, after so many requests, in one text."""
        page = self.page_of(server)

        def ended():
            requests = json.loads(self.fetch(page, "/api/requests"))
            states = [request["state"] for request in requests]
            return requests if states == ["ended"] * count else None
        requests = support.wait_until(ended, f"{count} requests")
        details = [self.fetch(page, f"/api/requests/{request['id']}") for request in requests]
        self.assertEqual([detail.count('"request_received":') for detail in details], [1] * count)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(len(self.entries()), count)
        lines = self.log.read_text() if self.log.exists() else ""
        return "\n".join([*details, server.out, server.err, lines, self.har.read_text()])

    def entries(self):
        return json.loads(self.har.read_text())["log"]["entries"]

    REFUSED = [
        b"GET http://h/ HTTP/1.1\r\nHost: h\r\nProxy-Authorization : Basic SECRET1\r\n\r\n",
        b"GET http://h/ HTTP/1.1\r\nHost: h\r\nCookie: a=b;\r\n c=SECRET2\r\n\r\n",
        b"GET http://user:SEC/RET3@h/ HTTP/1.1\r\nHost: h\r\n\r\n",
        b"CONNECT user:SECRET9@h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n",
        b"GET /user:SECRETD@x HTTP/1.1\r\nHost: x\r\n\r\n"
    ]

    def test_secrets_of_refused_requests_are_not_told(self):
        for options in ([], ["--json", "--log", self.directory / "lines"]):
            with self.subTest(options=options):
                server = self.telling(*options)
                for data in self.REFUSED:
                    self.assertEqual(self.ask(server, data).status, 400)
                told = self.told(server, len(self.REFUSED))
                self.assertEqual(re.findall("SECRET.|RET3", told), [])

    def test_a_user_in_the_path_is_not_told(self):
        server, there = self.telling("--lab"), self.origin()
        self.assertEqual(self.ask(server, get(f"/user:SECRET1@{there.authority}/", host="h")).status, 200)
        self.assertNotIn("SECRET", self.told(server, 1))

    def test_what_never_became_a_request_is_not_told_with_the_one_before(self):
        server = self.telling("--json", "--log", self.directory / "lines")
        client, url = self.client(server), self.origin().url + "/first"
        self.assertEqual(client.ask(get(url, "X-Mark: of-the-first")).status, 200)
        self.assertEqual(client.ask(b"GET http://x/second HTTP/1.1\nHost: x\n\n").status, 400)
        told = self.told(server, 2)
        first, second = self.entries()
        self.assertEqual(first["request"]["url"], url)
        self.assertIn("of-the-first", json.dumps(first))
        self.assertNotRegex(json.dumps(second), "of-the-first|/first")
        self.assertEqual(told.count('"url":"' + url), 3, "the event, the page and the archive")

    def test_more_secrets_of_requests_and_answers_are_not_told(self):
        there = self.origin(answering(ok(b"x", "Location: http://ada:SECRET4@h/", "Set-Cookie: a=SECRET5")))
        server = self.telling()
        fields = ["X-Api-Key: SECRET1", "Cookie2: SECRET2", "Referer: http://ada:SECRET3@h/x?y",
                  "Cookie: a=SECRET6", "X-Plain: shown"]
        response = self.ask(server, get(there.url + "/", *fields))
        self.assertEqual(response.field("Location"), "http://ada:SECRET4@h/")
        self.assertEqual(there.requests[0].field("Referer"), "http://ada:SECRET3@h/x?y")
        told = self.told(server, 1)
        self.assertEqual(re.findall("SECRET.", told), [])
        self.assertIn("shown", told)

    def test_a_trace_has_no_secrets(self):
        there = self.origin(answering(ok(b"x", "Set-Cookie: a=SECRET4", "X-Plain: shown-back")))
        data = get(there.url + "/", "Authorization: Basic SECRET1", "Proxy-Authorization: Basic SECRET2",
                   "Cookie: a=SECRET3", "X-Plain: shown")
        for form in ("text", "hex"):
            with self.subTest(form=form):
                server = self.proxy(f"--trace={form}")
                self.assertEqual(self.ask(server, data).status, 200)
                self.assertEqual(server.stop(), 0)
                said = server.err if form == "text" else "".join(re.findall(r"(?m)\|(.*)\|$", server.err))
                self.assertIn("shown-back", said)
                self.assertEqual(re.findall("SECRET.", said), [])

    def test_a_trace_has_no_secrets_of_what_was_refused(self):
        server = self.proxy("--trace")
        for data in self.REFUSED:
            self.assertEqual(self.ask(server, data).status, 400)
        self.assertEqual(server.stop(), 0)
        self.assertEqual(re.findall("SECRET.|RET3", server.err), [])

    def test_a_trace_has_no_secrets_that_come_in_parts(self):
        server, there = self.proxy("--trace"), self.origin()
        client = self.client(server)
        client.send(get(there.url + "/", "Cookie: a=SEC")[:-4])
        support.wait_until(lambda: "Cookie" in server.err, "the first part")
        self.assertEqual(client.ask(b"RET1; b=RET2\r\nX-Plain: shown\r\n\r\n").status, 200)
        client.close()
        self.assertEqual(server.stop(), 0)
        self.assertIn("shown", server.err)
        self.assertEqual(re.findall("RET.", server.err), [])

    def test_a_trace_has_no_secrets_of_an_other_proxy(self):
        def speak(wire):
            read_request(wire)
            wire.send(b"HTTP/1.1 200 OK\r\n\r\n")
            echoing(wire)
        for script, data in ((answering(), get("http://h/")), (speak, get("h:443", method="CONNECT"))):
            with self.subTest(data=data):
                parent = self.origin(script).url.replace("//", "//a:b@")
                server = self.proxy("--trace", "--upstream", parent)
                self.assertEqual(self.ask(server, data, data.split()[0].decode()).status, 200)
                self.assertEqual(server.stop(), 0)
                self.assertIn("Proxy-Authorization: ", server.err)
                self.assertNotIn("YTpi", server.err)

    def test_events_and_lines_at_once_and_a_long_url(self):
        url = self.origin().url + "/" + "x" * 300
        for options, whole, cut in ((["--json", "--log", "lines"], True, False), ([], False, True)):
            with self.subTest(options=options):
                path = self.directory / "lines"
                server = self.proxy(*[path if option == "lines" else option for option in options])
                self.assertEqual(self.ask(server, get(url)).status, 200)
                support.wait_until(lambda server=server: server.out.count("\n") == 2, "a line")
                self.assertEqual((url in server.out, "xxx…" in server.out), (whole, cut))
                if whole:
                    self.assertEqual(json.loads(server.out.splitlines()[1])["url"], url)
                    self.assertRegex(path.read_text(), rf"\A\S+ \S+ GET {re.escape(url)} 200 .*\n\Z")

    def test_the_page_is_not_for_everybody(self):
        server = self.proxy("--web", "0", "--connect-ports", "*")
        page = self.page_of(server)
        port = page.rpartition(":")[2]
        for host in ("127.0.0.1", "localhost", "0", "[::ffff:127.0.0.1]"):
            with self.subTest(host=host):
                response = self.ask(server, get(f"http://{host}:{port}/api/requests"))
                self.assert_cause(response, 400, "proxy_loop_detected")
                self.assertEqual(self.ask(server, get(f"{host}:{port}", method="CONNECT")).status, 400)
        server = self.proxy("--host", "0.0.0.0", "--allow-from", "127.0.0.1", "--web", "0")
        self.assertIn("listening on 0.0.0.0:", server.out)
        port = self.page_of(server).rpartition(":")[2]
        with self.assertRaises(OSError):
            socket.create_connection(("127.0.0.2", int(port)), 1).close()

    def test_pages_for_people_are_whole_text(self):
        server = self.proxy()
        for url in (f"http://127.0.0.1:{support.free_port()}/", "/", "http://h:x/"):
            with self.subTest(url=url):
                response = self.ask(server, get(url, "Accept: text/html", host="h"))
                self.assertTrue(response.field("Content-Type").startswith("text/html"))
                text = response.body.decode()
                self.assertNotRegex(text, "(?i)\ufffd|&#xfffd;|&#65533;")
                self.assertEqual("\n\nThis is a web proxy. " in text, url == "/")


class Options(ProxyTest):
    def assert_usage(self, *options, **keywords):
        process = self.start("proxy-server", *options, **keywords)
        self.assertEqual(process.wait(5), 2)
        self.assert_one_line(process.err.splitlines(keepends=True)[0])
        return process.err

    def test_networks_are_not_judged_for_an_other_proxy(self):
        options = ["--port", "0", "--upstream", "http://h:1", "--deny", "h"]
        for rule in (["--deny", "10.0.0.0/8"], ["--allow", "10.0.0.0/8"], ["--allow", "fd00::/8"]):
            with self.subTest(rule=rule):
                self.assertIn("--upstream", self.assert_usage(*options, *rule))
        server = self.proxy("--upstream", self.origin().url, "--deny", "bad.example")
        self.assertEqual(self.ask(server, get("http://bad.example/")).status, 403)
        self.assertEqual(self.ask(server, get("http://good.example/")).status, 200)

    def test_an_inherited_listener_for_all_needs_a_guard(self):
        with socket.create_server(("0.0.0.0", 0)) as listener:
            inherited = ["--fd", listener.fileno()]
            error = self.assert_usage(*inherited, pass_fds=[listener.fileno()])
            self.assertRegex(error, "--auth|--allow-from")
            server = self.serve("proxy-server", *inherited, "--allow-from", "127.0.0.1", port=None,
                                pass_fds=[listener.fileno()])
            self.assertIn("listening on 0.0.0.0", server.out)

    def test_bad_values(self):
        for count in ("100000", "0", "-1", "257"):
            self.assert_usage("--port", "0", "--threads", count)
        self.assertEqual(self.proxy("--threads", "256").stop(), 0)
        done = self.nettool("proxy-server", "--port", "0", "--cacert", "nonexistent", within=5)
        self.assertEqual(done.returncode, 4)
        self.assert_one_line(done.stderr, "nonexistent")

    def test_only_one_family(self):
        six, four = self.origin(address="::1"), self.origin()
        server = self.proxy("-4")
        for host in ("[::1]", "localhost"):
            with self.subTest(host=host):
                self.assertNotEqual(self.ask(server, get(f"http://{host}:{six.port}/")).status, 200)
        self.assertEqual((six.wires, self.ask(server, get(four.url + "/")).status), ([], 200))
        server = self.proxy("-6")
        self.assertNotEqual(self.ask(server, get(four.url + "/second")).status, 200)
        self.assertEqual(len(four.requests), 1)
        self.assertEqual(self.ask(server, get(f"http://[::1]:{six.port}/")).status, 200)

    def test_who_is_unknown_learns_no_rules(self):
        server = self.proxy("--auth", "a:b", "--deny", "bad.example")
        for data in (get("http://bad.example/"), get("http://169.254.169.254/"),
                     get("h:25", method="CONNECT")):
            self.assertEqual(self.ask(server, data).status, 407)
        known = get("http://bad.example/", f"Proxy-Authorization: {BASIC}")
        self.assertEqual(self.ask(server, known).status, 403)

    def test_a_reverse_proxy_asks_as_a_server(self):
        there = self.origin()
        server = self.proxy("--reverse", there.url, "--auth", "a:b")
        refused = self.ask(server, get("/", host="h"))
        self.assertEqual((refused.status, "proxy-authenticate" in refused.names), (401, False))
        self.assertRegex(refused.field("WWW-Authenticate"), "^Basic ")
        wrong = [self.ask(server, get("/", f"{name}: {value}", host="h")).status
                 for name, value in (("Authorization", "Basic eDp5"), ("Proxy-Authorization", BASIC))]
        self.assertEqual((wrong, there.requests), ([401, 401], []))
        self.assertEqual(self.ask(server, get("/", f"Authorization: {BASIC}", host="h")).status, 200)
        self.assertEqual(there.requests[0].names & {"authorization", "proxy-authorization"}, set())


class Heads(RequestTest):
    options = ["--lab"]

    def test_forwards_that_are_no_number(self):
        for value in ("x", "99999999999999999999", "-1", "1 2", ""):
            with self.subTest(value=value):
                data = get(self.there.url + "/", f"Max-Forwards: {value}", method="OPTIONS")
                self.assertEqual(self.ask(self.server, data).status, 400)
        self.assertEqual(self.there.requests, [])

    def test_trailers_do_not_speak_for_proxies(self):
        trailers = ["Via: 1.1 evil", "Forwarded: for=evil", "X-Forwarded-For: evil", "Date: never", "X-T: v"]
        body = chunked(b"hello", trailers=trailers)
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        there = self.origin(answering(head + body))
        fields = ["Transfer-Encoding: chunked", "TE: trailers", "Connection: TE"]
        response = self.ask(self.server, get(there.url + "/", *fields, method="POST", body=body))
        self.assertEqual((response.status, response.body, there.requests[0].body), (200, b"hello", b"hello"))
        for message in (response, there.requests[0]):
            self.assertLessEqual({name.lower() for name, _ in message.trailers}, {"x-t"})

    def test_locations_stay_with_the_textbooks_proxy(self):
        for location, expected in (("/sub/", "/{}/sub/"), ("http://other/x", "/other/x"),
                                   ("//other/x", "/other/x")):
            with self.subTest(location=location):
                there = self.origin(answering(ok(b"", f"Location: {location}", status="302 Found")))
                of_path = self.ask(self.server, get(f"/{there.authority}/x", host="proxy"))
                of_url = self.ask(self.server, get(there.url + "/x"))
                self.assertEqual([of_path.field("Location"), of_url.field("Location")],
                                 [expected.format(there.authority), location])


if __name__ == "__main__":
    unittest.main()
