"""Whether a room is empty, and since when it is not.

What counts as presence is defined once, in SQL: `with_presence` of connections and of admissions
(participants/models.py). A room is empty when none of them is present.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from meetings.models import Meeting
from participants import timespans
from participants.models import Admission, Connection, Participant


def started_at(meeting: Meeting, now: datetime) -> datetime | None:
    """When the first person connected, or was let in and is expected; None if nobody ever was."""
    first = Connection.objects.of(meeting).aggregate(at=Min("joined_at"))["at"]
    expected = Admission.objects.of(meeting).live(now).order_by("created_at")
    waiting = expected.values_list("created_at", flat=True).first()
    known: list[datetime] = [at for at in (first, waiting) if at]
    return min(known, default=None)


def is_room_empty(meeting: Meeting, now: datetime) -> bool:
    """No open connection, none that ended less than a minute ago, and nobody expected."""
    expected = Admission.objects.of(meeting).live(now)
    return not Connection.objects.of(meeting).occupying(now).exists() and not expected.exists()


@dataclass(frozen=True)
class Occupancy:
    """Since when a room has not been empty, and the first person in; None before anybody connected."""

    since: datetime
    first: Participant | None


def occupancy(meeting: Meeting, now: datetime) -> Occupancy | None:
    """The present or the last occupancy of a meeting's room; None if nobody was ever expected there."""
    present = [*_connected(meeting, now), *_expected(meeting)]
    groups = timespans.grouped(present, lambda presence: presence[0], gap=timedelta(0))
    if not groups:
        return None
    people = (person for _, person in groups[-1] if person)
    return Occupancy(since=groups[-1][0][0][0], first=next(people, None))


def _connected(meeting: Meeting, now: datetime) -> list[tuple[timespans.Span, Participant | None]]:
    found = Connection.objects.of(meeting).with_presence(meeting.over_since(now) or now)
    ordered = found.select_related("participant").order_by("joined_at", "pk")
    return [(timespans.span(one.joined_at, None, one.presence_ends_at), one.participant) for one in ordered]


def _expected(meeting: Meeting) -> list[tuple[timespans.Span, Participant | None]]:
    found = Admission.objects.of(meeting).with_presence()
    return [(timespans.span(one.created_at, None, one.presence_ends_at), None) for one in found]
