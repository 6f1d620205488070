"""When polls last showed a connection: written for everybody in a call, twice a minute.

So it is a narrow row of its own, without further indexes, and its UPDATE touches none (HOT). No connection is
unsettled by it: billing compares the sum of a meeting's versions with the one that it settled.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import connection, models

PAUSE = timedelta(minutes=2)  # after which polls are said to have begun anew

# Rows are locked in one order, so that no two of these wait for each other.
BEAT = """
INSERT INTO participants_heartbeat AS known (connection_id, seen_at, since, version)
SELECT id, %(at)s, %(at)s, 1 FROM participants_connection
WHERE sid = ANY(%(sids)s) AND left_at IS NULL ORDER BY id
ON CONFLICT (connection_id) DO UPDATE SET seen_at = excluded.seen_at, version = known.version + 1,
    since = CASE WHEN known.seen_at < %(paused)s THEN excluded.seen_at ELSE known.since END
WHERE known.seen_at < excluded.seen_at
"""
HOLD = """
INSERT INTO participants_heartbeat AS known (connection_id, seen_at, since, version)
SELECT id, last_seen_at, last_seen_at, 0 FROM participants_connection WHERE id = ANY(%s) ORDER BY id
ON CONFLICT (connection_id) DO UPDATE SET seen_at = greatest(known.seen_at, excluded.seen_at)
"""


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, sids: Collection[str], at: datetime) -> None:
        """A poll showed these connections at `at`; written for those that are open."""
        with connection.cursor() as cursor:
            cursor.execute(BEAT, {"sids": list(sids), "at": at, "paused": at - PAUSE})

    def hold(self, connections: Collection[int]) -> None:
        """Let no poll be written for these connections (primary keys) until the transaction ends.

        From now on their heartbeats say when they were last seen at all.
        """
        with connection.cursor() as cursor:
            cursor.execute(HOLD, [list(connections)])


class Heartbeat(models.Model):
    """`since`: when polls began to show it without a pause. `version`: how often one did."""

    connection = models.OneToOneField(
        "participants.Connection", models.PROTECT, primary_key=True, related_name="heartbeat"
    )
    seen_at = models.DateTimeField()
    since = models.DateTimeField()
    version = models.PositiveIntegerField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.seen_at:%H:%M:%S}"
