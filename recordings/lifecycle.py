"""What moves a recording on: LiveKit's reports of its egress, in whatever order they come, and storage."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from recordings import reasons
from recordings.eligibility import is_still_wanted, is_wanted
from recordings.follow_ups import Action, FollowUp
from recordings.models import Recording
from upclass import egress, storage
from upclass.egress import Egress, EgressState

log = logging.getLogger(__name__)

ALIVE = (EgressState.STARTING, EgressState.ACTIVE)
STORAGE_AWAY = timedelta(days=1)  # for which nobody can say whether a file is there


def on_egress_update(update: Egress, now: datetime) -> FollowUp | None:
    """A webhook reports an egress, which may be none of ours."""
    recording = Recording.objects.select_related("meeting__customer").for_egress(update)
    return apply_update(recording, update, now) if recording else None


def apply_update(recording: Recording, update: Egress, now: datetime) -> FollowUp | None:
    """Bring a recording to the state of its egress. An egress that none needs any more is to be stopped."""
    if recording.egress_id is None:
        recording.mark_starting(update)
    if recording.egress_id == update.id and not recording.is_over:
        return HANDLERS[update.state](recording, update, now)
    if update.state not in ALIVE:
        return None
    log.warning("egress %s of recording %s is not needed any more", update.id, recording.uid)
    return FollowUp(Action.STOP_EGRESS, update.id)


def _on_starting(recording: Recording, update: Egress, now: datetime) -> FollowUp | None:
    return None  # nothing was recorded yet


def _on_active(recording: Recording, update: Egress, now: datetime) -> FollowUp | None:
    recording.mark_recording(update.started_at or now)
    return None if is_still_wanted(recording.meeting, now) else FollowUp(Action.STOP, recording.pk)


def _on_ending(recording: Recording, update: Egress, now: datetime) -> FollowUp | None:
    recording.mark_ending(missing_since=None, **_times(recording, update, now))
    return None


def _on_complete(recording: Recording, update: Egress, now: datetime) -> FollowUp | None:
    """The file is said to be there: it counts when storage shows it."""
    recording.mark_storing(now, update.seconds, **_times(recording, update, now))
    return FollowUp(Action.CONFIRM, recording.pk)


def _on_failed(recording: Recording, update: Egress, now: datetime) -> FollowUp | None:
    has_begun = update.seconds > 0 or recording.started_at is not None
    came_too_late = not has_begun and not is_wanted(recording.meeting, now)
    if came_too_late and recording.mark_dropped(now, update.error):
        return None
    reason = reasons.of_error(update.error, has_begun)
    facts = {
        "details": update.error,
        "seconds": update.seconds or None,
        **_times(recording, update, now),
    }
    recording.mark_failed(reason, now, **facts)
    return FollowUp(Action.CONFIRM, recording.pk)  # a part of it may be there


def _on_aborted(recording: Recording, update: Egress, now: datetime) -> FollowUp | None:
    """It ended before anybody sent anything."""
    is_dropped = recording.mark_dropped(now, update.error)
    return None if is_dropped else _on_failed(recording, update, now)


def _times(recording: Recording, update: Egress, now: datetime) -> dict[str, datetime]:
    started_at = update.started_at or recording.started_at
    times = {"ended_at": update.ended_at or recording.ended_at or now}
    return {**times, "started_at": started_at} if started_at else times


HANDLERS: dict[EgressState, Callable[[Recording, Egress, datetime], FollowUp | None]] = {
    EgressState.STARTING: _on_starting,
    EgressState.ACTIVE: _on_active,
    EgressState.ENDING: _on_ending,
    EgressState.COMPLETE: _on_complete,
    EgressState.FAILED: _on_failed,
    EgressState.ABORTED: _on_aborted,
}


# Ends that LiveKit does not report


def stop_recording(recording: Recording, now: datetime) -> None:
    """Have LiveKit end its egress. One that was missing before, and that no recorder answers for, is lost.

    Raises livekit.Unreachable.
    """
    if not recording.egress_id or not recording.request_stop(now):
        return
    if egress.stop_egress(recording.egress_id):
        return
    if recording.missing_since is None:
        recording.set_missing_since(now)  # LiveKit's bus may be down for a moment: retried
    else:
        mark_lost(recording, now)


def mark_lost(recording: Recording, now: datetime) -> None:
    """Its recorder is gone and reports nothing: the object is there as a whole, or not at all.

    Raises storage.Unreachable: meanwhile it does not block the next recording.
    """
    try:
        is_stored = storage.size_of(recording.file) is not None
    except storage.Unreachable:
        if _may_be_stored(recording, now):
            recording.mark_ending(ended_at=now)
            raise
        is_stored = False
    if is_stored:
        _conclude_stored(recording, now)
    elif not recording.is_pending:
        recording.mark_failed(reasons.BROKE_OFF, now, ended_at=recording.ended_at or now)
    elif is_wanted(recording.meeting, now):
        recording.mark_failed(reasons.NEVER_BEGAN, now)
    else:
        recording.mark_dropped(now)


def _may_be_stored(recording: Recording, now: datetime) -> bool:
    """While storage is away: something was recorded, and it is worth waiting for."""
    return not recording.is_pending and (recording.ended_at or now) > now - STORAGE_AWAY


def _conclude_stored(recording: Recording, now: datetime) -> None:
    ended_at = recording.ended_at or now
    begun = recording.started_at or ended_at
    seconds = max(0, round((ended_at - begun).total_seconds()))
    whole = Egress(recording.egress_id or "", recording.file, EgressState.COMPLETE, seconds=seconds)
    _on_complete(recording, whole, now)
    confirm_stored(recording)


def confirm_stored(recording: Recording) -> None:
    """Look for its object: it completes a recording that is storing, and is the part that a failed one left.

    Raises storage.Unreachable.
    """
    size = storage.size_of(recording.file)
    if size is not None and not recording.mark_completed(size):
        recording.set_partial_size(size)
