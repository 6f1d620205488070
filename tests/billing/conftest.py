"""What tests of money need: usage booked by hand, and ways round the ledger's guard."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from billing import ledger
from billing.models import Entry, Kind
from meetings.models import Meeting
from tests.conftest import NOON


def used(meeting: Meeting, seconds: int, credits: str, at: datetime = NOON) -> Entry:
    """An entry that books so much for a meeting."""
    amount = -Decimal(credits)
    facts = {"kind": Kind.USAGE, "amount": amount, "meeting": meeting, "seconds": seconds, "created_at": at}
    return ledger.write(Entry(customer=meeting.customer, **facts))


def sql(text: str, *values: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)


@contextmanager
def unguarded() -> Iterator[None]:
    """Entries may be changed here, as somebody could who owns the database."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE billing_entry DISABLE TRIGGER billing_entry_append_only")
    yield
    sql("ALTER TABLE billing_entry ENABLE TRIGGER billing_entry_append_only")
