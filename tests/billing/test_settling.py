"""What a meeting costs is what its connections say: when they are settled, and what is booked then."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from billing import ledger
from billing.models import LedgerEntry
from billing.pricing import Usage
from billing.settling import due, settle
from customers.models import Customer
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests.conftest import NOON, connected, noon, usage_of

HOUR = 3600


def register(meeting: Meeting, external_user_id: str | None, **facts: Any) -> Participant:
    """A person of a meeting; a guest without an id."""
    names = {"external_user_id": external_user_id, "display_name": "Ann", "created_at": NOON}
    return Participant.objects.create(meeting=meeting, **{**names, **facts})


def booked(meeting: Meeting) -> int:
    """The seconds; that they cost what they should, too."""
    usage = usage_of(meeting)
    assert usage.credits == Decimal(round(usage.seconds * 10_000 / 3600)) / 10_000
    return usage.seconds


def settled(meeting: Meeting) -> int:
    settle(meeting.pk, noon(9999))
    return booked(meeting)


# What is booked


def test_what_the_connections_say_is_booked(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(HOUR))
    entry = settle(secured.pk, noon(4000))
    assert entry == LedgerEntry.objects.usage().get()
    assert (entry.customer, entry.meeting, entry.created_at) == (secured.customer, secured, noon(4000))
    assert (entry.amount, entry.seconds, entry.balance_after) == (Decimal(-1), HOUR, Decimal(149))
    assert ledger.balance(secured.customer) == 149


def test_settling_again_books_nothing(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(HOUR))
    assert settle(secured.pk, noon(4000))
    assert [settle(secured.pk, noon(at)) for at in (4000, 5000)] == [None, None]
    assert LedgerEntry.objects.usage().count() == 1


def test_a_meeting_of_nobody_costs_nothing(meeting: Meeting) -> None:
    assert settle(meeting.pk, NOON) is None
    assert not LedgerEntry.objects.usage().exists()


def test_below_ten_minutes_nothing_is_booked(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(599))
    assert settle(secured.pk, noon(4000)) is None
    assert due() == []


def test_whoever_crosses_the_minimum_costs_all_of_it(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(599))
    settle(secured.pk, noon(599))
    connected(register(secured, "another"), NOON, noon(1))
    entry = settle(secured.pk, noon(700))
    assert entry and (entry.seconds, entry.amount) == (600, Decimal("-0.1667"))


def test_the_parts_of_a_running_meeting_add_up_to_the_price_of_the_whole(
    secured: Meeting, person: Participant
) -> None:
    """Rounded part by part it would be another one."""
    connected(person, NOON)
    for at in range(0, HOUR + 1, 61):
        Connection.objects.set_seen_at(noon(at), noon(at))
        settle(secured.pk, noon(at))
    assert LedgerEntry.objects.usage().count() == 50  # of the 60 polls, those from ten minutes on
    assert usage_of(secured) == Usage(3599, Decimal("0.9997"))


# What counts


def test_an_open_connection_counts_up_to_the_last_moment_they_were_seen(
    secured: Meeting, person: Participant
) -> None:
    connected(person, NOON, last_seen_at=noon(900))
    assert settled(secured) == 900


def test_a_connection_that_ended_counts_up_to_its_end(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(900), last_seen_at=noon(700))
    connected(person, noon(1000), noon(1900), last_seen_at=noon(5000))
    assert settled(secured) == 1800


@pytest.mark.parametrize("end", ["ended_at", "expires_at", "cancelled_at"])
@pytest.mark.parametrize("left_at", [None, noon(1500)])
def test_no_time_counts_after_the_meeting_was_over(
    secured: Meeting, person: Participant, end: str, left_at: datetime | None
) -> None:
    connected(person, NOON, left_at, last_seen_at=noon(1500))
    connected(person, noon(2000), left_at and noon(3000), last_seen_at=noon(3000))
    Meeting.objects.filter(pk=secured.pk).update(**{end: noon(1200)})
    assert settled(secured) == 1200


def test_an_end_that_is_still_to_come_removes_nothing(secured: Meeting, person: Participant) -> None:
    Meeting.objects.filter(pk=secured.pk).update(expires_at=noon(HOUR))
    connected(person, NOON, last_seen_at=noon(700))
    assert settled(secured) == 700


def test_a_meeting_that_ended_before_it_expired_counts_up_to_its_end(
    secured: Meeting, person: Participant
) -> None:
    connected(person, NOON, noon(1500))
    Meeting.objects.filter(pk=secured.pk).update(ended_at=noon(1000), expires_at=noon(1200))
    assert settled(secured) == 1000


def test_two_tabs_of_one_person_count_once(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(900))
    connected(person, noon(300), noon(1200))
    connected(person, noon(400), noon(500))
    assert settled(secured) == 1200


def test_two_people_add_up(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(900))
    connected(register(secured, "another"), NOON, noon(900))
    assert settled(secured) == 1800


def test_a_registration_made_anew_is_the_same_person(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(900))
    person.mark_removed(noon(850))
    connected(register(secured, "user-123"), noon(600), noon(1200))
    assert settled(secured) == 1200


def test_guests_are_each_their_own(meeting: Meeting) -> None:
    for _ in range(2):
        connected(register(meeting, None), NOON, noon(900))
    assert settled(meeting) == 1800


def test_a_guest_is_nobody_registered_whatever_their_identity(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(900))
    connected(register(secured, None, identity="user-123"), NOON, noon(900))
    assert settled(secured) == 1800


def test_connections_of_other_meetings_do_not_count(
    secured: Meeting, person: Participant, meeting: Meeting
) -> None:
    connected(person, NOON, noon(900))
    connected(register(meeting, None), NOON, noon(700))
    assert (settled(secured), settled(meeting)) == (900, 700)


# Exact events that come late


def test_a_late_event_of_a_longer_connection_books_the_rest(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(HOUR), is_left_guessed=True)
    settle(secured.pk, noon(4000))
    Connection.objects.set_left_at(noon(2 * HOUR), noon(8000))
    entry = settle(secured.pk, noon(8000))
    assert entry and (entry.seconds, entry.amount, entry.balance_after) == (HOUR, Decimal(-1), Decimal(148))


def test_a_late_event_of_a_shorter_connection_gives_the_rest_back(
    secured: Meeting, person: Participant
) -> None:
    connected(person, NOON, last_seen_at=noon(HOUR))
    settle(secured.pk, noon(4000))
    Connection.objects.set_left_at(noon(1800), noon(8000))
    entry = settle(secured.pk, noon(8000))
    assert entry and (entry.seconds, entry.amount, entry.kind) == (-1800, Decimal("0.5"), "usage")
    assert usage_of(secured) == Usage(1800, Decimal("0.5"))


def test_a_late_event_can_make_a_meeting_free_again(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, last_seen_at=noon(900))
    settle(secured.pk, noon(1000))
    Connection.objects.set_left_at(noon(599), noon(1000))
    entry = settle(secured.pk, noon(2000))
    assert entry and (entry.seconds, entry.amount) == (-900, Decimal("0.25"))
    assert (booked(secured), ledger.balance(secured.customer)) == (0, Decimal(150))


def test_a_late_event_of_an_earlier_beginning_books_the_rest(secured: Meeting, person: Participant) -> None:
    connected(person, noon(600), noon(1800), is_joined_guessed=True)
    assert settled(secured) == 1200
    Connection.objects.set_joined_at(NOON, noon(2000))
    assert settled(secured) == 1800


# What is due


def test_what_changed_is_due_until_it_is_settled(
    secured: Meeting, person: Participant, meeting: Meeting
) -> None:
    assert due() == []
    connection = connected(person, NOON, last_seen_at=noon(700))
    connected(register(meeting, None), NOON, noon(100))
    assert set(due()) == {secured.pk, meeting.pk}
    settle(meeting.pk, noon(700))
    assert due() == [secured.pk]
    settle(secured.pk, noon(700))
    assert due() == []
    Connection.objects.filter(pk=connection.pk).set_seen_at(noon(730), noon(730))
    assert due() == [secured.pk]


def test_a_meeting_of_many_connections_is_due_once(secured: Meeting, person: Participant) -> None:
    for at in range(3):
        connected(person, noon(at), noon(at + 1))
    assert due() == [secured.pk]


def test_the_oldest_meeting_is_due_first(customer: Customer) -> None:
    meetings = [Meeting.objects.create(customer=customer, created_at=noon(at)) for at in range(3)]
    for meeting in meetings[::-1]:
        connected(register(meeting, None), NOON)
    assert due() == [meeting.pk for meeting in meetings]


def test_settling_a_meeting_leaves_the_others_due(
    secured: Meeting, person: Participant, meeting: Meeting
) -> None:
    connected(person, NOON, noon(700))
    assert settle(meeting.pk, noon(800)) is None
    assert due() == [secured.pk]
