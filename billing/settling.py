"""Bring a meeting's usage to what its connections say: idempotent, safe in parallel and after a crash."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection as database
from django.db import transaction

from billing import ledger, pricing
from billing.models import EntryKind, LedgerEntry
from billing.pricing import Usage
from meetings.models import Meeting
from participants import settlement
from participants.attendance import billed_seconds
from participants.models import Connection


def due() -> list[int]:
    """Primary keys of the meetings with connections that changed since they were settled, oldest first."""
    unsettled = Connection.objects.unsettled().order_by("meeting")
    return list(unsettled.values_list("meeting", flat=True).distinct())


def settle(meeting_pk: int, now: datetime) -> LedgerEntry | None:
    """Book what a meeting's connections differ from its ledger entries; the new entry, if one was needed."""
    entry, connections = _book(meeting_pk, now)
    settlement.mark_settled(connections, now)  # after the commit: killed before, the meeting is settled again
    return entry


@transaction.atomic
def _book(meeting_pk: int, now: datetime) -> tuple[LedgerEntry | None, list[Connection]]:
    """Under the meeting's row lock, which ending it takes too: one runs after the other."""
    with database.cursor() as cursor:  # a meeting that is locked for long does not hold up the others
        cursor.execute("SET LOCAL lock_timeout = '5s'")
    locked = Meeting.objects.select_for_update(of=("self",), no_key=True)
    meeting = locked.select_related("customer").get(pk=meeting_pk)
    connections = list(Connection.objects.of(meeting).select_related("participant"))
    return _bring_to(meeting, owed(meeting, connections), now), connections


def owed(meeting: Meeting, connections: Iterable[Connection]) -> Usage:
    """What a meeting costs by what is known of its people now."""
    return pricing.usage(billed_seconds(meeting, connections))


def _bring_to(meeting: Meeting, usage: Usage, now: datetime) -> LedgerEntry | None:
    booked = ledger.usage_of(meeting)
    if usage == booked:
        return None
    entry = LedgerEntry(
        customer=meeting.customer,
        kind=EntryKind.USAGE,
        amount=booked.credits - usage.credits,
        meeting=meeting,
        seconds=usage.seconds - booked.seconds,
        created_at=now,
    )
    return ledger.write(entry)
