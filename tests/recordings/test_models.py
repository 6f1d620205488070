"""Each change of a recording is one compare-and-swap on the row as it is."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from meetings.models import Meeting
from participants.models import Participant
from recordings.models import Recording
from recordings.states import State, Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import after, asked, known, recording_of
from upclass.egress import Egress, EgressState


def stale(recording: Recording) -> Recording:
    """The same recording, as somebody read it who is slow."""
    return after(recording)


@pytest.mark.parametrize("first", [Status.PENDING, Status.RECORDING])
@pytest.mark.parametrize("second", [Status.PENDING, Status.RECORDING])
def test_a_meeting_has_one_running_recording(
    call: Meeting, ann: Participant, first: Status, second: Status
) -> None:
    recording_of(call, ann, first)
    with pytest.raises(IntegrityError), transaction.atomic():
        recording_of(call, ann, second)


@pytest.mark.parametrize("before", [Status.PROCESSING, Status.COMPLETED, Status.FAILED, Status.DROPPED])
def test_what_does_not_run_does_not_block_the_next(call: Meeting, ann: Participant, before: Status) -> None:
    recording_of(call, ann, before)
    assert recording_of(call, ann).pk


def test_a_late_event_does_not_move_a_recording_back(recording: Recording) -> None:
    slow = stale(known(recording))
    recording.mark_ending(ended_at=NOON)
    assert not slow.mark_recording(NOON)
    assert (slow.status, slow.started_at) == (Status.PROCESSING, None)


# Failing


def test_a_recording_fails_once_for_its_first_reason(recording: Recording) -> None:
    slow = stale(known(recording))
    assert recording.mark_failed("It broke.", noon(5), seconds=3)
    assert not slow.mark_failed("It broke again.", noon(6))
    assert (slow.status, slow.failure_reason, slow.failures) == (Status.FAILED, "It broke.", 1)
    assert (slow.failed_at, slow.ended_at, slow.seconds) == (noon(5), noon(5), 3)


def test_a_recording_that_failed_keeps_when_it_ended(recording: Recording) -> None:
    known(recording).mark_failed("It broke.", noon(99), ended_at=noon(5))
    assert (recording.ended_at, recording.failed_at) == (noon(5), noon(99))


# Requesting


def test_one_caller_asks_livekit_under_a_name_of_its_own(recording: Recording) -> None:
    slow = stale(recording)
    assert recording.mark_requested(NOON)
    assert not slow.mark_requested(NOON)
    assert (recording.requested_at, recording.tries) == (NOON, 1)
    assert recording.file == f"your-company/{recording.meeting.code}/{recording.uid}-1.mp4"


def test_nobody_asks_before_it_is_due(recording: Recording) -> None:
    asked(recording).mark_refused(noon(30), noon(5))
    assert not recording.mark_requested(noon(29))
    assert recording.mark_requested(noon(30))


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PENDING])
def test_nobody_asks_for_what_is_not_pending(call: Meeting, ann: Participant, status: Status) -> None:
    assert not recording_of(call, ann, status).mark_requested(NOON)


def test_each_try_has_a_file_of_its_own(recording: Recording) -> None:
    asked(recording).mark_refused(noon(30), NOON)
    asked(recording, noon(30))
    assert recording.tries == 2
    assert recording.file.endswith(f"/{recording.uid}-2.mp4")


def test_nobody_asks_again_for_a_recording_whose_egress_is_known(recording: Recording) -> None:
    """A webhook of it came after LiveKit had refused it."""
    asked(recording).mark_refused(noon(30), NOON)
    assert recording.mark_starting(Egress("EG_1", recording.file, EgressState.STARTING))
    assert not recording.mark_requested(noon(30))
    assert recording.file.endswith("-1.mp4")


# Refusals


def test_a_refusal_puts_it_off_and_counts(recording: Recording) -> None:
    assert asked(recording).mark_refused(noon(30), noon(5))
    assert (recording.status, recording.requested_at, recording.try_after) == (Status.PENDING, None, noon(30))
    assert (recording.failures, recording.failed_at, recording.tries) == (1, noon(5), 1)


def test_a_refusal_counts_once(recording: Recording) -> None:
    slow = stale(asked(recording))
    assert recording.mark_refused(noon(30), noon(5))
    assert not slow.mark_refused(noon(35), noon(10))
    assert (slow.failures, slow.try_after) == (1, noon(30))


def test_what_is_not_asked_is_not_put_off(recording: Recording) -> None:
    assert not recording.mark_refused(noon(30), NOON)
    assert (recording.failures, recording.try_after) == (0, NOON)


def test_the_refusal_of_an_earlier_try_does_not_put_off_the_next(recording: Recording) -> None:
    slow = stale(asked(recording))
    recording.mark_refused(noon(30), NOON)
    asked(recording, noon(30))
    assert not slow.mark_refused(noon(60), noon(31))
    assert (slow.requested_at, slow.failures) == (noon(30), 1)


def test_a_recording_whose_egress_is_known_is_not_put_off(recording: Recording) -> None:
    assert not known(recording).mark_refused(noon(30), NOON)
    assert (recording.requested_at, recording.failures) == (NOON, 0)


# Being known


def test_an_egress_is_known_by_its_file(recording: Recording) -> None:
    asked(recording)
    assert recording.mark_starting(Egress("EG_1", recording.file, EgressState.ACTIVE))
    assert (recording.state, recording.egress_id) == (State.STARTING, "EG_1")


def test_another_egress_is_not_its(recording: Recording) -> None:
    other = Egress("EG_2", "your-company/elsewhere.mp4", EgressState.ACTIVE)
    assert not asked(recording).mark_starting(other)
    assert recording.egress_id is None


def test_a_second_egress_for_the_same_file_is_not_its(recording: Recording) -> None:
    known(recording)
    assert not recording.mark_starting(Egress("EG_2", recording.file, EgressState.ACTIVE))
    assert after(recording).egress_id == "EG_1"


def test_who_is_slow_learns_what_is_known_meanwhile(recording: Recording) -> None:
    slow = stale(asked(recording))
    update = Egress("EG_1", recording.file, EgressState.ACTIVE)
    assert recording.mark_starting(update)
    assert not slow.mark_starting(update)
    assert (slow.state, slow.egress_id) == (State.STARTING, "EG_1")


def test_the_egress_of_an_earlier_try_is_not_its(recording: Recording) -> None:
    first = asked(recording).file
    recording.mark_refused(noon(30), NOON)
    asked(recording, noon(30))
    assert not recording.mark_starting(Egress("EG_1", first, EgressState.ACTIVE))


def test_a_recording_that_is_over_becomes_no_egress_any_more(recording: Recording) -> None:
    asked(recording).mark_failed("It broke.", NOON)
    assert not recording.mark_starting(Egress("EG_1", recording.file, EgressState.ACTIVE))


def test_the_recording_of_an_egress_is_found_by_id_or_file(recording: Recording) -> None:
    known(recording)
    assert Recording.objects.for_egress(Egress("EG_1", "", EgressState.ACTIVE)) == recording
    assert Recording.objects.for_egress(Egress("EG_9", recording.file, EgressState.ACTIVE)) == recording
    assert (
        Recording.objects.for_egress(Egress("EG_9", recording.file.replace("-1.", "-2."), EgressState.ACTIVE))
        == recording
    )


@pytest.mark.parametrize("key", ["", "/", "-", "films/holiday.mp4", "holiday-1.mp4"])
def test_an_egress_of_somebody_else_has_no_recording(recording: Recording, key: str) -> None:
    assert Recording.objects.for_egress(Egress("EG_9", key, EgressState.ACTIVE)) is None


# Stopping


def test_a_stop_is_asked_for_once_in_half_a_minute(recording: Recording) -> None:
    assert recording.request_stop(NOON)
    assert not recording.request_stop(noon(29))
    assert recording.request_stop(noon(30))


def test_what_is_over_is_not_stopped(recording: Recording) -> None:
    known(recording).mark_failed("It broke.", NOON)
    assert not recording.request_stop(NOON)


# Facts


def test_a_later_report_of_the_complete_egress_replaces_the_earlier(recording: Recording) -> None:
    assert known(recording).mark_storing(NOON, 5)
    assert recording.mark_storing(noon(9), 6, ended_at=noon(8))
    assert (recording.seconds, recording.ended_at, recording.finished_at) == (6, noon(8), NOON)


def test_what_is_over_learns_nothing_more(recording: Recording) -> None:
    assert known(recording).set_missing_since(NOON)
    recording.mark_failed("It broke.", NOON)
    assert not recording.set_missing_since(None)
    assert not recording.mark_storing(noon(9), 6)
    assert (after(recording).missing_since, after(recording).seconds) == (NOON, None)


def test_a_recording_is_named_by_its_meeting(recording: Recording) -> None:
    assert str(recording) == f"{recording.meeting.code} at 2026-03-01 12:00"


def test_recordings_come_oldest_first_and_dropped_ones_are_not_shown(call: Meeting, ann: Participant) -> None:
    later, first = (
        recording_of(call, ann, Status.FAILED, created_at=NOON + timedelta(seconds=passed))
        for passed in (5, 1)
    )
    recording_of(call, ann, Status.DROPPED)
    assert list(Recording.objects.of(call).shown()) == [first, later]
