"""What tests of the pages share: links, pages, and people who owe feedback."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from feedback.models import FeedbackRequest
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, FakeLiveKit, connected
from tests.join.hosts import registered

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # what it accepts for a page


def page(response: Any) -> str:
    return str(response.content.decode())


def link(person: Participant) -> str:
    return f"/{person.meeting.code}/?token={person.token}"


def feedback_link(person: Participant) -> str:
    return f"/{person.meeting.code}/feedback/?token={person.token}"


def was_in(person: Participant, topic: str, created_at: datetime | None = None) -> Meeting:
    """An earlier meeting of the same customer that asks for feedback, in which this person was."""
    now = timezone.now()
    earlier = Meeting.objects.create(
        customer=person.meeting.customer,
        topic=topic,
        is_secured=True,
        feedback_required=True,
        created_at=created_at or now,
    )
    there = Participant.objects.create(
        meeting=earlier,
        external_user_id=person.external_user_id,
        display_name=person.display_name,
        created_at=earlier.created_at,
    )
    connected(there, now - timedelta(hours=2), now - timedelta(hours=1))
    return earlier


def owes(person: Participant, topic: str = "Algebra", created_at: datetime | None = None) -> FeedbackRequest:
    earlier = was_in(person, topic, created_at)
    return FeedbackRequest.objects.create(
        meeting=earlier,
        customer=earlier.customer,
        external_user_id=str(person.external_user_id),
        participant=earlier.participants.get(),
        created_at=created_at or timezone.now(),
    )


@pytest.fixture
def browser(db: None) -> Client:
    """A browser that goes from page to page, as without a script."""
    return Client(headers={"Accept": BROWSER})


# A call with a host, who is `person`


@pytest.fixture
def jane(secured: Meeting) -> Participant:
    """An attendee of the secured meeting."""
    return registered(secured, "jane")


@pytest.fixture
def nothing_done(person: Participant, jane: Participant, fake_livekit: FakeLiveKit) -> Iterator[None]:
    """That nobody was muted, removed or disconnected, when all is said."""
    fake_livekit.muted[person.meeting.code] = {person.identity: False, jane.identity: False}
    before = dict(fake_livekit.muted[person.meeting.code])
    barred = Participant.objects.filter(barred_at__gt=NOON)
    yield
    assert fake_livekit.muted[person.meeting.code] == before
    assert not barred.exists()
    assert (fake_livekit.ejected, fake_livekit.closed) == ([], [])
    assert not Meeting.objects.filter(ended_at__isnull=False).exists()
