"""What is written behind a command's options: read it, or raise CommandError with a sentence."""

import re
from typing import NamedTuple

from django.core.management.base import CommandError

from customers.models import Customer


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
