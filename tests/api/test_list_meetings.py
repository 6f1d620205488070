from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from api.v1.scope import MeetingFilter
from customers.models import Customer
from meetings.models import Meeting
from tests.conftest import NOON, Api, noon
from tests.meetings.many import MADE, SHARES, make_many
from tests.plans import indexes_used

LISTED = [
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
]


def make(customer: Customer, **facts: Any) -> Meeting:
    return Meeting.objects.create(customer=customer, **{"created_at": NOON, **facts})


def topics(response: Any) -> list[str]:
    return [meeting["topic"] for meeting in response.json()["meetings"]]


def test_it_lists_the_meetings(api: Api, customer: Customer) -> None:
    meeting = make(customer, topic="Standup", start_date_time=noon(0.9), expires_at=None)
    response = api.get("meetings/")
    body = response.json()
    assert response.status_code == 200
    assert list(body) == ["meetings", "count", "limit", "offset"]
    assert (body["count"], body["limit"], body["offset"]) == (1, 50, 0)
    assert list(body["meetings"][0]) == LISTED
    assert body["meetings"][0] == {
        "meeting_code": meeting.code,
        "join_url": meeting.join_url,
        "topic": "Standup",
        "status": "active",
        "is_secured": False,
        "record_on_cloud": False,
        "feedback_required": False,
        "recording_status": None,
        "created_at": "2026-03-01T12:00:00Z",
        "start_date_time": "2026-03-01T12:00:00Z",
        "expires_at": None,
    }


def test_a_customer_without_meetings_has_an_empty_list(api: Api) -> None:
    assert api.get("meetings/").json() == {"meetings": [], "count": 0, "limit": 50, "offset": 0}


def test_a_recorded_meeting_waits_for_its_recording(api: Api, customer: Customer) -> None:
    make(customer, record_on_cloud=True)
    assert api.get("meetings/").json()["meetings"][0]["recording_status"] == "pending"


def test_the_newest_comes_first(api: Api, customer: Customer) -> None:
    make(customer, topic="old", created_at=noon(-60))
    make(customer, topic="same second, first")
    make(customer, topic="same second, second")
    make(customer, topic="new", created_at=noon(60))
    expected = ["new", "same second, second", "same second, first", "old"]
    assert topics(api.get("meetings/")) == expected


def test_a_stranger_sees_none_of_them(stranger_api: Api, meeting: Meeting) -> None:
    assert stranger_api.get("meetings/").json()["count"] == 0
    assert stranger_api.get("meetings/").json()["meetings"] == []


# Pages


def test_a_page_is_cut_from_the_whole(api: Api, customer: Customer) -> None:
    for number in range(5):
        make(customer, topic=str(number))
    response = api.get("meetings/?limit=2&offset=1")
    assert topics(response) == ["3", "2"]
    body = response.json()
    assert (body["count"], body["limit"], body["offset"]) == (5, 2, 1)


def test_a_page_beyond_the_end_is_empty(api: Api, meeting: Meeting) -> None:
    body = api.get("meetings/?offset=1000000").json()
    assert (body["meetings"], body["count"]) == ([], 1)


@pytest.mark.parametrize("limit", [1, 100])
def test_limits_up_to_a_hundred_are_served(api: Api, limit: int) -> None:
    assert api.get(f"meetings/?limit={limit}").json()["limit"] == limit


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=-1",
        "limit=",
        "limit=ten",
        "limit=%00",
        "limit=1_0",
        "limit=%D9%A1%D9%A0",
        "limit=5.0",
        "limit=%2B5",
        "limit=+5",
        "limit=9" + "9" * 2000,
        "offset=-1",
        "offset=",
        "offset=x",
        "offset=99999999999999999999",
        "offset=%00",
        "offset=1_0",
        "status=running",
        "status=",
        "status=ACTIVE",
        "status=%00",
        "status=%ED%A0%80",
    ],
)
def test_senseless_parameters_are_refused(api: Api, query: str) -> None:
    response = api.get(f"meetings/?{query}")
    assert response.status_code == 400
    assert list(response.json()) == ["error", "detail", "code", "fields", "request_id"]
    assert list(response.json()["fields"]) == [query.partition("=")[0]]


# By status


@pytest.mark.parametrize("status", ["active", "ended", "expired"])
def test_it_filters_by_status(api: Api, customer: Customer, status: str) -> None:
    now = timezone.now()
    make(customer, topic="active", expires_at=now + timedelta(hours=1))
    make(customer, topic="ended", ended_at=now, expires_at=now)
    make(customer, topic="expired", expires_at=now)
    make(customer, topic="expired", cancelled_at=now)
    response = api.get(f"meetings/?status={status}")
    assert set(topics(response)) == {status}
    assert {meeting["status"] for meeting in response.json()["meetings"]} == {status}
    assert response.json()["count"] == len(topics(response))


def test_a_hundred_cost_no_more_queries_than_one(api: Api, customer: Customer) -> None:
    make(customer, record_on_cloud=True)
    api.get("meetings/")
    with CaptureQueriesContext(connection) as for_one:
        api.get("meetings/?limit=100")
    for _ in range(99):
        make(customer, is_secured=True, record_on_cloud=True)
    with CaptureQueriesContext(connection) as for_a_hundred:
        response = api.get("meetings/?limit=100")
    assert len(response.json()["meetings"]) == 100
    assert len(for_a_hundred) == len(for_one)


# However many there are

PAGED_IN = {
    "": "meeting_newest_first",
    "?status=active": "meetings_not_ended",
    "?status=ended": "meetings_ended",
    "?status=expired": "meetings_not_ended",
}


def test_of_rows_before_the_page_an_index_is_read_only(customer: Customer, stranger: Customer) -> None:
    make_many(customer, stranger)
    for query, index in PAGED_IN.items():
        mine = MeetingFilter(QueryDict(query[1:]), customer, NOON)
        assert mine.is_valid()
        for offset in (0, MADE // 10):
            found = indexes_used(partial(mine.rows, offset, offset + 10), Meeting)
            assert found == {index, "meetings_meeting_pkey"}


@time_machine.travel(NOON, tick=False)
def test_a_page_far_back_has_what_stands_there(api: Api, customer: Customer) -> None:
    make_many(customer)
    for status, share in SHARES.items():
        body = api.get(f"meetings/?status={status}&limit=3&offset={int(MADE * share) - 2}").json()
        assert body["count"] == MADE * share
        expected = [one for one in Meeting.objects.order_by("pk")[:20] if one.status(NOON) == status]
        assert [one["meeting_code"] for one in body["meetings"]] == [one.code for one in expected[1::-1]]
