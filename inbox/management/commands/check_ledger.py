"""The ledger's check. Not in billing, which knows no webhooks: it also reports those not applied yet."""

import sys
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from billing.checking import Report, check
from billing.management.arguments import known_customer
from customers.models import Customer
from inbox.models import InboundWebhook

WEBHOOK_TIMEOUT = timedelta(minutes=3)  # an event of an unknown connection waits for its join for two


class Command(BaseCommand):
    help = (
        "Hold the ledger against itself and against who was there. Changes nothing; 1 if anything is wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customer", help="the slug of the one to look at; without it, all are")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["customer"]
        customers = Customer.objects.all() if slug is None else [known_customer(slug)]
        now = timezone.now()
        report = check(customers, now)
        report.wrong += pending_too_long(now)
        for sentence in report.wrong:
            self.stdout.write(sentence)
        self.stdout.write(closing(report))
        if report.wrong:
            sys.exit(1)


def pending_too_long(now: datetime) -> list[str]:
    """Webhooks that were not applied, so that their people's time may not be billed."""
    old = InboundWebhook.objects.pending().filter(received_at__lt=now - WEBHOOK_TIMEOUT)
    return [
        f"LiveKit's webhook {webhook} waits since {webhook.received_at:%Y-%m-%d %H:%M:%S}." for webhook in old
    ]


def closing(report: Report) -> str:
    """What was looked at, and the outcome."""
    seen = (
        counted(report.customers, "customer"),
        counted(report.meetings, "meeting"),
        counted(report.entries, "entry", "entries"),
    )
    outcome = counted(len(report.wrong), "thing") + " wrong" if report.wrong else "nothing wrong"
    return f"Looked at {', '.join(seen)}: {outcome}."


def counted(number: int, one: str, more: str = "") -> str:
    return f"{number} {one if number == 1 else more or one + 's'}"
