"""Answers are what Django REST framework would make of the same fields."""

from typing import Any

import pytest
from django.utils import timezone
from rest_framework import serializers

from api.v1 import shown
from api.v1.meetings import DetailSerializer, ListedSerializer
from api.v1.participants import OneParticipantSerializer, ParticipantSerializer, RegisteredSerializer
from api.v1.scope import in_detail
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, connected, noon

ROW_BY_ROW = serializers.Serializer.to_representation


def same(serializer: Any, row: object) -> None:
    found = serializer.to_representation(row)
    expected = ROW_BY_ROW(serializer, row)
    assert [*found.items()] == [*expected.items()]
    assert [type(value) for value in found.values()] == [type(value) for value in expected.values()]


@pytest.mark.parametrize(
    "serializer", [RegisteredSerializer, ParticipantSerializer, OneParticipantSerializer]
)
@pytest.mark.parametrize("email", [None, "john@example.com"])
def test_of_a_person(person: Participant, serializer: type[Any], email: str | None) -> None:
    person.email = email
    connected(person, NOON, noon(1800))
    same(serializer(context={"now": noon(3600)}), person)


@pytest.mark.parametrize("facts", [{}, {"topic": "Übung", "record_on_cloud": True, "expires_at": noon(0.75)}])
def test_of_a_meeting(secured: Meeting, person: Participant, facts: dict[str, Any]) -> None:
    Meeting.objects.update(**facts)
    connected(person, NOON, noon(1800))
    for now in (NOON, timezone.now()):
        same(ListedSerializer(context={"now": now}), Meeting.objects.get())
        same(DetailSerializer(context={"now": now}), in_detail.get(secured.customer, secured.code))


def test_fields_are_built_once(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[object] = []
    get_fields = ListedSerializer.get_fields

    def counted(serializer: ListedSerializer) -> Any:
        built.append(serializer)
        return get_fields(serializer)

    monkeypatch.setattr(ListedSerializer, "get_fields", counted)
    shown._fields.cache_clear()
    for _ in range(3):
        assert ListedSerializer(meeting, context={"now": NOON}).data["topic"] == "Standup"
    assert len(built) == 1
