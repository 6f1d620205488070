"""Parts of a running stack, stopped and killed; and its egress worker, set up for tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from local import egress
from local.part import Running
from local.stack import Stack

AT_ONCE = 5  # recordings of one worker
SETTINGS = {"EGRESS_MAX_EGRESSES": str(AT_ONCE), "EGRESS_CPU_PER_EGRESS": "0"}  # however busy the machine is


def wait_for[R](what: Callable[[], R | None], seconds: float, missing: str) -> R:
    """The first answer that is not empty, False or None."""
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, missing
        time.sleep(0.1)
    return found


# The parts of the stack


@contextmanager
def away(stack: Stack, name: str) -> Iterator[Running]:
    """A part is stopped in good order, and started again at the end."""
    stopped = stack.part(name)
    stack.running = [running for running in stack.running if running is not stopped]  # nobody brings it back
    stopped.let_go()
    stopped.wait_gone()
    try:
        yield stopped
    finally:
        stopped.lines.clear()
        stopped.start()
        stopped.wait_ready()
        stack.running = [*stack.running, stopped]


def kill(stack: Stack, name: str) -> None:
    """Kill a part's program without a word, and wait until the stack has brought it back."""
    killed = stack.part(name)
    leash = killed.process.pid
    killed.lines.clear()
    [program] = psutil.Process(leash).children()
    program.kill()
    wait_for(lambda: killed.process.pid != leash and killed.serves(), 30, f"{name} does not come back")


def hire(stack: Stack) -> None:
    """Let the stack's worker work with SETTINGS, from now on."""
    if all(running.part.name != "egress" for running in stack.running):
        stack.launch(egress.part(stack.folder / "egress", stack.env))
    worker = stack.part("egress")
    worker.wait_ready()
    if not SETTINGS.items() <= worker.part.env.items():
        with away(stack, "egress"):
            worker.part.env = {**worker.part.env, **SETTINGS}


@contextmanager
def second_worker(stack: Stack, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A worker beside the stack's, with a folder of its own and nobody who brings it back."""
    settings = {**egress.settings(folder, stack.env), **SETTINGS, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "egress"], env={**os.environ, **settings}, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "egress: ready\n"
        try:
            yield process
        finally:
            process.terminate()
