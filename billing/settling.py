"""Bring meetings' usage to what their connections say: idempotent, safe in parallel and after a crash."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum
from django.db.models.functions import Coalesce

from billing import counting, ledger, pricing
from billing.counting import Count
from billing.models import EntryKind, LedgerEntry, MeetingUsage
from meetings.models import Meeting
from participants import settlement
from participants.connections import Connection


def due(shard: int | None = None) -> list[int]:
    """Primary keys of the meetings of which something is new since they were settled, oldest first."""
    here = Connection.objects.of_shard(shard).order_by()
    changed = here.unsettled().values_list("meeting", flat=True).distinct()
    beats, settled = Sum("heartbeat__version"), Coalesce("meeting__usage__beats", 0)
    shown = here.open().values_list("meeting", flat=True).alias(beats=beats, settled=settled)
    return sorted({*changed, *shown.exclude(beats=F("settled"))})


def settle(meeting_pk: int, now: datetime) -> LedgerEntry | None:
    """Book what a meeting's connections differ from its ledger entries; the new entry, if one was needed."""
    return next(iter(settle_all([meeting_pk], now)), None)


def settle_all(meetings: Collection[int], now: datetime) -> Sequence[LedgerEntry]:
    """The same for several meetings (primary keys), all or none; one that is locked is left for later."""
    entries, connections = _book(meetings, now)
    settlement.mark_settled(connections, now)  # after the commit: killed before, they are settled again
    return entries


@transaction.atomic
def _book(meetings: Collection[int], now: datetime) -> tuple[Sequence[LedgerEntry], list[Connection]]:
    """Under the meetings' row locks, which ending one takes too: one runs after the other.

    Nobody is waited for: what settles or ends a meeting just now, or lets somebody in, comes first.
    """
    free = Meeting.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=meetings)
    counts = counting.count(MeetingUsage.objects.for_each(free.order_by("pk")))
    entries = [entry for one in counts if (entry := _bring_to(one, now))]
    counting.keep(counts, now)
    ledger.write_all(entries)
    return entries, [connection for one in counts for connection in one.connections]


def _bring_to(count: Count, now: datetime) -> LedgerEntry | None:
    usage, booked = pricing.usage(count.seconds), count.usage.booked
    if usage == booked:
        return None
    count.usage.booked = usage
    return LedgerEntry(
        customer_id=count.meeting.customer_id,
        kind=EntryKind.USAGE,
        amount=booked.credits - usage.credits,
        meeting=count.meeting,
        seconds=usage.seconds - booked.seconds,
        created_at=now,
    )
