"""Brings what tests need and no registry of Python, Node or Go has: Chromium, and `ip` (local/private.py).

Before tests, while there is a network. Where everything is there, nothing is asked of it.
"""

import shutil
import sys

from local import apt, chromium


def main() -> int:
    if not shutil.which("ip"):
        apt.install("iproute2")  # without it, media runs on the host's network
    if not chromium.bring():
        print(f"tools: {chromium.HOW_TO_GET}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
