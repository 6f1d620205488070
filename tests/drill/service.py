"""What the service says: by its public API, and for guests, whom the API does not show, by its database."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg2
from psycopg2.extras import RealDictCursor

CONNECTIONS = """
    SELECT connection.sid, meeting.code, person.identity, person.external_user_id,
           extract(epoch FROM joined_at)::float AS joined_at, extract(epoch FROM left_at)::float AS left_at,
           extract(epoch FROM coalesce(ended_at, expires_at))::float AS closes_at,
           is_joined_guessed, is_left_guessed,
           extract(epoch FROM greatest(last_seen_at, heartbeat.seen_at))::float AS last_seen_at
    FROM participants_connection connection
    LEFT JOIN participants_heartbeat heartbeat ON heartbeat.connection_id = connection.id
    JOIN participants_participant person ON person.id = connection.participant_id
    JOIN meetings_meeting meeting ON meeting.id = connection.meeting_id
    ORDER BY joined_at, connection.id
"""
UNFINISHED = """
    SELECT (SELECT count(*) FROM participants_connection WHERE left_at IS NULL) AS open,
           (SELECT count(*) FROM participants_connection WHERE settled_version <> version) AS unsettled,
           (SELECT count(*) FROM inbox_inboundwebhook WHERE applied_at IS NULL) AS "not applied",
           (SELECT count(*) FROM recordings_recording WHERE state NOT IN ('completed', 'failed', 'dropped'))
               AS "unfinished recordings"
"""
RECORDINGS = """
    SELECT meeting.code, one.uid, one.state AS status, one.file, one.egress_id, one.failure_reason,
           one.details, one.seconds, one.size_bytes, extract(epoch FROM started_at)::float AS started_at
    FROM recordings_recording one JOIN meetings_meeting meeting ON meeting.id = one.meeting_id
    ORDER BY one.id
"""
# LiveKit's times are whole seconds; a poll writes its own moment to everybody it saw, in one statement at its
# end. A connection that is as old as the poll itself was made before that.
POLLS = """
    SELECT DISTINCT extract(epoch FROM at)::float AS at FROM (
        SELECT last_seen_at AS at, joined_at FROM participants_connection
        UNION ALL SELECT seen_at, joined_at FROM participants_heartbeat
            JOIN participants_connection connection ON connection.id = connection_id
    ) AS seen WHERE at <> date_trunc('second', at) AND at <> joined_at
"""
EVENTS = """
    SELECT body->>'event' AS event, (body->>'createdAt')::float AS at,
           extract(epoch FROM received_at)::float AS received_at,
           extract(epoch FROM applied_at)::float AS applied_at,
           body->'participant'->>'disconnectReason' AS reason
    FROM inbox_inboundwebhook WHERE body->'participant'->>'sid' = %s ORDER BY received_at
"""


@dataclass(frozen=True)
class StoredConnection:
    """A row of the service's; times in seconds since 1970."""

    sid: str
    code: str
    identity: str
    external_user_id: str | None
    joined_at: float
    left_at: float | None
    closes_at: float | None
    is_joined_guessed: bool
    is_left_guessed: bool
    last_seen_at: float

    @property
    def span(self) -> tuple[int, int]:
        """Whole seconds that count: never past the meeting's end."""
        end = self.left_at or self.last_seen_at
        end = min(end, self.closes_at or end)
        return int(self.joined_at), int(max(self.joined_at, end))


@dataclass(frozen=True)
class Recording:
    """A recording; times in seconds since 1970."""

    code: str
    uid: str
    status: str
    file: str
    egress_id: str | None
    failure_reason: str
    details: str
    seconds: int | None
    size_bytes: int | None
    started_at: float | None


class Database:
    """Read only."""

    def __init__(self, url: str) -> None:
        self.url = url

    @contextmanager
    def _cursor(self) -> Iterator[RealDictCursor]:
        connection = psycopg2.connect(self.url, connect_timeout=5)
        connection.set_session(readonly=True, autocommit=True)
        try:
            with connection.cursor(cursor_factory=RealDictCursor) as cursor:
                yield cursor
        finally:
            connection.close()

    def _read(self, sql: str, *arguments: object) -> list[dict[str, Any]]:
        with self._cursor() as cursor:
            cursor.execute(sql, arguments)
            return [dict(row) for row in cursor.fetchall()]

    def connections(self) -> list[StoredConnection]:
        return [StoredConnection(**row) for row in self._read(CONNECTIONS)]

    def polls(self) -> list[float]:
        """Moments at which polls of the reconciler began, of those whose traces are still there."""
        return [row["at"] for row in self._read(POLLS)]

    def recordings(self) -> list[Recording]:
        """Of all meetings, those that were dropped too."""
        return [Recording(**row) for row in self._read(RECORDINGS)]

    def unfinished(self) -> str:
        """What is open, unsettled or not applied, in words; empty when nothing is."""
        try:
            [row] = self._read(UNFINISHED)
        except psycopg2.OperationalError:
            return "PostgreSQL away"
        return ", ".join(f"{count} {name}" for name, count in row.items() if count)

    def events(self, sid: str) -> list[dict[str, Any]]:
        """The webhooks stored of one connection, in the order of receipt."""
        return self._read(EVENTS, sid)


def by_person(connections: list[StoredConnection]) -> dict[tuple[str, str], list[StoredConnection]]:
    """Under meeting code and identity."""
    found = defaultdict(list)
    for stored in connections:
        found[stored.code, stored.identity].append(stored)
    return dict(found)
