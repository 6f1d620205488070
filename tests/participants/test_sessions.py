from datetime import datetime
from typing import Any

import pytest

from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, connected, noon


@pytest.fixture
def over(request: pytest.FixtureRequest, person: Participant) -> None:
    Meeting.objects.update(**request.param)
    person.meeting.refresh_from_db()


def test_a_session_is_a_visit(person: Participant) -> None:
    connection = connected(person, NOON, noon(1800))
    [session] = person.sessions(noon(9999))
    assert (session.id, session.session_id) == (connection.pk, connection.session_id)
    assert (session.joined_at, session.left_at) == (NOON, noon(1800))
    assert (session.total_minutes, session.is_connected) == (30, False)


def test_somebody_connected_has_not_left_and_their_time_counts_up_to_now(person: Participant) -> None:
    connected(person, NOON)
    [session] = person.sessions(noon(120))
    assert (session.left_at, session.is_connected, session.total_minutes) == (None, True, 2)
    assert person.total_minutes(noon(120)) == 2


def test_a_reconnect_is_not_a_second_session(person: Participant) -> None:
    first = connected(person, NOON, noon(60))
    connected(person, noon(74), noon(134))
    [session] = person.sessions(noon(9999))
    assert (session.id, session.left_at, session.total_minutes) == (first.pk, noon(134), 2)


def test_a_session_is_numbered_by_its_oldest_connection_also_when_that_was_reported_last(
    person: Participant,
) -> None:
    connected(person, noon(60), noon(90))
    oldest = connected(person, NOON, noon(55), last_seen_at=NOON)
    [session] = person.sessions(noon(9999))
    assert session.id == oldest.pk


def test_sessions_come_oldest_first(person: Participant) -> None:
    connected(person, noon(1000), noon(1010))
    connected(person, NOON, noon(10))
    assert [session.joined_at for session in person.sessions(noon(9999))] == [NOON, noon(1000)]


def test_minutes_of_a_person_are_rounded_once(person: Participant) -> None:
    for start in (0, 1000, 2000):
        connected(person, noon(start), noon(start + 20))
    assert person.total_minutes(noon(9999)) == 1
    assert [session.total_minutes for session in person.sessions(noon(9999))] == [0, 0, 0]


def test_two_tabs_count_once(person: Participant) -> None:
    connected(person, NOON, noon(600))
    connected(person, NOON, noon(600))
    assert person.total_minutes(noon(9999)) == 10
    assert len(person.sessions(noon(9999))) == 1


@pytest.mark.parametrize("over", [{"ended_at": noon(60)}, {"expires_at": noon(60)}], indirect=True)
@pytest.mark.parametrize("left_at", [None, noon(600)])
@pytest.mark.usefixtures("over")
def test_a_connection_ends_with_the_meeting_whatever_livekit_does_later(
    person: Participant, left_at: datetime | None
) -> None:
    connected(person, NOON, left_at)
    [session] = person.sessions(noon(9999))
    assert (session.left_at, session.is_connected, session.total_minutes) == (noon(60), False, 1)


@pytest.mark.parametrize("over", [{"ended_at": noon(60.7)}], indirect=True)
@pytest.mark.usefixtures("over")
def test_a_fraction_of_the_end_does_not_count(person: Participant) -> None:
    connected(person, NOON)
    [session] = person.sessions(noon(9999))
    assert session.left_at == noon(60)


def test_a_removed_person_keeps_their_time_and_a_new_registration_has_none(person: Participant) -> None:
    connected(person, NOON, noon(600))
    person.mark_removed(noon(700))
    facts: dict[str, Any] = {"meeting": person.meeting, "external_user_id": person.external_user_id}
    again = Participant.objects.create(**facts, display_name="John", created_at=noon(800))
    assert (person.total_minutes(noon(9999)), again.total_minutes(noon(9999))) == (10, 0)
