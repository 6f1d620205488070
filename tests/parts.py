"""pytest plugin: PostgreSQL and Redis for the tests, started by the code that `make run` uses."""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from local.stack import Stack

MARK = "UPCLASS_TEST_PARTS"  # set for the workers of pytest-xdist, which use their controller's parts

_started: list[Stack] = []


def silent(part: str, line: str) -> None:
    pass


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Before pytest-django reads the settings, which read the environment."""
    if MARK not in os.environ:
        stack = Stack(Path(tempfile.mkdtemp(prefix="upclass-test-")), {}, silent, lasting=False)
        _started.append(stack)
        stack.start_data()
        os.environ.update({**stack.env, MARK: "1"})
    yield


def pytest_unconfigure() -> None:
    while _started:
        stack = _started.pop()
        stack.stop()
        shutil.rmtree(stack.folder)
