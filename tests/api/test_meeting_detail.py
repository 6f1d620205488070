from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing import ledger
from billing.models import LedgerEntry
from billing.settling import settle
from customers.models import Customer
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests.api.conftest import StrangerSeesNothing, bill
from tests.conftest import NOON, UNKNOWN_CODE, Api, connected, noon

FIELDS = [
    "meeting_code",
    "join_url",
    "topic",
    "status",
    "is_secured",
    "record_on_cloud",
    "feedback_required",
    "recording_status",
    "created_at",
    "start_date_time",
    "expires_at",
    "ended_at",
    "participant_count",
    "recording",
]
OURS = ["max_participants", "billed_seconds", "credits_used"]
REGISTERED = [
    "id",
    "external_user_id",
    "display_name",
    "email",
    "role",
    "participant_code",
    "join_url",
    "total_time_minutes",
    "session_count",
    "created_at",
]


def detail(api: Api, meeting: Meeting) -> Any:
    return api.get(f"meetings/{meeting.code}/").json()


def test_it_shows_a_secured_meeting_with_its_people(api: Api, secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(1800))
    connected(person, noon(3600), noon(4500))
    body = detail(api, secured)
    assert list(body) == [*FIELDS, "registered_participant_count", "registered_participants", *OURS]
    assert list(body["registered_participants"][0]) == REGISTERED
    assert (body["participant_count"], body["registered_participant_count"]) == (1, 1)
    [shown] = body["registered_participants"]
    assert (shown["id"], shown["total_time_minutes"], shown["session_count"]) == (person.pk, 45, 2)
    assert (shown["participant_code"], shown["join_url"]) == (person.code, person.join_url)


def test_an_open_meeting_has_no_registered_people(api: Api, meeting: Meeting) -> None:
    body = detail(api, meeting)
    assert list(body) == [*FIELDS, *OURS]
    assert (body["topic"], body["status"], body["ended_at"]) == ("Standup", "active", None)
    assert (body["recording"], body["recording_status"]) == (None, None)
    assert (body["participant_count"], body["max_participants"]) == (0, 50)


@pytest.mark.parametrize("suffix", ["", "/"])
@pytest.mark.parametrize("case", [str.lower, str.upper])
def test_a_code_is_read_in_any_case_and_the_slash_may_be_missing(
    api: Api, meeting: Meeting, case: Any, suffix: str
) -> None:
    assert api.get(f"meetings/{case(meeting.code)}{suffix}").json()["meeting_code"] == meeting.code


def test_a_recorded_meeting_has_a_recording_that_did_not_begin(api: Api, meeting: Meeting) -> None:
    Meeting.objects.update(record_on_cloud=True)
    body = detail(api, meeting)
    assert list(body["recording"]) == ["status", "duration_seconds", "size_bytes", "has_recording"]
    assert body["recording"] == {
        "status": "pending",
        "duration_seconds": 0,
        "size_bytes": 0,
        "has_recording": False,
    }
    assert body["recording_status"] == "pending"


def test_registered_people_come_oldest_first_and_without_the_removed(
    api: Api, secured: Meeting, person: Participant
) -> None:
    for number in (1, 2):
        Participant.objects.create(
            meeting=secured, external_user_id=f"b{number}", display_name="Ben", created_at=noon(-number)
        )
    person.mark_removed(NOON)
    body = detail(api, secured)
    assert [shown["external_user_id"] for shown in body["registered_participants"]] == ["b2", "b1"]
    assert body["registered_participant_count"] == 2


def test_participant_count_counts_whoever_ever_connected(
    api: Api, secured: Meeting, person: Participant
) -> None:
    connected(person, NOON, noon(1))
    person.mark_removed(NOON)
    guest = Participant.objects.create(meeting=secured, display_name="Guest", created_at=NOON)
    connected(guest, NOON)
    body = detail(api, secured)
    assert (body["participant_count"], body["registered_participant_count"]) == (2, 0)


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"ended_at": noon(-0.5)}, "ended"),
        ({"expires_at": NOON}, "expired"),
        ({"cancelled_at": NOON}, "expired"),
    ],
)
@time_machine.travel(NOON, tick=False)
def test_it_shows_a_meeting_that_is_over(
    api: Api, meeting: Meeting, facts: dict[str, Any], status: str
) -> None:
    Meeting.objects.update(**facts)
    body = detail(api, meeting)
    assert body["status"] == status
    assert body["ended_at"] == ("2026-03-01T11:59:59Z" if status == "ended" else None)


def test_a_stranger_sees_nothing(stranger_sees_nothing: StrangerSeesNothing, secured: Meeting) -> None:
    stranger_sees_nothing("GET", "meetings/{code}/", secured)


def test_an_unknown_code_is_not_found(api: Api) -> None:
    response = api.get(f"meetings/{UNKNOWN_CODE}/")
    assert response.status_code == 404
    assert list(response.json()) == ["error", "detail", "code", "request_id"]
    assert response.json()["error"] == "Meeting not found"


def test_a_hundred_people_cost_no_more_queries_than_one(
    api: Api, secured: Meeting, person: Participant
) -> None:
    connected(person, NOON, noon(60))
    detail(api, secured)
    with CaptureQueriesContext(connection) as for_one:
        detail(api, secured)
    for number in range(99):
        another = Participant.objects.create(
            meeting=secured, external_user_id=str(number), display_name="Ann", created_at=NOON
        )
        connected(another, NOON, noon(60))
    with CaptureQueriesContext(connection) as for_a_hundred:
        assert detail(api, secured)["registered_participant_count"] == 100
    assert len(for_a_hundred) == len(for_one)


# What it cost


def cost(api: Api, meeting: Meeting) -> tuple[int, float]:
    body = detail(api, meeting)
    return body["billed_seconds"], body["credits_used"]


def test_it_shows_what_it_cost(api: Api, secured: Meeting, person: Participant) -> None:
    guest = Participant.objects.create(meeting=secured, display_name="Guest", created_at=NOON)
    connected(person, NOON, noon(3600), last_seen_at=noon(3600))
    connected(guest, NOON, noon(900), last_seen_at=noon(900))
    settle(secured.pk, noon(3700))
    assert cost(api, secured) == (4500, 1.25)


def test_what_is_not_booked_yet_is_not_shown(api: Api, secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(3600), last_seen_at=noon(3600))
    assert cost(api, secured) == (0, 0)


def test_a_meeting_below_ten_minutes_costs_nothing(api: Api, secured: Meeting, person: Participant) -> None:
    connection = connected(person, NOON, noon(599), last_seen_at=noon(599))
    settle(secured.pk, noon(600))
    assert cost(api, secured) == (0, 0)
    known = Connection.objects.filter(pk=connection.pk)
    known.change(noon(700), left_at=noon(600), last_seen_at=noon(600))
    settle(secured.pk, noon(700))
    assert cost(api, secured) == (600, 0.1667)


def test_what_was_given_back_is_not_shown(api: Api, meeting: Meeting) -> None:
    bill(meeting, 4500, NOON)
    bill(meeting, -900, noon(60))
    assert cost(api, meeting) == (3600, 1)


def test_a_meeting_that_became_free_again_costs_nothing(api: Api, meeting: Meeting) -> None:
    bill(meeting, 600, NOON)
    bill(meeting, -600, noon(60))
    assert cost(api, meeting) == (0, 0)
    assert b'"billed_seconds":0,"credits_used":0.0}' in api.get(f"meetings/{meeting.code}/").content


def test_each_meeting_shows_its_own_cost(api: Api, meeting: Meeting, secured: Meeting) -> None:
    bill(meeting, 3600, NOON)
    bill(secured, 7200, NOON)
    assert (cost(api, meeting), cost(api, secured)) == ((3600, 1), (7200, 2))


def test_a_refund_that_names_a_meeting_is_not_its_usage(
    api: Api, customer: Customer, meeting: Meeting
) -> None:
    bill(meeting, 3600, NOON)
    ledger.write(
        LedgerEntry(customer=customer, kind="refund", amount=Decimal(1), meeting=meeting, created_at=NOON)
    )
    assert cost(api, meeting) == (3600, 1)
