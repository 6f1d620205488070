"""A sound world has nothing wrong; each kind of wrong is one made behind the ledger's back."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from billing import ledger
from billing.checking import Report, check
from billing.models import CreditAccount, LedgerEntry
from billing.settling import due, settle
from customers.models import Customer
from meetings.models import Meeting
from participants.attendance import show
from participants.connections import Connection
from participants.models import Participant
from tests.billing.conftest import unguarded, used
from tests.conftest import NOON, connected, noon, race

NOW = noon(4000)


def wrong(customer: Customer) -> list[str]:
    return check([customer], NOW).wrong


def guest(meeting: Meeting) -> Participant:
    return Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON)


@pytest.fixture
def hour(meeting: Meeting) -> Connection:
    """Somebody was in the meeting for an hour, which is settled."""
    connection = connected(guest(meeting), NOON, noon(3600))
    settle(meeting.pk, noon(3700))
    return connection


@pytest.fixture
def sold(stranger: Customer, hour: Connection) -> None:
    """The meeting belongs to another customer now, and its usage to who paid for it."""
    Meeting.objects.update(customer=stranger)


# Nothing is wrong


def test_in_a_sound_world_nothing_is_wrong(customer: Customer, hour: Connection) -> None:
    ledger.adjust(customer, Decimal("-0.5"), "", NOON)
    assert check([customer], NOW) == Report(customers=1, meetings=1, entries=3, wrong=[])


def test_nobody_has_nothing_wrong(db: None) -> None:
    assert check([], NOW) == Report()


def test_who_never_did_anything_has_nothing_wrong(db: None) -> None:
    assert check([Customer.objects.create(slug="new")], NOW) == Report(customers=1)


def test_meetings_in_which_somebody_was_are_counted(
    customer: Customer, hour: Connection, secured: Meeting, person: Participant
) -> None:
    """Also free ones; not those that nobody joined."""
    Meeting.objects.create(customer=customer, created_at=NOON)
    connected(person, NOON, noon(60))
    settle(secured.pk, NOW)
    assert check([customer], NOW) == Report(customers=1, meetings=2, entries=2)


def test_a_meeting_that_turned_out_to_be_free_is_sound(
    customer: Customer, meeting: Meeting, hour: Connection
) -> None:
    Connection.objects.set_left_at(noon(60), NOW)
    settle(meeting.pk, NOW)
    assert check([customer], NOW) == Report(customers=1, meetings=1, entries=3)


def test_only_the_asked_customers_are_looked_at(
    customer: Customer, stranger: Customer, hour: Connection
) -> None:
    CreditAccount.objects.filter(customer=customer).update(balance=0)
    assert check([stranger], NOW) == Report(customers=1, entries=1)
    assert check([stranger, customer], NOW).customers == 2
    assert [text.split(":")[0] for text in check([stranger, customer], NOW).wrong] == ["your-company"]


def test_more_meetings_are_no_more_questions(customer: Customer, hour: Connection) -> None:
    def questions() -> int:
        with CaptureQueriesContext(connection) as asked:
            check([customer], NOW)
        return len(asked)

    for_one = questions()
    for _ in range(3):
        more = Meeting.objects.create(customer=customer, created_at=NOON)
        connected(guest(more), NOON, noon(60))
    assert check([customer], NOW).meetings == 4
    assert questions() == for_one


@pytest.mark.django_db(transaction=True)
def test_what_others_write_meanwhile_is_not_seen(
    customer: Customer, meeting: Meeting, hour: Connection
) -> None:
    def growing() -> Iterator[Customer]:
        yield customer
        race(lambda: ledger.grant(customer, Decimal(1), "", NOON))
        yield customer

    report = check(growing(), NOW)
    assert report == Report(customers=2, meetings=2, entries=4)
    assert ledger.balance(customer) == 150


# Accounts and entries


def test_a_changed_balance_is_reported(customer: Customer, hour: Connection) -> None:
    CreditAccount.objects.filter(customer=customer).update(balance=F("balance") + 1)
    assert wrong(customer) == [
        "your-company: the balance is 150.0000, but its entries add up to 149.0000.",
    ]


def test_a_lost_account_is_reported(customer: Customer) -> None:
    CreditAccount.objects.filter(customer=customer).delete()
    assert wrong(customer) == ["your-company: the balance is 0, but its entries add up to 150.0000."]


def test_an_entry_that_states_another_balance_is_reported(customer: Customer, hour: Connection) -> None:
    entry = ledger.grant(customer, Decimal(1), "", NOON)
    with unguarded():
        LedgerEntry.objects.filter(pk=entry.pk).update(balance_after=7)
    assert wrong(customer) == [
        f"your-company: entry {entry.pk} tells a balance of 7.0000, but it was 150.0000.",
    ]


def test_a_deleted_entry_is_reported(customer: Customer) -> None:
    first, second = (ledger.grant(customer, Decimal(1), "", NOON) for _ in range(2))
    with unguarded():
        first.delete()
    assert wrong(customer) == [
        "your-company: the balance is 152.0000, but its entries add up to 151.0000.",
        f"your-company: entry {second.pk} tells a balance of 152.0000, but it was 151.0000.",
    ]


def test_entries_of_others_are_not_added_up(customer: Customer, stranger: Customer) -> None:
    ledger.grant(stranger, Decimal(1), "", NOON)
    ledger.grant(customer, Decimal(1), "", NOON)
    assert check([customer, stranger], NOW) == Report(customers=2, entries=4)


# Usage


def test_a_wrong_price_is_reported(customer: Customer, meeting: Meeting, hour: Connection) -> None:
    with unguarded():
        LedgerEntry.objects.usage().update(amount=-2, balance_after=148)
    CreditAccount.objects.update(balance=148)
    assert wrong(customer) == [
        f"your-company: {meeting.code}: 3600 s are billed with 2.0000 credits, but cost 1.0000.",
        f"your-company: {meeting.code}: 3600 s are billed, but its connections say 3600 s.",
    ]


@pytest.mark.parametrize(("left_at", "said"), [(1800, 1800), (7200, 7200), (60, 0)])
def test_a_connection_that_was_changed_by_hand_is_reported(
    customer: Customer, meeting: Meeting, hour: Connection, left_at: int, said: int
) -> None:
    Connection.objects.update(left_at=noon(left_at))
    assert due() == []
    assert wrong(customer) == [
        f"your-company: {meeting.code}: 3600 s are billed, but its connections say {said} s.",
    ]


def test_usage_without_anybody_is_reported(customer: Customer, meeting: Meeting) -> None:
    used(meeting, 3600, "1")
    assert wrong(customer) == [
        f"your-company: {meeting.code}: 3600 s are billed, but its connections say 0 s.",
    ]


@pytest.mark.parametrize(("passed", "is_reported"), [(119, False), (120, True), (3600, True)])
def test_what_is_not_settled_for_two_minutes_is_reported(
    customer: Customer, meeting: Meeting, hour: Connection, passed: int, is_reported: bool
) -> None:
    Connection.objects.set_left_at(noon(1800), NOW)
    report = check([customer], noon(4000 + passed))
    since = "2026-03-01 13:06:40"
    sentence = (
        f"your-company: {meeting.code}: 3600 s are billed, but its connections say 1800 s since {since}."
    )
    assert report.wrong == ([sentence] if is_reported else [])


def test_what_waits_longest_counts(customer: Customer, meeting: Meeting, hour: Connection) -> None:
    connected(guest(meeting), NOON, noon(700), unsettled_since=noon(3000))
    connected(guest(meeting), NOON, noon(700), unsettled_since=noon(3999))
    [sentence] = wrong(customer)
    assert sentence.endswith("3600 s are billed, but its connections say 5000 s since 2026-03-01 12:50:00.")


def test_what_is_not_settled_but_says_the_same_is_sound(customer: Customer, hour: Connection) -> None:
    Connection.objects.change(noon(3000))
    assert wrong(customer) == []


@pytest.mark.usefixtures("sold")
def test_usage_booked_to_another_customer_is_reported_to_both(
    customer: Customer, stranger: Customer, meeting: Meeting
) -> None:
    assert wrong(customer) == [
        f"your-company: {meeting.code}: its usage is billed to another customer than its own.",
    ]
    assert wrong(stranger) == [
        f"stranger: {meeting.code}: 0 s are billed, but its connections say 3600 s.",
    ]


@pytest.mark.parametrize(
    ("settled", "polled", "passed", "is_reported"),
    [
        (0, range(30, 601, 30), 119, True),  # settling has stopped ten minutes ago
        (500, range(30, 601, 30), 0, False),
        (500, range(30, 601, 30), 40, True),
        (0, [600], 119, False),  # polls have begun again
        (0, [30, 600], 119, False),
        (0, [600], 120, True),
    ],
)
def test_what_polls_showed_and_is_not_settled_for_two_minutes_is_reported(
    customer: Customer, meeting: Meeting, settled: int, polled: list[int], passed: int, is_reported: bool
) -> None:
    one = connected(guest(meeting), noon(-1000), last_seen_at=NOON)
    for at in [0, *(at for at in polled if at <= settled)]:
        show([one.sid], noon(at), noon(at))
    settle(meeting.pk, noon(settled))
    for at in polled:
        show([one.sid], noon(at), noon(at))
    found = check([customer], noon(600 + passed)).wrong
    assert [sentence for sentence in found if "are billed, but" in sentence] == (found if is_reported else [])
    assert bool(found) == is_reported


def test_somebody_taken_for_gone_long_ago_who_is_back_is_not_reported_at_once(
    customer: Customer, meeting: Meeting
) -> None:
    one = connected(guest(meeting), NOON)
    show([one.sid], noon(700), noon(700))
    Connection.objects.close_lost(noon(760))
    settle(meeting.pk, noon(800))
    Connection.objects.set_seen_at(noon(3000), NOW)
    assert wrong(customer) == []
    assert check([customer], noon(4119)).wrong == []
    assert "are billed, but its connections say 3000 s" in check([customer], noon(4120)).wrong[0]


# Connections


@pytest.mark.parametrize(("seen", "is_reported"), [(3880, False), (3879, True)])
def test_an_open_connection_that_no_poll_looks_for_is_reported(
    customer: Customer, meeting: Meeting, seen: int, is_reported: bool
) -> None:
    connection = connected(guest(meeting), NOON, last_seen_at=noon(seen))
    settle(meeting.pk, NOON)
    what = f"{connection.sid} is open, but was not looked for since 2026-03-01 13:04:39."
    sentence = f"your-company: {meeting.code}: {what}"
    assert wrong(customer) == ([sentence] if is_reported else [])


def test_whoever_is_known_by_a_late_event_is_not_missed_at_once(customer: Customer, meeting: Meeting) -> None:
    connection = connected(guest(meeting), NOON)
    settle(meeting.pk, NOON)
    Connection.objects.filter(pk=connection.pk).set_seen_at(noon(10), noon(3900))
    assert wrong(customer) == []


@pytest.mark.parametrize("end", ["ended_at", "expires_at", "cancelled_at"])
def test_who_is_in_a_meeting_that_is_over_for_long_is_reported(
    customer: Customer, meeting: Meeting, end: str
) -> None:
    connection = connected(guest(meeting), NOON)
    Meeting.objects.filter(pk=meeting.pk).update(**{end: noon(3879)})
    settle(meeting.pk, NOON)
    [sentence] = wrong(customer)
    assert f"{connection.sid} is open" in sentence


@pytest.mark.parametrize("end", ["ended_at", "expires_at", "cancelled_at"])
def test_in_a_meeting_that_is_just_over_nobody_is_missed(
    customer: Customer, meeting: Meeting, end: str
) -> None:
    connected(guest(meeting), NOON)
    Meeting.objects.update(**{end: noon(3999)})
    settle(meeting.pk, NOON)
    assert wrong(customer) == []


def test_who_left_is_not_missed(customer: Customer, hour: Connection) -> None:
    assert (hour.last_seen_at, wrong(customer)) == (NOON, [])


def test_all_that_is_wrong_is_reported(
    customer: Customer, meeting: Meeting, secured: Meeting, hour: Connection
) -> None:
    used(secured, 3600, "7")
    connected(guest(meeting), NOON)
    CreditAccount.objects.update(balance=1)
    about = [sentence.split(": ")[1] for sentence in wrong(customer)]
    balance = "the balance is 1.0000, but its entries add up to 142.0000."
    assert about == [balance, meeting.code, secured.code, secured.code]


def test_what_is_wrong_with_each_customer_is_reported(customer: Customer, stranger: Customer) -> None:
    CreditAccount.objects.update(balance=1)
    about = [sentence.split(": ")[0] for sentence in check([customer, stranger], NOW).wrong]
    assert about == ["your-company", "stranger"]
