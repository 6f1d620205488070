"""A customer's monthly statement: few lines, however many entries a live meeting has."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Max, Sum

from billing.models import EntryKind, LedgerEntry, LedgerEntryQuerySet
from customers.models import Customer

OPENING = "opening balance"
CLOSING = "closing balance"


@dataclass(frozen=True)
class Line:
    """What came (above 0) or went, in credits, and the balance after it; None in the two balances' lines."""

    day: date
    kind: str
    balance: Decimal
    credits: Decimal | None = None
    meeting_code: str = ""
    seconds: int | None = None
    reason: str = ""


class Move(NamedTuple):
    """What becomes a line. Sorts by time, and at the same time as it was written."""

    at: datetime
    pk: int
    kind: str
    credits: Decimal
    meeting_code: str | None
    seconds: int | None
    reason: str


def statement(customer: Customer, year: int, month: int) -> list[Line]:
    """From the balance before the month to that after it (UTC), what lies between in order of time."""
    entries = LedgerEntry.objects.of(customer)
    start, days = datetime(year, month, 1, tzinfo=UTC), monthrange(year, month)[1]
    opening = entries.filter(created_at__lt=start).total()
    moves = sorted(moves_of(entries.in_month(year, month)))
    closing = opening + sum((move.credits for move in moves), Decimal(0))
    return [
        Line(start.date(), OPENING, opening),
        *lines(opening, moves),
        Line(date(year, month, days), CLOSING, closing),
    ]


def moves_of(entries: LedgerEntryQuerySet) -> Iterator[Move]:
    """Each grant, refund and adjustment, and each meeting's usage, unless it came to nothing."""
    columns = ("created_at", "pk", "kind", "amount", "meeting__code", "seconds", "reason")
    for row in entries.exclude(kind=EntryKind.USAGE).order_by().values_list(*columns):
        yield Move(*row)
    by_meeting = entries.usage().order_by().values_list("meeting__code")
    sums = by_meeting.annotate(Max("created_at"), Max("pk"), Sum("amount"), Sum("seconds"))
    for code, at, pk, credits, seconds in sums:
        if credits or seconds:
            yield Move(at, pk, EntryKind.USAGE, credits, code, seconds, "")


def lines(opening: Decimal, moves: list[Move]) -> Iterator[Line]:
    """One for each, with the balance that runs through them."""
    balance = opening
    for move in moves:
        balance += move.credits
        yield Line(
            move.at.astimezone(UTC).date(),
            move.kind,
            balance,
            move.credits,
            move.meeting_code or "",
            move.seconds,
            move.reason,
        )
