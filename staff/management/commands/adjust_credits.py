from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from billing import ledger
from billing.management.arguments import amount, known_customer, reason


class Command(BaseCommand):
    help = "Give a customer credits, or take some, for a reason. Prints the new balance."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customer", required=True, help="the customer's slug")
        parser.add_argument("--credits", required=True, help="credits to give, or below 0 to take: -1.5")
        parser.add_argument("--reason", required=True, help="why; the customer reads it")

    def handle(self, *args: Any, **options: Any) -> None:
        credits, why = amount(options["credits"]), reason(options["reason"])
        if credits == 0:
            raise CommandError("--credits: 0 would change nothing")
        customer = known_customer(options["customer"])
        entry = ledger.adjust(customer, credits, why, timezone.now())
        self.stdout.write(f"The balance of {customer} is now {entry.balance_after:.4f} credits.")
