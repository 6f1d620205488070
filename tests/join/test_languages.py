"""Pages in the person's language, everything that programs and staff read in English."""

from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext_lazy

from calls.errors import MeetingHasEnded
from meetings.models import Meeting
from tests.conftest import NOON, UNKNOWN_CODE, Api
from tests.join.conftest import page

GERMAN = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}


def language_of(response: Any) -> str:
    [found] = [line.split('"')[1] for line in page(response).splitlines() if "<html lang=" in line]
    return str(found)


# The choice


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.5", "de"),
        ("hi-IN", "hi"),
        ("fr-CA", "fr"),
        ("es-419", "es"),
        ("nl,fr;q=0.5,de;q=0.7", "de"),
        ("nl", "en"),
        ("*", "en"),
        ("x" * 5000, "en"),
        ("\u00e4;q=x,,", "en"),
    ],
)
def test_the_browser_picks_the_language(client: Client, meeting: Meeting, wanted: str, got: str) -> None:
    response = client.get(f"/{meeting.code}/", headers={"Accept-Language": wanted})
    assert (language_of(response), response["Content-Language"]) == (got, got)


def test_the_persons_own_choice_comes_first(client: Client, meeting: Meeting) -> None:
    response: Any = client.post("/language/", {"language": "hi", "next": f"/{meeting.code}/?token=a%2Fb"})
    assert (response.status_code, response["Location"]) == (303, f"/{meeting.code}/?token=a%2Fb")
    assert language_of(client.get(f"/{meeting.code}/", headers=GERMAN)) == "hi"
    assert client.cookies["language"]["max-age"] == 365 * 24 * 3600


def test_the_script_gets_the_language(client: Client, meeting: Meeting) -> None:
    shown: Any = client.get(f"/{meeting.code}/", headers=GERMAN).context
    assert shown["page"]["language"] == "de"


def test_whoever_keeps_pages_keeps_them_apart_by_language(client: Client, meeting: Meeting) -> None:
    vary = client.get(f"/{meeting.code}/")["Vary"]
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in vary.split(",")}


@pytest.mark.parametrize("path", [f"/{UNKNOWN_CODE}/", "/nothing"])
def test_error_pages_are_in_the_language_too(client: Client, db: None, path: str) -> None:
    assert language_of(client.get(path, headers=GERMAN)) == "de"


# What is not accepted


@pytest.mark.parametrize("chosen", ["nl", "", "de-AT", "xx\r\nSet-Cookie: a=b"])
def test_another_language_is_not_kept(client: Client, db: None, chosen: str) -> None:
    assert client.post("/language/", {"language": chosen, "next": "/"}).status_code == 303
    assert "language" not in client.cookies


@pytest.mark.parametrize("given", ["/A/?token=x", "/", "/A/?next=//evil.example"])
def test_the_way_back_is_a_path_of_ours(client: Client, db: None, given: str) -> None:
    response: Any = client.post("/language/", {"language": "de", "next": given})
    assert response["Location"] == given


@pytest.mark.parametrize(
    "given",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "///evil.example",
        "javascript:alert(1)",
        "evil",
        "",
        " //evil.example",
        "\x08//evil.example",
    ],
)
def test_the_way_back_leads_to_nobody_else(client: Client, db: None, given: str) -> None:
    response: Any = client.post("/language/", {"language": "de", "next": given})
    assert response["Location"] == "/"


def test_a_choice_is_made_by_our_form_only(db: None) -> None:
    assert Client(enforce_csrf_checks=True).post("/language/", {"language": "de"}).status_code == 403
    assert Client().get("/language/").status_code == 405


# What remains English


@pytest.fixture
def german(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence that is certainly another in German: one of Django's own."""
    monkeypatch.setattr(MeetingHasEnded, "detail", gettext_lazy("This field is required."))


@pytest.mark.usefixtures("german")
def test_a_problem_speaks_the_language_of_whoever_asks(client: Client, meeting: Meeting) -> None:
    Meeting.objects.update(ended_at=NOON)
    clicked: Any = client.post(f"/{meeting.code}/", headers=GERMAN)
    assert clicked.json()["detail"] == "Dieses Feld ist zwingend erforderlich."
    assert "Dieses Feld ist zwingend erforderlich." in page(client.get(f"/{meeting.code}/", headers=GERMAN))
    assert client.post(f"/{meeting.code}/").json()["detail"] == "This field is required."


def test_the_api_answers_in_english_whatever_is_accepted(api: Api, meeting: Meeting) -> None:
    asked: list[tuple[str, str, Any]] = [
        ("POST", "meetings/", {"topic": 5, "max_participants": 0}),
        ("POST", "meetings/", b"{"),
        ("POST", "meetings/", {"participants": [{}]}),
        ("GET", "meetings/?limit=0", None),
        ("GET", f"meetings/{UNKNOWN_CODE}/", None),
        ("PUT", "meetings/", None),
        ("POST", f"meetings/{meeting.code}/participants/", {}),
    ]
    english = [api.call(*question).json() for question in asked]
    api.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "de"
    api.client.cookies["language"] = "hi"
    german = [api.call(*question) for question in asked]
    for before, now in zip(english, german, strict=True):
        assert {**now.json(), "request_id": ""} == {**before, "request_id": ""}
        assert "Accept-Language" not in now.headers.get("Vary", "")


def test_the_admin_and_the_reference_are_english(client: Client, db: None) -> None:
    client.force_login(User.objects.create_superuser("ann"))
    for path in ("/admin/", "/docs/"):
        assert '<html lang="en' in page(client.get(path, headers=GERMAN))


def test_a_request_leaves_its_language_to_nobody(client: Client, meeting: Meeting) -> None:
    client.get(f"/{meeting.code}/", headers=GERMAN)
    assert translation.get_language() == "en"


def test_every_language_is_one_that_django_knows() -> None:
    assert [code for code, _ in django_settings.LANGUAGES] == ["en", "hi", "de", "fr", "es"]
    assert all(translation.check_for_language(code) for code, _ in django_settings.LANGUAGES)
