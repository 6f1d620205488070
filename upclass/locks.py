"""PostgreSQL advisory locks, by name: for periodic jobs, and for actions that exclude one another."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from upclass.shards import SHARDS


@contextmanager
def try_lock(name: str) -> Iterator[bool]:
    """`with try_lock("reconcile") as acquired:` - `acquired` is False while another process holds it.

    A lock of this connection: released with the process that dies holding it.
    """
    acquired = _query("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name)
    try:
        yield acquired
    finally:
        if acquired:
            _query("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


def free_shards(job: str) -> Iterator[int]:
    """The shards at which no other process is; each is held while in use.

    In any order: where time is short, none is always the last.
    """
    for shard in random.sample(range(SHARDS), SHARDS):
        with try_lock(f"{job} {shard}") as acquired:
            if acquired:
                yield shard


def lock_transaction(name: str) -> None:
    """Wait for the lock, and hold it until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _query(sql: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [name])
        row: tuple[bool] = cursor.fetchone()
        return row[0]
