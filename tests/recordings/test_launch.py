"""LiveKit is asked for a recording once, whatever it answers and whoever is killed."""

import pytest
import time_machine

from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant, Role
from recordings import reasons, sweep
from recordings.launch import begin, on_refused, request_egress
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, connected, noon
from tests.recordings.conftest import (
    after,
    asked,
    guest,
    known,
    recording_of,
    registered,
    starts,
    status_of,
)
from tests.recordings.fakes import FakeEgress
from upclass import livekit
from upclass.egress import NoRecorderFree, NoRoom


def test_livekit_is_asked_and_its_egress_known(recording: Recording, fake_egress: FakeEgress) -> None:
    request_egress(recording, NOON)
    file = f"your-company/{recording.meeting.code}/{recording.uid}-1.mp4"
    assert fake_egress.asked == [("start_egress", recording.meeting.code, file)]
    now = after(recording)
    assert (now.status, now.requested_at, now.egress_id, now.file) == (Status.PENDING, NOON, "EG_1", file)


def test_again_it_is_not_asked(recording: Recording, fake_egress: FakeEgress) -> None:
    slow = after(recording)
    request_egress(recording, NOON)
    request_egress(recording, NOON)
    request_egress(slow, noon(1))
    request_egress(after(recording), noon(99))
    assert len(fake_egress.asked) == 1


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PENDING])
def test_for_what_is_not_pending_nobody_is_asked(
    call: Meeting, ann: Participant, fake_egress: FakeEgress, status: Status
) -> None:
    recording = recording_of(call, ann, status)
    request_egress(recording, NOON)
    assert (fake_egress.asked, status_of(recording)) == ([], status)


# Not wanted any more


def test_if_everybody_left_before_it_is_dropped(recording: Recording, fake_egress: FakeEgress) -> None:
    Connection.objects.set_left_at(NOON, NOON)
    request_egress(recording, NOON)
    assert (fake_egress.asked, status_of(recording)) == ([], Status.DROPPED)


def test_if_the_meeting_ended_before_it_is_dropped(recording: Recording, fake_egress: FakeEgress) -> None:
    recording.meeting.mark_ended(NOON)
    request_egress(after(recording), NOON)
    assert (fake_egress.asked, status_of(recording)) == ([], Status.DROPPED)


def test_if_the_meeting_ends_while_it_is_asked_it_is_stopped_at_once(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.meanwhile = lambda: recording.meeting.mark_ended(NOON)
    request_egress(recording, NOON)
    assert fake_egress.asked_to("stop_egress") == [("EG_1",)]


def test_if_the_meeting_expires_while_it_is_asked_it_is_stopped_at_once(
    recording: Recording, fake_egress: FakeEgress, clock: time_machine.Traveller
) -> None:
    Meeting.objects.update(expires_at=noon(5))
    fake_egress.meanwhile = lambda: clock.move_to(noon(9))
    request_egress(after(recording), NOON)
    assert fake_egress.asked_to("stop_egress") == [("EG_1",)]


def test_if_everybody_leaves_while_it_is_asked_it_is_stopped_at_once(
    recording: Recording, fake_egress: FakeEgress, clock: time_machine.Traveller
) -> None:
    def leave() -> None:
        Connection.objects.set_left_at(noon(1), noon(1))
        clock.move_to(noon(61))

    fake_egress.meanwhile = leave
    request_egress(recording, NOON)
    assert fake_egress.asked_to("stop_egress") == [("EG_1",)]


def test_if_the_host_leaves_while_it_is_asked_it_goes_on_for_the_others(
    lesson: Meeting, fake_egress: FakeEgress
) -> None:
    host = registered(lesson, "host")
    connected(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    connection = connected(host, NOON)
    fake_egress.meanwhile = lambda: Connection.objects.filter(pk=connection.pk).set_left_at(NOON, NOON)
    recording = recording_of(lesson, host)
    request_egress(recording, NOON)
    assert (fake_egress.asked_to("stop_egress"), after(recording).egress_id) == ([], "EG_1")


def test_if_it_was_given_up_while_it_was_asked_its_egress_is_stopped(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.meanwhile = lambda: after(recording).mark_failed("It took too long.", NOON)
    request_egress(recording, NOON)
    assert fake_egress.asked_to("stop_egress") == [("EG_1",)]
    assert status_of(recording) == Status.FAILED


# Refused


def test_with_no_recorder_free_it_is_put_off(recording: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.refusals = [NoRecorderFree()]
    request_egress(recording, NOON)
    now = after(recording)
    assert (now.status, now.requested_at, now.try_after, now.failures) == (Status.PENDING, None, noon(30), 1)
    assert now.failure_reason == ""


def test_five_times_without_a_recorder_and_it_gives_up(
    recording: Recording, fake_egress: FakeEgress, clock: time_machine.Traveller
) -> None:
    fake_egress.refusals = [NoRecorderFree() for _ in range(9)]
    tried = []
    for second in range(1000):
        clock.move_to(noon(second))
        for follow_up in sweep.follow_ups(noon(second)):
            assert follow_up == starts(recording)
            request_egress(after(recording), noon(second))
            tried.append(second)
    assert tried == [0, 30, 90, 210, 330]
    now = after(recording)
    assert (now.status, now.failure_reason) == (
        Status.FAILED,
        "No recorder was free, however often we asked.",
    )
    assert (now.failures, now.tries, now.ended_at) == (5, 5, noon(330))
    assert len({key for _, key in fake_egress.asked_to("start_egress")}) == 5
    assert Recording.objects.count() == 1


def test_failures_of_earlier_recordings_of_the_occupancy_count(
    call: Meeting, recording: Recording, fake_egress: FakeEgress
) -> None:
    known(recording).mark_failed("It broke.", NOON, failures=4)
    second = recording_of(call, recording.recorder)
    fake_egress.refusals = [NoRecorderFree()]
    request_egress(second, NOON)
    assert (status_of(second), after(second).failure_reason) == (Status.FAILED, reasons.NO_RECORDER)


def test_a_recorder_that_is_free_again_records_it(recording: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.refusals = [NoRecorderFree()]
    request_egress(recording, NOON)
    request_egress(after(recording), noon(30))
    assert (after(recording).egress_id, after(recording).file[-6:]) == ("EG_1", "-2.mp4")


def test_what_livekit_says_when_it_refuses_is_kept_for_staff(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.refusals = [livekit.Refused("invalid_argument", "no such layout")]
    request_egress(recording, NOON)
    assert after(recording).details == "invalid_argument: no such layout"
    fake_egress.refusals = [livekit.Refused("internal", "no") for _ in range(4)]
    for second in (30, 90, 210, 330):
        request_egress(after(recording), noon(second))
    assert (status_of(recording), after(recording).failure_reason) == (Status.FAILED, reasons.REFUSED)


def test_two_who_get_one_refusal_count_it_once(recording: Recording) -> None:
    """The sweep, and staff who have it checked."""
    first, second = after(asked(recording)), after(recording)
    on_refused(first, reasons.NOT_ANSWERED, noon(40))
    on_refused(second, reasons.NOT_ANSWERED, noon(41))
    assert after(recording).failures == 1


def test_a_refusal_does_not_fail_a_recording_whose_egress_is_known(recording: Recording) -> None:
    """LiveKit said no at last, and yet somebody does it: the event was faster."""
    Recording.objects.update(failures=4, failed_at=NOON)
    slow = after(asked(recording))
    assert recording.mark_starting(FakeEgress().begins(recording.meeting.code, recording.file))
    on_refused(slow, reasons.NO_RECORDER, noon(23))
    assert status_of(recording) == Status.PENDING


def test_a_recording_of_an_earlier_occupancy_does_not_go_on_in_the_next(
    call: Meeting, recording: Recording, fake_egress: FakeEgress
) -> None:
    """No sweep ran while the room was empty: whoever came first since is the recorder."""
    Connection.objects.set_left_at(noon(5), noon(5))
    bert = guest(call, "Bert")
    connected(bert, noon(100))
    request_egress(after(recording), noon(100))
    begin(call, noon(115))
    assert Recording.objects.running().get().recorder == bert


def test_without_a_room_it_is_dropped(recording: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.refusals = [NoRoom()]
    request_egress(recording, NOON)
    assert (status_of(recording), after(recording).failures) == (Status.DROPPED, 0)
