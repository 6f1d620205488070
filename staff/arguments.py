"""What staff write behind a command's options: read it, or raise CommandError with a sentence."""

from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_slug


def slug(text: str) -> str:
    """A customer's slug, also of one that is to be made."""
    try:
        validate_slug(text)
    except ValidationError as error:
        raise CommandError(f"--customer: {error.messages[0]}") from error
    if len(text) > 50:
        raise CommandError("--customer: at most 50 characters")
    return text


def amount(text: str) -> Decimal:
    """Credits with at most 4 decimals."""
    try:
        credits = Decimal(text)
    except InvalidOperation as error:
        raise CommandError(f"--credits: {text!r} is not a number") from error
    if not credits.is_finite() or abs(credits) >= 10**9 or credits != round(credits, 4):
        raise CommandError("--credits: a number below 10^9 with at most 4 decimals")
    return credits


def reason(text: str) -> str:
    """Why credits come or go: 1-255 characters, which the customer reads."""
    told = text.strip()
    if not told:
        raise CommandError("--reason: say why; the customer reads it")
    if len(told) > 255:
        raise CommandError("--reason: at most 255 characters")
    if "\0" in told or any("\ud800" <= letter <= "\udfff" for letter in told):
        raise CommandError("--reason: has a character that cannot be kept")
    return told
