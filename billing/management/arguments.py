"""What is written behind a command's options: read it, or raise CommandError with a sentence."""

import re
from decimal import Decimal
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.core.validators import validate_slug

from customers.models import Customer
from upclass.numbers import parse_decimal
from upclass.texts import find_unshowable, is_blank


class Month(NamedTuple):
    year: int
    month: int


def known_customer(slug: str) -> Customer:
    """The customer with this slug."""
    is_slug = slug.isascii() and "\0" not in slug  # the database refuses to be asked for some of the others
    customer = Customer.objects.filter(slug=slug).first() if is_slug else None
    if customer is None:
        raise CommandError(f"--customer: there is no customer {slug!r}")
    return customer


def month(text: str) -> Month:
    """Such as `2026-11`."""
    if not re.fullmatch(r"2[0-9]{3}-(0[1-9]|1[0-2])", text):
        raise CommandError(f"--month: {text!r} is not a month such as 2026-11")
    year, number = text.split("-")
    return Month(int(year), int(number))


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
    credits = parse_decimal(text)
    if credits is None:
        raise CommandError(f"--credits: {text!r} is not a number")
    if not credits.is_finite() or abs(credits) >= 10**9 or credits != round(credits, 4):
        raise CommandError("--credits: a number below 10^9 with at most 4 decimals")
    return credits


def reason(text: str) -> str:
    """Why credits come or go: 1-255 characters, which the customer reads."""
    told = line("--reason", text)
    if is_blank(told):
        raise CommandError("--reason: say why; the customer reads it")
    if len(told) > 255:
        raise CommandError("--reason: at most 255 characters")
    return told


def line(option: str, text: str) -> str:
    """One line of text that people read."""
    told = text.strip()
    found = find_unshowable(told)
    if found:
        raise CommandError(f"{option}: has a character that cannot be kept, {found}")
    return told
