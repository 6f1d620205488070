from typing import Any

import pytest
import time_machine
from django.test import Client

from meetings.models import Meeting
from participants.models import Admission, Participant
from tests.api.conftest import StrangerSeesNothing
from tests.conftest import NOON, Api, connected, noon, race


def cancel(api: Api, meeting: Meeting) -> Any:
    return api.post(f"meetings/{meeting.code}/cancel/")


def test_it_cancels_a_meeting_nobody_joined(api: Api, meeting: Meeting) -> None:
    response = cancel(api, meeting)
    body = response.json()
    assert response.status_code == 200
    assert list(body) == ["message", "meeting_code", "status"]
    assert body == {
        "message": "Meeting cancelled successfully",
        "meeting_code": meeting.code,
        "status": "expired",
    }
    assert api.get(f"meetings/{meeting.code}/").json()["status"] == "expired"


def test_cancelling_again_answers_the_same(api: Api, meeting: Meeting) -> None:
    first, second = cancel(api, meeting), cancel(api, meeting)
    assert (second.status_code, second.content) == (200, first.content)


def test_a_body_is_not_asked_for(api: Api, meeting: Meeting) -> None:
    assert api.post(f"meetings/{meeting.code}/cancel/", b"").status_code == 200


@pytest.mark.parametrize("facts", [{}, {"ended_at": noon(60)}, {"expires_at": noon(60)}])
def test_a_started_meeting_cannot_be_cancelled(api: Api, person: Participant, facts: dict[str, Any]) -> None:
    Meeting.objects.update(**facts)
    connected(person, NOON, noon(1))
    response = cancel(api, person.meeting)
    body = response.json()
    assert response.status_code == 409
    assert list(body) == ["error", "detail", "started_at", "code", "request_id"]
    assert {name: body[name] for name in ("error", "detail", "started_at")} == {
        "error": "Cannot cancel meeting",
        "detail": "This meeting has already been started by a participant and cannot be cancelled.",
        "started_at": "2026-03-01T12:00:00Z",
    }


def test_a_fraction_of_the_second_is_cut(api: Api, person: Participant) -> None:
    connected(person, noon(0.999999))
    assert cancel(api, person.meeting).json()["started_at"] == "2026-03-01T12:00:00Z"


@time_machine.travel(noon(60))
def test_a_meeting_that_somebody_was_just_let_into_cannot_be_cancelled(api: Api, person: Participant) -> None:
    Admission.objects.create(participant=person, created_at=NOON)
    response = cancel(api, person.meeting)
    assert response.status_code == 409
    assert response.json()["started_at"] == "2026-03-01T12:00:00Z"


@pytest.mark.parametrize("facts", [{"ended_at": NOON}, {"expires_at": NOON}])
@time_machine.travel(noon(60))
def test_what_is_over_and_never_started_cannot_be_cancelled(
    api: Api, meeting: Meeting, facts: dict[str, Any]
) -> None:
    Meeting.objects.update(**facts)
    response = cancel(api, meeting)
    assert response.status_code == 409
    assert list(response.json()) == ["error", "detail", "code", "request_id"]
    assert response.json()["error"] == "Meeting is not active"


def test_a_stranger_cancels_nothing(stranger_sees_nothing: StrangerSeesNothing, meeting: Meeting) -> None:
    stranger_sees_nothing("POST", "meetings/{code}/cancel/", meeting)
    assert Meeting.objects.get().cancelled_at is None


@pytest.mark.django_db(transaction=True)
def test_of_a_cancel_and_the_first_admission_one_wins(api: Api, meeting: Meeting) -> None:
    visitor = Client()
    cancelled, let_in = race(
        lambda: cancel(api, meeting).status_code,
        lambda: visitor.post(f"/{meeting.code}/", {"name": "Ann"}).status_code,
    )
    assert (cancelled, let_in) in [(200, 410), (409, 200)]


def test_a_body_that_is_no_object_comes_before_a_conflict(api: Api, meeting: Meeting) -> None:
    Meeting.objects.update(ended_at=NOON)
    assert api.post(f"meetings/{meeting.code}/cancel/", b"[]").status_code == 400
