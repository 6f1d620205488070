"""`make run`: the whole stack on this machine, until Ctrl-C, SIGTERM or the death of the parent.

The state lies in `.run/`, or in the folder that is given as an argument.
"""

import fcntl
import io
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from local.env import ROOT
from local.part import PartFailed
from local.stack import Stack

WIDTH = 9
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(Exception):
    """Somebody asked for the end of the run."""


def show(part: str, line: str) -> None:
    # One write a line, so that the lines of several parts never mix.
    try:
        sys.stdout.write(f"{part:<{WIDTH}}| {line}\n")
        sys.stdout.flush()
    except OSError:  # nobody reads any more: no reason for a part to stand still
        pass


def say(text: str) -> None:
    for line in text.splitlines():
        show("run", line)


def banner(stack: Stack) -> str:
    url = stack.env["PUBLIC_URL"]
    first = stack.manage("create_demo").strip()
    again = (
        "Customer demo exists; its key was shown at the first start.\n"
        "Another key:  .venv/bin/python manage.py issue_api_key --customer demo"
    )
    places = (
        f"API      {url}/api/v1/\nAdmin    {url}/admin/\n"
        f"S3       {stack.env['S3_ENDPOINT_URL']}\nLiveKit  {stack.env['LIVEKIT_URL']}"
    )
    return f"\n{places}\n{first or again}\n\n"


def wait_for_end(parent: int) -> None:
    """Return when the process that started this one is gone; a signal ends the wait by Stopped."""
    while os.getppid() == parent:
        time.sleep(0.3)


def on_signal(number: int, frame: FrameType | None) -> None:
    for other in STOPPING:  # a second signal changes nothing: it is stopping already
        signal.signal(other, signal.SIG_IGN)
    raise Stopped


def main() -> int:
    parent = os.getppid()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # whatever the parts say, on whatever terminal
    home = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".run"
    home.mkdir(exist_ok=True)
    with (home / "run.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("this folder's stack runs already; stop it first (Ctrl-C where it was started)")
            return 1
        for number in STOPPING:
            signal.signal(number, on_signal)
        return run(home, parent)


def run(home: Path, parent: int) -> int:
    stack = None
    try:
        say("starting PostgreSQL, Redis, S3, LiveKit, egress, web, workers and beat …")
        stack = Stack(home, os.environ, show)
        stack.start()
        say(banner(stack))
        wait_for_end(parent)
    except PartFailed as failure:
        say(str(failure))
        return 1
    except Stopped:
        pass
    finally:
        if stack:
            say("stopping …")
            stack.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
