"""What a meeting costs. Pure; knows no tables."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

MIN_BILLABLE_MINUTES = 10
NOTE = "Billing starts after 10 minutes of participant time. 1 credit = 1 hour."

SECONDS_PER_CREDIT = 3600
SMALLEST = Decimal("0.0001")  # of which a credit has 10,000


@dataclass(frozen=True)
class Usage:
    """Seconds that cost, and the credits that they cost (above 0)."""

    seconds: int = 0
    credits: Decimal = Decimal(0)


def usage(seconds: int) -> Usage:
    """What a meeting with so many seconds (all people's, added up) costs."""
    return Usage(billed(seconds), credits(billed(seconds)))


def billed(seconds: int) -> int:
    """How many of a meeting's seconds cost: none below the minimum, else all."""
    return seconds if seconds >= MIN_BILLABLE_MINUTES * 60 else 0


def credits(billed_seconds: int) -> Decimal:
    """What they cost: rounded once, half up, to 4 decimals."""
    return (Decimal(billed_seconds) / SECONDS_PER_CREDIT).quantize(SMALLEST, ROUND_HALF_UP)
