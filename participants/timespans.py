"""Pure rules about time: from connections to sessions, seconds and minutes. Knows no tables.

All times are whole seconds; a span is half open, so that touching spans do not overlap.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

SESSION_GAP = timedelta(seconds=15)  # a reconnect within it is the same session

Span = tuple[datetime, datetime]


def span(joined_at: datetime, left_at: datetime | None, until: datetime) -> Span:
    """From joining to leaving, or to `until` (now, or when the meeting was over) if that is earlier."""
    start = joined_at.replace(microsecond=0)
    end = min(left_at or until, until).replace(microsecond=0)
    return start, max(start, end)


def seconds(spans: Iterable[Span]) -> int:
    """The length of the spans' union: time in two tabs counts once, gaps never."""
    total, reached = timedelta(), None
    for start, end in sorted(spans):
        counted_from = start if reached is None else max(start, reached)
        total += max(end - counted_from, timedelta())
        reached = end if reached is None else max(reached, end)
    return int(total.total_seconds())


def grouped[T](
    items: Iterable[T], span_of: Callable[[T], Span], gap: timedelta = SESSION_GAP
) -> list[list[T]]:
    """Items whose spans are less than `gap` apart together; oldest first."""
    found: list[list[T]] = []
    reached: datetime | None = None
    for item in sorted(items, key=lambda item: span_of(item)[0]):
        start, end = span_of(item)
        if reached is not None and start - reached < gap:
            found[-1].append(item)
            reached = max(reached, end)
        else:
            found.append([item])
            reached = end
    return found


def minutes(whole_seconds: int) -> int:
    """Seconds as minutes, rounded once, half up."""
    return (whole_seconds + 30) // 60
