"""What PostgreSQL's own log says of a test: statements that failed stand in it with all their data."""

import os
import time
from pathlib import Path
from uuid import uuid4

from django.db import connection

LOG = "UPCLASS_TEST_POSTGRES_LOG"  # the file, written by tests/parts.py
PATIENCE = 60.0  # seconds until the server's line has come through its pipe


def position() -> int:
    """Where the log ends now."""
    _pass_mark()
    return Path(os.environ[LOG]).stat().st_size


def errors_since(position: int) -> list[str]:
    """Lines of errors in this database; of others, other workers have tests under way."""
    _pass_mark()
    ours = f" {connection.settings_dict['NAME']} ERROR: "
    return [line for line in _lines_from(position).splitlines() if ours in line]


def _pass_mark() -> None:
    """Have the server write a line, and wait for it: all that happened before stands before it."""
    mark, log = uuid4().hex, Path(os.environ[LOG])
    start = log.stat().st_size
    other = connection.copy()  # whatever became of the test's own transaction
    with other.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE LOG '{mark}'; END $$")
    other.close()
    until = time.monotonic() + PATIENCE
    while mark not in _lines_from(start):
        assert time.monotonic() < until, "PostgreSQL's log does not come through"
        time.sleep(0.005)


def _lines_from(position: int) -> str:
    with Path(os.environ[LOG]).open() as log:
        log.seek(position)
        return log.read()
