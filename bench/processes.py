"""What running parts use of the machine."""

from collections.abc import Iterator
from contextlib import suppress

import psutil

from local.part import Running


def tree(running: Running) -> Iterator[psutil.Process]:
    """A part's processes, its supervisor among them."""
    top = psutil.Process(running.process.pid)
    yield top
    yield from top.children(recursive=True)


def cpu_seconds(running: Running) -> float:
    """That all its processes took so far, also those that ended."""
    spent = 0.0
    for process in tree(running):
        with suppress(psutil.NoSuchProcess):
            spent += sum(process.cpu_times()[:4])  # user, system, and the same of children that ended
    return spent


def memory_megabytes(running: Running) -> list[float]:
    """Of each of its processes that serve, largest first: what would be free if it alone ended."""
    found = []
    for process in list(tree(running))[1:]:
        with suppress(psutil.NoSuchProcess):
            found.append(process.memory_full_info().uss / 1e6)
    return sorted(found, reverse=True)
