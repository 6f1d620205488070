"""Where the service's end of a connection may lie, by what happened to it."""

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tests.drill.record import End, Moments, ObservedConnection, Record

EXACT = 2.0  # seconds, LiveKit's whole ones included
DETECTED = 25.0  # after a kill -9 or a broken line: LiveKit gives up after 20-22 s
RETRIED = 16.0  # LiveKit keeps undelivered webhooks in its memory for so long
AT_ONCE = 0.2  # seconds, in which no livekit-server can come back
ACTIVE_AFTER = 2.0  # seconds inside, after which LiveKit shows somebody to a poll
UNSEEN = 75.0  # a poll every 30 s, and what a dead worker, beat or PostgreSQL cost
POLLED = 105.0  # between two polls that succeed: at worst two in a row fall on a part that is down


class Kind(StrEnum):
    CLEAN = "clean"
    KILLED = "killed"
    HALF_WAY = "half way"  # killed, or failed, while it came in or came back: nobody knows its sid
    CUT = "cut"  # by the death of livekit-server, or with the webhook of its end still in its memory


@dataclass(frozen=True)
class Bounds:
    """Not before, not after; `truth` is when it really ended."""

    kind: Kind
    truth: Moments
    first: float
    last: float


def bounds(of: ObservedConnection, record: Record) -> Bounds:
    """A cut one may end at the last poll that showed it, and polls are not far apart."""
    first, last = of.ended
    if not of.is_sure:
        return Bounds(Kind.HALF_WAY, of.ended, of.began[0] - EXACT, last + DETECTED)
    known_at = last + (DETECTED if of.end in (End.KILLED, End.GAVE_UP) else 0)
    shown = shown_at(of, record)
    for died, gone in record.deaths:
        if of.began[1] - AT_ONCE < died <= last:
            return Bounds(Kind.CUT, (died, gone), max(died - UNSEEN, shown), gone + EXACT)
        if last < died <= known_at + RETRIED:
            earliest = max(first - UNSEEN, shown)
            return Bounds(Kind.CUT, of.ended, earliest, min(gone, known_at) + EXACT)
    if known_at > last:
        return Bounds(Kind.KILLED, of.ended, first, known_at)
    return Bounds(Kind.CLEAN, of.ended, first - EXACT, last + EXACT)


def shown_at(of: ObservedConnection, record: Record) -> float:
    """When the last poll began during all of which it was surely there; 0.0 if there was none."""
    since = of.began[1] + ACTIVE_AFTER
    until = min([of.ended[0], *(died for died, _ in record.deaths if died > of.began[1] - AT_ONCE)])
    return max((poll.at for poll in record.polls if since <= poll.at and poll.over_by <= until), default=0.0)


def may_be_missing(of: ObservedConnection, record: Record) -> bool:
    """All webhooks of it may have died with livekit-server before any poll saw it."""
    first, last = of.began
    is_unreported = any(first <= gone and died <= last + RETRIED for died, gone in record.deaths)
    return is_unreported and not shown_at(of, record)


def too_far_apart(record: Record) -> list[Moments]:
    """Where the reconciler did not poll for longer than anything that is killed explains."""
    came = min((one.began[1] for one in record.connections), default=0.0)
    gone = max((one.ended[0] for one in record.connections), default=0.0)
    moments = sorted([came, *(poll.at for poll in record.polls), gone])
    return [(at, then) for at, then in pairwise(moments) if then - at > POLLED]
