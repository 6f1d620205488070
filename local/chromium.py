"""The Chromium of browser tests: the system's, else Playwright's own; where there is none, one is brought."""

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from local import apt

NAMES = ("chromium", "chromium-browser", "google-chrome")
PLAYWRIGHT = Path(sys.executable).with_name("playwright")
DOWNLOAD_SECONDS = 600.0
HOW_TO_GET = (
    "There is no Chromium that runs, and none could be brought: install one so that `chromium` is on PATH "
    "(on Debian and Ubuntu: apt-get install chromium), then try again."
)
# Asked in a process of its own: Playwright does not start twice in one.
WHERE = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find() -> str | None:
    """One that runs: a name on PATH may be a stub, and a download may lack the system's libraries."""
    return next(filter(_runs, filter(None, map(shutil.which, NAMES))), None) or _playwrights_own()


def bring() -> str | None:
    """One that was there or is there now; None when no way worked."""
    return find() or _by_playwright() or _by_apt()


def _by_playwright() -> str | None:
    apt.attempt(str(PLAYWRIGHT), "install", "chromium", seconds=DOWNLOAD_SECONDS)
    return _playwrights_own()


def _by_apt() -> str | None:
    return find() if apt.install("chromium") else None


def _playwrights_own() -> str | None:
    program = playwrights_place()
    return program if program and _runs(program) else None


@cache
def playwrights_place() -> str:
    """Where Playwright has, or would have, its own. Takes a second."""
    return _output(sys.executable, "-c", WHERE) or ""


def _runs(program: str) -> bool:
    return _output(program, "--version") is not None


def _output(*command: str) -> str | None:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace").strip()
