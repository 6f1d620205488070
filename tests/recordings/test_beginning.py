"""When a recording begins, and when it may not."""

import pytest

from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant, Role
from recordings.follow_ups import Action, FollowUp
from recordings.launch import begin
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, connected, noon
from tests.recordings.conftest import guest, recording_of, registered, starts
from tests.recordings.fakes import FakeEgress


def failed(meeting: Meeting, recorder: Participant, at: float, failures: int = 1) -> Recording:
    facts = {"failures": failures, "failed_at": noon(at), "ended_at": noon(at), "created_at": noon(at)}
    return recording_of(meeting, recorder, Status.FAILED, **facts)


def test_somebody_comes_and_a_recording_begins(
    call: Meeting, ann: Participant, fake_egress: FakeEgress
) -> None:
    follow_up = begin(call, noon(1))
    recording = Recording.objects.get()
    assert follow_up == FollowUp(Action.REQUEST, recording.pk)
    assert (recording.meeting, recording.recorder, recording.status) == (call, ann, Status.PENDING)
    assert (recording.created_at, recording.try_after, recording.requested_at) == (noon(1), noon(1), None)
    assert (recording.egress_id, recording.file, recording.tries, recording.failures) == (None, "", 0, 0)
    assert fake_egress.asked == []


def test_for_the_second_who_comes_none_is_begun(call: Meeting, ann: Participant) -> None:
    begin(call, NOON)
    connected(guest(call, "Bert"), noon(5))
    assert begin(call, noon(5)) is None
    assert Recording.objects.count() == 1


def test_a_host_comes_after_an_attendee(lesson: Meeting) -> None:
    connected(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    assert begin(lesson, NOON) is None
    host = registered(lesson, "host")
    connected(host, noon(60))
    assert begin(lesson, noon(60))
    assert Recording.objects.get().recorder == host


def test_a_second_host_alone_on_another_day_has_it_recorded_for_the_first(lesson: Meeting) -> None:
    first, second = registered(lesson, "first"), registered(lesson, "second")
    connected(first, NOON, noon(60))
    recording_of(lesson, first, Status.COMPLETED)
    connected(second, noon(86_400))
    assert begin(lesson, noon(86_400))
    assert [recording.recorder for recording in Recording.objects.all()] == [first, first]


def test_in_an_empty_room_none_begins(call: Meeting) -> None:
    connected(guest(call), noon(-60), NOON)
    assert begin(call, NOON) is None


def test_after_the_end_none_begins(call: Meeting, ann: Participant) -> None:
    call.mark_ended(NOON)
    call.refresh_from_db()
    assert begin(call, NOON) is None


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.COMPLETED])
def test_a_recording_that_is_being_processed_does_not_hold_up_the_next(
    call: Meeting, ann: Participant, status: Status
) -> None:
    recording_of(call, ann, status)
    assert begin(call, NOON)


# After failures


@pytest.mark.parametrize(("failures", "pause"), [(1, 30), (2, 60), (3, 120), (4, 120)])
def test_after_a_failure_a_pause_is_kept(call: Meeting, ann: Participant, failures: int, pause: int) -> None:
    failed(call, ann, at=5, failures=failures)
    assert begin(call, noon(5 + pause - 1)) is None
    assert begin(call, noon(5 + pause))


def test_failures_of_several_recordings_add_up(call: Meeting, ann: Participant) -> None:
    failed(call, ann, at=5)
    failed(call, ann, at=60)
    assert begin(call, noon(60 + 59)) is None
    assert begin(call, noon(60 + 60))


def test_a_dropped_recording_s_failures_count_too(call: Meeting, ann: Participant) -> None:
    facts = {"failures": 4, "failed_at": noon(5), "ended_at": noon(5)}
    recording_of(call, ann, Status.DROPPED, **facts)
    assert begin(call, noon(124)) is None
    failed(call, ann, at=130)
    assert begin(call, noon(99_999)) is None


def test_after_five_failures_none_begins_while_the_room_is_not_empty(call: Meeting, ann: Participant) -> None:
    for at in range(5):
        failed(call, ann, at=at)
    assert begin(call, noon(99_999)) is None


def test_for_who_comes_into_the_empty_room_it_is_tried_anew(call: Meeting, ann: Participant) -> None:
    failed(call, ann, at=5, failures=5)
    Connection.objects.set_left_at(noon(100), noon(100))
    bert = guest(call, "Bert")
    connected(bert, noon(160))
    assert begin(call, noon(160))
    assert Recording.objects.latest("pk").recorder == bert


def test_who_comes_within_the_minute_changes_nothing(call: Meeting, ann: Participant) -> None:
    failed(call, ann, at=5, failures=5)
    Connection.objects.set_left_at(noon(100), noon(100))
    connected(guest(call, "Bert"), noon(159))
    assert begin(call, noon(99_999)) is None


def test_after_a_recording_that_came_to_nothing_the_next_waits_a_moment(
    call: Meeting, ann: Participant
) -> None:
    recording_of(call, ann, Status.DROPPED, ended_at=noon(5))
    assert begin(call, noon(14)) is None
    assert begin(call, noon(15))


def test_failures_of_another_meeting_do_not_count(call: Meeting, ann: Participant, lesson: Meeting) -> None:
    failed(lesson, registered(lesson, "host"), at=0, failures=5)
    assert begin(call, noon(1)) == starts(Recording.objects.get(meeting=call))
