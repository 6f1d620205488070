"""Joining a secured meeting by a code; and guessing one."""

from collections import Counter
from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from customers.models import Customer
from join import code_attempts
from join.errors import CodeNotValid, TooManyAttempts
from join.models import FailedAttempt
from join.tasks import prune_wrong_codes
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, ROUNDS, race
from tests.join.conftest import link, page

WRONG = "ZZZZZZ"


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(NOON, tick=False) as travelling:
        yield travelling


def try_code(meeting: Meeting, code: str = WRONG, address: str = "198.51.100.1") -> Any:
    return Client(REMOTE_ADDR=address).post(f"/{meeting.code}/", {"code": code})


def tried(meeting: Meeting, times: int, network: str = "198.51.100.1", seconds_ago: float = 0) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    FailedAttempt.objects.bulk_create(
        FailedAttempt(meeting=meeting, network=network, created_at=at) for _ in range(times)
    )


# The way in


def test_without_a_link_the_page_asks_for_a_code(client: Client, person: Participant) -> None:
    response: Any = client.get(f"/{person.meeting.code}/")
    assert response.status_code == 200
    assert 'name="code"' in page(response)
    assert not response.context["is_closed"]


def test_the_right_code_leads_to_the_link(client: Client, person: Participant) -> None:
    response: Any = client.post(f"/{person.meeting.code}/", {"code": person.code})
    assert (response.status_code, response["Location"]) == (303, link(person))
    assert client.get(response["Location"]).status_code == 200
    assert not FailedAttempt.objects.exists()


@pytest.mark.parametrize(
    "spelling", ["{lower}", " {code} ", "{a}-{b}", "{a} {b}", "{a}\u2013{b}", "{a}.{b}\n"]
)
def test_a_code_may_be_typed_in_many_ways(client: Client, person: Participant, spelling: str) -> None:
    code = person.code
    typed = spelling.format(code=code, lower=code.lower(), a=code[:3], b=code[3:])
    assert client.post(f"/{person.meeting.code}/", {"code": typed}).status_code == 303


def test_a_wrong_code_is_said_to_be_wrong_on_the_same_page(client: Client, secured: Meeting) -> None:
    response: Any = client.post(f"/{secured.code}/", {"code": WRONG})
    assert response.status_code == 403
    assert "No one in this meeting has this code." in page(response)
    assert 'name="code"' in page(response)
    assert FailedAttempt.objects.get().network == "127.0.0.1"


@pytest.mark.parametrize("typed", [WRONG, "ab-12 x", '"><b>', "x" * 30])
def test_what_was_typed_stands_there_to_be_corrected(client: Client, secured: Meeting, typed: str) -> None:
    response = client.post(f"/{secured.code}/", {"code": typed})
    assert f'value="{escape(typed[:20])}"' in page(response)
    assert 'value=""' in page(client.get(f"/{secured.code}/"))


@pytest.mark.parametrize("given", [{}, {"code": ""}, {"code": "   "}])
def test_no_code_is_no_guess(client: Client, secured: Meeting, given: dict[str, str]) -> None:
    response = client.post(f"/{secured.code}/", given)
    assert response.status_code == 403
    assert "Please enter the code" in page(response)
    assert not FailedAttempt.objects.exists()


@pytest.mark.parametrize("code", ["x" * 101, "a\0b", "☃", "é" * 6, "--", "x" * 5000])
def test_what_cannot_be_a_code_is_a_wrong_one(client: Client, secured: Meeting, code: str) -> None:
    assert client.post(f"/{secured.code}/", {"code": code}).status_code == 403


def test_the_code_of_a_removed_person_is_wrong(client: Client, person: Participant) -> None:
    person.mark_removed(NOON)
    assert client.post(f"/{person.meeting.code}/", {"code": person.code}).status_code == 403


def test_the_code_of_another_meeting_is_wrong(client: Client, person: Participant) -> None:
    other = Meeting.objects.create(customer=person.meeting.customer, is_secured=True, created_at=NOON)
    assert client.post(f"/{other.code}/", {"code": person.code}).status_code == 403


def test_a_stranger_learns_nothing_of_the_meeting(client: Client, customer: Customer) -> None:
    """Two meetings that differ in everything have the same page, but for the address in it."""
    shown = set()
    facts: list[dict[str, Any]] = [
        {},
        {"topic": "Secret", "record_on_cloud": True, "feedback_required": True, "start_date_time": NOON},
    ]
    for more in facts:
        meeting = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON, **more)
        if more:
            Participant.objects.create(
                meeting=meeting, external_user_id="u", display_name="Jo", created_at=NOON
            )
        for response in (client.get(f"/{meeting.code}/"), client.post(f"/{meeting.code}/", {"code": WRONG})):
            csrf = str(client.cookies["csrftoken"].value)
            context: Any = response
            text = page(response).replace(meeting.code, "CODE").replace(csrf, "CSRF")
            shown.add(text.replace(str(context.context["csrf_token"]), "CSRF"))
    assert len(shown) == 2  # the form, and the form with its sentence
    assert not any("Secret" in text for text in shown)


# From one network


def test_after_ten_wrong_codes_from_one_place_the_form_is_closed(clock: Any, person: Participant) -> None:
    meeting = person.meeting
    assert [try_code(meeting).status_code for _ in range(10)] == [403] * 10
    response = try_code(meeting)
    assert (response.status_code, response["Retry-After"]) == (429, "600")
    assert 'name="code"' not in page(response)
    assert response.context["is_closed"]
    shown = Client(REMOTE_ADDR="198.51.100.1").get(f"/{meeting.code}/")
    assert (shown.status_code, shown["Retry-After"]) == (429, "600")


@pytest.mark.parametrize(
    ("seconds_ago", "language", "words"),
    [
        (0, "en", "Try again in 10 minutes."),
        (541, "en", "Try again in one minute."),
        (479, "de", "Versuchen Sie es in 3 Minuten erneut."),
    ],
)
def test_the_closed_form_says_when_to_try_again(
    clock: Any, person: Participant, seconds_ago: int, language: str, words: str
) -> None:
    tried(person.meeting, 10, seconds_ago=seconds_ago)
    asking = Client(REMOTE_ADDR="198.51.100.1", headers={"Accept-Language": language})
    for response in (
        asking.get(f"/{person.meeting.code}/"),
        asking.post(f"/{person.meeting.code}/", {"code": WRONG}),
    ):
        assert response.status_code == 429
        assert words in page(response)


def test_while_it_is_closed_the_right_code_is_refused_and_links_work(clock: Any, person: Participant) -> None:
    tried(person.meeting, 10)
    assert try_code(person.meeting, person.code).status_code == 429
    assert Client(REMOTE_ADDR="198.51.100.1").get(link(person)).status_code == 200
    assert Client(REMOTE_ADDR="198.51.100.1").post(link(person)).status_code == 200
    assert FailedAttempt.objects.count() == 10  # what was not looked at is no further try


@pytest.mark.parametrize("typed", ["", "x" * 101])
def test_while_it_is_closed_it_is_closed_to_what_is_no_code_too(
    clock: Any, person: Participant, typed: str
) -> None:
    tried(person.meeting, 10)
    response = try_code(person.meeting, typed)
    assert (response.status_code, response["Retry-After"]) == (429, "600")


def test_another_network_is_not_closed(clock: Any, person: Participant) -> None:
    tried(person.meeting, 10)
    assert try_code(person.meeting, person.code, "198.51.100.2").status_code == 303


def test_a_network_is_closed_for_every_meeting(clock: Any, customer: Customer, person: Participant) -> None:
    other = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
    tried(other, 10)
    assert try_code(person.meeting, person.code).status_code == 429


def test_addresses_of_one_ipv6_network_are_one_network(clock: Any, secured: Meeting) -> None:
    tried_from = [try_code(secured, address=f"2001:db8:1:2::{number}").status_code for number in range(11)]
    assert tried_from == [403] * 10 + [429]
    assert try_code(secured, address="2001:db8:1:3::1").status_code == 403


def test_ten_minutes_later_it_is_open_again(clock: Any, person: Participant) -> None:
    tried(person.meeting, 10)
    clock.shift(timedelta(seconds=599))
    closed = try_code(person.meeting, person.code)
    assert (closed.status_code, closed["Retry-After"]) == (429, "1")
    clock.shift(timedelta(seconds=1))
    assert try_code(person.meeting, person.code).status_code == 303


def test_behind_a_proxy_that_is_trusted_each_client_is_a_network(settings: Any, secured: Meeting) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    tried(secured, 10)
    for client, status in (("198.51.100.1", 429), ("198.51.100.2", 403)):
        proxied = Client(REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": f"6.6.6.6, {client}"})
        assert proxied.post(f"/{secured.code}/", {"code": WRONG}).status_code == status


def test_nobody_escapes_by_a_header_of_their_own(secured: Meeting) -> None:
    tried(secured, 10)
    forging = Client(REMOTE_ADDR="198.51.100.1", headers={"X-Forwarded-For": "198.51.100.2"})
    assert forging.post(f"/{secured.code}/", {"code": WRONG}).status_code == 429


# For one meeting


def test_after_a_hundred_wrong_codes_the_meetings_form_is_closed_for_all(
    clock: Any, person: Participant
) -> None:
    for number in range(10):
        tried(person.meeting, 10, f"203.0.113.{number}")
    response = try_code(person.meeting, person.code)
    assert (response.status_code, response["Retry-After"]) == (429, "3600")


def test_ninety_nine_are_not_enough(clock: Any, person: Participant) -> None:
    for number in range(11):
        tried(person.meeting, 9, f"203.0.113.{number}")
    assert try_code(person.meeting, person.code).status_code == 303


def test_another_meeting_remains_open(clock: Any, customer: Customer, person: Participant) -> None:
    other = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
    for number in range(10):
        tried(other, 10, f"203.0.113.{number}")
    assert try_code(person.meeting, person.code).status_code == 303


def test_the_longer_wait_is_shown(clock: Any, person: Participant) -> None:
    for number in range(9):
        tried(person.meeting, 10, f"203.0.113.{number}", seconds_ago=1800)
    tried(person.meeting, 10, seconds_ago=300)
    assert try_code(person.meeting)["Retry-After"] == "1800"


# Races: each limit leaves three tries, and twelve are made at once


@pytest.mark.django_db(transaction=True)
def test_from_one_place_no_more_codes_are_tried_than_ten(customer: Customer) -> None:
    for _ in ROUNDS:
        meetings = secured_meetings(customer, 12)
        tries = FailedAttempt(meeting=meetings[0], network="198.51.100.1", created_at=NOON)
        assert outcomes([tries] * 7, [(meeting, "198.51.100.1") for meeting in meetings]) == (3, 9)
        assert FailedAttempt.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_for_one_meeting_no_more_codes_are_tried_than_a_hundred(customer: Customer) -> None:
    for _ in ROUNDS:
        [meeting] = secured_meetings(customer, 1)
        tries = FailedAttempt(meeting=meeting, network="203.0.113.1", created_at=NOON)
        assert outcomes([tries] * 97, [(meeting, f"198.51.100.{number}") for number in range(12)]) == (3, 9)
        assert FailedAttempt.objects.count() == 100


@pytest.mark.django_db(transaction=True)
def test_tries_of_many_networks_at_many_meetings_do_not_hold_up_one_another(customer: Customer) -> None:
    """Each waits for a network and for a meeting: in one order, so that nobody waits in a circle."""
    meetings = secured_meetings(customer, 3)
    crossing = [(meeting, f"198.51.100.{number}") for number in range(3) for meeting in meetings]
    assert outcomes([], crossing + crossing[::-1]) == (18, 0)


def secured_meetings(customer: Customer, number: int) -> list[Meeting]:
    return [
        Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON) for _ in range(number)
    ]


def outcomes(before: list[FailedAttempt], tries: list[tuple[Meeting, str]]) -> tuple[int, int]:
    """How many of these tries, all made at once, were wrong, and how many were not looked at."""
    FailedAttempt.objects.all().delete()
    FailedAttempt.objects.bulk_create([copy(wrong) for wrong in before])
    answers = race(
        *[partial(code_attempts.person_with, meeting, WRONG, network, NOON) for meeting, network in tries]
    )
    kinds = Counter(type(answer) for answer in answers)
    return kinds[CodeNotValid], kinds[TooManyAttempts]


# What is forgotten


def test_what_no_limit_counts_any_more_is_forgotten(clock: Any, secured: Meeting) -> None:
    tried(secured, 2, seconds_ago=3600)
    tried(secured, 3, seconds_ago=3599)
    prune_wrong_codes()
    assert FailedAttempt.objects.count() == 3
