"""Moments and days as strangers write them, by one grammar (docs/rules.md, "Times").

Python's own parser reads more: some of it is no ISO 8601, and of some it makes another instant.
"""

import re
from datetime import UTC, date, datetime, timedelta

EARLIEST = 1000  # earlier years would be shown without their zeros

DATE = r"\d{4}-\d\d-\d\d|\d{4}-W\d\d-\d|\d{8}|\d{4}W\d{3}"
TIME = r"(?P<hour>\d\d)(?P<rest>(:[0-5]\d(:[0-5]\d([.,]\d+)?)?|[0-5]\d([0-5]\d([.,]\d+)?)?)?)"
ZONE = r"[Zz]|[+-]([01]\d|2[0-3])(:?[0-5]\d)?"
MOMENT = re.compile(rf"(?P<date>{DATE})[Tt ]{TIME}(?P<zone>{ZONE})?", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_moment(text: str) -> datetime | None:
    """The moment, in UTC, which is its zone where it names none. None for what the grammar has not."""
    found = MOMENT.fullmatch(text)
    try:
        return _in_utc(found) if found else None
    except (ValueError, OverflowError):  # no such day, hour or zone
        return None


def _in_utc(found: re.Match[str]) -> datetime | None:
    day, hour, rest, zone = found.group("date", "hour", "rest", "zone")
    is_end_of_day = hour == "24" and not rest.strip(":.,0")
    written = f"{day}T{'00' if is_end_of_day else hour}{rest}{(zone or 'Z').upper()}"
    moment = datetime.fromisoformat(written) + timedelta(days=is_end_of_day)
    moment = moment.astimezone(UTC)
    return moment if moment.year >= EARLIEST else None


def parse_day(text: str) -> date | None:
    """Such as `2026-12-31`."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None
