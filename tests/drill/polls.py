"""When the reconciler really polled: found in what its polls leave in the database, while the drill runs."""

import threading
import time
from collections.abc import Sequence
from itertools import pairwise

import psycopg2

from tests.drill.record import Poll
from tests.drill.service import Database

PAUSE = 1.0  # seconds


class Watcher:
    """Finds polls in the background. While PostgreSQL is away none is found; the last one is, afterwards."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.found: dict[float, Poll] = {}
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)

    @property
    def polls(self) -> list[Poll]:
        return [self.found[at] for at in sorted(self.found)]

    def start(self) -> None:
        self.thread.start()

    def stop(self) -> None:
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join()

    def _watch(self) -> None:
        while not self.stopping.wait(PAUSE):
            self.read()

    def read(self) -> None:
        try:
            moments = self.database.polls()
        except psycopg2.Error:
            return
        over_by = time.time()
        for at in moments:
            self.found.setdefault(at, Poll(at, over_by))


def summary(polls: Sequence[Poll]) -> str:
    """How many, and the longest time between two."""
    moments = [poll.at for poll in polls]
    apart = max((then - at for at, then in pairwise(moments)), default=0.0)
    return f"{len(polls)} polls of the reconciler, at most {apart:.0f} s apart"
