"""Killing a part's program under its leash, as kill -9 from a terminal would."""

import time

import psutil

from local.part import Running
from local.stack import Stack

STARTED = 15.0  # seconds alive, after which a part counts as started


def program(stack: Stack, part: str) -> psutil.Process | None:
    """The program on the part's leash; None while it is being started again."""
    try:
        leash = psutil.Process(stack.part(part).process.pid)
        children = leash.children()
        return children[0] if children and children[0].cmdline() else None
    except psutil.Error:
        return None


def is_up(running: Running) -> bool:
    """The worker and beat serve while their last 200 lines say that they started; later, age counts."""
    return running.serves() or time.monotonic() - running.started > STARTED


def kill(stack: Stack, part: str) -> tuple[float, float] | None:
    """Between which moments it died; None if there was nothing to kill."""
    found = program(stack, part)
    if found is None or not is_up(stack.part(part)):
        return None
    before = time.time()
    try:
        found.kill()
    except psutil.NoSuchProcess:
        return None
    return before, time.time()
