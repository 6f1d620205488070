"""pytest plugin: PostgreSQL and Redis for the tests, started by the code that `make run` uses."""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from local.part import Sink
from local.stack import Stack
from tests.postgres_log import LOG

MARK = "UPCLASS_TEST_PARTS"  # set for the workers of pytest-xdist, which use their controller's parts

_started: list[Stack] = []


def silent(part: str, line: str) -> None:
    pass


def keep_log_of(folder: Path) -> Sink:
    """PostgreSQL's log into a file, in which tests look; the others are silent."""

    def sink(part: str, line: str) -> None:
        if part == "postgres":
            with (folder / "postgres.log").open("a") as log:
                log.write(f"{line}\n")

    return sink


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Before pytest-django reads the settings, which read the environment."""
    if MARK not in os.environ:
        folder = Path(tempfile.mkdtemp(prefix="upclass-test-"))
        stack = Stack(folder, {}, keep_log_of(folder), lasting=False)
        _started.append(stack)
        stack.start_data()
        os.environ.update({**stack.env, LOG: str(folder / "postgres.log"), MARK: "1"})
    yield


def pytest_unconfigure() -> None:
    while _started:
        stack = _started.pop()
        stack.stop()
        shutil.rmtree(stack.folder)
