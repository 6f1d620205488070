"""Settling disturbed: killed in the middle, or beside settling, ending and events elsewhere."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import accumulate
from typing import Any

import pytest

from billing import ledger, settling
from billing.checking import check
from billing.models import LedgerEntry
from billing.settling import due, settle
from calls import ending
from customers.models import Customer
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests.conftest import NOON, ROUNDS, connected, noon, race, usage_of

pytestmark = pytest.mark.django_db(transaction=True)


def running(customer: Customer, last_seen_at: datetime) -> Meeting:
    """A meeting with a guest in it since noon."""
    meeting = Meeting.objects.create(customer=customer, created_at=NOON)
    guest = Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON)
    connected(guest, NOON, last_seen_at=last_seen_at)
    return meeting


def settle_what_is_due() -> None:
    for meeting_pk in due():
        settle(meeting_pk, noon(9999))


def booked(meeting: Meeting) -> int:
    return usage_of(meeting).seconds


def is_in_order(customer: Customer) -> bool:
    """Each entry states the balance after it."""
    entries = LedgerEntry.objects.of(customer).order_by("pk")
    stated = [entry.balance_after for entry in entries]
    return stated == list(accumulate(entry.amount for entry in entries))


# At once


def test_a_meeting_settled_twice_at_once_is_booked_once(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = running(customer, noon(3600))
        answers = race(*[partial(settle, meeting.pk, noon(3600))] * 3)
        assert sorted(answer is None for answer in answers) == [False, True, True]
        assert (booked(meeting), due()) == (3600, [])
    assert ledger.balance(customer) == 145


def test_settled_and_ended_at_once_it_costs_up_to_its_end(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = running(customer, noon(1500))
        race(
            partial(settle, meeting.pk, noon(1500)),
            partial(ending.end_meeting, meeting, noon(1200)),
            partial(settle, meeting.pk, noon(1500)),
        )
        settle_what_is_due()
        assert (booked(meeting), due()) == (1200, [])


def test_an_event_of_somebody_seen_while_their_meeting_is_settled_is_not_lost(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = running(customer, noon(700))
        race(
            partial(settle, meeting.pk, noon(700)),
            partial(Connection.objects.of(meeting).set_seen_at, noon(900), noon(900)),
            partial(settle, meeting.pk, noon(700)),
        )
        assert booked(meeting) == 900 or due() == [meeting.pk]
        settle_what_is_due()
        assert (booked(meeting), due()) == (900, [])


def test_an_event_of_a_leave_while_a_meeting_is_settled_is_not_lost(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = running(customer, noon(900))
        race(
            partial(settle, meeting.pk, noon(900)),
            partial(Connection.objects.of(meeting).set_left_at, noon(800), noon(900)),
            partial(Connection.objects.of(meeting).set_seen_at, noon(950), noon(950)),
        )
        settle_what_is_due()
        assert (booked(meeting), due()) == (800, [])


def test_a_connection_that_begins_while_its_meeting_is_settled_is_not_lost(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = running(customer, noon(900))
        other = Participant.objects.create(meeting=meeting, display_name="Ben", created_at=NOON)
        race(partial(settle, meeting.pk, noon(900)), partial(connected, other, NOON, noon(600)))
        settle_what_is_due()
        assert (booked(meeting), due()) == (1500, [])


def test_meetings_of_one_customer_settled_at_once_add_up(customer: Customer) -> None:
    for number in ROUNDS:
        meetings = [running(customer, noon(3600)) for _ in range(4)]
        race(*[partial(settle, meeting.pk, noon(3600)) for meeting in meetings])
        assert ledger.balance(customer) == 150 - 4 * (number + 1)
    assert is_in_order(customer)


def test_a_grant_while_a_meeting_is_settled_is_not_lost(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = running(customer, noon(3600))
        race(
            partial(settle, meeting.pk, noon(3600)),
            partial(ledger.grant, customer, Decimal(2), "", NOON),
        )
    assert ledger.balance(customer) == 155
    assert is_in_order(customer)


# Killed in the middle


def broken(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The part of settling with that name does its work, and then the process dies."""
    unbroken: Callable[..., object] = getattr(settling, name)

    def die(*about: object) -> None:
        unbroken(*about)
        raise SystemExit("killed")

    monkeypatch.setattr(settling, name, die)


def test_killed_after_the_entry_nothing_is_booked_twice(
    secured: Meeting, person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(person, NOON, noon(3600))
    with monkeypatch.context() as broken_once:
        broken(broken_once, "_book")
        with pytest.raises(SystemExit):
            settle(secured.pk, noon(4000))
    assert (booked(secured), due()) == (3600, [secured.pk])
    assert settle(secured.pk, noon(4060)) is None
    assert (due(), LedgerEntry.objects.usage().count()) == ([], 1)


def test_killed_before_the_commit_nothing_is_booked(
    secured: Meeting, person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(person, NOON, noon(3600))
    with monkeypatch.context() as broken_once:
        broken(broken_once, "_bring_to")
        with pytest.raises(SystemExit):
            settle(secured.pk, noon(4000))
    assert (booked(secured), ledger.balance(secured.customer)) == (0, Decimal(150))
    assert due() == [secured.pk]
    settle_what_is_due()
    assert booked(secured) == 3600


def test_an_event_between_the_entry_and_its_end_does_not_count_as_settled(
    secured: Meeting, person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected(person, NOON, last_seen_at=noon(700))
    unbroken = settling._book

    def book_and_receive(*about: Any) -> Any:
        answer = unbroken(*about)
        Connection.objects.set_seen_at(noon(800), noon(800))
        return answer

    with monkeypatch.context() as interrupted:
        interrupted.setattr(settling, "_book", book_and_receive)
        settle(secured.pk, noon(700))
    assert (booked(secured), due()) == (700, [secured.pk])
    settle_what_is_due()
    assert booked(secured) == 800


def test_a_poll_between_booking_and_marking_at_every_beat_raises_no_alarm(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = running(customer, noon(600))
    unbroken = settling._book

    def book_and_poll(meetings: list[int], now: datetime) -> Any:
        booked = unbroken(meetings, now)
        Connection.objects.set_seen_at(now, now)
        return booked

    monkeypatch.setattr(settling, "_book", book_and_poll)
    for beat in range(630, 1200, 30):
        settle(meeting.pk, noon(beat))
        assert check([customer], noon(beat + 15)).wrong == []
    assert due() == [meeting.pk]
