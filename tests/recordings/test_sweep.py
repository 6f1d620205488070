"""News or not, each take comes to its end."""

import pytest

from meetings.models import Meeting
from participants.models import Role, Stay
from recordings import course, reasons
from recordings.models import Take
from recordings.states import Status
from tests.conftest import NOON, noon, stayed
from tests.recordings.conftest import (
    after,
    asked,
    beat,
    guest,
    known,
    registered,
    starts,
    status_of,
    stops,
    swept,
    take_of,
)
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass.egress import State

# Nothing to repair


def test_what_records_goes_on(running: Take) -> None:
    assert swept(60) == []
    assert (status_of(running), after(running).missed_at) == (Status.RECORDING, None)


def test_what_is_over_is_not_asked_about(running: Take, fake_egress: FakeEgress) -> None:
    running.advance(Status.COMPLETED, size_bytes=5)
    Stay.objects.left(noon(5), noon(5))
    assert swept(60) == []
    assert fake_egress.asked == []


# News that was lost


@pytest.mark.parametrize(
    ("state", "becomes"),
    [
        (State.ACTIVE, Status.RECORDING),
        (State.ENDING, Status.PROCESSING),
        (State.COMPLETE, Status.PROCESSING),
        (State.FAILED, Status.FAILED),
        (State.ABORTED, Status.DROPPED),
    ],
)
def test_lost_news_is_learnt_from_livekit(
    take: Take, fake_egress: FakeEgress, state: State, becomes: Status
) -> None:
    told = fake_egress.begins(take.meeting.code, known(take).file, state, ended_at=noon(10))
    swept(15)
    assert (status_of(take), after(take).egress_id) == (becomes, told.id)


def test_a_complete_egress_whose_news_was_lost_is_completed(
    running: Take, fake_egress: FakeEgress, fake_storage: FakeStorage
) -> None:
    fake_egress.becomes("EG_1", State.COMPLETE, ended_at=noon(60), seconds=56)
    fake_storage.objects[running.file] = 12_345
    beat(75, 90)
    now = after(running)
    assert (now.status, now.size_bytes, now.seconds) == (Status.COMPLETED, 12_345, 56)


def test_a_lost_wake_is_made_up_for(take: Take) -> None:
    assert swept(15) == [starts(take)]


def test_lost_news_of_somebody_s_coming_is_made_up_for(call: Meeting) -> None:
    stayed(guest(call), NOON)
    errands = swept(15)
    assert errands == [starts(Take.objects.get())]


def test_a_take_for_which_nobody_is_there_any_more_is_dropped(take: Take) -> None:
    Stay.objects.left(noon(5), noon(5))
    assert swept(15) == []
    assert status_of(take) == Status.DROPPED


def test_a_host_who_left_before_it_was_started_has_nothing_recorded(lesson: Meeting) -> None:
    host = registered(lesson, "host")
    stayed(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    stayed(host, NOON, noon(5))
    take = take_of(lesson, host)
    swept(15)
    assert status_of(take) == Status.DROPPED


# Nobody is there any more


def test_a_recording_in_an_empty_room_is_stopped(running: Take) -> None:
    Stay.objects.left(noon(5), noon(5))
    assert swept(64) == []
    assert swept(65) == [stops(running)]


def test_a_recording_of_a_meeting_that_is_over_is_stopped(running: Take) -> None:
    running.meeting.end(noon(5))
    assert swept(15) == [stops(running)]


# Killed


def test_a_recorder_that_was_killed_fails_its_take_and_the_next_begins(
    running: Take, fake_egress: FakeEgress
) -> None:
    fake_egress.killed = {"EG_1"}
    beat(15, 50)
    now = after(running)
    assert (now.status, now.failure_reason) == (Status.FAILED, reasons.BROKE_OFF)
    beat(60, 100)
    assert [take.status for take in Take.objects.all()] == [Status.FAILED, Status.PENDING]
    assert Take.objects.latest("pk").egress_id == "EG_2"


def test_a_recorder_that_is_missing_for_a_moment_goes_on(running: Take, fake_egress: FakeEgress) -> None:
    fake_egress.killed = {"EG_1"}
    assert swept(15) == []
    assert after(running).missed_at == noon(15)
    fake_egress.killed = set()
    assert swept(30) == []
    assert after(running).missed_at is None
    fake_egress.killed = {"EG_1"}
    assert swept(45) == []
    assert fake_egress.asked_to("stop") == []


def test_a_recorder_that_is_on_its_way_is_not_missed(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.begins(take.meeting.code, known(take).file)
    fake_egress.killed = {"EG_1"}
    assert [swept(second) for second in (15, 30, 45, 59)] == [[]] * 4
    assert after(take).missed_at is None


def test_a_recorder_that_never_comes_fails_its_take(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.begins(take.meeting.code, known(take).file)
    fake_egress.killed = {"EG_1"}
    beat(15, 100)
    assert (status_of(take), after(take).failure_reason) == (Status.FAILED, reasons.NEVER_BEGAN)


def test_a_recorder_that_livekit_had_refused_and_that_never_comes_fails_its_take(
    take: Take, fake_egress: FakeEgress
) -> None:
    """LiveKit had said no, and yet an egress started, of which news came; then its recorder was killed."""
    asked(take).put_off(noon(30), noon(23))
    course.hear(fake_egress.begins(take.meeting.code, take.file), noon(24))
    fake_egress.killed = {"EG_1"}
    beat(30, 300)
    assert status_of(take) == Status.FAILED


def test_a_recorder_killed_while_its_file_was_on_its_way_fails_its_take(
    running: Take, fake_egress: FakeEgress
) -> None:
    """LiveKit says ENDING for ever, and nobody hears the stop."""
    fake_egress.becomes("EG_1", State.ENDING, ended_at=noon(60))
    fake_egress.killed = {"EG_1"}
    beat(60, 60 + 5 * 60)
    assert status_of(running) == Status.FAILED


def test_a_long_upload_is_waited_for(running: Take, fake_egress: FakeEgress) -> None:
    fake_egress.becomes("EG_1", State.ENDING, ended_at=noon(60))
    beat(60, 60 + 4 * 60)
    assert status_of(running) == Status.PROCESSING


def test_an_egress_that_livekit_does_not_know_any_more_fails_its_take(
    running: Take, fake_egress: FakeEgress
) -> None:
    fake_egress.known.clear()
    assert swept(15) == []
    assert status_of(running) == Status.RECORDING
    beat(30, 60)
    assert (status_of(running), after(running).failure_reason) == (Status.FAILED, reasons.BROKE_OFF)


def test_a_room_that_cannot_be_asked_misses_nobody(
    running: Take, fake_egress: FakeEgress, call: Meeting
) -> None:
    fake_egress.lost_rooms = {call.code}
    beat(15, 300)
    assert (status_of(running), after(running).missed_at) == (Status.RECORDING, None)
