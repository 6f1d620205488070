from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core.signing import TimestampSigner
from django.http import HttpResponse
from django.test import RequestFactory

from customers.models import Customer
from join import identity_cookie
from meetings.models import Meeting
from participants.models import Participant
from participants.registration import by_token
from tests.conftest import NOON


@pytest.fixture
def guest(meeting: Meeting) -> Participant:
    return Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON)


def cookie_of(guest: Participant) -> Any:
    response = HttpResponse()
    identity_cookie.remember(response, guest)
    [cookie] = response.cookies.values()
    return cookie


def recognised(meeting: Meeting, name: str, value: str) -> Participant | None:
    request = RequestFactory().get("/")
    request.COOKIES[name] = value
    return identity_cookie.recognise(request, meeting)


def test_a_browser_with_the_cookie_is_recognised(meeting: Meeting, guest: Participant) -> None:
    cookie = cookie_of(guest)
    assert recognised(meeting, cookie.key, cookie.value) == guest


def test_the_cookie_belongs_to_one_meeting_and_to_no_script(meeting: Meeting, guest: Participant) -> None:
    cookie = cookie_of(guest)
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (f"/{meeting.code}/", True, "Lax")


def test_the_cookie_is_good_for_thirty_days(meeting: Meeting, guest: Participant) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        cookie = cookie_of(guest)
        clock.shift(timedelta(days=30))
        assert recognised(meeting, cookie.key, cookie.value) == guest
        clock.shift(1)
        assert recognised(meeting, cookie.key, cookie.value) is None
    assert cookie["max-age"] == 30 * 24 * 3600


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "ä", "\0"])
def test_any_other_value_is_nobodys(meeting: Meeting, guest: Participant, value: str) -> None:
    assert recognised(meeting, cookie_of(guest).key, value) is None


def test_the_cookie_of_another_meeting_is_nobodys(customer: Customer, guest: Participant) -> None:
    other = Meeting.objects.create(customer=customer, created_at=NOON)
    assert recognised(other, f"guest-{other.code}", cookie_of(guest).value) is None


def test_a_former_secret_key_makes_no_guests(meeting: Meeting, guest: Participant, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = ["former"]
    forged = TimestampSigner(key="former", salt=f"guest of {meeting.code}").sign(guest.identity)
    assert recognised(meeting, cookie_of(guest).key, forged) is None


# Of whoever was invited


def test_an_invited_person_is_recognised_for_a_day(secured: Meeting, person: Participant) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        cookie = cookie_of(person)
        clock.shift(timedelta(days=1))
        assert recognised(secured, cookie.key, cookie.value) == person
        clock.shift(1)
        assert recognised(secured, cookie.key, cookie.value) is None
    assert (cookie["path"], cookie["max-age"]) == (f"/{secured.code}/", 24 * 3600)


def test_the_cookie_is_no_token_and_the_token_no_cookie(secured: Meeting, person: Participant) -> None:
    cookie = cookie_of(person)
    assert by_token(secured, cookie.value) is None
    assert recognised(secured, cookie.key, person.token) is None


def test_a_guests_cookie_makes_nobody_invited(secured: Meeting, person: Participant) -> None:
    signer = TimestampSigner(key=django_settings.JOIN_SECRET, salt=f"guest of {secured.code}")
    forged = signer.sign(person.identity)
    for name in (f"guest-{secured.code}", f"invited-{secured.code}"):
        assert recognised(secured, name, forged) is None
