from typing import Any

import pytest
from django.core.signing import Signer

from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from participants.registration import by_token
from tests.conftest import NOON


def test_the_token_of_a_link_finds_its_person(secured: Meeting, person: Participant) -> None:
    assert by_token(secured, person.token) == person
    assert person.join_url == f"{secured.join_url}?token={person.token}"


def test_the_token_is_the_same_at_every_reading(person: Participant) -> None:
    assert Participant.objects.get(pk=person.pk).token == person.token


def test_the_token_is_kept_nowhere(person: Participant) -> None:
    kept = Participant.objects.filter(pk=person.pk).values_list().get()
    assert person.token not in map(str, kept)


def test_a_new_secret_key_kills_no_link(secured: Meeting, person: Participant, settings: Any) -> None:
    token = person.token
    settings.SECRET_KEY = "another"
    assert by_token(secured, token) == person


def test_a_new_join_secret_kills_every_link(secured: Meeting, person: Participant, settings: Any) -> None:
    token = person.token
    settings.JOIN_SECRET = "another"
    assert by_token(secured, token) is None


def test_a_former_secret_key_makes_no_links(secured: Meeting, person: Participant, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = ["former"]
    forged = Signer(key="former", sep=".", salt="join-url").sign(person.identity)
    assert by_token(secured, forged) is None


@pytest.mark.parametrize("text", ["", ".", "x", "\0", "ä.ö", "a" * 5000])
def test_any_other_text_is_nobodys_token(secured: Meeting, person: Participant, text: str) -> None:
    assert by_token(secured, text) is None


def test_a_changed_token_is_nobodys(secured: Meeting, person: Participant) -> None:
    assert by_token(secured, person.token[:-1] + ("A" if person.token[-1] != "A" else "B")) is None


def test_a_token_opens_one_meeting_only(customer: Customer, person: Participant) -> None:
    other = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
    assert by_token(other, person.token) is None


def test_a_guest_has_no_link(meeting: Meeting) -> None:
    guest = Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON)
    assert by_token(meeting, guest.token) is None
