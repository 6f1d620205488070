"""The handshake between whoever changes a connection and billing, which settles it.

    settled    (settled_version = version)
       │  ▲
       │  └── mark_settled: billing has booked the versions that it read
       ▼
    unsettled  (settled_version < version)  ◄──┐
       └───────────────────────────────────────┘ changed: any writer

Each change raises `version` in the UPDATE that changes the facts (optimistic concurrency). So a change
between billing's read and its `mark_settled` leaves a higher version behind: the row stays unsettled.
`unsettled_since` is when a settled connection was changed, or when billing last read one that is behind.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.db.models import Case, F, Q, Value, When

SETTLED = Q(settled_version=F("version"))
# Nobody is waited for: whoever changes several rows may hold one of these and wait for another.
MARK = """
WITH read AS (SELECT * FROM unnest(%s::bigint[], %s::integer[]) AS read (id, version)),
     free AS (SELECT id FROM {table} WHERE id IN (SELECT id FROM read) FOR NO KEY UPDATE SKIP LOCKED)
UPDATE {table} SET settled_version = read.version, unsettled_since = %s
FROM read JOIN free USING (id) WHERE {table}.id = read.id
"""


class Settlement(models.Model):
    """The handshake's columns. A new row is unsettled: its writer sets `unsettled_since`."""

    version = models.PositiveIntegerField(default=1)
    settled_version = models.PositiveIntegerField(default=0)
    unsettled_since = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def is_settled(self) -> bool:
        return self.settled_version == self.version


def changed(now: datetime) -> dict[str, Any]:
    """What an UPDATE that changes a row's facts has to set as well."""
    since = Case(When(SETTLED, then=Value(now)), default=F("unsettled_since"))
    return {"version": F("version") + 1, "unsettled_since": since}


def mark_settled(read: Iterable[Settlement], now: datetime) -> None:
    """Billing has booked these rows of one table as it read them. What is being changed is left behind."""
    behind = [row for row in read if not row.is_settled]
    if behind:
        table = behind[0]._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                MARK.format(table=table), [[row.pk for row in behind], [row.version for row in behind], now]
            )


def unsettled_since(rows: Iterable[Settlement]) -> datetime | None:
    """Since when billing is behind these rows; None if it is not."""
    return min((row.unsettled_since for row in rows if not row.is_settled), default=None)
