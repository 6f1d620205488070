"""docs/billing.md: each example's table of people is settled for real, and must cost what the page says."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from billing import ledger
from billing.settling import settle
from customers.models import Customer
from local.env import ROOT
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import connected, usage_of

PAGE = (ROOT / "docs" / "billing.md").read_text()
TABLE = re.compile(
    r"(?:^Ended at (?P<ended>[\d:]+)\.\n\n)?"
    r"^\| Who \| From \| To \|\n\|---\|---\|---\|\n(?P<rows>(?:\|.*\n)+)",
    re.M,
)
ROW = re.compile(r"\| (.+) \| ([\d:]+) \| ([\d:]+) \|")
BILLED = re.compile(r"Billed: \*\*([\d,]+) seconds, ([\d.]+) credits\*\*")


def moment(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-02T{clock}").replace(tzinfo=UTC)


@dataclass
class Example:
    ended_at: datetime | None
    people: list[tuple[str, datetime, datetime]]
    seconds: int
    credits: Decimal


def examples() -> list[Example]:
    """Each table, with the first price that stands after it."""
    found = []
    for table in TABLE.finditer(PAGE):
        priced = BILLED.search(PAGE, table.end())
        assert priced, "an example without its price"
        people = [(who, moment(came), moment(went)) for who, came, went in ROW.findall(table["rows"])]
        ended_at = moment(table["ended"]) if table["ended"] else None
        found.append(Example(ended_at, people, int(priced[1].replace(",", "")), Decimal(priced[2])))
    return found


def test_the_page_has_examples_with_a_price_each() -> None:
    assert len(examples()) == len(BILLED.findall(PAGE)) == PAGE.count("| Who | From | To |") > 5
    assert sum(1 for example in examples() if example.ended_at) == 1


@pytest.mark.parametrize("example", examples(), ids=lambda example: f"{example.seconds} seconds")
def test_an_example_costs_what_the_page_says(customer: Customer, example: Example) -> None:
    meeting = Meeting.objects.create(
        customer=customer, created_at=moment("08:00:00"), ended_at=example.ended_at
    )
    people = {
        who: Participant.objects.create(meeting=meeting, display_name=who, created_at=moment("08:00:00"))
        for who, _, _ in example.people
    }
    for who, came, went in example.people:
        connected(people[who], came, went)
    settle(meeting.pk, moment("23:00:00"))
    usage = usage_of(meeting)
    assert (usage.seconds, usage.credits) == (example.seconds, example.credits)
    assert ledger.balance(customer) == 150 - example.credits
