"""No take stays unfinished: each is compared with what LiveKit and the storage say, news or not."""

import logging
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from meetings.models import Meeting
from recordings import course, reasons, starting
from recordings.errands import Deed, Errand
from recordings.models import Take, TakeQuerySet
from recordings.states import Status
from recordings.who import is_still_wanted, to_record
from upclass import egress, livekit, storage
from upclass.egress import Egress, State

log = logging.getLogger(__name__)

ANSWERED = timedelta(seconds=40)  # longer than asking for a recording takes
JOINED = timedelta(seconds=60)  # by then a recorder is in the room: 3-9 s are usual
GONE = timedelta(seconds=20)  # missing for so long; it may be on its way back
UPLOADED = timedelta(seconds=60)  # longer only for long recordings: asked whether somebody is at it
FILE_DUE = timedelta(minutes=4)  # after it was told to be complete
LATE = timedelta(hours=1)  # for which the file of a failed take may still come, or its recorder be back


def errands(now: datetime) -> Iterator[Errand]:
    """Compare every take that is not finished; what is left to do. What cannot be asked stays as it is."""
    for looks in (_at_livekit, _at_storage, _at_people):
        try:
            yield from looks(now)
        except (livekit.Unreachable, storage.Unreachable) as error:
            log.warning("the takes could not be compared: %s", error)


def _at_livekit(now: datetime) -> Iterator[Errand]:
    yield from _each(_whole(Take.objects.unfinished().filter(finished_at=None)), now, look)
    yield from _each(_whole(_failed(now)), now, look_for_ghost)


def _at_storage(now: datetime) -> Iterator[Errand]:
    finished = Take.objects.unfinished().filter(finished_at__isnull=False)
    yield from _each(_whole(finished | _failed(now).filter(size_bytes=None)), now, look_for_file)


def _at_people(now: datetime) -> Iterator[Errand]:
    yield from _each(to_record(Meeting.objects.active(now)), now, starting.begin)


def _failed(now: datetime) -> TakeQuerySet:
    """Takes that failed a short while ago, of which something may still come."""
    return Take.objects.filter(status=Status.FAILED, failed_at__gt=now - LATE).exclude(egress_id=None)


def _whole(takes: TakeQuerySet) -> TakeQuerySet:
    return takes.select_related("meeting__customer")


def _each[T](
    found: Iterable[T], now: datetime, look: Callable[[T, datetime], Errand | None]
) -> Iterator[Errand]:
    """One that cannot be compared does not hold up the others; a part that is away holds up all."""
    for one in found:
        try:
            errand = look(one, now)
        except (livekit.Refused, storage.Refused) as refusal:
            log.warning("%s could not be compared: %s", one, refusal)
            continue
        except (livekit.Unreachable, storage.Unreachable):
            raise
        except Exception:  # logged with its traceback, and tried again by the next sweep
            log.exception("%s could not be compared", one)
            continue
        if errand:
            yield errand


# One take


def look(take: Take, now: datetime) -> Errand | None:
    """Bring a take to what LiveKit says of it. Raises livekit.Unreachable."""
    if take.egress_id:
        return _compare(take, egress.look(take.egress_id), now)
    if take.asked_at is None:
        return _not_asked(take, now)
    return _find_answer(take, now) if take.asked_at <= now - ANSWERED else None


def _not_asked(take: Take, now: datetime) -> Errand | None:
    if not starting.is_awaited(take, now):
        course.drop(take, now)
    return Errand(Deed.START, take.pk) if not take.is_over and take.try_after <= now else None


def _find_answer(take: Take, now: datetime) -> Errand | None:
    """Whether LiveKit heard us is told by the name of the file."""
    if not starting.is_found(take, now):
        starting.refused(take, reasons.NOT_ANSWERED, now)
    return None


def _compare(take: Take, told: Egress | None, now: datetime) -> Errand | None:
    if told is None:
        return _missed(take, now)
    errand = course.follow(take, told, now)
    if errand or take.is_over or take.finished_at:
        return errand
    if told.state is State.ENDING:
        is_due = take.ended_at is None or take.ended_at <= now - UPLOADED
        return Errand(Deed.STOP, take.pk) if is_due else None  # which tells whether anybody is at it
    if take.status == Status.PROCESSING or not is_still_wanted(take.meeting, now):
        return Errand(Deed.STOP, take.pk)
    return _is_there(take, now)


def _is_there(take: Take, now: datetime) -> Errand | None:
    """A recorder that was killed says nothing: LiveKit lists its egress for ever, but it is in no room."""
    try:
        is_there = egress.is_in_room(take.meeting.code, str(take.egress_id))
    except livekit.Refused as error:  # a room whose server was killed, until the reconciler makes it anew
        log.warning("room %s could not be asked for its recorder: %s", take.meeting.code, error)
        return None
    if is_there:
        take.note(missed_at=None)
        return None
    has_joined = take.status == Status.RECORDING or (take.asked_at or take.created_at) <= now - JOINED
    return _missed(take, now) if has_joined else None


def _missed(take: Take, now: datetime) -> Errand | None:
    """Nobody seems to record: in a while somebody who does is asked to stop, and nobody will answer."""
    if take.missed_at is None:
        take.note(missed_at=now)
    is_gone = take.missed_at is not None and take.missed_at <= now - GONE
    return Errand(Deed.STOP, take.pk) if is_gone else None


def look_for_ghost(take: Take, now: datetime) -> Errand | None:
    """A recorder that was taken for dead and is back would record beside the next. Raises Unreachable."""
    told = egress.look(take.egress_id) if take.egress_id else None
    if told is None or told.state not in course.ALIVE or not egress.is_in_room(take.meeting.code, told.id):
        return None  # LiveKit lists a dead one for ever
    return course.follow(take, told, now)


def look_for_file(take: Take, now: datetime) -> Errand | None:
    """Complete a take whose object has come; give it up when it should have. Raises storage.Unreachable."""
    if not take.file:
        return None
    due = course.STORAGE_AWAY
    try:
        course.save(take)
        due = FILE_DUE
    finally:
        if take.finished_at and take.finished_at <= now - due:
            take.fail(reasons.NOT_STORED, now, ended_at=take.ended_at)
    return None


def ask_again(take: Take, now: datetime) -> Errand | None:
    """As the sweep does, at once and whatever became of the take. Raises what is Unreachable."""
    if not take.is_over and take.finished_at is None:
        return look(take, now)
    return look_for_file(take, now) or look_for_ghost(take, now)
