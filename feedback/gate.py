"""What a person has to answer before they may come in."""

from datetime import datetime, timedelta

from customers.models import Customer
from feedback.models import FeedbackRequest, FeedbackRequestQuerySet
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from upclass.compiled import compiled

COMING_BACK = timedelta(seconds=60)  # whoever left so recently is not kept from where they were


def owed(meeting: Meeting, person: Participant, now: datetime) -> FeedbackRequest | None:
    """The oldest feedback that this person owes for another meeting of the customer; None if they may pass.

    Guests of open meetings owe none, and whoever was in this meeting within the last minute is not kept
    from it. Requests are found by `external_user_id`: a registration made anew is the same person.
    """
    if person.external_user_id is None:
        return None
    oldest = _oldest.first(meeting.customer, person.external_user_id, meeting, now)
    return None if oldest and _is_coming_back(meeting, oldest.external_user_id, now) else oldest


@compiled
def _oldest(
    customer: Customer, external_user_id: str, but_of: Meeting, now: datetime
) -> FeedbackRequestQuerySet:
    owing = FeedbackRequest.objects.of(customer, external_user_id).open(now).exclude(meeting=but_of)
    return owing.select_related("meeting", "participant")[:1]


def _is_coming_back(meeting: Meeting, external_user_id: str, now: datetime) -> bool:
    there = Connection.objects.of(meeting).since(now - COMING_BACK)
    return there.filter(participant__external_user_id=external_user_id).exists()
