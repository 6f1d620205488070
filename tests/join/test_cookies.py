"""What the pages keep in a browser, on pages of our own and in another site's frame."""

from typing import Any

import pytest
from django.test import Client

from meetings.models import Meeting
from tests.conftest import NOON
from tests.join.conftest import link
from tests.join.hosts import registered
from tests.settings import settings_with

COOKIES = ("csrftoken", "language", "guest-{code}", "invited-{secured}")


@pytest.fixture
def framed(settings: Any) -> None:
    """As upclass/settings.py sets them when FRAME_ANCESTORS has somebody."""
    found = settings_with(FRAME_ANCESTORS="https://school.example")
    for name, value in found.items():
        if "COOKIE" in name or name in ("FRAME_ANCESTORS", "SECURE_CSP"):
            setattr(settings, name, value)


def cookies(meeting: Meeting) -> dict[str, Any]:
    client = Client()
    secured = Meeting.objects.create(customer=meeting.customer, is_secured=True, created_at=NOON)
    client.get(link(registered(secured, "jane")))
    client.get(f"/{meeting.code}/")
    client.post(f"/{meeting.code}/", {"name": "Ann"})
    client.post("/language/", {"language": "de", "next": "/"})
    names = {name: name.format(code=meeting.code, secured=secured.code) for name in COOKIES}
    return {name: client.cookies[found] for name, found in names.items()}


def test_cookies_are_lax_and_those_of_scripts_are_none(meeting: Meeting) -> None:
    for name, cookie in cookies(meeting).items():
        assert cookie["samesite"] == "Lax"
        assert not cookie["secure"]
        assert bool(cookie["httponly"]) == (name != "csrftoken")


def test_in_a_frame_they_say_so_and_travel_by_tls_only(framed: None, meeting: Meeting) -> None:
    for cookie in cookies(meeting).values():
        assert (cookie["samesite"], cookie["secure"]) == ("None", True)


@pytest.mark.parametrize(
    ("environment", "samesite", "secure"),
    [
        ({}, "Lax", False),
        ({"PUBLIC_URL": "https://meet.example.com"}, "Lax", True),
        ({"FRAME_ANCESTORS": "https://school.example"}, "None", True),
    ],
)
def test_the_settings_follow_the_environment(
    environment: dict[str, str], samesite: str, secure: bool
) -> None:
    found = settings_with(**environment)
    for name in ("CSRF_COOKIE", "LANGUAGE_COOKIE", "PAGE_COOKIES"):
        assert (found[f"{name}_SAMESITE"], found[f"{name}_SECURE"]) == (samesite, secure)


def test_staff_are_never_in_a_frame_and_their_cookie_is_lax(settings: Any) -> None:
    found = settings_with(FRAME_ANCESTORS="https://school.example", PUBLIC_URL="https://meet.example.com")
    assert found["SESSION_COOKIE_SECURE"]
    assert found.get("SESSION_COOKIE_SAMESITE", settings.SESSION_COOKIE_SAMESITE) == "Lax"


@pytest.mark.parametrize(
    "given",
    [
        "https://a.example,https://b.example",
        "https://a.example https://b.example",
        " https://a.example ,\nhttps://b.example,",
    ],
)
def test_origins_stand_apart_by_spaces_or_commas(given: str) -> None:
    assert settings_with(FRAME_ANCESTORS=given)["FRAME_ANCESTORS"] == [
        "https://a.example",
        "https://b.example",
    ]
