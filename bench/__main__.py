"""`make bench`: what must be quick, as ratios to something plain in the same run on the same machine.

`python -m bench page` measures one thing only. Fails when one takes longer than it may.
"""

import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django

from local.stack import Stack, fresh

MODULES = ("page", "webhooks", "money")


def silent(part: str, line: str) -> None:
    pass


def main(names: list[str]) -> int:
    """The exit status: 1 if something took longer than it may."""
    folder = Path(tempfile.mkdtemp(prefix="upclass-bench-"))
    given = {"PORT": fresh()["PORT_LIVEKIT"], "RATE_LIMIT_PER_SECOND": "100000", "RATE_LIMIT_BURST": "100000"}
    stack = Stack(folder, given, silent)
    try:
        stack.start()
        os.environ.update(stack.env, DJANGO_SETTINGS_MODULE="upclass.settings")
        django.setup()
        # Imported only now: they need the settings, which came with the stack.
        held = [import_module(f"bench.{name}").bench() for name in MODULES if name in names]
    finally:
        stack.stop()
        shutil.rmtree(folder)
    return 1 if False in held else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(MODULES)))
