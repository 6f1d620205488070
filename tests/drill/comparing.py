"""Our own record held against the service's connections, one connection after the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.drill.bounds import EXACT, Bounds, bounds, may_be_missing
from tests.drill.record import Moments, ObservedConnection, Record
from tests.drill.service import StoredConnection


@dataclass(frozen=True)
class Pair:
    """A connection, the service's row for it, and where the row's end may lie."""

    observed: ObservedConnection
    stored: StoredConnection
    bounds: Bounds

    @property
    def off(self) -> float:
        """By how many seconds the service's end lies after the true one (below 0: before)."""
        start, end = self.stored.span
        first, last = (max(min(at, self.stored.closes_at or at), start) for at in self.bounds.truth)
        return min(end - first, 0) + max(end - last, 0)


@dataclass
class Comparison:
    pairs: list[Pair] = field(default_factory=list)
    missing: list[ObservedConnection] = field(default_factory=list)  # and rightly so
    differences: list[tuple[str, ObservedConnection | None, StoredConnection | None]] = field(
        default_factory=list
    )


def compare(record: Record, connections: Sequence[StoredConnection]) -> Comparison:
    result = Comparison()
    left_over = {stored.sid: stored for stored in connections}
    for observed in sorted(record.connections, key=_unknown):
        stored = left_over.pop(observed.sid, None) or _found(observed, left_over)
        if stored:
            left_over.pop(stored.sid, None)
            result.pairs.append(Pair(observed, stored, bounds(observed, record)))
        elif observed.is_sure and may_be_missing(observed, record):
            result.missing.append(observed)
        elif observed.is_sure:
            result.differences.append(("the service knows nothing of it", observed, None))
    result.differences += [("nobody made this connection", None, stored) for stored in left_over.values()]
    for pair in result.pairs:
        wrong = [*_wrong(pair), *_wrong_closing(pair.stored, record)]
        result.differences += [(what, pair.observed, pair.stored) for what in wrong]
    return result


def _unknown(observed: ObservedConnection) -> tuple[bool, bool]:
    """How little is known of it: those with a sid first, those that may not have come about last."""
    return not observed.sid, not observed.is_sure


def _found(observed: ObservedConnection, connections: dict[str, StoredConnection]) -> StoredConnection | None:
    """A row that can be of a connection whose sid nobody knows."""
    if observed.sid:
        return None
    first, last = observed.began
    return next((stored for stored in connections.values() if _fits(stored, observed, first, last)), None)


def _fits(stored: StoredConnection, observed: ObservedConnection, first: float, last: float) -> bool:
    same = (stored.code, stored.identity) == (observed.code, observed.identity)
    return same and first - EXACT <= stored.joined_at <= last + EXACT


def _wrong(pair: Pair) -> list[str]:
    stored, limits = pair.stored, pair.bounds
    start, end = stored.span
    closes_at = stored.closes_at or limits.last
    wrong = []
    if not pair.observed.began[0] - EXACT <= start <= pair.observed.began[1] + EXACT:
        wrong.append(f"it begins at {clock(start)}, but began {span(pair.observed.began)}")
    first, last = min(limits.first, closes_at), max(min(limits.last, closes_at), start)
    if not int(first) <= end <= last:
        wrong.append(f"it ends at {clock(end)}, but {limits.kind}, it ended {span((first, last))}")
    return wrong


def _wrong_closing(stored: StoredConnection, record: Record) -> Iterator[str]:
    """Nothing counts after it, so it must be the true one."""
    true = record.closings.get(stored.code)
    closing = clock(stored.closes_at) if stored.closes_at else "never"
    if true is None:
        if stored.closes_at:
            yield f"its meeting is over at {closing}, but nothing ended it"
    elif not true[0] - EXACT <= (stored.closes_at or 0.0) <= true[1] + EXACT:
        yield f"its meeting is over at {closing}, but was {span(true)}"


def clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S.%f}"[:-4]


def span(moments: Moments) -> str:
    return f"between {clock(moments[0])} and {clock(moments[1])}"


def true_seconds(pairs: Iterable[Pair]) -> float:
    """How long one person really was there: the union of their connections, until the meeting was over."""
    total, reached = 0.0, 0.0
    for pair in sorted(pairs, key=lambda pair: pair.observed.began):
        start = max(pair.observed.began[1], reached)
        end = min(pair.bounds.truth[1], pair.stored.closes_at or pair.bounds.truth[1])
        total += max(0.0, end - start)
        reached = max(reached, end)
    return total
