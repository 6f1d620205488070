"""What the API shows of a person's connections: times in the call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from meetings.models import Meeting
from participants import timespans

if TYPE_CHECKING:
    from participants.connections import Connection


@dataclass(frozen=True)
class Session:
    """What the API shows: one time in the call, made of connections that are less than 15 s apart."""

    id: int
    session_id: str
    joined_at: datetime
    left_at: datetime | None
    total_minutes: int
    is_connected: bool

    @classmethod
    def of(cls, group: "Sequence[Connection]", meeting: Meeting, now: datetime) -> "Session":
        spans = [connection.span(meeting, now) for connection in group]
        is_over = meeting.over_since(now) is not None
        is_connected = not is_over and any(connection.left_at is None for connection in group)
        return cls(
            id=group[0].pk,
            session_id=group[0].session_id,
            joined_at=spans[0][0],
            left_at=None if is_connected else max(end for _, end in spans),
            total_minutes=timespans.minutes(timespans.seconds(spans)),
            is_connected=is_connected,
        )
