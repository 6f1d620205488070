"""How many statements an answer costs, on the paths that integrators call most."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import count
from typing import Any

import pytest

from meetings.models import Meeting
from participants.models import Participant
from tests.api.conftest import KeyClock
from tests.conftest import Api

Statements = Callable[[int], AbstractContextManager[Any]]

JOHN = {"display_name": "John Doe", "external_user_id": "user-123"}
KEYS = count()


@pytest.fixture
def statements(api: Api, django_assert_num_queries: Statements, key_clock: KeyClock) -> Statements:
    """So many, right after the day's first request, which reads the key and writes that it was used."""
    api.get("account/")
    return django_assert_num_queries


def post_with_key(api: Api, body: bytes = b"{}") -> Any:
    headers = {"Idempotency-Key": str(next(KEYS))}
    return api.client.post("/api/v1/meetings/", body, content_type="application/json", headers=headers)


def test_a_key_is_read_with_its_customer_in_one(
    api: Api, meeting: Meeting, statements: Statements, key_clock: KeyClock
) -> None:
    key_clock.seconds += 1
    with statements(2):
        assert api.get(f"meetings/{meeting.code}/").status_code == 200


def test_a_meeting_is_shown_with_one(api: Api, meeting: Meeting, statements: Statements) -> None:
    with statements(1):  # which also finds who came, and what was booked
        assert api.get(f"meetings/{meeting.code}/").status_code == 200


def test_no_statement_joins_the_customer(api: Api, meeting: Meeting, statements: Statements) -> None:
    with statements(1) as asked:
        api.get(f"meetings/{meeting.code}/")
    assert '"customers_customer"' not in asked.captured_queries[0]["sql"]


def test_a_secured_meeting_is_shown_with_three(
    api: Api, secured: Meeting, person: Participant, statements: Statements
) -> None:
    with statements(3):  # and its people, and their connections
        assert api.get(f"meetings/{secured.code}/").status_code == 200


def test_the_recordings_of_one_are_read_in_one_more(
    api: Api, meeting: Meeting, statements: Statements
) -> None:
    Meeting.objects.update(record_on_cloud=True)
    with statements(2):
        shown = api.get(f"meetings/{meeting.code}/").json()
    assert (shown["recording_status"], shown["recording"]["status"]) == ("pending", "pending")


def test_meetings_that_are_not_recorded_are_listed_with_two(
    api: Api, meeting: Meeting, statements: Statements
) -> None:
    with statements(2):  # the meetings, their count
        assert api.get("meetings/").json()["count"] == 1


def test_recordings_are_read_in_one_more(api: Api, meeting: Meeting, statements: Statements) -> None:
    Meeting.objects.update(record_on_cloud=True)
    with statements(3):
        assert api.get("meetings/").json()["meetings"][0]["recording_status"] == "pending"


def test_a_meeting_is_created_with_two(api: Api, statements: Statements) -> None:
    with statements(2):  # the balance, the meeting
        assert api.post("meetings/").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_nor_does_that_one_insert_open_a_transaction(api: Api, statements: Statements) -> None:
    with statements(2):  # BEGIN and COMMIT would count, too
        assert api.post("meetings/").status_code == 201


def test_one_with_people_is_created_with_ten(api: Api, statements: Statements) -> None:
    with statements(10):
        assert api.post("meetings/", {"is_secured": True, "participants": [JOHN]}).status_code == 201


def test_an_idempotency_key_costs_three_and_a_transaction(api: Api, statements: Statements) -> None:
    with statements(7):  # its lock, the response to be replayed, the one to be kept; here a savepoint
        assert post_with_key(api).status_code == 201
