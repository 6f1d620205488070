"""What a meeting, listed or shown, says of its recording: the sum of its recordings."""

from itertools import combinations, permutations
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from recordings.states import Status
from tests.conftest import NOON, Api, noon
from tests.recordings.conftest import guest, recording_of

BOTH_RUN = {Status.PENDING, Status.RECORDING}  # of which a meeting has one
PRECEDENCE = [Status.RECORDING, Status.PROCESSING, Status.COMPLETED, Status.FAILED, Status.PENDING]


@pytest.fixture
def call(customer: Customer) -> Meeting:
    """An open meeting that is recorded."""
    return Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=NOON)


@pytest.fixture
def ann(call: Meeting) -> Participant:
    return guest(call)


def shown(api: Api, meeting: Meeting) -> Any:
    return api.get(f"meetings/{meeting.code}/").json()


def in_the_list(api: Api, meeting: Meeting) -> Any:
    [found] = [one for one in api.get("meetings/").json()["meetings"] if one["meeting_code"] == meeting.code]
    return found["recording_status"]


def recording(
    recorder: Participant, status: Status, seconds: int | None = None, size: int | None = None
) -> None:
    recording_of(recorder.meeting, recorder, status, seconds=seconds, size_bytes=size)


def test_one_completed_recording_is_the_recording(api: Api, call: Meeting, ann: Participant) -> None:
    recording(ann, Status.COMPLETED, 3600, 125829120)
    body = shown(api, call)
    assert list(body["recording"]) == ["status", "duration_seconds", "size_bytes", "has_recording"]
    assert body["recording"] == {
        "status": "completed",
        "duration_seconds": 3600,
        "size_bytes": 125829120,
        "has_recording": True,
    }
    assert body["recording_status"] == in_the_list(api, call) == "completed"


def test_seconds_and_bytes_are_summed_over_completed_recordings_only(
    api: Api, call: Meeting, ann: Participant
) -> None:
    for status in (Status.RECORDING, Status.PROCESSING, Status.FAILED, Status.DROPPED):
        recording(ann, status, 7, 7)
    recording(ann, Status.COMPLETED, 60, 1_000)
    recording(ann, Status.COMPLETED, 30, 2**40)
    expected = {
        "status": "recording",
        "duration_seconds": 90,
        "size_bytes": 2**40 + 1_000,
        "has_recording": True,
    }
    assert shown(api, call)["recording"] == expected


def test_what_was_saved_of_a_failed_recording_is_no_recording(
    api: Api, call: Meeting, ann: Participant
) -> None:
    recording(ann, Status.FAILED, 60, 1_000)
    expected = {"status": "failed", "duration_seconds": 0, "size_bytes": 0, "has_recording": False}
    assert shown(api, call)["recording"] == expected


@pytest.mark.parametrize("pair", [pair for pair in combinations(PRECEDENCE, 2) if {*pair} != BOTH_RUN])
def test_of_two_recordings_the_one_that_goes_on_is_shown(
    api: Api, customer: Customer, pair: tuple[Status, Status]
) -> None:
    for order in permutations(pair):
        meeting = Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=NOON)
        person = guest(meeting)
        for status in order:
            recording(person, status)
        assert shown(api, meeting)["recording"]["status"] == in_the_list(api, meeting) == pair[0]


def test_after_recordings_that_were_dropped_it_is_pending_again(
    api: Api, call: Meeting, ann: Participant
) -> None:
    recording(ann, Status.DROPPED)
    recording(ann, Status.DROPPED)
    assert shown(api, call)["recording_status"] == in_the_list(api, call) == "pending"
    Meeting.objects.update(ended_at=noon(60))
    assert shown(api, call)["recording_status"] == in_the_list(api, call) == "pending"


def test_a_meeting_that_is_not_recorded_has_none(api: Api, meeting: Meeting) -> None:
    body = shown(api, meeting)
    assert (body["recording"], body["recording_status"], in_the_list(api, meeting)) == (None, None, None)


def test_each_meeting_has_its_own(api: Api, call: Meeting, ann: Participant, customer: Customer) -> None:
    recording(ann, Status.COMPLETED, 60, 1_000)
    other = Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=NOON)
    recording(guest(other), Status.FAILED)
    assert (in_the_list(api, call), in_the_list(api, other)) == ("completed", "failed")
    assert shown(api, other)["recording"]["duration_seconds"] == 0


def test_fifty_meetings_with_recordings_cost_no_more_queries_than_one(api: Api, customer: Customer) -> None:
    def recorded() -> None:
        meeting = Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=NOON)
        for _ in range(3):
            recording(guest(meeting), Status.COMPLETED, 60, 1_000)

    recorded()
    api.get("meetings/")
    with CaptureQueriesContext(connection) as for_one:
        api.get("meetings/")
    for _ in range(49):
        recorded()
    with CaptureQueriesContext(connection) as for_fifty:
        listed = api.get("meetings/").json()["meetings"]
    assert [meeting["recording_status"] for meeting in listed] == ["completed"] * 50
    assert len(for_fifty) == len(for_one)


def test_fifty_recordings_cost_a_meeting_no_more_queries_than_one(
    api: Api, call: Meeting, ann: Participant
) -> None:
    recording(ann, Status.COMPLETED, 60, 1_000)
    shown(api, call)
    with CaptureQueriesContext(connection) as for_one:
        shown(api, call)
    for _ in range(49):
        recording(ann, Status.COMPLETED, 60, 1_000)
    with CaptureQueriesContext(connection) as for_fifty:
        assert shown(api, call)["recording"]["duration_seconds"] == 3_000
    assert len(for_fifty) == len(for_one)
