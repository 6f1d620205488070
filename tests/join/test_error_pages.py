"""Where somebody does not get in: which reason comes first, and how it is shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from billing.models import CreditAccount
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import UNKNOWN_CODE, FakeLiveKit, connected
from tests.join.conftest import link, owes, page

# Each action gives a reason for a refusal; the first reason of those that stand is reported.


def end(person: Participant) -> None:
    Meeting.objects.filter(pk=person.meeting_id).update(ended_at=timezone.now())


def remove(person: Participant) -> None:
    Participant.objects.filter(pk=person.pk).update(removed_at=timezone.now())


def bar(person: Participant) -> None:
    Participant.objects.filter(pk=person.pk).update(barred_at=timezone.now())


def owe(person: Participant) -> None:
    owes(person)


def spend(person: Participant) -> None:
    CreditAccount.objects.update(balance=0)


def fill(person: Participant) -> None:
    """Of one seat, another has it; who then left the meeting is not empty for a minute."""
    Meeting.objects.filter(pk=person.meeting_id).update(max_participants=1)
    other = Participant.objects.create(
        meeting=person.meeting, external_user_id="eve", display_name="Eve", created_at=timezone.now()
    )
    connected(other, timezone.now())


REASONS: list[tuple[Callable[[Participant], None], int, str]] = [
    (end, 410, "meeting_ended"),
    (remove, 403, "participant_removed"),
    (bar, 403, "participant_barred"),
    (owe, 403, "feedback_owed"),
    (spend, 402, "no_credits"),
]
ORDER = [(number, *reason[1:]) for number, reason in enumerate(REASONS)]


@pytest.mark.parametrize(("first", "status", "code"), ORDER)
def test_the_first_reason_is_reported(
    client: Client, person: Participant, first: int, status: int, code: str
) -> None:
    for action, *_ in REASONS[first:]:
        action(person)
    assert client.get(link(person)).status_code == status
    clicked: Any = client.post(link(person))
    assert (clicked.status_code, clicked.json()["code"]) == (status, code)


def test_feedback_comes_before_a_full_meeting(client: Client, person: Participant) -> None:
    fill(person)
    assert client.post(link(person)).status_code == 409
    owes(person)
    clicked: Any = client.post(link(person))
    assert (clicked.status_code, clicked.json()["code"]) == (403, "feedback_owed")


def test_unknown_comes_before_everything(client: Client, person: Participant) -> None:
    assert client.get(f"/{UNKNOWN_CODE}/?token={person.token}").status_code == 404


def test_over_comes_before_the_question_for_a_code(client: Client, person: Participant) -> None:
    end(person)
    assert client.get(f"/{person.meeting.code}/").status_code == 410


def test_a_barred_guest_is_refused(client: Client, meeting: Meeting) -> None:
    client.post(f"/{meeting.code}/", {"name": "Ann"})
    Participant.objects.update(barred_at=timezone.now())
    assert client.get(f"/{meeting.code}/").status_code == 403
    assert "A host has removed you" in page(client.get(f"/{meeting.code}/"))
    clicked: Any = client.post(f"/{meeting.code}/", {"name": "Ann"})
    assert clicked.json()["code"] == "participant_barred"


def test_an_unreachable_call_server_is_no_page_but_json_for_the_script(
    client: Client, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.is_away = True
    clicked: Any = client.post(link(person))
    assert clicked.status_code == 503
    assert list(clicked.json()) == ["error", "detail", "code"]


# Pages and JSON


def test_a_form_without_script_gets_a_page(browser: Client, meeting: Meeting) -> None:
    response = browser.post(f"/{meeting.code}/", {"name": ""})
    assert response.status_code == 400
    assert response["Content-Type"].startswith("text/html")
    assert "Your name is needed" in page(response)


@pytest.mark.parametrize(
    ("action", "is_worth_a_try"), [(spend, True), (fill, True), (end, False), (remove, False), (bar, False)]
)
def test_try_again_is_offered_where_it_may_help(
    browser: Client, person: Participant, action: Callable[[Participant], None], is_worth_a_try: bool
) -> None:
    action(person)
    response: Any = browser.get(link(person))
    assert response.context["retry"] == is_worth_a_try


# What Django refuses or loses


def test_a_click_without_our_cookie_gets_that_reason(meeting: Meeting) -> None:
    visitor = Client(enforce_csrf_checks=True)
    clicked: Any = visitor.post(f"/{meeting.code}/", {"name": "Ann"})
    assert (clicked.status_code, clicked.json()["code"]) == (403, "csrf_failed")
    shown = visitor.post(f"/{meeting.code}/", {"name": "Ann"}, headers={"Accept": "text/html"})
    assert shown.status_code == 403
    assert "<h1>Your browser did not let us remember you</h1>" in page(shown)


def test_a_host_that_is_not_ours_is_a_page_too(browser: Client, db: None) -> None:
    response = browser.get("/", headers={"Host": "evil.example"})
    assert response.status_code == 400
    assert "<h1>This address does not work</h1>" in page(response)


def test_a_crash_is_a_page_without_a_database(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*unused: object, **unused_too: object) -> None:
        raise RuntimeError("no database at the moment")

    browser = Client(raise_request_exception=False)
    monkeypatch.setattr(connection, "cursor", away)
    shown = browser.get(f"/{meeting.code}/")
    clicked: Any = browser.post(f"/{meeting.code}/", {"name": "Ann"})
    monkeypatch.undo()
    assert shown.status_code == clicked.status_code == 500
    assert "<h1>Something went wrong</h1>" in page(shown)
    assert clicked.json()["code"] == "server_error"
    assert "RuntimeError" not in page(shown)


def test_another_spelling_of_the_address_redirects_a_click_too(client: Client, meeting: Meeting) -> None:
    response: Any = client.post(f"/{meeting.code.lower()}", {"name": "Ann"})
    assert (response.status_code, response["Location"]) == (307, f"/{meeting.code}/")
