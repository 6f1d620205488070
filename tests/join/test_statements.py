"""How many statements a click on "Join" costs, and that it is refused in the same order as a page is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client

from billing.models import CreditAccount
from meetings.models import Meeting
from participants.models import Participant
from tests.join.conftest import link

Statements = Callable[[int], AbstractContextManager[Any]]


def asked(captured: Any, table: str) -> int:
    return sum(f'FROM "{table}"' in query["sql"] for query in captured.captured_queries)


def test_who_was_invited_is_let_in_with_eleven(
    client: Client, person: Participant, django_assert_num_queries: Statements
) -> None:
    # The meeting, the link; in a transaction the meeting's lock, the person, what they owe, the balance, who
    # is there, the admission; meeting and person once more.
    with django_assert_num_queries(11) as captured:
        assert client.post(link(person)).status_code == 200
    assert asked(captured, "billing_creditaccount") == asked(captured, "feedback_feedbackrequest") == 1


def test_a_guest_is_let_in_with_ten(
    client: Client, meeting: Meeting, django_assert_num_queries: Statements
) -> None:
    with django_assert_num_queries(10):
        assert client.post(f"/{meeting.code}/", {"name": "Ann"}).status_code == 200


def test_no_name_is_asked_for_where_there_are_no_credits(client: Client, meeting: Meeting) -> None:
    CreditAccount.objects.update(balance=0)
    assert client.post(f"/{meeting.code}/", {"name": ""}).json()["code"] == "no_credits"


def test_nor_where_the_meeting_is_full(client: Client, meeting: Meeting) -> None:
    Meeting.objects.update(max_participants=2)
    for name in ("Ann", "Ben"):
        assert Client().post(f"/{meeting.code}/", {"name": name}).status_code == 200
    assert client.post(f"/{meeting.code}/", {"name": ""}).json()["code"] == "meeting_full"


@pytest.mark.parametrize("name", ["", " "])
def test_but_elsewhere_it_is(client: Client, meeting: Meeting, name: str) -> None:
    assert client.post(f"/{meeting.code}/", {"name": name}).json()["code"] == "name_needed"
