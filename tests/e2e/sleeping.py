"""A laptop that falls asleep: a Chromium of its own whose processes all stand still for a while."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
from playwright.sync_api import Browser

from local import chromium
from tests.e2e.tab import CHROMIUM_FLAGS


class Laptop:
    """A browser on a machine of its own. While it sleeps, nothing can be asked of it."""

    def __init__(self, browser: Browser, flag: str) -> None:
        self.browser = browser
        mine = psutil.Process().children(recursive=True)
        self.main = next(process for process in mine if flag in process.cmdline())

    @contextmanager
    def asleep(self) -> Iterator[None]:
        stopped = [self.main, *self.main.children(recursive=True)]
        for process in stopped:
            process.suspend()
        try:
            yield
        finally:
            for process in stopped:
                process.resume()


@contextmanager
def laptop(browser: Browser, *flags: str, without: tuple[str, ...] = ()) -> Iterator[Laptop]:
    """Another Chromium like `browser`, with further flags, and `without` some of the usual."""
    mark = f"--laptop={uuid.uuid4().hex}"
    usual = [flag for flag in CHROMIUM_FLAGS if flag not in without]
    args = [*usual, mark, *flags]
    started = browser.browser_type.launch(executable_path=chromium.find(), args=args)
    try:
        yield Laptop(started, mark)
    finally:
        started.close()
