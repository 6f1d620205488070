"""Whether a room is empty, and since when it is not.

What counts as presence is defined once, in SQL: `with_presence` of connections and of admissions
(participants/connections.py, models.py). A room is empty when none of them is present.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Min

from meetings.models import Meeting
from participants import timespans
from participants.connections import Connection
from participants.models import Admission, Participant

LATEST = 64  # connections, in which most occupancies lie


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


Present = tuple[timespans.Span, Participant | None]  # None: somebody who is expected


def occupancy(meeting: Meeting, now: datetime) -> Occupancy | None:
    """The present or the last occupancy of a meeting's room; None if nobody was ever there or is expected.

    Read backwards, not much further than it goes.
    """
    latest, expected_since = LATEST, now
    while True:
        connected, others_until = _connected(meeting, now, latest)
        expected_since = min([expected_since, *(start for (start, _), _ in connected)])
        present = [*connected, *_expected(meeting, expected_since)]
        groups = timespans.grouped(present, lambda presence: presence[0], gap=timedelta(0))
        if not groups:
            return None
        since = groups[-1][0][0][0]
        if expected_since <= since and (others_until is None or others_until <= since):
            people = (person for _, person in groups[-1] if person)
            return Occupancy(since=since, first=next(people, None))
        latest, expected_since = latest * 8, since


def _connected(meeting: Meeting, now: datetime, latest: int) -> tuple[list[Present], datetime | None]:
    """So many connections, the latest to end, in order of their beginning; when all others had ended."""
    found = Connection.objects.of(meeting).with_presence(meeting.over_since(now) or now)
    by_end = found.select_related("participant").order_by(F("left_at").desc(nulls_first=True))
    last = list(by_end[:latest])
    others_until = last[-1].presence_ends_at if len(last) == latest else None
    last.sort(key=lambda one: (one.joined_at, one.pk))
    spans = [timespans.span(one.joined_at, None, one.presence_ends_at) for one in last]
    return list(zip(spans, (one.participant for one in last), strict=True)), others_until


def _expected(meeting: Meeting, since: datetime) -> list[Present]:
    """Everybody who was let in and expected at that time or later."""
    found = Admission.objects.of(meeting).recent(since).with_presence()
    return [(timespans.span(one.created_at, None, one.presence_ends_at), None) for one in found]
