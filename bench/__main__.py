"""`make bench`: what must be quick, as ratios to something plain in the same run on the same machine."""

import os
import shutil
import tempfile
from pathlib import Path

import django

from local.stack import Stack, fresh


def silent(part: str, line: str) -> None:
    pass


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="upclass-bench-"))
    given = {"PORT": fresh()["PORT_LIVEKIT"], "RATE_LIMIT_PER_SECOND": "100000", "RATE_LIMIT_BURST": "100000"}
    stack = Stack(folder, given, silent)
    try:
        stack.start()
        os.environ.update(stack.env, DJANGO_SETTINGS_MODULE="upclass.settings")
        django.setup()
        from bench import money, news  # noqa: PLC0415  need the settings, which came with the stack

        news.bench()
        money.bench()
    finally:
        stack.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
