"""One event loop for a process, in a thread of its own: what asynchronous libraries keep open stays open.

Threads of the web server and of workers hand it what is to be done, and wait.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any


def run[T](work: Coroutine[Any, Any, T]) -> T:
    """Its result, or what it raises. Who stops waiting, as at a task's time limit, stops the work, too."""
    future = asyncio.run_coroutine_threadsafe(work, _loop(os.getpid()))
    try:
        return future.result()
    finally:
        future.cancel()


@cache
def _loop(pid: int) -> asyncio.AbstractEventLoop:
    """Of this process; a forked child gets one of its own."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="event loop", daemon=True).start()
    return loop
