"""Both tables of the reference: who has a meeting recorded, and whose recording it is."""

from datetime import datetime

import pytest

from meetings.models import Meeting
from participants.models import Admission, Participant, Role
from participants.presence import occupancy
from recordings.eligibility import is_still_wanted, is_wanted, recorder_of, to_record
from recordings.states import Status
from tests.conftest import NOON, connected, noon
from tests.recordings.conftest import guest, recording_of, registered


def recorder_at(meeting: Meeting, now: datetime) -> Participant | None:
    at_the_time = occupancy(meeting, now)
    assert at_the_time
    return recorder_of(meeting, at_the_time)


def wanted(now: datetime = NOON) -> list[Meeting]:
    return list(to_record(Meeting.objects.active(now)))


# Whether


def test_anybody_has_an_open_meeting_recorded(call: Meeting, ann: Participant) -> None:
    assert is_wanted(call, NOON)
    assert wanted() == [call]


def test_a_host_has_a_secured_meeting_recorded(lesson: Meeting) -> None:
    connected(registered(lesson, "host"), NOON)
    assert is_wanted(lesson, NOON)
    assert wanted() == [lesson]


def test_attendees_alone_have_none(lesson: Meeting) -> None:
    connected(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    assert not is_wanted(lesson, NOON)
    assert wanted() == []


def test_the_host_of_one_meeting_is_none_of_another(lesson: Meeting, call: Meeting) -> None:
    connected(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    connected(guest(call), NOON)
    assert not is_wanted(lesson, NOON)
    assert wanted() == [call]


def test_nobody_is_recorded_unless_it_was_asked_for(meeting: Meeting) -> None:
    connected(guest(meeting), NOON)
    assert not is_wanted(meeting, NOON)
    assert wanted() == []


def test_who_has_left_has_nothing_recorded(call: Meeting) -> None:
    connected(guest(call), noon(-60), NOON)
    assert not is_wanted(call, NOON)
    assert wanted() == []


def test_who_is_only_expected_has_nothing_recorded_yet(call: Meeting) -> None:
    Admission.objects.create(participant=guest(call), created_at=NOON)
    assert not is_wanted(call, NOON)
    assert wanted() == []


def test_a_removed_host_has_nothing_recorded(lesson: Meeting) -> None:
    host = registered(lesson, "host")
    connected(host, NOON)
    host.mark_removed(NOON)
    assert not is_wanted(lesson, NOON)
    assert wanted() == []


def test_a_barred_host_who_comes_back_on_an_old_token_has_nothing_recorded(lesson: Meeting) -> None:
    host = registered(lesson, "host")
    connected(host, NOON)
    Participant.objects.filter(pk=host.pk).update(barred_at=NOON)
    assert not is_wanted(lesson, NOON)
    assert wanted() == []


@pytest.mark.parametrize("over", ["ended_at", "cancelled_at", "expires_at"])
def test_a_meeting_that_is_over_is_not_recorded(call: Meeting, ann: Participant, over: str) -> None:
    setattr(call, over, NOON)
    call.save()
    assert not is_wanted(call, NOON)
    assert not is_still_wanted(call, NOON)
    assert wanted() == []


@pytest.mark.parametrize("status", list(Status))
def test_what_runs_is_not_begun_again(call: Meeting, ann: Participant, status: Status) -> None:
    recording_of(call, ann, status)
    is_running = status in (Status.PENDING, Status.RECORDING)
    assert wanted() == ([] if is_running else [call])


# Whether it is to go on


def test_it_goes_on_without_whoever_it_began_for(lesson: Meeting) -> None:
    connected(registered(lesson, "host"), NOON, noon(60))
    connected(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    assert is_still_wanted(lesson, noon(9999))


@pytest.mark.parametrize(("passed", "goes_on"), [(59, True), (60, False)])
def test_it_goes_on_until_the_room_is_empty(call: Meeting, passed: int, goes_on: bool) -> None:
    connected(guest(call), noon(-60), NOON)
    assert is_still_wanted(call, noon(passed)) is goes_on


# Whose: open meetings


def test_an_open_meeting_s_recorder_is_the_first_into_the_empty_room(call: Meeting) -> None:
    ann, bert = guest(call, "Ann"), guest(call, "Bert")
    connected(bert, noon(5))
    connected(ann, NOON)
    assert recorder_at(call, noon(60)) == ann


def test_back_again_they_are_still_the_recorder(call: Meeting) -> None:
    ann, bert = guest(call, "Ann"), guest(call, "Bert")
    connected(ann, NOON, noon(30))
    connected(bert, noon(10))
    connected(ann, noon(100))
    assert recorder_at(call, noon(200)) == ann


def test_next_time_it_is_whoever_is_first_then(call: Meeting) -> None:
    ann, bert = guest(call, "Ann"), guest(call, "Bert")
    connected(ann, NOON, noon(30))
    connected(bert, noon(90))
    connected(ann, noon(95))
    assert recorder_at(call, noon(100)) == bert


def test_less_than_a_minute_does_not_empty_the_room(call: Meeting) -> None:
    ann, bert = guest(call, "Ann"), guest(call, "Bert")
    connected(ann, NOON, noon(30))
    connected(bert, noon(89))
    assert recorder_at(call, noon(100)) == ann


def test_somebody_expected_keeps_the_room_from_being_empty(call: Meeting) -> None:
    ann, bert = guest(call, "Ann"), guest(call, "Bert")
    connected(ann, NOON, noon(30))
    Admission.objects.create(participant=bert, created_at=noon(80))
    connected(bert, noon(300))
    assert recorder_at(call, noon(300)) == ann


def test_the_first_who_connects_is_the_recorder_not_the_first_let_in(call: Meeting) -> None:
    ann, bert = guest(call, "Ann"), guest(call, "Bert")
    Admission.objects.create(participant=bert, created_at=NOON)
    Admission.objects.create(participant=ann, created_at=noon(5))
    connected(ann, noon(8))
    connected(bert, noon(20))
    assert recorder_at(call, noon(30)) == ann


# Whose: secured meetings


def test_a_secured_meeting_s_recorder_is_the_first_host(lesson: Meeting) -> None:
    attendee, host = registered(lesson, "attendee", Role.ATTENDEE), registered(lesson, "host")
    connected(attendee, NOON)
    connected(host, noon(60))
    assert recorder_at(lesson, noon(60)) == host


def test_the_first_host_is_it_for_good(lesson: Meeting) -> None:
    first, second = registered(lesson, "first"), registered(lesson, "second")
    connected(first, NOON, noon(600))
    connected(second, noon(86_400))
    assert recorder_at(lesson, noon(86_400)) == first


def test_the_recorder_of_the_first_recording_is_it_whatever_is_reported_later(lesson: Meeting) -> None:
    first, second = registered(lesson, "first"), registered(lesson, "second")
    connected(second, noon(5))
    recording_of(lesson, second, Status.COMPLETED)
    connected(first, NOON)
    assert recorder_at(lesson, noon(60)) == second


def test_a_first_host_who_was_removed_is_still_it(lesson: Meeting) -> None:
    first, second = registered(lesson, "first"), registered(lesson, "second")
    connected(first, NOON, noon(60))
    recording_of(lesson, first, Status.COMPLETED)
    first.mark_removed(noon(60))
    connected(second, noon(3600))
    assert recorder_at(lesson, noon(3600)) == first


def test_a_first_host_who_is_registered_anew_is_still_it(lesson: Meeting) -> None:
    before = registered(lesson, "first")
    connected(before, NOON, noon(60))
    before.mark_removed(noon(60))
    connected(registered(lesson, "second"), noon(90))
    connected(registered(lesson, "first"), noon(100))
    found = recorder_at(lesson, noon(100))
    assert found and found.external_user_id == "first"


def test_an_attendee_who_becomes_host_counts_from_then(lesson: Meeting) -> None:
    before = registered(lesson, "promoted", Role.ATTENDEE)
    connected(before, NOON, noon(60))
    before.mark_removed(noon(60))
    other = registered(lesson, "other")
    connected(other, noon(90))
    connected(registered(lesson, "promoted"), noon(100))
    assert recorder_at(lesson, noon(100)) == other


def test_no_host_ever_is_no_recorder(lesson: Meeting) -> None:
    connected(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    assert recorder_at(lesson, NOON) is None


def test_another_meeting_s_recordings_name_no_recorder(lesson: Meeting) -> None:
    other = Meeting.objects.create(customer=lesson.customer, is_secured=True, created_at=NOON)
    recording_of(other, registered(other, "elsewhere"), Status.COMPLETED)
    host = registered(lesson, "host")
    connected(host, NOON)
    assert recorder_at(lesson, NOON) == host
