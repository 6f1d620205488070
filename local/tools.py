"""Brings what tests need and no registry of Python, Node or Go has: Chromium, and `ip` (local/private.py).

Before tests, while there is a network. Where everything is there, nothing is asked of it. Further programs
are named: `python -m local.tools wrk`.
"""

import shutil
import sys
from collections.abc import Sequence

from local import apt, chromium


def main(further: Sequence[str] = ()) -> int:
    if not shutil.which("ip"):
        apt.install("iproute2")  # without it, media runs on the host's network
    if not chromium.bring():
        print(f"tools: {chromium.HOW_TO_GET}", file=sys.stderr)
        return 1
    return 0 if all(map(bring, further)) else 1


def bring(name: str) -> bool:
    """Whether this program, of a package of the same name, is there now."""
    if shutil.which(name) or apt.install(name):
        return True
    print(f"tools: there is no {name}, and none could be brought: install it and try again.", file=sys.stderr)
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
