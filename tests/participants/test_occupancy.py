"""Since when a room has not been empty, and who came first into it."""

from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meetings.models import Meeting
from participants import presence
from participants.connections import Connection
from participants.models import Admission, Participant
from participants.presence import Occupancy, is_room_empty, occupancy
from tests.conftest import NOON, connected, noon

NOW = noon(5000)


def guest(meeting: Meeting, name: str = "Ann") -> Participant:
    return Participant.objects.create(meeting=meeting, display_name=name, created_at=NOON)


def let_in(person: Participant, at: datetime) -> Admission:
    return Admission.objects.create(participant=person, created_at=at)


@pytest.fixture
def ann(meeting: Meeting) -> Participant:
    return guest(meeting)


@pytest.fixture
def bert(meeting: Meeting) -> Participant:
    return guest(meeting, "Bert")


def test_it_is_since_the_first_came(meeting: Meeting, ann: Participant, bert: Participant) -> None:
    connected(bert, noon(30))
    connected(ann, NOON)
    assert occupancy(meeting, NOW) == Occupancy(since=NOON, first=ann)


def test_before_anybody_came_there_is_none(meeting: Meeting, ann: Participant) -> None:
    assert occupancy(meeting, NOW) is None


def test_another_meeting_s_people_are_not_here(meeting: Meeting, person: Participant) -> None:
    connected(person, NOON)
    let_in(person, NOON)
    assert occupancy(meeting, NOW) is None


def test_after_everybody_left_it_is_the_last_one(meeting: Meeting, ann: Participant) -> None:
    connected(ann, NOON, noon(60))
    assert occupancy(meeting, NOW) == Occupancy(since=NOON, first=ann)


@pytest.mark.parametrize(("gap", "since"), [(0, 0), (59, 0), (60, 160), (61, 161)])
def test_a_minute_without_anybody_begins_another(
    meeting: Meeting, ann: Participant, bert: Participant, gap: int, since: int
) -> None:
    connected(ann, NOON, noon(100))
    connected(bert, noon(100 + gap))
    first = ann if since == 0 else bert
    assert occupancy(meeting, NOW) == Occupancy(since=noon(since), first=first)


def test_people_who_relieve_each_other_keep_it_up(
    meeting: Meeting, ann: Participant, bert: Participant
) -> None:
    connected(ann, NOON, noon(100))
    connected(bert, noon(150), noon(250))
    connected(ann, noon(300))
    assert occupancy(meeting, NOW) == Occupancy(since=NOON, first=ann)


def test_a_short_connection_inside_a_long_one_ends_nothing(
    meeting: Meeting, ann: Participant, bert: Participant
) -> None:
    connected(ann, NOON, noon(1000))
    connected(bert, noon(10), noon(20))
    connected(bert, noon(500))
    assert occupancy(meeting, NOW) == Occupancy(since=NOON, first=ann)


# People who are expected


def test_it_is_since_somebody_was_let_in(meeting: Meeting, ann: Participant) -> None:
    let_in(ann, NOON)
    connected(ann, noon(5))
    assert occupancy(meeting, NOW) == Occupancy(since=NOON, first=ann)


def test_who_is_only_expected_is_not_first(meeting: Meeting, ann: Participant, bert: Participant) -> None:
    let_in(ann, NOON)
    assert occupancy(meeting, noon(5)) == Occupancy(since=NOON, first=None)
    connected(bert, noon(10))
    assert occupancy(meeting, noon(10)) == Occupancy(since=NOON, first=bert)


def test_somebody_expected_bridges_the_gap(meeting: Meeting, ann: Participant, bert: Participant) -> None:
    connected(ann, NOON, noon(100))
    let_in(bert, noon(159))
    connected(bert, noon(159 + 359))
    assert occupancy(meeting, NOW) == Occupancy(since=NOON, first=ann)


def test_somebody_expected_too_late_bridges_nothing(
    meeting: Meeting, ann: Participant, bert: Participant
) -> None:
    connected(ann, NOON, noon(100))
    let_in(bert, noon(160))
    connected(bert, noon(170))
    assert occupancy(meeting, NOW) == Occupancy(since=noon(160), first=bert)


def test_an_admission_bridges_until_its_connection_has_ended(
    meeting: Meeting, ann: Participant, bert: Participant
) -> None:
    let_in(ann, NOON)
    connected(ann, noon(5), noon(50))
    connected(bert, noon(200))
    assert occupancy(meeting, NOW) == Occupancy(since=noon(200), first=bert)


def test_an_earlier_connection_does_not_end_an_admission(
    meeting: Meeting, ann: Participant, bert: Participant
) -> None:
    connected(ann, noon(-100), noon(-50))
    let_in(ann, NOON)
    connected(bert, noon(200))
    assert occupancy(meeting, NOW) == Occupancy(since=noon(-100), first=ann)


def test_when_an_admission_has_run_out_the_room_is_empty_at_once(
    meeting: Meeting, ann: Participant, bert: Participant
) -> None:
    """The minute is counted from the end of a connection only."""
    let_in(ann, NOON)
    assert is_room_empty(meeting, noon(360))
    connected(bert, noon(390))
    assert occupancy(meeting, noon(390)) == Occupancy(since=noon(390), first=bert)


# The end


def test_nothing_counts_after_the_end(meeting: Meeting, ann: Participant, bert: Participant) -> None:
    connected(ann, NOON)
    Meeting.objects.update(ended_at=noon(100))
    meeting.refresh_from_db()
    connected(bert, noon(200))
    assert occupancy(meeting, NOW) == Occupancy(since=noon(200), first=bert)


@settings(max_examples=50, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 600), st.integers(0, 100)).map(lambda drawn: (drawn[0], sum(drawn))),
        min_size=1,
        max_size=6,
    )
)
def test_it_began_when_nobody_had_been_there_for_a_minute(
    meeting: Meeting, ann: Participant, spans: list[tuple[int, int]]
) -> None:
    """The oracle: a connection began it if at its first second nobody was there, or had been for a minute."""
    Connection.objects.all().delete()
    for start, end in spans:
        connected(ann, noon(start), noon(end))
    began = [begun for begun, _ in spans if not any(start < begun < end + 60 for start, end in spans)]
    assert occupancy(meeting, NOW) == Occupancy(since=noon(max(began)), first=ann)


# What it costs


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 300), st.booleans()), min_size=1, max_size=9),
    st.lists(st.integers(0, 3000), max_size=4),
    st.integers(1, 3),
)
def test_read_backwards_it_is_as_if_all_were_read(
    meeting: Meeting,
    ann: Participant,
    monkeypatch: pytest.MonkeyPatch,
    came: list[tuple[int, int, bool]],
    admitted: list[int],
    latest: int,
) -> None:
    Connection.objects.all().delete()
    Admission.objects.all().delete()
    for start, lasted, is_open in came:
        person = guest(meeting)
        connected(person, noon(start), None if is_open and start > 2500 else noon(start + lasted))
    for at in admitted:
        let_in(guest(meeting), noon(at))
    whole = occupancy(meeting, noon(3300))
    with monkeypatch.context() as patched:
        patched.setattr(presence, "LATEST", latest)
        assert occupancy(meeting, noon(3300)) == whole


def test_of_a_room_in_which_many_were_only_the_last_are_read(
    meeting: Meeting, ann: Participant, django_assert_num_queries: Any
) -> None:
    for number in range(200):
        connected(ann, noon(number * 10 - 9000), noon(number * 10 - 8995))
    last = connected(ann, noon(100), noon(200))
    connected(ann, noon(150))
    with django_assert_num_queries(2) as asked:
        assert occupancy(meeting, NOW) == Occupancy(since=last.joined_at, first=ann)
    assert "LIMIT 64" in asked[0]["sql"]
