import re
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.models import CreditAccount
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, Api
from upclass.codes import LETTERS

FIELDS = [
    "meeting_code",
    "join_url",
    "topic",
    "is_secured",
    "record_on_cloud",
    "feedback_required",
    "created_at",
    "start_date_time",
    "expires_at",
    "customer",
    "credits_balance",
    "billing_info",
]
PERSON = [
    "id",
    "display_name",
    "external_user_id",
    "email",
    "role",
    "participant_code",
    "join_url",
    "created_at",
]
# The request of the reference, word for word.
SALES_DEMO = {
    "topic": "Sales Demo Meeting",
    "start_date_time": "2024-12-20T10:00:00Z",
    "is_secured": True,
    "record_on_cloud": True,
    "feedback_required": True,
    "participants": [
        {
            "display_name": "John Doe",
            "external_user_id": "user-123",
            "email": "john@example.com",
            "role": "host",
        },
        {
            "display_name": "Jane Smith",
            "external_user_id": "user-456",
            "email": "jane@example.com",
            "role": "attendee",
        },
    ],
}


def people(count: int) -> dict[str, Any]:
    found = [{"display_name": "Ann", "external_user_id": f"user-{number}"} for number in range(count)]
    return {"is_secured": True, "participants": found}


@time_machine.travel(NOON)
def test_it_creates_the_meeting_of_the_reference(api: Api, settings: Any) -> None:
    settings.PUBLIC_URL = "https://meet.upclass.ai"
    response = api.post("meetings/", SALES_DEMO)
    body = response.json()
    code = body["meeting_code"]
    assert response.status_code == 201
    assert list(body) == [*FIELDS, "participants", "max_participants"]
    assert re.fullmatch(rf"([{LETTERS}]{{4}}-){{2}}[{LETTERS}]{{4}}", code)
    assert {name: body[name] for name in FIELDS[1:]} == {
        "join_url": f"https://meet.upclass.ai/{code}/",
        "topic": "Sales Demo Meeting",
        "is_secured": True,
        "record_on_cloud": True,
        "feedback_required": True,
        "created_at": "2026-03-01T12:00:00Z",
        "start_date_time": "2024-12-20T10:00:00Z",
        "expires_at": None,
        "customer": "your-company",
        "credits_balance": 150.0,
        "billing_info": {
            "note": "Billing starts after 10 minutes of participant time. 1 credit = 1 hour.",
            "min_billable_minutes": 10,
        },
    }
    assert list(body["billing_info"]) == ["note", "min_billable_minutes"]


def test_it_shows_whom_it_registered_in_the_order_given(api: Api) -> None:
    body = api.post("meetings/", SALES_DEMO).json()
    [john, jane] = body["participants"]
    assert list(john) == list(jane) == PERSON
    kept = Participant.objects.get(external_user_id="user-123")
    assert john == {
        **{name: SALES_DEMO["participants"][0][name] for name in PERSON[1:5]},  # type: ignore[index]
        "id": kept.pk,
        "participant_code": kept.code,
        "join_url": f"{body['join_url']}?token={kept.token}",
        "created_at": body["created_at"],
    }
    assert jane["external_user_id"] == "user-456"


@pytest.mark.parametrize("body", [b"", b"{}"])
def test_an_empty_body_makes_an_open_meeting(api: Api, body: bytes) -> None:
    response = api.post("meetings/", body)
    shown = response.json()
    assert response.status_code == 201
    assert list(shown) == [*FIELDS, "max_participants"]
    flags = [shown["is_secured"], shown["record_on_cloud"], shown["feedback_required"]]
    assert (shown["topic"], flags, shown["max_participants"]) == ("", [False] * 3, 50)
    assert (shown["start_date_time"], shown["expires_at"]) == (None, None)


def test_no_body_and_no_media_type_make_one_too(api: Api) -> None:
    response: Any = api.client.generic("POST", "/api/v1/meetings/", content_type="")
    assert response.status_code == 201


def test_a_missing_slash_is_accepted(api: Api) -> None:
    assert api.post("meetings").status_code == 201


def test_a_secured_meeting_always_shows_its_participants(api: Api) -> None:
    assert api.post("meetings/", {"is_secured": True}).json()["participants"] == []


def test_what_is_left_out_of_a_person_has_its_default(api: Api) -> None:
    [person] = api.post("meetings/", people(1)).json()["participants"]
    assert (person["email"], person["role"]) == (None, "attendee")


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2036-12-20T10:00:00Z", "2036-12-20T10:00:00Z"),
        ("2036-12-20T15:30:00+05:30", "2036-12-20T10:00:00Z"),
        ("2036-12-20T10:00:00", "2036-12-20T10:00:00Z"),
        ("2036-12-20T10:00:00.999Z", "2036-12-20T10:00:00Z"),
        ("2036-12-20 10:00", "2036-12-20T10:00:00Z"),
        ("2036-12-20t10:00:00z", "2036-12-20T10:00:00Z"),
        ("2036-12-20T24:00:00Z", "2036-12-21T00:00:00Z"),
        (None, None),
    ],
)
@pytest.mark.parametrize("field", ["start_date_time", "expires_at"])
def test_moments_are_shown_in_utc(api: Api, field: str, given: str | None, shown: str | None) -> None:
    assert api.post("meetings/", {field: given}).json()[field] == shown


@pytest.mark.parametrize("topic", ["", "   ", "\u200d", "\u3164"])
def test_a_topic_with_nothing_to_see_is_empty(api: Api, topic: str) -> None:
    assert api.post("meetings/", {"topic": topic}).json()["topic"] == ""


@pytest.mark.parametrize(
    "topic", [" Standup ", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "क्\u200dष", "👩\u200d🚀"]
)
def test_any_other_topic_is_kept_as_it_is(api: Api, topic: str) -> None:
    assert api.post("meetings/", {"topic": topic}).json()["topic"] == topic


@pytest.mark.parametrize("seats", [2, 200])
def test_from_two_to_two_hundred_people_may_come_in(api: Api, seats: int) -> None:
    assert api.post("meetings/", {"max_participants": seats}).json()["max_participants"] == seats


def test_unknown_keys_are_ignored(api: Api) -> None:
    body = api.post("meetings/", {"topic": "x", "id": 5, "ended_at": NOON.isoformat()}).json()
    assert body["topic"] == "x"
    assert Meeting.objects.get().ended_at is None


def test_the_balance_is_a_number_with_up_to_four_decimals(api: Api) -> None:
    CreditAccount.objects.update(balance="0.1234")
    assert b'"credits_balance":0.1234,' in api.post("meetings/").content


# Refused


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("topic", 5),
        ("topic", None),
        ("topic", True),
        ("topic", "x" * 256),
        ("topic", "a\0b"),
        ("topic", "\ud800"),
        ("topic", "one\ntwo"),
        ("topic", "a\u202eb"),
        ("is_secured", "yes"),
        ("is_secured", 1),
        ("is_secured", None),
        ("record_on_cloud", "true"),
        ("feedback_required", []),
        ("start_date_time", "2036-12-20"),
        ("start_date_time", "2036-12-20Z"),
        ("start_date_time", "2036-12-20+05:30"),
        ("start_date_time", "0987-12-20T10:00:00Z"),
        ("start_date_time", "soon"),
        ("start_date_time", ""),
        ("start_date_time", 1734688800),
        ("start_date_time", "2036-13-40T10:00:00Z"),
        ("start_date_time", "2036-12-20T10:00:00+99:00"),
        ("start_date_time", "2036-12-20T10:00:00+05.5"),
        ("start_date_time", "20361220T10000012Z"),
        ("start_date_time", "9999-12-31T23:59:59-05:00"),
        ("start_date_time", "\ud8002036-12-20T10:00"),
        ("expires_at", "2020-01-01T00:00:00Z"),
        ("expires_at", False),
        ("max_participants", 1),
        ("max_participants", 201),
        ("max_participants", "5"),
        ("max_participants", True),
        ("max_participants", 5.5),
        ("max_participants", None),
        ("participants", None),
        ("participants", {}),
        ("participants", "user-123"),
    ],
)
def test_wrong_values_are_refused(api: Api, field: str, value: object) -> None:
    response = api.post("meetings/", {field: value})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == [field]
    assert not Meeting.objects.exists()


@pytest.mark.parametrize("end", ["2036-12-20T10:00:00Z", "2036-12-20T09:59:59Z"])
def test_it_must_expire_after_its_start(api: Api, end: str) -> None:
    response = api.post("meetings/", {"start_date_time": "2036-12-20T10:00:00Z", "expires_at": end})
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["expires_at"]


@time_machine.travel(NOON, tick=False)
def test_it_must_expire_in_the_future(api: Api) -> None:
    assert api.post("meetings/", {"expires_at": "2026-03-01T12:00:00Z"}).status_code == 400
    assert api.post("meetings/", {"expires_at": "2026-03-01T12:00:01Z"}).status_code == 201


@pytest.mark.parametrize("wanted", [{"feedback_required": True}, {**people(1), "is_secured": False}])
def test_an_open_meeting_has_no_participants_and_no_feedback(api: Api, wanted: dict[str, Any]) -> None:
    response = api.post("meetings/", wanted)
    assert response.status_code == 400
    assert list(response.json()) == ["error", "detail", "code", "fields", "request_id"]
    assert response.json()["error"] == "Meeting is not secured"


def test_an_open_meeting_may_have_an_empty_list(api: Api) -> None:
    assert api.post("meetings/", {"participants": []}).status_code == 201


@pytest.mark.parametrize("person", [{}, "user-123", None, {"display_name": "Ann"}])
def test_a_person_needs_a_name_and_an_id(api: Api, person: object) -> None:
    assert api.post("meetings/", {"is_secured": True, "participants": [person]}).status_code == 400


def test_a_thousand_people_are_the_most(api: Api) -> None:
    response = api.post("meetings/", people(1001))
    assert response.status_code == 400
    assert list(response.json()["fields"]) == ["participants"]


def test_an_id_given_twice_is_refused_and_nothing_is_created(api: Api) -> None:
    twice = people(2)
    twice["participants"] += twice["participants"][:1]
    response = api.post("meetings/", twice)
    assert response.status_code == 409
    assert response.json()["error"] == "Participant already registered"
    assert not Meeting.objects.exists()
    assert not Participant.objects.exists()


@pytest.mark.parametrize("balance", ["0", "-0.0001"])
def test_without_credits_it_is_refused(api: Api, balance: str) -> None:
    CreditAccount.objects.update(balance=balance)
    response = api.post("meetings/")
    assert response.status_code == 402
    assert list(response.json()) == ["error", "detail", "code", "request_id"]
    assert response.json()["error"] == "Insufficient credits"
    assert not Meeting.objects.exists()


def test_a_wrong_body_comes_before_missing_credits_and_these_before_a_conflict(api: Api) -> None:
    CreditAccount.objects.update(balance=0)
    twice = {"is_secured": True, "participants": people(1)["participants"] * 2}
    assert api.post("meetings/", {"topic": 5}).status_code == 400
    assert api.post("meetings/", twice).status_code == 402


def test_a_stranger_pays_with_their_own_credits(api: Api, stranger_api: Api) -> None:
    CreditAccount.objects.filter(customer__slug="your-company").update(balance=0)
    response = stranger_api.post("meetings/")
    assert response.status_code == 201
    assert response.json()["customer"] == "stranger"


def test_a_thousand_people_cost_no_more_queries_than_two(api: Api) -> None:
    api.post("meetings/", people(2))
    with CaptureQueriesContext(connection) as for_two:
        api.post("meetings/", people(2))
    with CaptureQueriesContext(connection) as for_a_thousand:
        response = api.post("meetings/", people(1000))
    assert len(response.json()["participants"]) == 1000
    assert len(for_a_thousand) == len(for_two)


def test_a_topic_is_kept_to_the_letter(api: Api) -> None:
    assert api.post("meetings/", {"topic": "  Sales \n"}).json()["topic"] == "  Sales \n"


def test_spaces_count_in_a_topic(api: Api) -> None:
    assert api.post("meetings/", {"topic": " " * 255}).status_code == 201
    assert api.post("meetings/", {"topic": "x" + " " * 255}).status_code == 400
