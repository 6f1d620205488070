"""Of whom feedback is requested, and when the request is created."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from feedback.models import Feedback, FeedbackRequest
from meetings.models import Meeting
from participants import timespans
from participants.connections import Connection, ConnectionQuerySet
from participants.presence import is_room_empty

ENOUGH = 60  # seconds in a meeting, from which on feedback is owed
RECENT = timedelta(days=3)  # since somebody left: longer than webhooks are late, and workers down


def create_for(meeting: Meeting, now: datetime) -> None:
    """Create a meeting's feedback requests: idempotent, safe late, in parallel and after a crash.

    None before the room is empty or the meeting over. From then on one for each person with 60 seconds or
    more who has not answered. Whoever reaches them only later, by a late webhook or another session, gets
    theirs the next time that the room is found empty.
    """
    if not meeting.over_since(now) and not is_room_empty(meeting, now):
        return
    connections = _by_person(_without_request(Connection.objects.of(meeting)))
    new = [_request_for(of_one, now) for of_one in connections if _is_enough(of_one, now)]
    FeedbackRequest.objects.bulk_create(new, ignore_conflicts=True)


def due(now: datetime) -> list[Meeting]:
    """The meetings in which somebody was recently for long enough who has neither a request nor answered.

    Reads the connections of those people only, in meetings that anybody left in the last three days or is in.
    These are found first: together, PostgreSQL would read every connection that there ever was.
    """
    recent = Connection.objects.since(now - RECENT).filter(meeting__feedback_required=True)
    meetings = set(recent.order_by().values_list("meeting", flat=True))
    connections = _by_person(_without_request(Connection.objects.filter(meeting__in=meetings)))
    found = {of_one[0].meeting for of_one in connections if _is_enough(of_one, now)}
    return sorted(found, key=lambda meeting: meeting.pk)


def _without_request(connections: ConnectionQuerySet) -> ConnectionQuerySet:
    """Of these, those of registered people in meetings that ask for feedback, without request or answer."""
    same = {
        "meeting": OuterRef("meeting"),
        "external_user_id": OuterRef("participant__external_user_id"),
    }
    asked = connections.filter(meeting__feedback_required=True, participant__external_user_id__isnull=False)
    new = asked.filter(
        ~Exists(FeedbackRequest.objects.filter(**same)), ~Exists(Feedback.objects.filter(**same))
    )
    return new.select_related("meeting", "participant").order_by("joined_at", "pk")


def _by_person(connections: ConnectionQuerySet) -> list[list[Connection]]:
    """Those of each person in each meeting together: a registration made anew is the same person."""
    found: dict[tuple[int, str | None], list[Connection]] = defaultdict(list)
    for connection in connections:
        found[connection.meeting_id, connection.participant.external_user_id].append(connection)
    return list(found.values())


def _is_enough(of_one: list[Connection], now: datetime) -> bool:
    return timespans.seconds(connection.span(connection.meeting, now) for connection in of_one) >= ENOUGH


def _request_for(of_one: list[Connection], now: datetime) -> FeedbackRequest:
    meeting, person = of_one[-1].meeting, of_one[-1].participant
    return FeedbackRequest(
        meeting=meeting,
        customer_id=meeting.customer_id,
        external_user_id=str(person.external_user_id),
        participant=person,
        created_at=now,
    )
