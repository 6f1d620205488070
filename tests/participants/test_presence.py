from datetime import datetime

import pytest

from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Admission, Participant
from participants.presence import is_room_empty, started_at
from tests.conftest import NOON, connected, noon


def let_in(person: Participant, at: datetime) -> Admission:
    return Admission.objects.create(participant=person, created_at=at)


def is_present(person: Participant, now: datetime) -> bool:
    return Participant.objects.present(person.meeting, now).exists()


def test_somebody_connected_is_present(person: Participant) -> None:
    connected(person, NOON)
    assert is_present(person, noon(99999))


def test_somebody_who_left_is_not(person: Participant) -> None:
    connected(person, NOON, noon(60))
    assert not is_present(person, noon(61))


def test_an_admission_counts_for_six_minutes(person: Participant) -> None:
    let_in(person, NOON)
    assert is_present(person, noon(359))
    assert not is_present(person, noon(360))


def test_an_admission_counts_until_its_connection_has_ended(person: Participant) -> None:
    let_in(person, NOON)
    connected(person, noon(2))
    assert is_present(person, noon(30))
    Connection.objects.set_left_at(noon(20), noon(20))
    assert not is_present(person, noon(30))


def test_a_connection_in_the_second_of_its_admission_ends_it(person: Participant) -> None:
    let_in(person, NOON)
    connected(person, NOON, noon(20))
    assert not is_present(person, noon(30))


def test_an_earlier_connection_does_not_end_an_admission(person: Participant) -> None:
    connected(person, noon(-60), noon(-30))
    let_in(person, NOON)
    assert is_present(person, noon(30))


@pytest.mark.parametrize("ahead", [-300, -1, 65])
def test_the_connection_that_names_it_ends_an_admission_whatever_livekit_s_clock_shows(
    person: Participant, ahead: float
) -> None:
    admission = let_in(person, NOON)
    connected(person, noon(ahead), noon(ahead + 20), admission=admission)
    assert not is_present(person, noon(90))


def test_a_connection_that_names_an_earlier_admission_does_not_end_it(person: Participant) -> None:
    first, _ = let_in(person, noon(-60)), let_in(person, NOON)
    connected(person, noon(2), noon(20), admission=first)
    assert is_present(person, noon(30))


def test_somebody_in_two_tabs_is_one_person(person: Participant) -> None:
    connected(person, NOON)
    connected(person, NOON)
    let_in(person, NOON)
    assert Participant.objects.present(person.meeting, NOON).count() == 1


# The room


def test_a_room_is_empty_before_anybody_came(secured: Meeting) -> None:
    assert is_room_empty(secured, NOON)


@pytest.mark.parametrize(("passed", "is_empty"), [(59, False), (60, True)])
def test_a_room_is_empty_a_minute_after_the_last_left(
    secured: Meeting, person: Participant, passed: int, is_empty: bool
) -> None:
    connected(person, noon(-600), NOON)
    assert is_room_empty(secured, noon(passed)) is is_empty


def test_a_room_is_not_empty_while_somebody_is_connected_or_expected(
    secured: Meeting, person: Participant
) -> None:
    let_in(person, NOON)
    assert not is_room_empty(secured, noon(60))
    connected(person, noon(90))
    assert not is_room_empty(secured, noon(99999))


# The start


def test_a_meeting_that_nobody_joined_has_not_started(secured: Meeting) -> None:
    assert started_at(secured, NOON) is None


def test_a_meeting_started_when_the_first_person_came(secured: Meeting, person: Participant) -> None:
    connected(person, noon(60), noon(70))
    connected(person, noon(10), noon(20))
    assert started_at(secured, noon(99999)) == noon(10)


def test_somebody_let_in_starts_it_for_as_long_as_they_are_expected(
    secured: Meeting, person: Participant
) -> None:
    let_in(person, NOON)
    assert started_at(secured, noon(359)) == NOON
    assert started_at(secured, noon(360)) is None


# Who it was


def test_a_registration_made_anew_is_the_same_person(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(1))
    person.mark_removed(noon(2))
    again = Participant.objects.create(
        meeting=secured, external_user_id="user-123", display_name="John", created_at=noon(3)
    )
    connected(again, noon(4))
    assert Participant.objects.of(secured).who_connected().people_by_meeting().get()["people"] == 1


def test_each_guest_is_a_person_and_whoever_never_connected_is_not_counted(meeting: Meeting) -> None:
    guests = [
        Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON) for _ in range(3)
    ]
    for guest in guests[:2]:
        connected(guest, NOON, noon(1))
        connected(guest, noon(60))
    assert Participant.objects.of(meeting).who_connected().people_by_meeting().get()["people"] == 2


@pytest.mark.parametrize("left_at", [None, NOON, noon(1)])
def test_what_occupies_a_room_is_what_its_presence_says(
    person: Participant, left_at: datetime | None
) -> None:
    """Two forms of one rule: the one that an index answers, and the one that `occupancy` groups by."""
    connected(person, noon(-600), left_at)
    for passed in (-1, 0, 59, 60, 61, 62):
        now = noon(passed)
        present = [one for one in Connection.objects.with_presence(now) if one.presence_ends_at > now]
        assert list(Connection.objects.occupying(now)) == present
