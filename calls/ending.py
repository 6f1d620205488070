"""How a meeting ends, and how one is called off."""

import logging
from datetime import datetime

from django.db import transaction

from feedback.tasks import write_debts
from meetings.errors import MeetingNotActive, MeetingStarted
from meetings.models import Meeting
from participants.attendance import count_again, started_at
from upclass import livekit
from upclass.celery import wake

log = logging.getLogger(__name__)


def end(meeting: Meeting, now: datetime) -> datetime:
    """End a meeting, once, and disconnect everybody; when it ended.

    Raises MeetingNotActive for one that is expired or cancelled. LiveKit not reached: the meeting is ended
    all the same, and the reconciler closes the room.
    """
    ended_now = _write_down(meeting, now)
    meeting.refresh_from_db(fields=["ended_at"])
    if meeting.ended_at is None:
        raise MeetingNotActive
    if ended_now:
        close_room(meeting)
    return meeting.ended_at


@transaction.atomic
def _write_down(meeting: Meeting, now: datetime) -> bool:
    """That it ended now: its people's time is to be counted again, and they may owe feedback."""
    ended_now = meeting.end(now)
    if ended_now:
        count_again(meeting, now)
        if meeting.feedback_required:
            wake(write_debts)
    return ended_now


def close_room(meeting: Meeting) -> None:
    """Ask LiveKit, for at most 2 s; not reached, the reconciler asks again."""
    try:
        livekit.close_room(meeting.code)
    except livekit.Unreachable as error:
        log.warning("room %s could not be closed yet: %s", meeting.code, error)


@transaction.atomic
def cancel(meeting: Meeting, now: datetime) -> None:
    """Call a meeting off for good; again changes nothing.

    Raises MeetingStarted if anybody ever came or is expected, MeetingNotActive if it is over. The lock is
    the one admission takes: of a cancel and a first admission one wins.
    """
    locked = Meeting.objects.select_for_update().get(pk=meeting.pk)
    if locked.cancelled_at:  # late news of somebody does not un-cancel
        return
    began = started_at(locked, now)
    if began:
        raise MeetingStarted(started_at=began)
    if locked.over_at(now):
        raise MeetingNotActive
    Meeting.objects.filter(pk=locked.pk).update(cancelled_at=now)
