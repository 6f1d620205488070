"""What the database itself refuses, whoever asks."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError

from billing import ledger
from billing.models import Entry, Kind
from customers.models import Customer
from meetings.models import Meeting
from tests.billing.conftest import sql, used
from tests.conftest import NOON


def one_of(kind: Kind, meeting: Meeting) -> Entry:
    """An entry of each kind is written in a way of its own."""
    written = {
        Kind.GRANT: partial(ledger.grant, meeting.customer, Decimal(1), "x", NOON),
        Kind.ADJUSTMENT: partial(ledger.adjust, meeting.customer, Decimal(-1), "x", NOON),
        Kind.USAGE: partial(used, meeting, 3600, "1"),
        Kind.REFUND: partial(
            ledger.write,
            Entry(customer=meeting.customer, kind=Kind.REFUND, amount=1, meeting=meeting, created_at=NOON),
        ),
    }
    return written[kind]()


def save_a_change(entry: Entry) -> None:
    entry.amount = Decimal(7)
    entry.save()


FORGERIES: list[Callable[[Entry], object]] = [
    save_a_change,
    lambda entry: entry.save(),
    lambda entry: entry.delete(),
    lambda entry: Entry.objects.all().delete(),
    lambda entry: Entry.objects.filter(pk=entry.pk).update(reason="another"),
    lambda entry: Entry.objects.update(amount=F("amount")),
    lambda entry: Entry.objects.bulk_update([entry], ["created_at"]),
    lambda entry: Entry.objects.filter(pk=entry.pk)._raw_delete("default"),
    lambda entry: sql("UPDATE billing_entry SET balance_after = 0 WHERE id = %s", entry.pk),
    lambda entry: sql("UPDATE billing_entry SET form_id = gen_random_uuid() WHERE id = %s", entry.pk),
    lambda entry: sql("DELETE FROM billing_entry WHERE id = %s", entry.pk),
    lambda entry: sql(
        "INSERT INTO billing_entry SELECT * FROM billing_entry WHERE id = %s"
        " ON CONFLICT (id) DO UPDATE SET reason = 'another'",
        entry.pk,
    ),
]


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("forge", FORGERIES)
def test_what_was_written_stays_as_it_is(
    meeting: Meeting, kind: Kind, forge: Callable[[Entry], object]
) -> None:
    entry = one_of(kind, meeting)
    before = list(Entry.objects.values())
    with pytest.raises(IntegrityError, match=r"append-only: (UPDATE|DELETE) of an"), transaction.atomic():
        forge(entry)
    assert list(Entry.objects.values()) == before


@pytest.mark.parametrize("table", ["billing_entry", "billing_entry, billing_account CASCADE"])
def test_the_ledger_is_not_emptied(customer: Customer, table: str) -> None:
    """The trigger is off in tests, which empty their tables; it is on again for this one."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")
    sql("ALTER TABLE billing_entry ENABLE TRIGGER billing_entry_not_emptied")
    with pytest.raises(IntegrityError, match="append-only: TRUNCATE"):
        sql(f"TRUNCATE {table}")
    assert Entry.objects.get().amount == 150


def test_who_has_entries_is_not_deleted(customer: Customer, meeting: Meeting) -> None:
    used(meeting, 600, "0.1667")
    for kept in (meeting, customer):
        with pytest.raises(ProtectedError):
            kept.delete()


# What the database takes for an entry

STRANGE: list[dict[str, Any]] = [
    {"kind": Kind.GRANT, "amount": 0},
    {"kind": Kind.ADJUSTMENT, "amount": 0},
    {"kind": Kind.GRANT, "amount": -1},
    {"kind": Kind.REFUND, "amount": -1},
    {"kind": Kind.GRANT, "amount": 1, "seconds": 60},
    {"kind": Kind.ADJUSTMENT, "amount": -1, "seconds": 0},
    {"kind": Kind.USAGE, "amount": -1},
    {"kind": Kind.USAGE, "amount": -1, "seconds": 3600},
]


@pytest.mark.parametrize("facts", STRANGE)
def test_an_entry_that_makes_no_sense_is_refused(customer: Customer, facts: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match="check constraint"):
        ledger.write(Entry(customer=customer, created_at=NOON, **facts))
    assert ledger.balance(customer) == 150


@pytest.mark.parametrize(("amount", "seconds"), [(-1, None), (0, 3600), (0, 0)])
def test_usage_names_its_seconds_and_costs_something(
    meeting: Meeting, amount: int, seconds: int | None
) -> None:
    facts = {"kind": Kind.USAGE, "amount": amount, "seconds": seconds, "meeting": meeting}
    with pytest.raises(IntegrityError, match="check constraint"):
        ledger.write(Entry(customer=meeting.customer, created_at=NOON, **facts))
