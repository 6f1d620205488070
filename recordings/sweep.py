"""No recording is left unfinished: each is compared with what LiveKit and storage say, webhooks or not."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from meetings.models import Meeting
from recordings import launch, lifecycle, reasons
from recordings.eligibility import is_still_wanted, to_record
from recordings.follow_ups import Action, FollowUp
from recordings.models import Recording, RecordingQuerySet
from recordings.states import State
from upclass import egress, livekit, storage
from upclass.egress import Egress, EgressState

log = logging.getLogger(__name__)

ANSWER_DUE = timedelta(seconds=40)  # longer than LiveKit takes to answer a request
JOIN_TIMEOUT = timedelta(seconds=60)  # by then a recorder is in the room: 3-9 s are usual
MISSING_TIMEOUT = timedelta(seconds=20)  # missing for so long; it may be reconnecting
UPLOAD_DUE = timedelta(seconds=60)  # longer only for long recordings: checked whether a recorder is at it
FILE_DUE = timedelta(minutes=4)  # after its egress was reported complete
LATE = timedelta(hours=1)  # for which the file of a failed recording may still come, or its recorder be back


def follow_ups(now: datetime) -> Iterator[FollowUp]:
    """Compare every unfinished recording; what is left to do. What cannot be compared stays as it is."""
    for compare in (_with_livekit, _with_storage, _with_people):
        try:
            yield from compare(now)
        except (livekit.Unreachable, storage.Unreachable) as error:
            log.warning("the recordings could not be compared: %s", error)


def _with_livekit(now: datetime) -> Iterator[FollowUp]:
    yield from _each(_with_related(Recording.objects.unfinished().exclude(state=State.STORING)), now, check)
    yield from _each(_with_related(_failed(now)), now, check_ghost)


def _with_storage(now: datetime) -> Iterator[FollowUp]:
    storing = Recording.objects.filter(state=State.STORING)
    yield from _each(_with_related(storing | _failed(now).filter(size_bytes=None)), now, check_file)


def _with_people(now: datetime) -> Iterator[FollowUp]:
    yield from _each(to_record(Meeting.objects.active(now)), now, launch.begin)


def _failed(now: datetime) -> RecordingQuerySet:
    """Recordings that failed a short while ago, of which something may still come."""
    return Recording.objects.filter(state=State.FAILED, failed_at__gt=now - LATE).exclude(file="")


def _with_related(recordings: RecordingQuerySet) -> RecordingQuerySet:
    return recordings.select_related("meeting__customer")


def _each[T](
    found: Iterable[T], now: datetime, compare: Callable[[T, datetime], FollowUp | None]
) -> Iterator[FollowUp]:
    """One that cannot be compared does not hold up the others; a part that is away holds up all."""
    for one in found:
        try:
            follow_up = compare(one, now)
        except (livekit.Refused, storage.Refused) as refusal:
            log.warning("%s could not be compared: %s", one, refusal)
            continue
        except (livekit.Unreachable, storage.Unreachable):
            raise
        except Exception:  # logged with its traceback, and retried by the next sweep
            log.exception("%s could not be compared", one)
            continue
        if follow_up:
            yield follow_up


# One recording


def check(recording: Recording, now: datetime) -> FollowUp | None:
    """Bring a recording to what LiveKit says of it. Raises livekit.Unreachable."""
    if recording.state == State.QUEUED:
        return _check_queued(recording, now)
    if recording.state == State.REQUESTED:
        return _check_requested(recording, now)
    return _check_egress(recording, egress.get_egress(str(recording.egress_id)), now)


def _check_queued(recording: Recording, now: datetime) -> FollowUp | None:
    """One that was refused, LiveKit may have begun all the same."""
    known = launch.find_egress(recording)
    if known:
        return lifecycle.apply_update(recording, known, now)
    if launch.is_needed(recording, now):
        return FollowUp(Action.REQUEST, recording.pk) if recording.try_after <= now else None
    recording.mark_dropped(now)
    return None


def _check_requested(recording: Recording, now: datetime) -> FollowUp | None:
    """LiveKit received the request if it has an egress with the name of the file."""
    if recording.requested_at and recording.requested_at > now - ANSWER_DUE:
        return None
    known = launch.find_egress(recording)
    if known:
        lifecycle.apply_update(recording, known, now)  # its follow-up is found by the next sweep
    else:
        launch.on_refused(recording, reasons.NOT_ANSWERED, now)
    return None


def _check_egress(recording: Recording, update: Egress | None, now: datetime) -> FollowUp | None:
    if update is None:
        return _on_missing(recording, now)
    follow_up = lifecycle.apply_update(recording, update, now)
    if follow_up or recording.is_over or recording.state == State.STORING:
        return follow_up
    if update.state is EgressState.ENDING:
        is_due = recording.ended_at is None or recording.ended_at <= now - UPLOAD_DUE
        return FollowUp(Action.STOP, recording.pk) if is_due else None  # its answer says whether it is lost
    if recording.state == State.ENDING or not is_still_wanted(recording.meeting, now):
        return FollowUp(Action.STOP, recording.pk)
    return _check_recorder(recording, now)


def _check_recorder(recording: Recording, now: datetime) -> FollowUp | None:
    """A recorder that was killed reports nothing: LiveKit lists its egress for ever, but it is in no room."""
    try:
        is_there = egress.is_recorder_in_room(recording.meeting.code, str(recording.egress_id))
    except livekit.Refused as error:  # a room whose server was killed, until the reconciler makes it anew
        log.warning("room %s could not be searched for its recorder: %s", recording.meeting.code, error)
        return None
    if is_there:
        recording.set_missing_since(None)
        return None
    requested_at = recording.requested_at or recording.created_at
    has_joined = recording.state == State.RECORDING or requested_at <= now - JOIN_TIMEOUT
    return _on_missing(recording, now) if has_joined else None


def _on_missing(recording: Recording, now: datetime) -> FollowUp | None:
    """No recorder was found: after a while LiveKit is asked to stop it, which no recorder will answer."""
    if recording.missing_since is None:
        recording.set_missing_since(now)
        return None
    is_gone = recording.missing_since <= now - MISSING_TIMEOUT
    return FollowUp(Action.STOP, recording.pk) if is_gone else None


def check_ghost(recording: Recording, now: datetime) -> FollowUp | None:
    """A recorder taken for dead that is back would record beside the next. Raises livekit.Unreachable."""
    found = egress.get_egress(recording.egress_id) if recording.egress_id else launch.find_egress(recording)
    if found is None or found.state not in lifecycle.ALIVE:
        return None
    if not egress.is_recorder_in_room(recording.meeting.code, found.id):
        return None  # LiveKit lists a dead one for ever
    return lifecycle.apply_update(recording, found, now)


def check_file(recording: Recording, now: datetime) -> FollowUp | None:
    """Complete a recording whose object has come; fail it when it should have. Raises storage.Unreachable."""
    if not recording.file:
        return None
    due = lifecycle.STORAGE_AWAY
    try:
        lifecycle.confirm_stored(recording)
        due = FILE_DUE
    finally:
        if recording.finished_at and recording.finished_at <= now - due:
            recording.mark_failed(reasons.NOT_STORED, now, ended_at=recording.ended_at)
    return None


def check_now(recording: Recording, now: datetime) -> FollowUp | None:
    """As the sweep does, at once and in whatever state. Raises livekit.Unreachable, storage.Unreachable."""
    if not recording.is_over and recording.state != State.STORING:
        return check(recording, now)
    return check_file(recording, now) or check_ghost(recording, now)
