"""Whose seconds are billed, against a count of each second one by one; and who is gone with a room."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.models import Meeting
from participants.attendance import billed_seconds, close_room_connections
from participants.connections import Connection
from participants.models import Participant
from tests.conftest import NOON, connected, noon

NOW = noon(5000)
PEOPLE = [(None, "a"), (None, "b"), ("a", "c"), ("a", "d"), ("b", "e")]  # of which c and d are one

moments = st.integers(0, 100)
drawn_connections = st.lists(
    st.tuples(st.sampled_from(PEOPLE), moments, st.none() | moments, moments),
    max_size=8,
)
ends = st.fixed_dictionaries(
    {}, optional={end: moments.map(noon) for end in ("ended_at", "cancelled_at", "expires_at")}
)


def connection_of(who: tuple[str | None, str], joined: int, left: int | None, seen: int) -> Connection:
    """None of it is saved."""
    person = Participant(external_user_id=who[0], identity=who[1])
    left_at = None if left is None else noon(left)
    return Connection(participant=person, joined_at=noon(joined), left_at=left_at, last_seen_at=noon(seen))


def end_of(meeting: Meeting) -> datetime:
    """The oracle: that of the facts that decides, or never."""
    ends = (meeting.ended_at, meeting.cancelled_at, meeting.expires_at, noon(9999))
    return next(end for end in ends if end)


def there(connections: list[Connection], second: datetime) -> set[str]:
    """The oracle: who was there in that second; of registered people by their id, whatever their link."""
    return {
        connection.participant.external_user_id or f"guest {connection.participant.identity}"
        for connection in connections
        if connection.joined_at <= second < (connection.left_at or connection.last_seen_at)
    }


@given(drawn_connections, ends)
def test_each_second_of_each_person_before_the_end_is_billed_once(
    drawn: list[tuple[tuple[str | None, str], int, int | None, int]], facts: dict[str, datetime]
) -> None:
    meeting = Meeting(**facts)
    connections = [connection_of(*one) for one in drawn]
    seconds = [NOON + timedelta(seconds=passed) for passed in range(101)]
    expected = sum(len(there(connections, second)) for second in seconds if second < end_of(meeting))
    assert billed_seconds(meeting, connections) == expected


def test_nobody_costs_nothing() -> None:
    assert billed_seconds(Meeting(), []) == 0


def test_fractions_of_seconds_are_not_billed() -> None:
    meeting = Meeting(ended_at=noon(60.9))
    connection = connection_of((None, "a"), 0, None, 0)
    connection.last_seen_at = noon(30.9)
    assert billed_seconds(meeting, [connection]) == 30
    connection.last_seen_at = noon(90)
    assert billed_seconds(meeting, [connection]) == 60


# A room that is no more


@pytest.mark.parametrize(
    ("joined_at", "last_seen_at", "is_gone"),
    [
        (0, 0, True),
        (0, 59, True),
        (59, 60, True),
        (0, 61, False),  # seen since: by another room of the meeting
        (60, 60, False),
        (61, 61, False),
    ],
)
def test_with_a_room_whoever_came_before_is_gone_since_they_were_last_seen(
    secured: Meeting, person: Participant, joined_at: int, last_seen_at: int, is_gone: bool
) -> None:
    connection = connected(person, noon(joined_at), last_seen_at=noon(last_seen_at))
    close_room_connections(secured, noon(60), NOW)
    connection.refresh_from_db()
    assert (connection.left_at, connection.is_left_guessed) == (
        noon(last_seen_at) if is_gone else None,
        is_gone,
    )


def test_with_a_room_only_its_own_people_are_gone(
    secured: Meeting, person: Participant, meeting: Meeting
) -> None:
    connected(person, NOON)
    close_room_connections(meeting, noon(60), NOW)
    assert Connection.objects.open().count() == 1


def test_an_exact_leave_is_known_better(secured: Meeting, person: Participant) -> None:
    connection = connected(person, NOON, noon(30))
    close_room_connections(secured, noon(60), NOW)
    connection.refresh_from_db()
    assert (connection.left_at, connection.is_left_guessed, connection.version) == (noon(30), False, 1)


def test_with_a_room_its_people_are_to_be_settled_again(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, settled_version=1)
    close_room_connections(secured, noon(60), NOW)
    assert Connection.objects.unsettled().get().unsettled_since == NOW
