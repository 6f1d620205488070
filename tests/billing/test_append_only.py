"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from billing import ledger
from billing.models import EntryKind, LedgerEntry
from customers.models import Customer
from meetings.models import Meeting
from tests.billing.conftest import sql, used
from tests.conftest import NOON


def one_of(kind: EntryKind, meeting: Meeting) -> LedgerEntry:
    """An entry of each kind is written in a way of its own."""
    written = {
        EntryKind.GRANT: partial(ledger.grant, meeting.customer, Decimal(1), "x", NOON),
        EntryKind.ADJUSTMENT: partial(ledger.adjust, meeting.customer, Decimal(-1), "x", NOON),
        EntryKind.USAGE: partial(used, meeting, 3600, "1"),
        EntryKind.REFUND: partial(
            ledger.write,
            LedgerEntry(
                customer=meeting.customer, kind=EntryKind.REFUND, amount=1, meeting=meeting, created_at=NOON
            ),
        ),
    }
    return written[kind]()


def save_a_change(entry: LedgerEntry) -> None:
    entry.amount = Decimal(7)
    entry.save()


FORGERIES: list[Callable[[LedgerEntry], object]] = [
    save_a_change,
    lambda entry: entry.save(),
    lambda entry: entry.delete(),
    lambda entry: LedgerEntry.objects.all().delete(),
    lambda entry: LedgerEntry.objects.filter(pk=entry.pk).update(reason="another"),
    lambda entry: LedgerEntry.objects.update(amount=F("amount")),
    lambda entry: LedgerEntry.objects.bulk_update([entry], ["created_at"]),
    lambda entry: LedgerEntry.objects.filter(pk=entry.pk)._raw_delete("default"),
    lambda entry: sql("UPDATE billing_ledgerentry SET balance_after = 0 WHERE id = %s", entry.pk),
    lambda entry: sql("UPDATE billing_ledgerentry SET form_id = gen_random_uuid() WHERE id = %s", entry.pk),
    lambda entry: sql("DELETE FROM billing_ledgerentry WHERE id = %s", entry.pk),
    lambda entry: sql(
        "INSERT INTO billing_ledgerentry SELECT * FROM billing_ledgerentry WHERE id = %s"
        " ON CONFLICT (id) DO UPDATE SET reason = 'another'",
        entry.pk,
    ),
]


@pytest.mark.parametrize("kind", EntryKind)
@pytest.mark.parametrize("forge", FORGERIES)
def test_what_was_written_never_changes(
    meeting: Meeting, kind: EntryKind, forge: Callable[[LedgerEntry], object]
) -> None:
    entry = one_of(kind, meeting)
    before = list(LedgerEntry.objects.values())
    with pytest.raises(IntegrityError, match=r"append-only: (UPDATE|DELETE) of an"), transaction.atomic():
        forge(entry)
    assert list(LedgerEntry.objects.values()) == before


@pytest.mark.parametrize(
    "table", ["billing_ledgerentry", "billing_ledgerentry, billing_creditaccount CASCADE"]
)
def test_the_ledger_is_not_emptied(customer: Customer, table: str) -> None:
    """The trigger is off in tests, which empty their tables; it is on again for this one."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE billing_ledgerentry ENABLE TRIGGER billing_ledgerentry_not_emptied")
    with pytest.raises(IntegrityError, match="append-only: TRUNCATE"):
        sql(f"TRUNCATE {table}")
    assert LedgerEntry.objects.get().amount == 150


def test_who_has_entries_is_not_deleted(customer: Customer, meeting: Meeting) -> None:
    used(meeting, 600, "0.1667")
    for kept in (meeting, customer):
        with pytest.raises(ProtectedError):
            kept.delete()


# What the database accepts as an entry

STRANGE: list[dict[str, Any]] = [
    {"kind": EntryKind.GRANT, "amount": 0},
    {"kind": EntryKind.ADJUSTMENT, "amount": 0},
    {"kind": EntryKind.GRANT, "amount": -1},
    {"kind": EntryKind.REFUND, "amount": -1},
    {"kind": EntryKind.GRANT, "amount": 1, "seconds": 60},
    {"kind": EntryKind.ADJUSTMENT, "amount": -1, "seconds": 0},
    {"kind": EntryKind.USAGE, "amount": -1},
    {"kind": EntryKind.USAGE, "amount": -1, "seconds": 3600},
]


@pytest.mark.parametrize("facts", STRANGE)
def test_an_entry_that_makes_no_sense_is_refused(customer: Customer, facts: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="check constraint"):
        ledger.write(LedgerEntry(customer=customer, created_at=NOON, **facts))
    assert ledger.balance(customer) == 150


@pytest.mark.parametrize(("amount", "seconds"), [(-1, None), (0, 3600), (0, 0)])
def test_usage_names_its_seconds_and_costs_something(
    meeting: Meeting, amount: int, seconds: int | None
) -> None:
    facts = {"kind": EntryKind.USAGE, "amount": amount, "seconds": seconds, "meeting": meeting}
    with pytest.raises(IntegrityError, match="check constraint"):
        ledger.write(LedgerEntry(customer=meeting.customer, created_at=NOON, **facts))
