"""How long to wait after a recording was refused or broke off, and when to give up. Knows no tables."""

from datetime import datetime, timedelta

DELAYS = (30, 60, 120)  # seconds; the last stands for all that follow
TRIES = 5  # in one occupancy of a room
AFTER_DROPPED = timedelta(seconds=10)  # why it was dropped may be about to change


def is_given_up(failures: int) -> bool:
    return failures >= TRIES


def next_try(failures: int, failed_at: datetime) -> datetime:
    """When to retry after so many failures, the last of them at `failed_at`."""
    return failed_at + timedelta(seconds=DELAYS[min(failures, len(DELAYS)) - 1])
