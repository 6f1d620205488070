import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from billing.management.arguments import known_customer, month
from billing.statement import Line, statement

COLUMNS = ("date", "kind", "meeting_code", "seconds", "credits", "balance", "reason")
FORMULA = tuple(
    "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
)  # a cell that begins so is computed by spreadsheet programs


class Command(BaseCommand):
    help = "Print a customer's month (UTC) as CSV: the balance before, what came and went, the balance after."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customer", required=True, help="the customer's slug")
        parser.add_argument("--month", required=True, help="such as 2026-11")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = month(options["month"])
        lines = statement(known_customer(options["customer"]), *wanted)
        table = csv.writer(self.stdout)
        table.writerow(COLUMNS)
        table.writerows(map(cells, lines))


def cells(line: Line) -> tuple[object, ...]:
    """A line in the columns' order; numbers stay numbers, credits have 4 decimals."""
    return (
        line.day.isoformat(),
        line.kind,
        line.meeting_code,
        line.seconds,
        None if line.credits is None else f"{line.credits:.4f}",
        f"{line.balance:.4f}",
        as_text(line.reason),
    )


def as_text(reason: str) -> str:
    """What somebody wrote, so that no spreadsheet program runs it."""
    return f"'{reason}" if reason.startswith(FORMULA) else reason
