"""What a proxy holds: descriptors, memory, time of the processor."""

import os
import time

import support
from proxy_support import ProxyTest, get

MIB = 1024 * 1024


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident(pid):
    return int(support.status_field(pid, "VmRSS")) * 1024


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class StressTest(ProxyTest):
    def assert_quick(self, server, origin):
        for _ in range(10):
            began = time.monotonic()
            self.assertEqual(self.ask(server, get(origin.url + "/")).body, b"hello\n")
            self.assertLess(time.monotonic() - began, 0.5)

    def assert_back_to(self, server, before):
        support.wait_until(lambda: descriptors(server.pid) <= before, f"{before} descriptors again, not "
                           f"{descriptors(server.pid)}", within=5)
