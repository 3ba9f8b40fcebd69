"""Includes go only downwards, libraries stay where they belong, files stay small."""

import os
import pathlib
import re
import unittest

SOURCE = pathlib.Path(os.environ.get("NETTOOL_SOURCE", pathlib.Path(__file__).parents[2])).resolve()

# The floors of docs/architecture.md: a folder and what it may include besides itself.
FLOORS = {
    "base": set(),
    "proto": {"base"},
    "net": {"base"},
    "http": {"base", "net", "proto"},
    "smtp": {"base", "net", "proto"},
    "proxy": {"base", "net", "proto", "http"},
    "seeing": {"base", "net", "proto"},
    "cli": {"base", "net", "seeing"},
    "web": {"base", "net", "proto", "http", "cli"},
    "commands": {"base", "net", "proto", "http", "smtp", "proxy", "seeing", "cli", "web"},
    "main": {"base", "net", "cli"},
}

# A library, how its headers are spelled, and the files that may include them.
LIBRARIES = [
    ("Program_options", r"boost/program_options", [r"src/cli/options\.cpp"]),
    (
        "OpenSSL",
        r"openssl/|boost/asio/ssl",
        [
            r"(src|include/nettool)/net/(stream|tls)\w*\.[hc]pp",
            r"src/base/digest\.cpp",
            r"src/cli/version\.cpp",
            r"src/boost\.cpp",
        ],
    ),
    ("libidn2", r"idn2\.h", [r"src/proto/web/domain\.cpp"]),
    ("libpsl", r"libpsl\.h", [r"src/proto/web/public_suffix\.cpp"]),
    ("iconv", r"iconv\.h", [r"src/proto/web/charset\.cpp"]),
    ("libpcap", r"pcap/pcap\.h", [r"src/seeing/live_capture\.cpp"]),
    ("dlopen", r"dlfcn\.h", [r"src/base/lazy_library\.cpp"]),
    ("gumbo", r"gumbo\.h", [r"src/proto/web/html_tree\.cpp"]),
    ("zlib, brotli, zstd", r"zlib\.h|brotli/|zstd\.h", [r"src/proto/web/content_(de|en)coder\.cpp"]),
    ("libarchive", r"archive(_entry)?\.h", [r"src/http/archive_writer\.cpp"]),
    ("libcrypt", r"crypt\.h", [r"src/http/credentials\.cpp"]),
    ("libqrencode", r"qrencode\.h", [r"src/cli/qr_code\.cpp"]),
    ("Beast", r"boost/beast", [r"(src|include/nettool)/http/.*", r"src/boost\.cpp"]),
    ("Asio", r"boost/asio|nettool/base/asio\.hpp", [r"(?!.*/proto/).*"]),
    ("<iostream>", r"iostream$", [r"(?!commands/|.*/proto/).*"]),
]

GENERATED = {"inbox_assets.inc", "live_assets.inc", "media_type_table.inc", "page_assets.inc"}  # by CMake
MAX_LINES = 300
COMPONENTS = SOURCE / "docs" / "architecture.md"
BEGIN, END = "<!-- components: begin -->\n", "<!-- components: end -->\n"


def name_of(path):
    return path.relative_to(SOURCE).as_posix()


def files(*folders):
    for folder in folders:
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp"):
                yield path


def floor_of(path):
    parts = path.relative_to(SOURCE).parts
    if parts[0] == "commands":
        return "commands"
    if parts[0] == "include":
        return parts[2]
    return parts[1] if len(parts) > 2 else pathlib.Path(parts[1]).stem


def includes(path):
    return re.findall(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', path.read_text(), re.MULTILINE)


def job_of(header):
    """The sentence behind #pragma once, or None."""
    match = re.match(r"#pragma once\n((?://.*\n)+)", header.read_text())
    if not match:
        return None
    paragraph = []
    for line in match[1].splitlines():
        if line == "//":
            break
        paragraph.append(line.removeprefix("//").strip())
    return " ".join(paragraph)


def component_list():
    lines = []
    for header in files("include"):
        name = name_of(header).removeprefix("include/nettool/").removesuffix(".hpp")
        lines.append(f"- `{name}`: {job_of(header)}\n")
    return "".join(lines)


class Layering(unittest.TestCase):
    def test_includes_go_only_downwards(self):
        seen = 0
        for path in files("include", "src", "commands"):
            floor = floor_of(path)
            if floor == "boost":
                continue
            self.assertIn(floor, FLOORS, name_of(path))
            for included in includes(path):
                if not included.startswith("nettool/"):
                    continue
                seen += 1
                target = included.split("/")[1]
                with self.subTest(file=name_of(path), includes=included):
                    self.assertIn(target, FLOORS[floor] | {floor})
                    self.assertTrue((SOURCE / "include" / included).is_file(), "there is no such header")
        self.assertGreater(seen, 100)

    def test_private_headers_stay_in_their_folder(self):
        for path in files("include", "src", "commands"):
            for included in re.findall(r'#include "([^"]+)"', path.read_text()):
                if included.startswith("nettool/") or included in GENERATED:
                    continue
                with self.subTest(file=name_of(path), includes=included):
                    self.assertNotIn("..", included)
                    self.assertTrue((path.parent / included).is_file())
                    self.assertNotEqual(path.parent, SOURCE / "commands", "a command includes another")

    def test_a_library_is_included_only_where_it_belongs(self):
        for path in files("include", "src", "commands"):
            for library, spelling, homes in LIBRARIES:
                if any(re.match(spelling, included) for included in includes(path)):
                    with self.subTest(file=name_of(path), library=library):
                        self.assertTrue(any(re.fullmatch(home, name_of(path)) for home in homes))

    def test_every_header_opens_with_its_job_in_one_sentence(self):
        for header in files("include", "src"):
            if header.suffix != ".hpp":
                continue
            with self.subTest(header=name_of(header)):
                job = job_of(header)
                self.assertIsNotNone(job, "no comment behind #pragma once")
                self.assertRegex(job, r'^["A-Z-].*\.$')
                self.assertNotRegex(job, r"\.\s+[A-Z]", "more than one sentence")

    def test_no_file_is_longer_than_two_screens_and_a_half(self):
        for path in files("include", "src", "commands", "tests"):
            with self.subTest(file=name_of(path)):
                self.assertLess(len(path.read_text().splitlines()), MAX_LINES)

    def test_the_list_of_components_is_the_headers_own(self):
        text = COMPONENTS.read_text()
        self.assertIn(BEGIN, text)
        before, rest = text.split(BEGIN)
        written, after = rest.split(END)
        if os.environ.get("UPDATE_GOLDEN"):
            COMPONENTS.write_text(before + BEGIN + component_list() + END + after)
            return
        self.assertEqual(written, component_list(), "run this test with UPDATE_GOLDEN=1")


if __name__ == "__main__":
    unittest.main()
