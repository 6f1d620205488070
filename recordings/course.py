"""The course of a take: what LiveKit tells of its egress moves it, in whatever order it is told."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from recordings import reasons
from recordings.errands import Deed, Errand
from recordings.models import Take
from recordings.states import Status
from recordings.who import is_still_wanted, is_wanted
from upclass import egress, storage
from upclass.egress import Egress, State

log = logging.getLogger(__name__)

ALIVE = (State.STARTING, State.ACTIVE)
STORAGE_AWAY = timedelta(days=1)  # for which nobody can say whether a file is there


def hear(told: Egress, now: datetime) -> Errand | None:
    """LiveKit's news of an egress, which may be none of ours."""
    take = Take.objects.select_related("meeting__customer").told_of(told)
    return follow(take, told, now) if take else None


def follow(take: Take, told: Egress, now: datetime) -> Errand | None:
    """Bring a take to what its egress is. An egress that nobody waits for any more is to be stopped."""
    if take.known_as(told) and not take.is_over:
        return STEPS[told.state](take, told, now)
    if told.state not in ALIVE:
        return None
    log.warning("egress %s of take %s is not awaited any more", told.id, take.uid)
    return Errand(Deed.STOP_EGRESS, told.id)


def _starting(take: Take, told: Egress, now: datetime) -> Errand | None:
    return None  # nothing was recorded yet


def _active(take: Take, told: Egress, now: datetime) -> Errand | None:
    take.advance(Status.RECORDING, started_at=told.started_at or now)
    return None if is_still_wanted(take.meeting, now) else Errand(Deed.STOP, take.pk)


def _ending(take: Take, told: Egress, now: datetime) -> Errand | None:
    take.advance(Status.PROCESSING, missed_at=None, **_times(take, told, now))
    return None


def _complete(take: Take, told: Egress, now: datetime) -> Errand | None:
    """The file is said to be there: it counts when it was seen."""
    times = _times(take, told, now)
    take.advance(Status.PROCESSING, missed_at=None, **times)
    take.note(finished_at=take.finished_at or now, seconds=told.seconds, **times)
    return Errand(Deed.SAVE, take.pk)


def _failed(take: Take, told: Egress, now: datetime) -> Errand | None:
    has_begun = told.seconds > 0 or take.started_at is not None
    came_too_late = not has_begun and not is_wanted(take.meeting, now)
    if came_too_late and drop(take, now, told.error):
        return None
    reason = reasons.of_error(told.error, has_begun)
    facts = {"details": told.error, "seconds": told.seconds or None, **_times(take, told, now)}
    take.fail(reason, now, **facts)
    return Errand(Deed.SAVE, take.pk)  # a part of it may be there


def _aborted(take: Take, told: Egress, now: datetime) -> Errand | None:
    """It ended before anybody sent anything."""
    return None if drop(take, now, told.error) else _failed(take, told, now)


def _times(take: Take, told: Egress, now: datetime) -> dict[str, datetime]:
    started_at = told.started_at or take.started_at
    times = {"ended_at": told.ended_at or take.ended_at or now}
    return {**times, "started_at": started_at} if started_at else times


STEPS: dict[State, Callable[[Take, Egress, datetime], Errand | None]] = {
    State.STARTING: _starting,
    State.ACTIVE: _active,
    State.ENDING: _ending,
    State.COMPLETE: _complete,
    State.FAILED: _failed,
    State.ABORTED: _aborted,
}


# Ends that LiveKit does not tell


def drop(take: Take, now: datetime, details: str = "") -> bool:
    """Let a take that saw no media be as if it had not been."""
    return take.advance(Status.DROPPED, ended_at=now, details=details)


def stop(take: Take, now: datetime) -> None:
    """Have LiveKit end it. One that was missed before, and that nobody answers for, is lost.

    Raises Unreachable.
    """
    if not take.egress_id or not take.claim_stop(now) or egress.stop(take.egress_id):
        return
    if take.missed_at is None:
        take.note(missed_at=now)  # LiveKit's bus may be away for a moment: it is asked again
    else:
        lost(take, now)


def lost(take: Take, now: datetime) -> None:
    """Whoever recorded it is gone without a word: the object is there as a whole, or not at all.

    Raises storage.Unreachable: meanwhile it does not block the next take.
    """
    if _is_stored(take, now):
        ended_at = take.ended_at or now
        begun = take.started_at or ended_at
        seconds = max(0, round((ended_at - begun).total_seconds()))
        _complete(take, Egress(take.egress_id or "", take.file, State.COMPLETE, seconds=seconds), now)
        save(take)
    elif take.status != Status.PENDING:
        take.fail(reasons.BROKE_OFF, now, ended_at=take.ended_at or now)
    elif is_wanted(take.meeting, now):
        take.fail(reasons.NEVER_BEGAN, now)
    else:
        drop(take, now)


def _is_stored(take: Take, now: datetime) -> bool:
    try:
        return storage.size_of(take.file) is not None
    except storage.Unreachable:
        if take.status == Status.PENDING or (take.ended_at or now) <= now - STORAGE_AWAY:
            return False  # nothing was recorded, or nobody can say
        take.advance(Status.PROCESSING, ended_at=now)
        raise


def save(take: Take) -> None:
    """See how large its object is, and complete it if the egress is complete. Raises storage.Unreachable."""
    size = storage.size_of(take.file)
    if size is None:
        return
    if take.finished_at:
        take.advance(Status.COMPLETED, size_bytes=size)
    take.has_part(size)
