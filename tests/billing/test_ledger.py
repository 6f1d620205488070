from contextlib import nullcontext
from datetime import UTC, datetime
from decimal import Decimal
from itertools import accumulate
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from billing import ledger
from billing.errors import InsufficientCredits
from billing.ledger import MonthOfUsage
from billing.models import CreditAccount, EntryKind, LedgerEntry
from billing.pricing import Usage
from customers.models import Customer
from meetings.models import Meeting
from tests.billing.conftest import used
from tests.conftest import NOON, ROUNDS, noon, race, usage_of


@pytest.fixture
def poor(db: None) -> Customer:
    return Customer.objects.create(slug="poor")


def balances(customer: Customer) -> list[Decimal]:
    """What the entries say, oldest first."""
    return list(LedgerEntry.objects.of(customer).order_by("pk").values_list("balance_after", flat=True))


def sums(customer: Customer) -> list[Decimal]:
    """The oracle: what they should say."""
    return list(accumulate(LedgerEntry.objects.of(customer).order_by("pk").values_list("amount", flat=True)))


# Adding and subtracting


def test_a_grant_is_an_entry_and_raises_the_balance(poor: Customer) -> None:
    entry = ledger.grant(poor, Decimal("1.5"), "a present", NOON)
    assert (entry.kind, entry.reason, entry.created_at) == ("grant", "a present", NOON)
    assert ledger.balance(poor) == Decimal("1.5")


def test_an_adjustment_adds_or_subtracts(poor: Customer) -> None:
    entry = ledger.adjust(poor, Decimal("2"), "forgotten", NOON)
    assert (entry.kind, entry.reason, entry.created_at) == ("adjustment", "forgotten", NOON)
    ledger.adjust(poor, Decimal("-3.5"), "too much", NOON)
    assert ledger.balance(poor) == Decimal("-1.5")


def test_each_entry_states_the_balance_after_it(poor: Customer) -> None:
    ledger.grant(poor, Decimal(3), "", NOON)
    ledger.adjust(poor, Decimal("-5.5"), "", NOON)
    ledger.grant(poor, Decimal("0.0001"), "", NOON)
    assert balances(poor) == [Decimal(3), Decimal("-2.5"), Decimal("-2.4999")] == sums(poor)


def test_entries_come_newest_first(poor: Customer) -> None:
    written = [ledger.grant(poor, Decimal(1), "", noon(at)) for at in (5, 1, 3)]
    assert list(LedgerEntry.objects.all()) == written[::-1]


def test_who_was_given_nothing_has_nothing(poor: Customer) -> None:
    assert ledger.balance(poor) == 0
    unused = ledger.usage_in_month(poor, NOON)
    assert unused == MonthOfUsage("2026-03", Decimal(0), 0, 0)
    assert isinstance(unused.credits, Decimal)


def test_each_has_a_balance_of_their_own(customer: Customer, poor: Customer) -> None:
    ledger.grant(poor, Decimal(1), "", NOON)
    assert (ledger.balance(customer), ledger.balance(poor)) == (Decimal(150), Decimal(1))
    assert balances(poor) == [1]


def test_four_decimals_survive(poor: Customer) -> None:
    for _ in range(3):
        ledger.grant(poor, Decimal("0.0001"), "", NOON)
    assert ledger.balance(poor) == Decimal("0.0003")


def test_a_fifth_decimal_is_refused(poor: Customer) -> None:
    with pytest.raises(ValueError, match="more than 4 decimals"):
        ledger.grant(poor, Decimal("0.00005"), "", NOON)
    assert not LedgerEntry.objects.exists()


def test_a_balance_is_read_in_constant_time(customer: Customer, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        ledger.grant(customer, Decimal(1), "", NOON)
    with django_assert_num_queries(1) as queries:
        ledger.balance(customer)
    assert "billing_ledgerentry" not in queries.captured_queries[0]["sql"]


def test_an_entry_that_is_refused_leaves_the_balance_as_it_was(poor: Customer) -> None:
    ledger.grant(poor, Decimal(1), "", NOON)
    with pytest.raises(IntegrityError):
        ledger.grant(poor, Decimal(-5), "", NOON)
    assert ledger.balance(poor) == 1
    assert balances(poor) == [1]


@pytest.mark.django_db(transaction=True)
def test_the_balance_is_the_sum_of_the_entries_also_of_grants_at_once(poor: Customer) -> None:
    """The first round also makes the account."""
    for _ in ROUNDS:
        race(*[lambda: ledger.grant(poor, Decimal("0.5"), "", NOON)] * 4)
    assert ledger.balance(poor) == LedgerEntry.objects.of(poor).total() == 10
    assert CreditAccount.objects.filter(customer=poor).count() == 1


@pytest.mark.django_db(transaction=True)
def test_entries_of_any_kind_at_once_each_state_the_balance_after_them(
    customer: Customer, meeting: Meeting, stranger: Customer
) -> None:
    for _ in ROUNDS:
        race(
            lambda: ledger.grant(customer, Decimal("0.5"), "", NOON),
            lambda: ledger.adjust(customer, Decimal("-0.2501"), "", NOON),
            lambda: used(meeting, 600, "0.1667"),
            lambda: ledger.grant(stranger, Decimal(7), "", NOON),
        )
    assert balances(customer) == sums(customer)
    assert ledger.balance(customer) == balances(customer)[-1] == 150 + 5 * Decimal("0.0832")
    assert ledger.balance(stranger) == 185


# A form sent twice


def of_a_form(customer: Customer, form_id: object, amount: int = 1) -> LedgerEntry:
    facts = {"kind": EntryKind.GRANT, "amount": Decimal(amount), "form_id": form_id, "created_at": NOON}
    return LedgerEntry(customer=customer, **facts)


def test_a_form_brings_one_entry(poor: Customer) -> None:
    form_id = uuid4()
    first, was_new = ledger.write_once(of_a_form(poor, form_id))
    again, is_new = ledger.write_once(of_a_form(poor, form_id, amount=99))
    assert (again, again.amount, was_new, is_new) == (first, Decimal(1), True, False)
    assert ledger.balance(poor) == LedgerEntry.objects.count() == 1


def test_two_forms_bring_two(poor: Customer) -> None:
    assert [ledger.write_once(of_a_form(poor, uuid4()))[1] for _ in range(2)] == [True, True]
    assert ledger.balance(poor) == 2


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_brings_one_entry(poor: Customer) -> None:
    for number in ROUNDS:
        form_id = uuid4()
        answers: list[Any] = race(*[lambda i=form_id: ledger.write_once(of_a_form(poor, i))] * 3)
        assert sorted(is_new for _, is_new in answers) == [False, False, True]
        assert len({entry.pk for entry, _ in answers}) == 1
        assert ledger.balance(poor) == number + 1


# Credits are required


def test_credits_are_required(customer: Customer, poor: Customer) -> None:
    ledger.require_credits(customer)
    with pytest.raises(InsufficientCredits):
        ledger.require_credits(poor)


@pytest.mark.parametrize(
    ("balance", "overdraft", "is_enough"),
    [
        ("0.0001", "0", True),
        ("-0.0001", "0", False),
        ("-5", "5", False),
        ("-4.9999", "5", True),
        ("-5.0001", "5", False),
        ("5", "5", True),
    ],
)
def test_the_balance_and_the_overdraft_must_leave_something(
    poor: Customer, balance: str, overdraft: str, is_enough: bool
) -> None:
    ledger.adjust(poor, Decimal(balance), "", NOON)
    poor.overdraft_limit = Decimal(overdraft)
    with nullcontext() if is_enough else pytest.raises(InsufficientCredits):
        ledger.require_credits(poor)


def test_who_was_given_nothing_but_an_overdraft_may_use_it(poor: Customer) -> None:
    poor.overdraft_limit = Decimal("0.0001")
    ledger.require_credits(poor)


# Usage


def test_the_usage_of_a_meeting_is_all_that_was_booked_for_it(meeting: Meeting, secured: Meeting) -> None:
    assert usage_of(meeting) == Usage()
    used(meeting, 3600, "1")
    used(meeting, -1800, "-0.5")
    used(secured, 7200, "2")
    refund = LedgerEntry(
        customer=meeting.customer, kind=EntryKind.REFUND, amount=1, meeting=meeting, created_at=NOON
    )
    ledger.write(refund)  # gives credits back, and leaves the usage as it is
    assert usage_of(meeting) == Usage(1800, Decimal("0.5"))
    assert usage_of(secured) == Usage(7200, Decimal(2))


def test_the_usage_of_a_month_is_what_was_booked_in_it(
    customer: Customer, meeting: Meeting, secured: Meeting
) -> None:
    first, last = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 31, 23, 59, 59, 999999, tzinfo=UTC)
    used(meeting, 999, "0.2775", datetime(2026, 2, 28, 23, 59, 59, 999999, tzinfo=UTC))
    used(meeting, 3600, "1", first)
    used(meeting, 1800, "0.5", last)
    used(secured, 7200, "2", last)
    used(secured, 999, "0.2775", datetime(2026, 4, 1, tzinfo=UTC))
    expected = MonthOfUsage(month="2026-03", credits=Decimal("3.5"), seconds=12600, meetings=2)
    assert ledger.usage_in_month(customer, NOON) == expected
    assert ledger.usage_in_month(customer, datetime(2026, 4, 9, tzinfo=UTC)).seconds == 999


def test_december_ends_with_the_year(customer: Customer, meeting: Meeting) -> None:
    used(meeting, 3600, "1", datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC))
    used(meeting, 7200, "2", datetime(2027, 1, 1, tzinfo=UTC))
    used(meeting, 1800, "0.5", datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC))
    december = ledger.usage_in_month(customer, datetime(2026, 12, 1, tzinfo=UTC))
    assert (december.month, december.credits, december.meetings) == ("2026-12", Decimal(1), 1)


def test_a_meeting_that_turned_out_to_be_free_is_not_counted(customer: Customer, meeting: Meeting) -> None:
    used(meeting, 3600, "1")
    used(meeting, -3600, "-1", noon(60))
    assert ledger.usage_in_month(customer, NOON) == MonthOfUsage("2026-03", Decimal(0), 0, 0)


def test_the_usage_of_others_is_not_listed(customer: Customer, stranger: Customer, meeting: Meeting) -> None:
    used(meeting, 3600, "1")
    ledger.grant(customer, Decimal(9), "", NOON)
    assert ledger.usage_in_month(stranger, NOON).credits == 0
    assert ledger.usage_in_month(customer, NOON).credits == 1
