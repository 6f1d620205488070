"""What the API shows of a meeting's recordings, one by one."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.v1 import examples
from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from recordings import reasons
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, Api, noon
from tests.recordings.conftest import guest, recording_of, registered

LISTED = ["meeting_code", "record_on_cloud", "recordings", "count"]
FIELDS = [
    "id",
    "status",
    "recorder",
    "created_at",
    "started_at",
    "ended_at",
    "duration_seconds",
    "size_bytes",
    "failure_reason",
    "download_url",
    "download_url_expires_at",
]
OVER = {"started_at": noon(4.9), "ended_at": noon(3604), "seconds": 3600}


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(noon(7200.5), tick=False):
        yield


@pytest.fixture
def call(customer: Customer) -> Meeting:
    """An open meeting that is recorded."""
    facts = {"customer": customer, "topic": "Sales Démo", "record_on_cloud": True}
    return Meeting.objects.create(created_at=NOON, **facts)


@pytest.fixture
def ann(call: Meeting) -> Participant:
    return guest(call)


def completed(recorder: Participant, **facts: Any) -> Recording:
    of = recorder.meeting
    file = f"your-company/{of.code}/{of.recordings.count()}.mp4"
    usual = {**OVER, "size_bytes": 125829120, "finished_at": noon(3605), "file": file}
    return recording_of(of, recorder, Status.COMPLETED, **{**usual, **facts})


def listed(api: Api, meeting: Meeting, query: str = "") -> Any:
    response = api.get(f"meetings/{meeting.code}/recordings/{query}")
    assert response.status_code == 200
    return response.json()


def only(api: Api, meeting: Meeting, query: str = "") -> Any:
    [shown] = listed(api, meeting, query)["recordings"]
    return shown


# What is shown


def test_it_lists_what_was_recorded(api: Api, call: Meeting, ann: Participant) -> None:
    recording = completed(ann)
    body = listed(api, call)
    assert list(body) == LISTED == list(examples.RECORDINGS)
    assert (body["meeting_code"], body["record_on_cloud"], body["count"]) == (call.code, True, 1)
    [shown] = body["recordings"]
    assert list(shown) == FIELDS == list(examples.RECORDINGS["recordings"][0])
    link = shown.pop("download_url")
    assert urlsplit(link).path == f"/upclass/{recording.file}"
    assert shown == {
        "id": recording.uid,
        "status": "completed",
        "recorder": {"external_user_id": None, "display_name": "Ann"},
        "created_at": "2026-03-01T12:00:00Z",
        "started_at": "2026-03-01T12:00:04Z",
        "ended_at": "2026-03-01T13:00:04Z",
        "duration_seconds": 3600,
        "size_bytes": 125829120,
        "failure_reason": None,
        "download_url_expires_at": "2026-03-01T14:15:00Z",
    }


def test_nothing_was_recorded_yet(api: Api, call: Meeting) -> None:
    shown = {"meeting_code": call.code, "record_on_cloud": True, "recordings": [], "count": 0}
    assert listed(api, call) == shown


def test_a_meeting_that_is_not_recorded_has_none(api: Api, meeting: Meeting) -> None:
    shown = {"meeting_code": meeting.code, "record_on_cloud": False, "recordings": [], "count": 0}
    assert listed(api, meeting) == shown


def test_the_recorder_of_a_secured_meeting_is_a_registered_host(api: Api, secured: Meeting) -> None:
    completed(registered(secured, "user/ä 1"))
    expected = {"external_user_id": "user/ä 1", "display_name": "user/ä 1"}
    assert only(api, secured)["recorder"] == expected


def test_a_recorder_who_was_removed_is_shown_all_the_same(
    api: Api, secured: Meeting, person: Participant
) -> None:
    completed(person)
    person.mark_removed(noon(7000))
    assert only(api, secured)["recorder"]["external_user_id"] == "user-123"


def test_the_oldest_recording_comes_first(api: Api, call: Meeting, ann: Participant) -> None:
    later = completed(ann, created_at=noon(60))
    earlier = completed(ann)
    same_second = completed(ann)
    shown = [recording["id"] for recording in listed(api, call)["recordings"]]
    assert shown == [earlier.uid, same_second.uid, later.uid]


def test_a_recording_that_was_dropped_is_not_shown(api: Api, call: Meeting, ann: Participant) -> None:
    recording_of(call, ann, Status.DROPPED, ended_at=noon(3))
    recording = completed(ann)
    body = listed(api, call)
    assert ([shown["id"] for shown in body["recordings"]], body["count"]) == ([recording.uid], 1)


def test_the_recording_of_another_meeting_is_not_shown(
    api: Api, call: Meeting, secured: Meeting, person: Participant
) -> None:
    completed(person)
    assert listed(api, call)["count"] == 0


UNDER_WAY: list[tuple[Status, dict[str, Any]]] = [
    (Status.PENDING, {}),
    (Status.RECORDING, {"started_at": noon(4)}),
    (Status.PROCESSING, {"started_at": noon(4), "ended_at": noon(60)}),
    (Status.PROCESSING, {"started_at": noon(4), "ended_at": noon(60), "seconds": 56}),
]


@pytest.mark.parametrize(("status", "facts"), UNDER_WAY)
def test_a_recording_under_way_has_no_link_yet(
    api: Api, call: Meeting, ann: Participant, status: Status, facts: dict[str, Any]
) -> None:
    recording_of(call, ann, status, file="your-company/x-1.mp4", egress_id="EG_1", **facts)
    shown = only(api, call)
    assert list(shown) == FIELDS
    assert (shown["status"], shown["size_bytes"], shown["failure_reason"]) == (status, None, None)
    assert (shown["download_url"], shown["download_url_expires_at"]) == (None, None)
    assert (shown["started_at"] is None) == (status == Status.PENDING)
    assert (shown["ended_at"] is None) == (status != Status.PROCESSING)
    assert shown["duration_seconds"] == facts.get("seconds")


def test_a_failed_recording_says_why(api: Api, call: Meeting, ann: Participant) -> None:
    facts = {"failure_reason": reasons.NO_RECORDER, "details": "unavailable: psrpc", "ended_at": noon(240)}
    recording_of(call, ann, Status.FAILED, file="your-company/x-5.mp4", **facts)
    shown = only(api, call)
    assert (shown["status"], shown["failure_reason"]) == ("failed", reasons.NO_RECORDER)
    assert (shown["download_url"], shown["size_bytes"], shown["duration_seconds"]) == (None, None, None)
    assert "psrpc" not in api.get(f"meetings/{call.code}/recordings/").content.decode()


def test_what_was_saved_of_a_failed_recording_can_be_fetched(
    api: Api, call: Meeting, ann: Participant
) -> None:
    facts = {**OVER, "failure_reason": reasons.BROKE_OFF, "size_bytes": 5_000_000, "seconds": None}
    recording = recording_of(call, ann, Status.FAILED, file="your-company/x-1.mp4", **facts)
    shown = only(api, call)
    assert (shown["status"], shown["size_bytes"]) == ("failed", 5_000_000)
    assert recording.file in shown["download_url"]
    assert shown["download_url_expires_at"] == "2026-03-01T14:15:00Z"


def test_every_reason_is_a_sentence_for_people() -> None:
    sentences = [value for name, value in vars(reasons).items() if name.isupper()]
    assert len(sentences) == len(set(sentences)) == 7
    for sentence in sentences:
        assert sentence[0].isupper() and sentence.endswith(".") and len(sentence) <= 255
        assert not {"egress", "livekit", "s3", "error"} & {*sentence.lower().strip(".").split()}


# The link


def test_a_link_is_good_for_15_minutes_and_saves_under_the_meeting_s_name(
    api: Api, call: Meeting, ann: Participant
) -> None:
    completed(ann)
    query = parse_qs(urlsplit(only(api, call)["download_url"]).query)
    assert query["X-Amz-Expires"] == ["900"]
    assert query["response-content-type"] == ["video/mp4"]
    [disposition] = query["response-content-disposition"]
    assert unquote(disposition) == "inline; filename*=utf-8''Sales Démo 2026-03-01 12.00.mp4"


@pytest.mark.parametrize(
    ("seconds", "until"),
    [(60, "2026-03-01T14:01:00Z"), (3600, "2026-03-01T15:00:00Z"), (43_200, "2026-03-02T02:00:00Z")],
)
def test_a_link_may_be_good_for_a_minute_to_12_hours(
    api: Api, call: Meeting, ann: Participant, seconds: int, until: str
) -> None:
    completed(ann)
    shown = only(api, call, f"?expires_in={seconds}")
    assert parse_qs(urlsplit(shown["download_url"]).query)["X-Amz-Expires"] == [str(seconds)]
    assert shown["download_url_expires_at"] == until


@pytest.mark.parametrize(
    "value",
    [
        "59",
        "43201",
        "0",
        "-900",
        "",
        "soon",
        "15m",
        "900.5",
        "900.0",
        "1e3",
        "9_00",
        "%D9%A9%D9%A0%D9%A0",
        "NaN",
        "%00",
        "9" * 2000,
    ],
)
def test_any_other_time_is_refused(api: Api, call: Meeting, value: str) -> None:
    """Also when there is nothing to be linked."""
    response = api.get(f"meetings/{call.code}/recordings/?expires_in={value}")
    body = response.json()
    assert (response.status_code, body["error"], body["code"]) == (400, "Invalid request", "invalid_request")
    assert list(body["fields"]) == ["expires_in"]


def test_unknown_parameters_are_ignored(api: Api, call: Meeting) -> None:
    assert listed(api, call, "?limit=0&status=moon")["count"] == 0


def test_each_recording_has_a_link_of_its_own(api: Api, call: Meeting, ann: Participant) -> None:
    recordings = [completed(ann, created_at=noon(number)) for number in range(3)]
    links = [shown["download_url"] for shown in listed(api, call)["recordings"]]
    assert [urlsplit(link).path for link in links] == [
        f"/upclass/{recording.file}" for recording in recordings
    ]


# Asking


@pytest.mark.parametrize("suffix", ["", "/"])
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_code_is_read_in_any_case_and_the_slash_may_be_missing(
    api: Api, call: Meeting, case: Any, suffix: str
) -> None:
    shown = api.get(f"meetings/{case(call.code)}/recordings{suffix}").json()
    assert shown["meeting_code"] == call.code


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_but_looking_is_done_here(api: Api, call: Meeting, method: str) -> None:
    response = api.call(method, f"meetings/{call.code}/recordings/")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


def test_a_meeting_that_is_over_still_has_its_recordings(api: Api, call: Meeting, ann: Participant) -> None:
    completed(ann)
    Meeting.objects.update(ended_at=noon(3604))
    assert only(api, call)["download_url"]


def test_fifty_recordings_cost_no_more_queries_than_one(api: Api, call: Meeting, ann: Participant) -> None:
    completed(ann)
    listed(api, call)
    with CaptureQueriesContext(connection) as for_one:
        listed(api, call)
    for number in range(49):
        completed(guest(call, f"guest {number}"))
    with CaptureQueriesContext(connection) as for_fifty:
        assert listed(api, call)["count"] == 50
    assert len(for_fifty) == len(for_one)
