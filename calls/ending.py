"""How a meeting is ended, and how one is cancelled."""

import logging
from datetime import datetime

from django.db import transaction

from feedback.tasks import create_feedback_requests_of
from meetings.errors import MeetingNotActive, MeetingStarted
from meetings.models import Meeting
from participants.attendance import unsettle
from participants.presence import started_at
from upclass import livekit
from upclass.celery import enqueue_on_commit

log = logging.getLogger(__name__)


def end_meeting(meeting: Meeting, now: datetime) -> datetime:
    """End a meeting, once, and disconnect everybody; when it ended.

    Raises MeetingNotActive for one that is expired or cancelled. LiveKit unreachable: the meeting is ended
    all the same, and the reconciler closes the room.
    """
    ended_now = _mark_ended(meeting, now)
    meeting.refresh_from_db(fields=["ended_at"])
    if meeting.ended_at is None:
        raise MeetingNotActive
    if ended_now:
        close_room(meeting)
    return meeting.ended_at


@transaction.atomic
def _mark_ended(meeting: Meeting, now: datetime) -> bool:
    """The compare-and-swap takes the meeting's row lock first; then a connection is unsettled under it."""
    ended_now = meeting.mark_ended(now)
    if ended_now:
        unsettle(meeting, now)
        if meeting.feedback_required:
            enqueue_on_commit(create_feedback_requests_of, meeting.pk)
    return ended_now


def close_room(meeting: Meeting) -> None:
    """Call LiveKit, for at most 2 s; when it is unreachable, the reconciler retries."""
    try:
        livekit.close_room(meeting.code)
    except livekit.Unreachable as error:
        log.warning("room %s could not be closed yet: %s", meeting.code, error)


@transaction.atomic
def cancel_meeting(meeting: Meeting, now: datetime) -> None:
    """Cancel a meeting for good; again changes nothing.

    Raises MeetingStarted if anybody ever came or is expected, MeetingNotActive if it is over. The row lock
    is the one that admission takes: of a cancel and a first admission one wins.
    """
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if locked.cancelled_at:  # a late webhook of somebody does not un-cancel
        return
    began = started_at(locked, now)
    if began:
        raise MeetingStarted(started_at=began)
    if locked.over_since(now):
        raise MeetingNotActive
    Meeting.objects.filter(pk=locked.pk).update(cancelled_at=now)
