"""What tests of money need: usage booked by hand, and ways round the ledger's guard."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from billing import ledger
from billing.models import EntryKind, LedgerEntry
from meetings.models import Meeting
from tests.conftest import NOON


def used(meeting: Meeting, seconds: int, credits: str, at: datetime = NOON) -> LedgerEntry:
    """An entry that books so much for a meeting."""
    amount = -Decimal(credits)
    facts = {
        "kind": EntryKind.USAGE,
        "amount": amount,
        "meeting": meeting,
        "seconds": seconds,
        "created_at": at,
    }
    return ledger.write(LedgerEntry(customer=meeting.customer, **facts))


def sql(text: str, *values: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)


@contextmanager
def unguarded() -> Iterator[None]:
    """Entries may be changed here, as somebody could who owns the database."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE billing_ledgerentry DISABLE TRIGGER billing_ledgerentry_append_only")
    yield
    sql("ALTER TABLE billing_ledgerentry ENABLE TRIGGER billing_ledgerentry_append_only")
