"""mirror: the images of a page whose server takes 20 ms for each answer, beside those who are given the list."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from measure import LOAD_CORE, NETTOOL, SERVER_CORE, Samples, free_port, pinned, required, running, table, wait_for_port

ROUNDS = 5
IMAGES = 200
IMAGE_BYTES = 50 * 1024
CONNECTIONS = 16


def make_site(site):
    site.mkdir()
    for i in range(IMAGES):
        (site / f"{i}.png").write_bytes(b"\x89PNG\r\n\x1a\n" + os.urandom(IMAGE_BYTES - 8))
    (site / "index.html").write_text("<!DOCTYPE html>\n" + "".join(f"<p><img src={i}.png>\n" for i in range(IMAGES)))


def write_lists(place, url, target):
    """The same URLs as curl and aria2c want to be told them."""
    urls = [f"{url}{i}.png" for i in range(IMAGES)]
    (place / "curl").write_text("".join(f'url = "{u}"\noutput = "{target}/{u.rpartition("/")[2]}"\n' for u in urls))
    (place / "aria2c").write_text("".join(f"{u}\n" for u in urls))


def clients(place, url, target):
    at_once = str(CONNECTIONS)
    return {"nettool mirror-images": [NETTOOL, "mirror-images", "-q", "--connections", at_once, "-d", target, url],
            "curl --parallel": [required("curl"), "-sS", "--parallel", "--parallel-immediate", "--parallel-max",
                                at_once, "-K", place / "curl"],
            "aria2c": [required("aria2c"), "-q", "-j", at_once, "-d", target, "-i", place / "aria2c"],
            "wget -p": [required("wget"), "-q", "-p", "-nd", "-P", target, url]}


def wall(command, target):
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    begin = time.monotonic()
    subprocess.run(pinned(LOAD_CORE, command), check=True, timeout=120, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    spent = time.monotonic() - begin
    came = len([path for path in target.iterdir() if path.stat().st_size == IMAGE_BYTES])
    if came != IMAGES:
        raise subprocess.SubprocessError(f"{command[0]} got {came} of {IMAGES} images")
    return spent


def measure():
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        place = pathlib.Path(directory)
        site, target = place / "site", place / "pictures"
        make_site(site)
        port = free_port()
        server_command = [NETTOOL, "serve-http", "--threads=1", "--delay=20ms", "--log-format=none", "--port", port,
                          site]
        samples = {}
        with running(server_command, SERVER_CORE) as server:
            wait_for_port(port, server)
            url = f"http://127.0.0.1:{port}/"
            write_lists(place, url, target)
            for _ in range(ROUNDS):
                for name, command in clients(place, url, target).items():
                    samples.setdefault(name, Samples(name)).values.append(wall(command, target))
    return table("mirror 200 x 50 KiB", "s", "best", samples.values(),
                 [("curl --parallel", 1.15), ("wget -p", 0.1)], "curl --parallel")
