"""Numbers as strangers write them, in ASCII digits. Python would take `1_0` and other scripts', too."""

import re
from decimal import Decimal, InvalidOperation

INTEGER = re.compile("-?[0-9]+")
NOT_DECIMAL = re.compile("[^-+.0-9A-Za-z]")  # letters: of an exponent


def is_integer(text: str) -> bool:
    """Such as `50`, and `-1`."""
    return INTEGER.fullmatch(text) is not None


def parse_decimal(text: str) -> Decimal | None:
    """Such as `-1.5` and `1e3`; NaN and Infinity, too."""
    try:
        return None if NOT_DECIMAL.search(text) else Decimal(text)
    except InvalidOperation:
        return None
