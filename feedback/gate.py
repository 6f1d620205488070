"""What a person has to answer before they may come in."""

from datetime import datetime, timedelta

from feedback.models import FeedbackRequest
from meetings.models import Meeting
from participants.models import Connection, Participant

COMING_BACK = timedelta(seconds=60)  # whoever left so recently is not kept from where they were


def owed(meeting: Meeting, person: Participant, now: datetime) -> FeedbackRequest | None:
    """The oldest feedback that this person owes for another meeting of the customer; None if they may pass.

    Guests of open meetings owe none, and whoever was in this meeting within the last minute is not kept
    from it. Requests are found by `external_user_id`: a registration made anew is the same person.
    """
    if person.external_user_id is None:
        return None
    owing = (
        FeedbackRequest.objects.of(meeting.customer, person.external_user_id)
        .open(now)
        .exclude(meeting=meeting)
    )
    oldest = owing.select_related("meeting", "participant").first()
    return None if oldest and _is_coming_back(meeting, oldest.external_user_id, now) else oldest


def _is_coming_back(meeting: Meeting, external_user_id: str, now: datetime) -> bool:
    there = Connection.objects.of(meeting).since(now - COMING_BACK)
    return there.filter(participant__external_user_id=external_user_id).exists()
