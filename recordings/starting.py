"""How a take begins: decided here, asked of LiveKit by a task, once."""

import logging
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max, Q, Sum
from django.utils import timezone

from meetings.models import Meeting
from participants import attendance
from participants.attendance import Occupancy
from participants.models import EMPTY_AFTER
from recordings import course, pauses, reasons
from recordings.errands import Deed, Errand
from recordings.models import Take
from recordings.states import Status
from recordings.who import is_still_wanted, is_wanted, recorder_of
from upclass import egress, livekit

log = logging.getLogger(__name__)


def begin(meeting: Meeting, now: datetime) -> Errand | None:
    """A new take, if somebody is there for whom the meeting is recorded, and none is running."""
    if not is_wanted(meeting, now) or Take.objects.of(meeting).running().exists():
        return None
    occupancy = attendance.occupancy(meeting, now)
    recorder = occupancy and recorder_of(meeting, occupancy)
    if not (occupancy and recorder and _may_begin(meeting, occupancy, now)):
        return None
    take = Take(meeting=meeting, recorder=recorder, created_at=now, try_after=now)
    try:
        with transaction.atomic():
            take.save(force_insert=True)
    except IntegrityError:  # somebody else began one at this moment
        return None
    return Errand(Deed.START, take.pk)


def _may_begin(meeting: Meeting, occupancy: Occupancy, now: datetime) -> bool:
    failures, failed_at = failures_in(meeting, occupancy)
    if failed_at and (pauses.is_given_up(failures) or now < pauses.next_try(failures, failed_at)):
        return False
    just_dropped = Q(status=Status.DROPPED, ended_at__gt=now - pauses.AFTER_NOTHING)
    return not Take.objects.of(meeting).filter(just_dropped).exists()


def failures_in(meeting: Meeting, occupancy: Occupancy) -> tuple[int, datetime | None]:
    """How often recording failed since the room was last empty, and when for the last time."""
    takes = Take.objects.of(meeting).filter(created_at__gt=_first_moment(occupancy))
    found = takes.aggregate(failures=Sum("failures", default=0), failed_at=Max("failed_at"))
    return found["failures"], found["failed_at"]


def _first_moment(occupancy: Occupancy) -> datetime:
    """After which its takes were begun. LiveKit's clock tells when it began: it may be ahead of ours, by less
    than the time for which the room was empty before."""
    return occupancy.since - EMPTY_AFTER


# Asking


def start(take: Take, now: datetime) -> None:
    """Ask LiveKit for the recording, once. Killed at any point, the sweep finds what became of it."""
    if take.status != Status.PENDING or take.asked_at:
        return
    if not is_awaited(take, now):
        course.drop(take, now)
    elif not (take.tries and is_found(take, now)) and take.claim(now):
        _ask(take)


def is_awaited(take: Take, now: datetime) -> bool:
    """Whether a take is still to be asked for: somebody is there, since it was begun or before."""
    occupancy = attendance.occupancy(take.meeting, now)
    is_of_now = occupancy is not None and take.created_at > _first_moment(occupancy)
    return is_of_now and is_wanted(take.meeting, now)


def is_found(take: Take, now: datetime) -> bool:
    """Whether LiveKit heard us although no answer said so, which the name of the file tells.

    Raises Unreachable.
    """
    told = next((told for told in egress.of_room(take.meeting.code) if told.key == take.file), None)
    if told:
        course.follow(take, told, now)  # what is left to do, the next look at it finds
    return told is not None


def _ask(take: Take) -> None:
    """Of an answer that is lost, the sweep learns by the file's name."""
    try:
        told = egress.start(take.meeting.code, take.file)
    except egress.NoRoom:
        course.drop(take, timezone.now())
    except egress.NoRecorderFree:
        refused(take, reasons.NO_RECORDER, timezone.now())
    except livekit.Refused as refusal:
        refused(take, reasons.REFUSED, timezone.now(), f"{refusal.code}: {refusal.message}")
    except livekit.Unreachable as error:
        log.warning("take %s: nobody knows yet whether it was heard: %s", take.uid, error)
    else:
        _look_again(take, told, timezone.now())


def _look_again(take: Take, told: egress.Egress, now: datetime) -> None:
    """While it was being started the meeting may have ended, or everybody may have left."""
    take.meeting.refresh_from_db(fields=["ended_at", "cancelled_at", "expires_at"])
    if not take.known_as(told) or take.is_over:
        egress.stop(told.id)
    elif not is_still_wanted(take.meeting, now):
        course.stop(take, now)


def refused(take: Take, reason: str, now: datetime, details: str = "") -> None:
    """It was not started: another try after a while, or none any more."""
    occupancy = attendance.occupancy(take.meeting, now)
    before = failures_in(take.meeting, occupancy)[0] if occupancy else 0
    if pauses.is_given_up(before + 1):
        take.give_up(reason, now, details)
    else:
        take.put_off(pauses.next_try(before + 1, now), now, details)
