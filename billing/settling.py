"""Bring a meeting's usage to what its stays say: safe to run twice, late, in parallel, after a crash."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction

from billing import ledger, pricing
from billing.models import Entry, Kind
from billing.pricing import Usage
from meetings.models import Meeting
from participants.attendance import billed_seconds
from participants.models import Stay


def due() -> list[int]:
    """The meetings (primary keys) of whose stays something changed since they were settled, oldest first."""
    return list(Stay.objects.unsettled().order_by("meeting").values_list("meeting", flat=True).distinct())


def settle(meeting_pk: int, now: datetime) -> Entry | None:
    """Book what the meeting's stays say and is not booked yet, more or less; the entry, if one was needed."""
    entry, stays = _book(meeting_pk, now)
    for stay in stays:  # one statement each, after the commit: killed before, it is only looked at again
        if stay.settled_version != stay.version:
            # A later version is unsettled since the moment of this look at the earliest.
            Stay.objects.filter(pk=stay.pk).update(settled_version=stay.version, unsettled_since=now)
    return entry


@transaction.atomic
def _book(meeting_pk: int, now: datetime) -> tuple[Entry | None, list[Stay]]:
    """Under the meeting's lock, which its ending takes, too: it is settled and ended one after the other."""
    with connection.cursor() as cursor:  # whoever holds the row for long does not hold up the others
        cursor.execute("SET LOCAL lock_timeout = '5s'")
    locked = Meeting.objects.select_for_update(of=("self",), no_key=True)
    meeting = locked.select_related("customer").get(pk=meeting_pk)
    stays = list(Stay.objects.of(meeting).select_related("participant"))
    return _bring_to(meeting, owed(meeting, stays), now), stays


def owed(meeting: Meeting, stays: Iterable[Stay]) -> Usage:
    """What a meeting costs by what is known of its people now."""
    return pricing.usage(billed_seconds(meeting, stays))


def _bring_to(meeting: Meeting, usage: Usage, now: datetime) -> Entry | None:
    booked = ledger.usage_of(meeting)
    if usage == booked:
        return None
    entry = Entry(
        customer=meeting.customer,
        kind=Kind.USAGE,
        amount=booked.credits - usage.credits,
        meeting=meeting,
        seconds=usage.seconds - booked.seconds,
        created_at=now,
    )
    return ledger.write(entry)
