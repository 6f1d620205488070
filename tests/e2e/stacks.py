"""Parts of a running stack, stopped and killed; and its egress worker, set up for tests."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

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


@contextmanager
def dead(stack: Stack, name: str) -> Iterator[Running]:
    """A part's program and all that it started are killed at once, and brought back at the end only."""
    killed = stack.part(name)
    stack.running = [running for running in stack.running if running is not killed]
    for process in frozen(killed):
        process.kill()
    killed.wait_gone()
    try:
        yield killed
    finally:
        killed.lines.clear()
        killed.start()
        killed.wait_ready()
        stack.running = [*stack.running, killed]


@contextmanager
def deaf(stack: Stack, name: str) -> Iterator[None]:
    """A part's program gets no processor for a while, and is killed then: what it had received is lost."""
    frozen(stack.part(name))
    try:
        yield
    finally:
        kill(stack, name)


def frozen(part: Running) -> list[psutil.Process]:
    """A part's program and all that it started, stopped where they are."""
    processes = psutil.Process(part.process.pid).children(recursive=True)
    for process in processes:
        process.suspend()
    return processes


def is_asking(stack: Stack, name: str, url: str) -> bool:
    """Whether a part's program is connected to whoever is at an address."""
    [program] = psutil.Process(stack.part(name).process.pid).children()
    ports = [found.raddr.port for found in program.net_connections("tcp") if found.raddr]
    return urlsplit(url).port in ports


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
def hired_with(stack: Stack, **settings: str) -> Iterator[None]:
    """For a while the stack's worker, which is hired, works with other settings."""
    worker = stack.part("egress")
    usual = worker.part.env
    with away(stack, "egress"):
        worker.part.env = {**usual, **settings}
    try:
        yield
    finally:
        with away(stack, "egress"):
            worker.part.env = usual


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
