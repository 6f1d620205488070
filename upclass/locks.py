"""One at a time, whichever process it is in: periodic jobs, and actions that exclude one another."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(name: str) -> Iterator[bool]:
    """`with alone("reconcile") as mine:` - `mine` is False while another process is inside.

    A PostgreSQL advisory lock of this connection: it goes with the process that dies holding it.
    """
    mine = _ask("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name)
    try:
        yield mine
    finally:
        if mine:
            _ask("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


def take_turns(name: str) -> None:
    """Wait until no other transaction is inside; the turn ends with this one's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def _ask(sql: str, name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, [name])
        row: tuple[bool] = cursor.fetchone()
        return row[0]
