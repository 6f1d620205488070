"""How recordings fail, come to nothing, and are stopped."""

from datetime import datetime

import pytest

from participants.connections import Connection
from recordings import reasons
from recordings.lifecycle import confirm_stored, on_egress_update, stop_recording
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import after, asked, known, saves, status_of, stops
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass import livekit, storage
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


def missed(recording: Recording) -> Recording:
    """One whose recorder was not found in its room before."""
    recording.set_missing_since(NOON)
    return recording


def empty_the_room() -> None:
    Connection.objects.set_left_at(noon(-60), NOON)


# Not wanted any more


def test_what_becomes_active_after_the_meeting_was_over_is_stopped(recording: Recording) -> None:
    known(recording).meeting.mark_ended(NOON)
    assert on_egress_update(update(recording, EgressState.ACTIVE), noon(5)) == stops(recording)
    assert status_of(recording) == Status.RECORDING


def test_what_becomes_active_in_an_empty_room_is_stopped(recording: Recording) -> None:
    known(recording)
    empty_the_room()
    assert on_egress_update(update(recording, EgressState.ACTIVE), noon(5)) == stops(recording)


# Failing


@pytest.mark.parametrize(
    ("error", "reason"),
    [("process died", reasons.BROKE_OFF), ("upload failed: s3 said no", reasons.NO_STORAGE)],
)
def test_a_recording_that_broke_off_failed_for_a_reason(
    recording: Recording, error: str, reason: str
) -> None:
    on_egress_update(update(known(recording), EgressState.ACTIVE), noon(5))
    follow_up = on_egress_update(
        update(recording, EgressState.FAILED, error=error, ended_at=noon(60), seconds=50), noon(70)
    )
    now = after(recording)
    assert follow_up == saves(recording)
    assert (now.status, now.failure_reason, now.details) == (Status.FAILED, reason, error)
    assert (now.ended_at, now.seconds, now.failures, now.failed_at) == (noon(60), 50, 1, noon(70))


def test_a_part_of_a_failed_recording_can_be_fetched(recording: Recording, fake_storage: FakeStorage) -> None:
    on_egress_update(update(known(recording), EgressState.FAILED, seconds=50), noon(70))
    fake_storage.objects[recording.file] = 999
    confirm_stored(after(recording))
    assert (status_of(recording), after(recording).size_bytes) == (Status.FAILED, 999)


def test_without_a_part_there_is_nothing_to_fetch(recording: Recording) -> None:
    on_egress_update(update(known(recording), EgressState.FAILED), noon(70))
    confirm_stored(after(recording))
    assert not after(recording).has_file


def test_a_recorder_that_fails_before_it_began_failed(recording: Recording) -> None:
    on_egress_update(update(known(recording), EgressState.FAILED, error="no such room"), noon(5))
    now = after(recording)
    assert (now.status, now.failure_reason, now.seconds) == (Status.FAILED, reasons.NEVER_BEGAN, None)


def test_a_recorder_that_fails_before_it_began_is_dropped_when_nobody_is_there(recording: Recording) -> None:
    """Whoever it was started for has left, less than a minute ago, and the room was closed."""
    known(recording)
    Connection.objects.set_left_at(noon(3), NOON)
    on_egress_update(update(recording, EgressState.FAILED, error="requested room does not exist"), noon(5))
    assert (status_of(recording), after(recording).failures) == (Status.DROPPED, 0)


def test_a_recorder_that_fails_before_it_began_is_dropped_after_the_end(recording: Recording) -> None:
    known(recording).meeting.mark_ended(NOON)
    assert on_egress_update(update(recording, EgressState.FAILED, error="no such room"), noon(5)) is None
    assert (status_of(recording), after(recording).failures) == (Status.DROPPED, 0)


def test_a_recorder_that_fails_with_media_is_not_dropped_after_the_end(recording: Recording) -> None:
    known(recording).meeting.mark_ended(NOON)
    on_egress_update(update(recording, EgressState.FAILED, seconds=50), noon(60))
    assert status_of(recording) == Status.FAILED


def test_a_recording_that_never_saw_media_is_dropped(recording: Recording) -> None:
    assert (
        on_egress_update(
            update(known(recording), EgressState.ABORTED, error="Start signal not received"), noon(5)
        )
        is None
    )
    now = after(recording)
    assert (now.status, now.failures, now.details) == (Status.DROPPED, 0, "Start signal not received")


# Stopping


def test_livekit_is_asked_to_end_it(recording: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.begins(recording.meeting.code, known(recording).file, EgressState.ACTIVE)
    stop_recording(recording, NOON)
    stop_recording(after(recording), noon(29))
    assert fake_egress.asked == [("stop_egress", "EG_1")]
    assert status_of(recording) == Status.PENDING


def test_a_stop_that_livekit_did_not_receive_is_retried(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.begins(recording.meeting.code, known(recording).file, EgressState.ACTIVE)
    fake_egress.is_away = True
    with pytest.raises(livekit.Unreachable):
        stop_recording(recording, NOON)
    fake_egress.is_away = False
    stop_recording(after(recording), noon(30))
    assert fake_egress.asked == [("stop_egress", "EG_1")]


def test_what_nobody_runs_and_has_no_file_broke_off(recording: Recording) -> None:
    on_egress_update(update(known(recording), EgressState.ACTIVE), noon(5))
    stop_recording(missed(after(recording)), noon(60))
    now = after(recording)
    assert (now.status, now.failure_reason, now.ended_at) == (Status.FAILED, reasons.BROKE_OFF, noon(60))


def test_what_nobody_runs_and_has_a_file_is_complete(recording: Recording, fake_storage: FakeStorage) -> None:
    on_egress_update(update(known(recording), EgressState.ACTIVE), noon(5))
    fake_storage.objects[recording.file] = 12_345
    stop_recording(missed(after(recording)), noon(60))
    now = after(recording)
    assert (now.status, now.size_bytes, now.seconds) == (Status.COMPLETED, 12_345, 56)


def test_what_nobody_runs_and_never_began_failed_while_it_is_wanted(recording: Recording) -> None:
    stop_recording(missed(known(recording)), noon(60))
    assert (status_of(recording), after(recording).failure_reason) == (Status.FAILED, reasons.NEVER_BEGAN)


def test_what_nobody_runs_and_never_began_is_dropped_when_it_is_not_wanted(recording: Recording) -> None:
    known(recording)
    empty_the_room()
    stop_recording(missed(after(recording)), noon(60))
    assert status_of(recording) == Status.DROPPED


def test_with_the_storage_away_what_nobody_runs_does_not_block_the_next(
    recording: Recording, fake_storage: FakeStorage
) -> None:
    on_egress_update(update(known(recording), EgressState.ACTIVE), noon(5))
    fake_storage.is_away = True
    with pytest.raises(storage.Unreachable):
        stop_recording(missed(after(recording)), noon(60))
    assert status_of(recording) == Status.PROCESSING


def test_what_was_there_a_moment_ago_is_asked_a_second_time(recording: Recording) -> None:
    """LiveKit's bus may be away for a moment."""
    on_egress_update(update(known(recording), EgressState.ACTIVE), noon(5))
    stop_recording(after(recording), noon(60))
    assert (status_of(recording), after(recording).missing_since) == (Status.RECORDING, noon(60))
    stop_recording(after(recording), noon(90))
    assert status_of(recording) == Status.FAILED


def test_what_has_no_egress_is_not_stopped(recording: Recording, fake_egress: FakeEgress) -> None:
    stop_recording(asked(recording), NOON)
    assert (fake_egress.asked, after(recording).stop_requested_at) == ([], None)
