"""Meetings that ask for feedback, people who were there, and what they owe."""

from datetime import datetime
from typing import Any

import pytest

from customers.models import Customer
from feedback import requesting
from feedback.models import Feedback, FeedbackRequest
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, connected, noon


def asking(customer: Customer, **facts: Any) -> Meeting:
    """A secured meeting that asks for feedback."""
    usual = {"topic": "Standup", "is_secured": True, "feedback_required": True, "created_at": NOON}
    return Meeting.objects.create(customer=customer, **{**usual, **facts})


def registered(meeting: Meeting, external_user_id: str = "user-123", **facts: Any) -> Participant:
    usual = {"display_name": "John Doe", "created_at": NOON}
    return Participant.objects.create(
        meeting=meeting, external_user_id=external_user_id, **{**usual, **facts}
    )


def owing(meeting: Meeting, at: datetime = NOON, external_user_id: str = "user-123") -> FeedbackRequest:
    """What somebody owes who was in a meeting until `at`."""
    known = Participant.objects.of(meeting).filter(external_user_id=external_user_id).first()
    return FeedbackRequest.objects.create(
        meeting=meeting,
        customer=meeting.customer,
        external_user_id=external_user_id,
        participant=known or registered(meeting, external_user_id),
        created_at=at,
    )


def answered(meeting: Meeting, at: datetime = NOON, **facts: Any) -> Feedback:
    known = Participant.objects.of(meeting).filter(external_user_id="user-123").first()
    usual = {"external_user_id": "user-123", "rating": 4, "comments": "Helpful.", "created_at": at}
    return Feedback.objects.create(
        **{"meeting": meeting, "participant": known or registered(meeting), **usual, **facts}
    )


def who_owes(meeting: Meeting) -> set[str]:
    return set(FeedbackRequest.objects.filter(meeting=meeting).values_list("external_user_id", flat=True))


def sweep(now: datetime) -> None:
    for meeting in requesting.due(now):
        requesting.create_for(meeting, now)


@pytest.fixture
def past(customer: Customer) -> Meeting:
    """A meeting of which feedback is asked."""
    return asking(customer)


@pytest.fixture
def john(past: Meeting) -> Participant:
    """Who was there for ten minutes, until noon."""
    person = registered(past)
    connected(person, noon(-600), NOON)
    return person
