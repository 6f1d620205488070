"""Pure rules about time: from what LiveKit tells to visits, seconds and minutes. Knows no tables.

All times are whole seconds; a span is half open, so that touching spans do not overlap.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

SAME_VISIT = timedelta(seconds=15)  # a reconnect is not a second visit

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


def visits[T](
    stays: Iterable[T], span_of: Callable[[T], Span], apart: timedelta = SAME_VISIT
) -> list[list[T]]:
    """Stays less than 15 s apart, or as far as given, together; oldest first."""
    found: list[list[T]] = []
    reached: datetime | None = None
    for stay in sorted(stays, key=lambda stay: span_of(stay)[0]):
        start, end = span_of(stay)
        if reached is not None and start - reached < apart:
            found[-1].append(stay)
            reached = max(reached, end)
        else:
            found.append([stay])
            reached = end
    return found


def minutes(whole_seconds: int) -> int:
    """Seconds as minutes, rounded once, half up."""
    return (whole_seconds + 30) // 60
