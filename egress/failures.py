"""Failures, logged without secrets; and tasks of which none fails silently."""

import asyncio
import logging
import traceback
from collections.abc import Coroutine

log = logging.getLogger("egress")


def log_failure(what: str, error: BaseException) -> None:
    """Log where it happened, but not its text, which may quote a request."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed: %s\n%s", what, type(error).__name__, where)


class Tasks(set[asyncio.Task[None]]):
    """Those that are running; a failure is logged as one of `what`."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log_failure(self.what, error)
