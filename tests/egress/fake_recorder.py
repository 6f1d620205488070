"""Stands in for `egress.recorder`: has its protocol and records nothing.

The first word of the room's name says how it behaves; "plain" is one that is recorded until it is stopped.
"""

import fcntl
import json
import os
import shutil
import signal
import sys
import time
from typing import Any

line = sys.stdin.readline()
if not line:
    sys.exit()  # the spare process, which was not needed
job = json.loads(line)
behaviour = job["room"].split("-")[0]


def say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


def wait_for_the_end() -> None:
    for line in sys.stdin:
        if line.strip() == "stop" and behaviour != "stubborn":
            return
    if behaviour == "stubborn":
        signal.pause()


def record() -> int:
    """Unix nanoseconds of the start."""
    shutil.copy(os.environ["FAKE_MP4"], job["file"])
    at = time.time_ns()
    say(event="active", at=at)
    return at


def end(reason: str, at: int, error: str = "") -> None:
    if reason != "failed":
        say(event="ending", reason=reason)
    size = os.stat(job["file"]).st_size if at else 0
    lasted = 2_000_000_000 if at else 0
    say(
        event="ended",
        reason=reason,
        error=error,
        started_at=at,
        ended_at=at + lasted,
        duration=lasted,
        size=size,
    )


REASONS = {
    "limit": ("limit", ""),
    "closed": ("room_closed", ""),
    "broken": ("failed", "No space left on device"),
}


def run() -> None:
    if behaviour == "refused":
        return end("failed", 0, "LiveKit refuses the token")
    at = 0 if behaviour == "silent" else record()
    if behaviour == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if behaviour == "babbling":
        print(os.environ["BABBLE"], flush=True)
    if behaviour not in REASONS:
        wait_for_the_end()
    reason, error = REASONS.get(behaviour, ("stopped", ""))
    return end(reason, at, error)


with open(f"{job['file']}.lock", "w") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    run()
