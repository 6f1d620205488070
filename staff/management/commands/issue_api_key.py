from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from billing import ledger
from billing.management.arguments import amount, line, slug
from customers.models import Customer, issue
from upclass.inserting import get_or_insert
from upclass.times import parse_day, parse_moment


class Command(BaseCommand):
    help = "Issue an API key, making the customer if it is new. Prints the key alone; it is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customer", required=True, help="the customer's slug")
        parser.add_argument("--name", default="", help="what the key is for")
        parser.add_argument("--credits", default="0", help="credits to grant as well")
        parser.add_argument("--expires", default="", help="a date (2026-12-31) or date and time, UTC")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        credits, expires_at = amount(options["credits"]), moment(options["expires"])
        name = line("--name", options["name"])[:100]
        if expires_at and expires_at <= now:
            raise CommandError("--expires lies in the past")
        customer = get_or_insert(Customer.objects.all(), {}, slug=slug(options["customer"]))
        if credits > 0:
            ledger.grant(customer, credits, "Credits granted with an API key", now)
        _, key = issue(customer, name, expires_at)
        self.stdout.write(str(key))


def moment(text: str) -> datetime | None:
    """A date means its first second, UTC."""
    if not text:
        return None
    day = parse_day(text)
    found = datetime(day.year, day.month, day.day, tzinfo=UTC) if day else parse_moment(text)
    if found is None:
        raise CommandError(f"--expires: {text!r} is not a date such as 2026-12-31")
    return found
