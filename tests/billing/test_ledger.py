from decimal import Decimal

import pytest
from django.db.models import Sum

from billing import ledger
from billing.errors import InsufficientCredits
from billing.models import Entry
from customers.models import Customer
from tests.conftest import NOON, ROUNDS, race


@pytest.fixture
def poor(db: None) -> Customer:
    return Customer.objects.create(slug="poor")


def test_a_grant_is_an_entry_and_raises_the_balance(poor: Customer) -> None:
    entry = ledger.grant(poor, Decimal("1.5"), "a present", NOON)
    assert (entry.kind, entry.reason, entry.created_at) == ("grant", "a present", NOON)
    assert ledger.balance(poor) == Decimal("1.5")


def test_who_was_given_nothing_has_nothing(poor: Customer) -> None:
    assert ledger.balance(poor) == 0


def test_each_has_a_balance_of_their_own(customer: Customer, poor: Customer) -> None:
    assert ledger.balance(customer) == 150
    assert ledger.balance(poor) == 0


def test_four_decimals_survive(poor: Customer) -> None:
    for _ in range(3):
        ledger.grant(poor, Decimal("0.0001"), "", NOON)
    assert ledger.balance(poor) == Decimal("0.0003")


def test_credits_are_required(customer: Customer, poor: Customer) -> None:
    ledger.require_credits(customer)
    with pytest.raises(InsufficientCredits):
        ledger.require_credits(poor)


@pytest.mark.django_db(transaction=True)
def test_the_balance_is_the_sum_of_the_entries_also_of_grants_at_once(poor: Customer) -> None:
    for _ in ROUNDS:
        race(*[lambda: ledger.grant(poor, Decimal("0.5"), "", NOON)] * 4)
    total = Entry.objects.filter(customer=poor).aggregate(sum=Sum("amount"))["sum"]
    assert ledger.balance(poor) == total == 10
