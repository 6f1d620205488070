from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings.models import Meeting
from participants.models import Participant
from recordings.models import RecordingSummary
from recordings.states import MAY_FOLLOW, PENDING, RUNNING, STATUS, UNFINISHED, State, Status, of_meeting
from tests.conftest import NOON
from tests.recordings.conftest import after, recording_in, recording_of
from upclass.egress import Egress, EgressState

OVER = (State.COMPLETED, State.FAILED, State.DROPPED)
TRANSITIONS = {
    (State.QUEUED, State.REQUESTED),
    (State.QUEUED, State.STARTING),
    (State.QUEUED, State.DROPPED),
    (State.REQUESTED, State.QUEUED),
    (State.REQUESTED, State.STARTING),
    (State.REQUESTED, State.FAILED),
    (State.REQUESTED, State.DROPPED),
    (State.STARTING, State.RECORDING),
    (State.STARTING, State.ENDING),
    (State.STARTING, State.STORING),
    (State.STARTING, State.FAILED),
    (State.STARTING, State.DROPPED),
    (State.RECORDING, State.ENDING),
    (State.RECORDING, State.STORING),
    (State.RECORDING, State.FAILED),
    (State.ENDING, State.STORING),
    (State.ENDING, State.FAILED),
    (State.STORING, State.STORING),
    (State.STORING, State.COMPLETED),
    (State.STORING, State.FAILED),
}


def reachable(state: State, seen: frozenset[State] = frozenset()) -> frozenset[State]:
    """The states that may be found later, this one among them."""
    seen |= {state}
    for before, following in TRANSITIONS:
        if before is state and following not in seen:
            seen |= reachable(following, seen)
    return seen


REACHABLE = {(state, following) for state in State for following in reachable(state)}


def moved(recording: Any, to: State) -> bool:
    """What the one method that leads to a state says."""
    methods = {
        State.QUEUED: lambda: recording.mark_refused(NOON, NOON),
        State.REQUESTED: lambda: recording.mark_requested(NOON),
        State.STARTING: lambda: recording.mark_starting(Egress("EG_1", recording.file, EgressState.STARTING)),
        State.RECORDING: lambda: recording.mark_recording(NOON),
        State.ENDING: lambda: recording.mark_ending(ended_at=NOON),
        State.STORING: lambda: recording.mark_storing(NOON, 5),
        State.COMPLETED: lambda: recording.mark_completed(5),
        State.FAILED: lambda: recording.mark_failed("It broke.", NOON),
        State.DROPPED: lambda: recording.mark_dropped(NOON),
    }
    return bool(methods[to]())


@pytest.mark.parametrize("following", list(State))
@pytest.mark.parametrize("state", list(State))
def test_each_state_is_reached_from_those_that_the_drawing_says(
    call: Meeting, ann: Participant, state: State, following: State
) -> None:
    recording = recording_in(call, ann, state)
    moves = (state, following) in TRANSITIONS
    assert moved(recording, following) is moves
    assert recording.state == (following if moves else state)
    assert after(recording).state == recording.state


def test_the_table_is_the_drawing() -> None:
    assert {(before, state) for state, ways in MAY_FOLLOW.items() for before in ways} == TRANSITIONS
    assert set(MAY_FOLLOW) == set(State)


def test_nothing_comes_after_the_end() -> None:
    assert set(OVER).isdisjoint(before for before, _ in TRANSITIONS)
    assert set(OVER) | set(UNFINISHED) == set(State)
    assert (*PENDING, State.RECORDING) == RUNNING


RANK = {Status.PENDING: 0, Status.RECORDING: 1, Status.PROCESSING: 2}


@given(st.lists(st.sampled_from(sorted(TRANSITIONS)), max_size=30))
def test_whatever_happens_the_status_that_is_shown_never_goes_back(steps: list[tuple[State, State]]) -> None:
    state, ranks = State.QUEUED, [0]
    for before, following in steps:
        if before is state:
            state = following
            ranks.append(RANK.get(STATUS[state], 3))
    assert ranks == sorted(ranks)


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (State.QUEUED, "pending"),
        (State.REQUESTED, "pending"),
        (State.STARTING, "pending"),
        (State.RECORDING, "recording"),
        (State.ENDING, "processing"),
        (State.STORING, "processing"),
        (State.COMPLETED, "completed"),
        (State.FAILED, "failed"),
        (State.DROPPED, "dropped"),
    ],
)
def test_each_state_is_shown_as(call: Meeting, ann: Participant, state: State, status: str) -> None:
    assert recording_in(call, ann, state).status == status


# What a meeting shows


@pytest.mark.parametrize(
    ("recordings", "shown"),
    [
        ([], Status.PENDING),
        ([Status.DROPPED], Status.PENDING),
        ([Status.PENDING], Status.PENDING),
        ([Status.FAILED, Status.PENDING, Status.DROPPED], Status.FAILED),
        ([Status.COMPLETED, Status.FAILED, Status.PENDING], Status.COMPLETED),
        ([Status.PROCESSING, Status.COMPLETED, Status.FAILED, Status.PENDING], Status.PROCESSING),
        ([Status.RECORDING, Status.PROCESSING, Status.COMPLETED, Status.FAILED], Status.RECORDING),
    ],
)
def test_a_meeting_shows_what_comes_first(recordings: list[Status], shown: Status) -> None:
    for ordered in permutations(recordings):
        assert of_meeting(ordered) is shown


def test_before_the_first_recording_a_meeting_shows_pending() -> None:
    assert RecordingSummary.of([]) == RecordingSummary(Status.PENDING, 0, 0, False)


def test_seconds_and_bytes_are_sums_over_the_completed_recordings(call: Meeting, ann: Participant) -> None:
    for seconds, size in ((60, 1000), (30, 500)):
        recording_of(call, ann, Status.COMPLETED, seconds=seconds, size_bytes=size)
    recording_of(call, ann, Status.FAILED, seconds=7, size_bytes=7)
    recording_of(call, ann, Status.DROPPED)
    assert RecordingSummary.of(call.recordings.all()) == RecordingSummary(Status.COMPLETED, 90, 1500, True)


def test_a_part_of_a_failed_recording_is_no_recording(call: Meeting, ann: Participant) -> None:
    recording_of(call, ann, Status.FAILED, seconds=7, size_bytes=7)
    assert RecordingSummary.of(call.recordings.all()) == RecordingSummary(Status.FAILED, 0, 0, False)
