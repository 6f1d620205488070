"""Pure rules about ratings: knows no tables."""

from decimal import ROUND_HALF_UP, Decimal

HUNDREDTH = Decimal("0.01")


def average(stars: int, number: int) -> Decimal | None:
    """All stars by the number of answers, rounded once, half up, to 2 decimals; None without answers."""
    return (Decimal(stars) / number).quantize(HUNDREDTH, ROUND_HALF_UP) if number else None
