"""What browsers get with every page: nothing inline, nothing of others, no frame that nobody asked for."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import UNKNOWN_CODE
from tests.join.conftest import BROWSER, feedback_link, link, owes, page
from tests.settings import settings_with


def policy(response: Any) -> dict[str, list[str]]:
    directives = [directive.split() for directive in response["Content-Security-Policy"].split("; ")]
    return {name: values for name, *values in directives}


def owing(person: Participant) -> str:
    owes(person)
    return link(person)


def ended(person: Participant) -> str:
    Meeting.objects.update(ended_at=timezone.now())
    return link(person)


def asked(person: Participant) -> str:
    Meeting.objects.update(feedback_required=True)
    return feedback_link(person)


PAGES: dict[str, Any] = {
    "meeting": link,
    "code": lambda person: f"/{person.meeting.code}/",
    "gate": owing,
    "ended": ended,
    "feedback": asked,
    "wrong link": lambda person: f"/{person.meeting.code}/?token=wrong",
    "unknown meeting": lambda person: f"/{UNKNOWN_CODE}/",
    "unknown path": lambda person: "/nothing",
}


@pytest.fixture(params=PAGES)
def shown(request: pytest.FixtureRequest, person: Participant) -> Any:
    """Each page in turn."""
    return Client(headers={"Accept": BROWSER}).get(PAGES[request.param](person))


def test_every_page_has_a_strict_policy(shown: Any) -> None:
    said = policy(shown)
    assert said["default-src"] == ["'none'"]
    assert said["script-src"] == said["style-src"] == ["'self'"]
    assert said["frame-ancestors"] == ["'none'"]
    assert said["form-action"] == ["'self'"]
    assert "unsafe" not in shown["Content-Security-Policy"]


def test_no_page_needs_more_than_its_policy_allows(shown: Any) -> None:
    text = page(shown)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    for tag in re.findall(r"<script[^>]*>", text):
        assert 'type="application/json"' in tag or 'src="/static/' in tag
    for address in re.findall(r'(?:src|href)="([^"]*)"', text):
        assert address.startswith("/"), f"{address} is not ours"
        assert not address.startswith("//")


def test_no_page_is_kept_or_framed_or_sends_its_address_on(shown: Any) -> None:
    assert "no-store" in shown["Cache-Control"]
    assert shown["X-Frame-Options"] == "DENY"
    assert shown["Referrer-Policy"] == "strict-origin"
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=(self), microphone=(self), display-capture=(self)" in shown["Permissions-Policy"]


# In frames


@pytest.fixture
def framed(settings: Any) -> None:
    found = settings_with(FRAME_ANCESTORS="https://school.example https://club.example")
    settings.FRAME_ANCESTORS, settings.SECURE_CSP = found["FRAME_ANCESTORS"], found["SECURE_CSP"]


@pytest.mark.usefixtures("framed")
def test_those_who_are_named_may_frame_our_pages(client: Client, meeting: Meeting) -> None:
    for path in (f"/{meeting.code}/", "/nothing", f"/{UNKNOWN_CODE}/"):
        response = client.get(path)
        assert policy(response)["frame-ancestors"] == ["https://school.example", "https://club.example"]
        assert "X-Frame-Options" not in response


@pytest.mark.usefixtures("framed", "db")
@pytest.mark.parametrize("path", ["/admin/login/", "/docs/", "/api/v1/meetings/"])
def test_nobody_frames_anything_else(client: Client, path: str) -> None:
    response = client.get(path)
    assert policy(response)["frame-ancestors"] == ["'none'"]
    assert response["X-Frame-Options"] == "DENY"


# The other entry points


def test_the_admin_writes_its_one_style_under_a_nonce(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("ann"))
    response: Any = client.get("/admin/customers/customer/")
    assert response.status_code == 200
    said = policy(response)
    assert (said["default-src"], said["script-src"]) == (["'none'"], ["'self'"])
    assert "unsafe" not in response["Content-Security-Policy"]
    nonces = {f"'nonce-{nonce}'" for nonce in re.findall(r'nonce="([^"]+)"', page(response))}
    assert nonces <= set(said["style-src"])
    assert len(re.findall(r"<style", page(response))) == len(re.findall(r'<style nonce="', page(response)))
    assert not re.search(r"\sstyle=|\son[a-z]+=\"|javascript:", page(response))


def test_the_reference_runs_files_of_ours_only(client: Client, db: None) -> None:
    response = client.get("/docs/")
    assert policy(response)["script-src"] == ["'self'"]
    assert "unsafe" not in response["Content-Security-Policy"]


def test_what_programs_read_may_do_nothing_in_a_browser(client: Client, db: None) -> None:
    for path in ("/api/v1/meetings/", "/api/nothing", "/webhooks/livekit/"):
        assert client.get(path)["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
