"""Programs started as docker-compose.yml says, but on 127.0.0.1, and in a folder of a test."""

import os
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from local.env import ROOT
from local.part import Part, Running
from tests.parts import silent

PATH = os.pathsep.join([str(ROOT / ".run" / "bin"), os.environ["PATH"]])


@contextmanager
def started(
    command: Sequence[str], ready: Callable[[], bool], env: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """A program that serves; PartFailed with its last lines when it does not."""
    variables = {"PATH": PATH, **(env or {})}
    part = Part("part", command, lambda running: ready(), env=variables, grace=1.0, patience=30.0)
    with running_part(part) as running:
        yield running


@contextmanager
def running_part(part: Part) -> Iterator[Running]:
    running = Running(part, silent)
    try:
        running.wait_ready()
        yield running
    finally:
        running.let_go()
        running.wait_gone()


def answers(url: str) -> bool:
    """Raises OSError while nothing listens."""
    with urllib.request.urlopen(url, timeout=2) as answer:
        return bool(answer.status == 200)


def check_health_check(
    name: str,
    line: str,
    is_well: Callable[[str], bool],
    command: Sequence[str],
    env: Mapping[str, str] | None = None,
) -> None:
    """A worker's health check holds for this worker while it runs, and for no other."""
    with started(command, lambda: is_well(line), env):
        assert not is_well(line.replace(f"{name}@", "nobody@"))
    assert not is_well(line)
