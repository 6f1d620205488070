"""The data that the page's script starts with."""

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils import translation

from join.feedback_page import has_answered
from join.words import words
from meetings.models import Meeting
from participants.models import Participant


def page_data(request: HttpRequest, meeting: Meeting, person: Participant | None) -> dict[str, object]:
    starts_at = meeting.start_date_time
    return {
        "link": meeting.join_url,
        "token": person.token if person and not person.is_guest else "",
        "topic": meeting.topic,
        "startsAt": f"{starts_at:%Y-%m-%dT%H:%M:%SZ}" if starts_at else None,
        "asksName": not meeting.is_secured,
        "name": person.display_name if person else "",
        "isHost": bool(person and person.is_host),
        "isRecorded": meeting.record_on_cloud,
        "asksFeedback": asks_feedback(meeting, person),
        "csrf": get_token(request),
        "language": translation.get_language(),
        "words": words(),
    }


def asks_feedback(meeting: Meeting, person: Participant | None) -> bool:
    """Whether this person may be asked after the call how it was."""
    if person is None or person.is_guest or not meeting.feedback_required:
        return False
    return not has_answered(person, meeting)
