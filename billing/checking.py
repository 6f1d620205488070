"""Whether the money is right: the ledger held against itself and against who was there."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Sum, Window

from billing import ledger, pricing
from billing.counting import beats_of
from billing.models import LedgerEntry, MeetingUsage
from billing.pricing import Usage
from customers.models import Customer
from meetings.models import Meeting
from participants import settlement
from participants.attendance import billed_seconds
from participants.connections import Connection

SETTLING_TIMEOUT = timedelta(minutes=2)  # in which everything known is settled, and everybody open seen again
AT_ONCE = 500  # meetings, whose connections and entries are in memory


@dataclass
class Report:
    """What was looked at, and what is wrong: a sentence each."""

    customers: int = 0
    meetings: int = 0
    entries: int = 0
    wrong: list[str] = field(default_factory=list)


def check(customers: Iterable[Customer], now: datetime) -> Report:
    """Check everything of these customers, in one snapshot."""
    report = Report()
    with _snapshot():
        for customer in customers:
            report.customers += 1
            report.entries += LedgerEntry.objects.of(customer).count()
            report.wrong += [f"{customer.slug}: {what}" for what in _of_account(customer)]
            for meeting, wrong in _of_meetings(customer, now):
                report.meetings += 1
                report.wrong += [f"{customer.slug}: {meeting.code}: {what}" for what in wrong]
    return report


@contextmanager
def _snapshot() -> Iterator[None]:
    """What others write meanwhile is not seen: the parts of the picture fit together."""
    is_first = not connection.in_atomic_block
    with transaction.atomic():
        if is_first:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _of_account(customer: Customer) -> Iterator[str]:
    entries = LedgerEntry.objects.of(customer)
    balance, total = ledger.balance(customer), entries.total()
    if balance != total:
        yield f"the balance is {balance}, but its entries add up to {total}."
    summed = entries.annotate(sum=Window(Sum("amount"), order_by="pk")).order_by("pk")
    strange = summed.exclude(sum=F("balance_after"))
    for number, recorded, was in strange.values_list("pk", "balance_after", "sum"):
        yield f"entry {number} tells a balance of {recorded}, but it was {was}."


def _of_meetings(customer: Customer, now: datetime) -> Iterator[tuple[Meeting, list[str]]]:
    """Each meeting in which anybody ever was, or that was ever billed: a slice of them at a time."""
    entries = LedgerEntry.objects.of(customer)
    attended = Exists(Connection.objects.filter(meeting=OuterRef("pk")))
    billed = Exists(LedgerEntry.objects.usage().filter(meeting=OuterRef("pk")))
    meetings = Meeting.objects.of(customer).filter(attended | billed).select_related("usage").order_by("pk")
    read = meetings.prefetch_related("connections__participant", "connections__heartbeat").iterator(AT_ONCE)
    for some in batched(read, AT_ONCE, strict=False):
        booked = entries.filter(meeting__in=some).by_meeting()
        for meeting in some:
            usage = booked.get(meeting.pk, Usage())
            yield meeting, [*_of_usage(meeting, usage, now), *_of_connections(meeting, now)]
    others = entries.usage().exclude(meeting__customer=customer)
    for meeting in Meeting.objects.filter(pk__in=others.order_by().values("meeting")):
        yield meeting, ["its usage is billed to another customer than its own."]


def _of_usage(meeting: Meeting, booked: Usage, now: datetime) -> Iterator[str]:
    price = pricing.credits(booked.seconds)
    if booked.credits != price:
        yield f"{booked.seconds} s are billed with {booked.credits} credits, but cost {price}."
    connections = list(meeting.connections.all())
    due = owed(meeting, connections)
    unsettled_since = _unsettled_since(meeting, connections)
    if due == booked or (unsettled_since and unsettled_since > now - SETTLING_TIMEOUT):
        return
    since = f" since {unsettled_since:%Y-%m-%d %H:%M:%S}" if unsettled_since else ""
    yield f"{booked.seconds} s are billed, but its connections say {due.seconds} s{since}."


def owed(meeting: Meeting, connections: Iterable[Connection]) -> Usage:
    """What a meeting costs by all that is known of its people now."""
    return pricing.usage(billed_seconds(meeting, connections))


def _unsettled_since(meeting: Meeting, connections: Sequence[Connection]) -> datetime | None:
    """Since when settling is behind a meeting's connections or, where it is not, its polls; None if neither.

    A connection that changed may have been opened or closed by it, and the heartbeats are other ones.
    """
    return settlement.unsettled_since(connections) or _polls_unsettled_since(meeting, connections)


def _polls_unsettled_since(meeting: Meeting, connections: Sequence[Connection]) -> datetime | None:
    known: MeetingUsage | None = getattr(meeting, "usage", None)
    polled = [one.heartbeat.since for one in connections if not one.left_at and hasattr(one, "heartbeat")]
    if not polled or (known and known.beats == beats_of(connections)):
        return None
    return max(min(polled), known.settled_at) if known else min(polled)


def _of_connections(meeting: Meeting, now: datetime) -> Iterator[str]:
    """Once a meeting is over, whoever is inside is ejected, and then closed by the reconciler."""
    over_since = meeting.over_since(now)
    for one in meeting.connections.all():
        # Webhooks may come late; whatever came was applied, or settled, since `unsettled_since`.
        known_since = max(filter(None, (one.last_shown_at, one.unsettled_since, over_since)))
        if one.left_at is None and known_since < now - SETTLING_TIMEOUT:
            yield f"{one.sid} is open, but was not looked for since {one.last_shown_at:%Y-%m-%d %H:%M:%S}."
