"""Our own record held against the service's stays, one connection after the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.drill.bounds import EXACT, Bounds, bounds, may_be_missing
from tests.drill.record import Connection, Moments, Record
from tests.drill.service import Stay


@dataclass(frozen=True)
class Pair:
    """A connection, the service's row for it, and where the row's end may lie."""

    connection: Connection
    stay: Stay
    bounds: Bounds

    @property
    def off(self) -> float:
        """By how many seconds the service's end lies after the true one (below 0: before)."""
        start, end = self.stay.span
        first, last = (max(min(at, self.stay.closes_at or at), start) for at in self.bounds.truth)
        return min(end - first, 0) + max(end - last, 0)


@dataclass
class Comparison:
    pairs: list[Pair] = field(default_factory=list)
    missing: list[Connection] = field(default_factory=list)  # and rightly so
    differences: list[tuple[str, Connection | None, Stay | None]] = field(default_factory=list)


def compare(record: Record, stays: Sequence[Stay]) -> Comparison:
    result = Comparison()
    left_over = {stay.sid: stay for stay in stays}
    for connection in sorted(record.connections, key=_unknown):
        stay = left_over.pop(connection.sid, None) or _found(connection, left_over)
        if stay:
            left_over.pop(stay.sid, None)
            result.pairs.append(Pair(connection, stay, bounds(connection, record)))
        elif connection.is_sure and may_be_missing(connection, record):
            result.missing.append(connection)
        elif connection.is_sure:
            result.differences.append(("the service knows nothing of it", connection, None))
    result.differences += [("nobody made this connection", None, stay) for stay in left_over.values()]
    for pair in result.pairs:
        wrong = [*_wrong(pair), *_wrong_closing(pair.stay, record)]
        result.differences += [(what, pair.connection, pair.stay) for what in wrong]
    return result


def _unknown(connection: Connection) -> tuple[bool, bool]:
    """How little is known of it: those with a sid first, those that may not have come about last."""
    return not connection.sid, not connection.is_sure


def _found(connection: Connection, stays: dict[str, Stay]) -> Stay | None:
    """A row that can be of a connection whose sid nobody knows."""
    if connection.sid:
        return None
    first, last = connection.began
    return next((stay for stay in stays.values() if _fits(stay, connection, first, last)), None)


def _fits(stay: Stay, connection: Connection, first: float, last: float) -> bool:
    same = (stay.code, stay.identity) == (connection.code, connection.identity)
    return same and first - EXACT <= stay.joined_at <= last + EXACT


def _wrong(pair: Pair) -> list[str]:
    stay, limits = pair.stay, pair.bounds
    start, end = stay.span
    closes_at = stay.closes_at or limits.last
    wrong = []
    if not pair.connection.began[0] - EXACT <= start <= pair.connection.began[1] + EXACT:
        wrong.append(f"it begins at {clock(start)}, but began {span(pair.connection.began)}")
    first, last = min(limits.first, closes_at), max(min(limits.last, closes_at), start)
    if not int(first) <= end <= last:
        wrong.append(f"it ends at {clock(end)}, but {limits.kind}, it ended {span((first, last))}")
    return wrong


def _wrong_closing(stay: Stay, record: Record) -> Iterator[str]:
    """Nothing counts after it, so it must be the true one."""
    true = record.closings.get(stay.code)
    told = clock(stay.closes_at) if stay.closes_at else "never"
    if true is None:
        if stay.closes_at:
            yield f"its meeting is over at {told}, but nothing ended it"
    elif not true[0] - EXACT <= (stay.closes_at or 0.0) <= true[1] + EXACT:
        yield f"its meeting is over at {told}, but was {span(true)}"


def clock(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S.%f}"[:-4]


def span(moments: Moments) -> str:
    return f"between {clock(moments[0])} and {clock(moments[1])}"


def true_seconds(pairs: Iterable[Pair]) -> float:
    """How long one person really was there: the union of their connections, until the meeting was over."""
    total, reached = 0.0, 0.0
    for pair in sorted(pairs, key=lambda pair: pair.connection.began):
        start = max(pair.connection.began[1], reached)
        end = min(pair.bounds.truth[1], pair.stay.closes_at or pair.bounds.truth[1])
        total += max(0.0, end - start)
        reached = max(reached, end)
    return total
