"""The system's Chromium. Run as a program, it says how to get one where there is none."""

import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET = "Chromium is missing. On Debian and Ubuntu: apt-get install chromium"


def find() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


if __name__ == "__main__":
    sys.exit(None if find() else HOW_TO_GET)
