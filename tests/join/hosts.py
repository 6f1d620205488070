"""Hosts at work: what their page's script requests, and what it gets."""

from typing import Any

from django.test import Client

from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON

ACTIONS = ("mute", "remove", "end")


def registered(meeting: Meeting, name: str, role: str = "attendee") -> Participant:
    return Participant.objects.create(
        meeting=meeting, external_user_id=name, display_name=name.title(), role=role, created_at=NOON
    )


def address(action: str, person: Participant) -> str:
    return f"/{person.meeting.code}/host/{action}/?token={person.token}"


def do(action: str, host: Participant, **fields: str) -> tuple[int, Any]:
    """Status and JSON of the answer to this person's script."""
    return answered(Client().post(address(action, host), fields))


def answered(response: Any) -> tuple[int, Any]:
    return response.status_code, response.json()


def refusal(answer: tuple[int, Any]) -> tuple[int, str]:
    """Status and code of a refusal."""
    status, said = answer
    assert list(said) == ["error", "detail", "code"]
    return status, said["code"]


def kept(person: Participant) -> Participant:
    return Participant.objects.get(pk=person.pk)
