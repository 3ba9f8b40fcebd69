"""A path of a network namespace that loses, delays and doubles packets: 10.9.0.1 reaches itself as 10.9.0.2.

Both addresses of each packet are exchanged on the way, which leaves its checksums right. What is done to a packet is
decided by a seed. Prints "ready" when the path is there, and ends at the end of standard input.
"""

import fcntl
import os
import random
import select
import struct
import subprocess
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def main():
    path = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(path, TUNSETIFF, struct.pack("16sH", b"lossy", IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "addr", "add", "10.9.0.1/24", "dev", "lossy"], check=True)
    subprocess.run(["ip", "link", "set", "lossy", "up"], check=True)
    print("ready", flush=True)
    dice, held = random.Random(int(sys.argv[1])), None
    while True:
        ready, _, _ = select.select([path, sys.stdin], [], [], 0.02 if held else None)
        if sys.stdin in ready:
            return
        if path not in ready:
            os.write(path, held)
            held = None
            continue
        packet = os.read(path, 65536)
        if packet[0] >> 4 != 4:
            continue
        packet = packet[:12] + packet[16:20] + packet[12:16] + packet[20:]
        fate = dice.random() if len(packet) > 100 else 1
        if fate < 0.04:
            continue  # lost
        if fate < 0.08 and held is None:
            held = packet  # behind the next one
            continue
        os.write(path, packet)
        if fate < 0.10:
            os.write(path, packet)
        if held:
            os.write(path, held)
            held = None


if __name__ == "__main__":
    main()
