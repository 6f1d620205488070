"""With webhooks or without, each recording comes to its end."""

import pytest

from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Role
from recordings import lifecycle, reasons
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, connected, noon
from tests.recordings.conftest import (
    after,
    asked,
    beat,
    guest,
    known,
    recording_of,
    registered,
    starts,
    status_of,
    stops,
    swept,
)
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass.egress import EgressState

# Nothing to repair


def test_what_records_goes_on(running: Recording) -> None:
    assert swept(60) == []
    assert (status_of(running), after(running).missing_since) == (Status.RECORDING, None)


def test_what_is_over_is_not_asked_about(running: Recording, fake_egress: FakeEgress) -> None:
    running.mark_storing(noon(5), 5)
    running.mark_completed(5)
    Connection.objects.set_left_at(noon(5), noon(5))
    assert swept(60) == []
    assert fake_egress.asked == []


# Webhooks that were lost


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (EgressState.ACTIVE, Status.RECORDING),
        (EgressState.ENDING, Status.PROCESSING),
        (EgressState.COMPLETE, Status.PROCESSING),
        (EgressState.FAILED, Status.FAILED),
        (EgressState.ABORTED, Status.DROPPED),
    ],
)
def test_what_a_lost_webhook_reported_is_learnt_from_livekit(
    recording: Recording, fake_egress: FakeEgress, state: EgressState, becomes: Status
) -> None:
    info = fake_egress.begins(recording.meeting.code, known(recording).file, state, ended_at=noon(10))
    swept(15)
    assert (status_of(recording), after(recording).egress_id) == (becomes, info.id)


def test_a_complete_egress_whose_webhooks_were_lost_is_completed(
    running: Recording, fake_egress: FakeEgress, fake_storage: FakeStorage
) -> None:
    fake_egress.becomes("EG_1", EgressState.COMPLETE, ended_at=noon(60), seconds=56)
    fake_storage.objects[running.file] = 12_345
    beat(75, 90)
    now = after(running)
    assert (now.status, now.size_bytes, now.seconds) == (Status.COMPLETED, 12_345, 56)


def test_a_lost_wake_is_made_up_for(recording: Recording) -> None:
    assert swept(15) == [starts(recording)]


def test_a_lost_webhook_of_somebody_s_coming_is_made_up_for(call: Meeting) -> None:
    connected(guest(call), NOON)
    follow_ups = swept(15)
    assert follow_ups == [starts(Recording.objects.get())]


def test_a_recording_for_which_nobody_is_there_any_more_is_dropped(recording: Recording) -> None:
    Connection.objects.set_left_at(noon(5), noon(5))
    assert swept(15) == []
    assert status_of(recording) == Status.DROPPED


def test_a_host_who_left_before_it_was_started_has_nothing_recorded(lesson: Meeting) -> None:
    host = registered(lesson, "host")
    connected(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    connected(host, NOON, noon(5))
    recording = recording_of(lesson, host)
    swept(15)
    assert status_of(recording) == Status.DROPPED


# Nobody is there any more


def test_a_recording_in_an_empty_room_is_stopped(running: Recording) -> None:
    Connection.objects.set_left_at(noon(5), noon(5))
    assert swept(64) == []
    assert swept(65) == [stops(running)]


def test_a_recording_of_a_meeting_that_is_over_is_stopped(running: Recording) -> None:
    running.meeting.mark_ended(noon(5))
    assert swept(15) == [stops(running)]


# Killed


def test_a_recorder_that_was_killed_fails_its_recording_and_the_next_begins(
    running: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.killed = {"EG_1"}
    beat(15, 50)
    now = after(running)
    assert (now.status, now.failure_reason) == (Status.FAILED, reasons.BROKE_OFF)
    beat(60, 100)
    assert [recording.status for recording in Recording.objects.all()] == [Status.FAILED, Status.PENDING]
    assert Recording.objects.latest("pk").egress_id == "EG_2"


def test_a_recorder_that_is_missing_for_a_moment_goes_on(running: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.killed = {"EG_1"}
    assert swept(15) == []
    assert after(running).missing_since == noon(15)
    fake_egress.killed = set()
    assert swept(30) == []
    assert after(running).missing_since is None
    fake_egress.killed = {"EG_1"}
    assert swept(45) == []
    assert fake_egress.asked_to("stop_egress") == []


def test_a_recorder_that_is_on_its_way_is_not_missed(recording: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.begins(recording.meeting.code, known(recording).file)
    fake_egress.killed = {"EG_1"}
    assert [swept(second) for second in (15, 30, 45, 59)] == [[]] * 4
    assert after(recording).missing_since is None


def test_a_recorder_that_never_comes_fails_its_recording(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.begins(recording.meeting.code, known(recording).file)
    fake_egress.killed = {"EG_1"}
    beat(15, 100)
    assert (status_of(recording), after(recording).failure_reason) == (Status.FAILED, reasons.NEVER_BEGAN)


def test_a_recorder_that_livekit_had_refused_and_that_never_comes_fails_its_recording(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    """LiveKit had refused, and yet an egress started and was reported; then its recorder was killed."""
    asked(recording).mark_refused(noon(30), noon(23))
    lifecycle.on_egress_update(fake_egress.begins(recording.meeting.code, recording.file), noon(24))
    fake_egress.killed = {"EG_1"}
    beat(30, 300)
    assert status_of(recording) == Status.FAILED


def test_a_recorder_killed_while_its_file_was_on_its_way_fails_its_recording(
    running: Recording, fake_egress: FakeEgress
) -> None:
    """LiveKit says ENDING for ever, and nobody receives the stop."""
    fake_egress.becomes("EG_1", EgressState.ENDING, ended_at=noon(60))
    fake_egress.killed = {"EG_1"}
    beat(60, 60 + 5 * 60)
    assert status_of(running) == Status.FAILED


def test_a_long_upload_is_waited_for(running: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.becomes("EG_1", EgressState.ENDING, ended_at=noon(60))
    beat(60, 60 + 4 * 60)
    assert status_of(running) == Status.PROCESSING


def test_an_egress_that_livekit_does_not_know_any_more_fails_its_recording(
    running: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.known.clear()
    assert swept(15) == []
    assert status_of(running) == Status.RECORDING
    beat(30, 60)
    assert (status_of(running), after(running).failure_reason) == (Status.FAILED, reasons.BROKE_OFF)


def test_a_room_that_cannot_be_asked_misses_nobody(
    running: Recording, fake_egress: FakeEgress, call: Meeting
) -> None:
    fake_egress.lost_rooms = {call.code}
    beat(15, 300)
    assert (status_of(running), after(running).missing_since) == (Status.RECORDING, None)
