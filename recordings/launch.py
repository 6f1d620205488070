"""How a recording begins: decided here, requested of LiveKit by a task, once."""

import logging
from datetime import datetime

from django.db.models import Max, Q, Sum
from django.utils import timezone

from meetings.models import Meeting
from participants import presence
from participants.connections import EMPTY_AFTER
from participants.presence import Occupancy
from recordings import backoff, lifecycle, reasons
from recordings.eligibility import is_still_wanted, is_wanted, recorder_of
from recordings.follow_ups import Action, FollowUp
from recordings.models import Recording
from recordings.states import State
from upclass import egress, livekit
from upclass.egress import Egress

log = logging.getLogger(__name__)


def begin(meeting: Meeting, now: datetime) -> FollowUp | None:
    """Queue a recording, if somebody is there for whom the meeting is recorded, and none is running."""
    if not is_wanted(meeting, now) or Recording.objects.of(meeting).running().exists():
        return None
    occupancy = presence.occupancy(meeting, now)
    recorder = occupancy and recorder_of(meeting, occupancy)
    if not (occupancy and recorder and _may_begin(meeting, occupancy, now)):
        return None
    recording = Recording(meeting=meeting, recorder=recorder, created_at=now, try_after=now)
    Recording.objects.bulk_create([recording], ignore_conflicts=True)
    queued = Recording.objects.filter(uid=recording.uid).first()  # None: another process was faster
    return FollowUp(Action.REQUEST, queued.pk) if queued else None


def _may_begin(meeting: Meeting, occupancy: Occupancy, now: datetime) -> bool:
    failures, failed_at = failures_in(meeting, occupancy)
    if failed_at and (backoff.is_given_up(failures) or now < backoff.next_try(failures, failed_at)):
        return False
    just_dropped = Q(state=State.DROPPED, ended_at__gt=now - backoff.AFTER_DROPPED)
    return not Recording.objects.of(meeting).filter(just_dropped).exists()


def failures_in(meeting: Meeting, occupancy: Occupancy) -> tuple[int, datetime | None]:
    """How often recording failed since the room was last empty, and when for the last time."""
    recordings = Recording.objects.of(meeting).filter(created_at__gt=_first_moment(occupancy))
    found = recordings.aggregate(failures=Sum("failures", default=0), failed_at=Max("failed_at"))
    return found["failures"], found["failed_at"]


def _first_moment(occupancy: Occupancy) -> datetime:
    """After which its recordings were queued. It began by LiveKit's clock, which may be ahead of ours by less
    than the room was empty before."""
    return occupancy.since - EMPTY_AFTER


# The request


def request_egress(recording: Recording, now: datetime) -> None:
    """Ask LiveKit for an egress, once. Killed at any point, the sweep finds what became of it.

    Raises livekit.Unreachable.
    """
    if recording.state != State.QUEUED:
        return
    known = find_egress(recording)
    if known:
        lifecycle.apply_update(recording, known, now)  # its follow-up is left to the sweep
    elif not is_needed(recording, now):
        recording.mark_dropped(now)
    elif recording.mark_requested(now):
        _start_egress(recording)


def is_needed(recording: Recording, now: datetime) -> bool:
    """Whether an egress is still to be requested: somebody is there, since it was queued or before."""
    occupancy = presence.occupancy(recording.meeting, now)
    is_of_now = occupancy is not None and recording.created_at > _first_moment(occupancy)
    return is_of_now and is_wanted(recording.meeting, now)


def find_egress(recording: Recording) -> Egress | None:
    """The egress of a request whose answer was lost or wrong, by its file. Raises livekit.Unreachable."""
    if not recording.file:  # never requested
        return None
    found = egress.list_room_egresses(recording.meeting.code)
    return next((one for one in found if one.key == recording.file), None)


def _start_egress(recording: Recording) -> None:
    """An answer that is lost, the sweep makes up for by the file's name."""
    try:
        started = egress.start_egress(recording.meeting.code, recording.file)
    except egress.NoRoom:
        recording.mark_dropped(timezone.now())
    except egress.NoRecorderFree:
        on_refused(recording, reasons.NO_RECORDER, timezone.now())
    except livekit.Refused as refusal:
        on_refused(recording, reasons.REFUSED, timezone.now(), f"{refusal.code}: {refusal.message}")
    except livekit.Unreachable as error:
        log.warning("recording %s: LiveKit's answer was lost: %s", recording.uid, error)
    else:
        _recheck(recording, started, timezone.now())


def _recheck(recording: Recording, started: Egress, now: datetime) -> None:
    """While it was being started the meeting may have ended, or everybody may have left."""
    recording.meeting.refresh_from_db(fields=["ended_at", "cancelled_at", "expires_at"])
    recording.mark_starting(started)
    if recording.egress_id != started.id or recording.is_over:
        egress.stop_egress(started.id)
    elif not is_still_wanted(recording.meeting, now):
        lifecycle.stop_recording(recording, now)


def on_refused(recording: Recording, reason: str, now: datetime, details: str = "") -> None:
    """It was not started: retried after a while, or given up."""
    occupancy = presence.occupancy(recording.meeting, now)
    before = failures_in(recording.meeting, occupancy)[0] if occupancy else 0
    if backoff.is_given_up(before + 1):
        recording.mark_given_up(reason, now, details)
    else:
        recording.mark_refused(backoff.next_try(before + 1, now), now, details)
