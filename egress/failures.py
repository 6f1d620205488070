"""What went wrong, told without what may not be told; and tasks of which none fails unheard."""

import asyncio
import logging
import traceback
from collections.abc import Coroutine

log = logging.getLogger("egress")


def tell_of_failure(what: str, error: BaseException) -> None:
    """Log where it happened, but not its text, which may quote a request."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("%s failed: %s\n%s", what, type(error).__name__, where)


class Tasks(set[asyncio.Task[None]]):
    """Those that are under way; of one that fails it is told, as of `what`."""

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
            tell_of_failure(self.what, error)
