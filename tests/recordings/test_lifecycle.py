"""What LiveKit reports of an egress moves its recording, in whatever order it is reported."""

from datetime import datetime
from itertools import permutations

import pytest

from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from recordings.follow_ups import Action, FollowUp
from recordings.lifecycle import apply_update, confirm_stored, on_egress_update
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import after, asked, known, recording_of, saves, status_of
from tests.recordings.fakes import FakeStorage
from upclass.egress import Egress, EgressState

ALIVE = (EgressState.STARTING, EgressState.ACTIVE)
ENDED = (EgressState.ENDING, EgressState.COMPLETE, EgressState.FAILED, EgressState.ABORTED)
OVER = (Status.COMPLETED, Status.FAILED, Status.DROPPED)


def update(recording: Recording, state: EgressState, **facts: object) -> Egress:
    """An update of the recording's egress."""
    times: dict[str, datetime] = (
        {"started_at": noon(4)} if state not in (EgressState.STARTING, EgressState.ABORTED) else {}
    )
    return Egress("EG_1", recording.file, state, **{**times, **facts})  # type: ignore[arg-type]


def empty_the_room() -> None:
    Connection.objects.set_left_at(noon(-60), NOON)


# In good order


def test_an_egress_that_starts_changes_nothing_yet(recording: Recording) -> None:
    assert on_egress_update(update(known(recording), EgressState.STARTING), noon(1)) is None
    assert (status_of(recording), after(recording).started_at) == (Status.PENDING, None)


def test_an_active_egress_records(recording: Recording) -> None:
    assert on_egress_update(update(known(recording), EgressState.ACTIVE), noon(5)) is None
    assert (status_of(recording), after(recording).started_at) == (Status.RECORDING, noon(4))


def test_without_a_time_it_began_when_it_was_reported(recording: Recording) -> None:
    on_egress_update(update(known(recording), EgressState.ACTIVE, started_at=None), noon(5))
    assert after(recording).started_at == noon(5)


def test_an_egress_that_ends_is_processed(recording: Recording) -> None:
    assert on_egress_update(update(known(recording), EgressState.ENDING, ended_at=noon(60)), noon(61)) is None
    now = after(recording)
    assert (now.status, now.started_at, now.ended_at) == (Status.PROCESSING, noon(4), noon(60))


def test_a_complete_egress_is_processed_until_its_file_was_seen(recording: Recording) -> None:
    follow_up = on_egress_update(
        update(known(recording), EgressState.COMPLETE, ended_at=noon(60), seconds=56), noon(61)
    )
    now = after(recording)
    assert follow_up == saves(recording)
    assert (now.status, now.finished_at, now.seconds) == (Status.PROCESSING, noon(61), 56)
    assert (now.started_at, now.ended_at, now.size_bytes) == (noon(4), noon(60), None)


def test_a_complete_egress_reported_again_is_complete_since_the_first_time(recording: Recording) -> None:
    complete = update(known(recording), EgressState.COMPLETE, ended_at=noon(60), seconds=56)
    on_egress_update(complete, noon(61))
    on_egress_update(complete, noon(99))
    assert after(recording).finished_at == noon(61)


def test_whoever_read_it_before_that_does_not_move_the_first_time(recording: Recording) -> None:
    complete = update(known(recording), EgressState.COMPLETE, ended_at=noon(60), seconds=56)
    read_before = after(recording)
    on_egress_update(complete, noon(61))
    assert read_before.mark_storing(noon(99), 56)
    assert after(recording).finished_at == noon(61)


def test_its_file_completes_it(recording: Recording, fake_storage: FakeStorage) -> None:
    on_egress_update(update(known(recording), EgressState.COMPLETE, ended_at=noon(60), seconds=56), noon(61))
    fake_storage.objects[recording.file] = 12_345
    confirm_stored(after(recording))
    assert (status_of(recording), after(recording).size_bytes) == (Status.COMPLETED, 12_345)


def test_without_its_file_it_is_not_complete(recording: Recording, fake_storage: FakeStorage) -> None:
    on_egress_update(update(known(recording), EgressState.COMPLETE), noon(61))
    fake_storage.objects["your-company/elsewhere.mp4"] = 12_345
    confirm_stored(after(recording))
    assert (status_of(recording), after(recording).size_bytes) == (Status.PROCESSING, None)


def test_a_file_that_came_before_the_event_completes_nothing(
    recording: Recording, fake_storage: FakeStorage
) -> None:
    fake_storage.objects[known(recording).file] = 12_345
    confirm_stored(recording)
    assert (status_of(recording), after(recording).size_bytes) == (Status.PENDING, None)


# From each state


@pytest.mark.parametrize("state", list(EgressState))
@pytest.mark.parametrize("status", OVER)
def test_what_is_over_remains_so_and_is_stopped_if_it_is_alive(
    call: Meeting, ann: Participant, status: Status, state: EgressState
) -> None:
    recording = recording_of(call, ann, status, egress_id="EG_1", file="x.mp4")
    follow_up = apply_update(recording, update(recording, state), NOON)
    assert follow_up == (FollowUp(Action.STOP_EGRESS, "EG_1") if state in ALIVE else None)
    assert status_of(recording) == status


@pytest.mark.parametrize(
    ("status", "state", "becomes"),
    [
        (Status.RECORDING, EgressState.STARTING, Status.RECORDING),
        (Status.RECORDING, EgressState.ACTIVE, Status.RECORDING),
        (Status.RECORDING, EgressState.ENDING, Status.PROCESSING),
        (Status.RECORDING, EgressState.COMPLETE, Status.PROCESSING),
        (Status.RECORDING, EgressState.FAILED, Status.FAILED),
        (Status.RECORDING, EgressState.ABORTED, Status.FAILED),
        (Status.PROCESSING, EgressState.STARTING, Status.PROCESSING),
        (Status.PROCESSING, EgressState.ACTIVE, Status.PROCESSING),
        (Status.PROCESSING, EgressState.ENDING, Status.PROCESSING),
        (Status.PROCESSING, EgressState.COMPLETE, Status.PROCESSING),
        (Status.PROCESSING, EgressState.FAILED, Status.FAILED),
        (Status.PROCESSING, EgressState.ABORTED, Status.FAILED),
        (Status.PENDING, EgressState.STARTING, Status.PENDING),
        (Status.PENDING, EgressState.ACTIVE, Status.RECORDING),
        (Status.PENDING, EgressState.ENDING, Status.PROCESSING),
        (Status.PENDING, EgressState.COMPLETE, Status.PROCESSING),
        (Status.PENDING, EgressState.FAILED, Status.FAILED),
        (Status.PENDING, EgressState.ABORTED, Status.DROPPED),
    ],
)
def test_each_update_moves_each_state_so(
    call: Meeting, ann: Participant, status: Status, state: EgressState, becomes: Status
) -> None:
    recording = recording_of(call, ann, status, egress_id="EG_1", file="x.mp4")
    apply_update(recording, update(recording, state), NOON)
    assert status_of(recording) == becomes
    apply_update(after(recording), update(recording, state), noon(5))
    assert status_of(recording) == becomes


@pytest.mark.parametrize("end", [EgressState.COMPLETE, EgressState.FAILED])
def test_in_any_order_the_end_is_the_same(call: Meeting, ann: Participant, end: EgressState) -> None:
    events = (EgressState.STARTING, EgressState.ACTIVE, EgressState.ENDING, end)
    ends = set()
    for number, ordered in enumerate(permutations(events)):
        recording = recording_of(call, ann, file=f"x/{number}.mp4", egress_id=f"EG_{number}")
        for state in ordered:
            now = Recording.objects.select_related("meeting").get(pk=recording.pk)
            reported = Egress(
                f"EG_{number}", recording.file, state, started_at=noon(4), ended_at=noon(60), seconds=56
            )
            apply_update(now, reported, noon(61))
        seen = after(recording)
        ends.add((seen.status, seen.started_at, seen.ended_at, seen.seconds, bool(seen.finished_at)))
        Recording.objects.all().delete()
    is_complete = end is EgressState.COMPLETE
    expected = Status.PROCESSING if is_complete else Status.FAILED
    assert ends == {(expected, noon(4), noon(60), 56, is_complete)}


# Which recording


def test_an_event_before_the_answer_makes_the_egress_known(recording: Recording) -> None:
    assert on_egress_update(update(asked(recording), EgressState.ACTIVE), noon(5)) is None
    assert (status_of(recording), after(recording).egress_id) == (Status.RECORDING, "EG_1")


def test_an_event_of_somebody_else_s_egress_is_left_alone(recording: Recording) -> None:
    known(recording)
    assert on_egress_update(Egress("EG_9", "films/holiday.mp4", EgressState.ACTIVE), NOON) is None
    assert status_of(recording) == Status.PENDING


@pytest.mark.parametrize("state", list(EgressState))
def test_an_egress_of_an_earlier_try_moves_nothing_and_is_stopped(
    recording: Recording, state: EgressState
) -> None:
    first = asked(recording).file
    recording.mark_refused(noon(30), NOON)
    known(recording, noon(30), "EG_2")
    follow_up = on_egress_update(Egress("EG_1", first, state), noon(35))
    assert follow_up == (FollowUp(Action.STOP_EGRESS, "EG_1") if state in ALIVE else None)
    assert (status_of(recording), after(recording).egress_id) == (Status.PENDING, "EG_2")
