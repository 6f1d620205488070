from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from billing import ledger
from customers.models import ApiKey, Customer, find
from tests.conftest import NOON, Api


def issue(*arguments: str, customer: str = "acme") -> str:
    out = StringIO()
    call_command("issue_api_key", f"--customer={customer}", *arguments, stdout=out)
    return out.getvalue()


def test_it_makes_the_customer_and_prints_the_key_alone(db: None) -> None:
    printed = issue("--name=production", "--credits=12.5")
    assert printed.count("\n") == 1
    assert Api(printed.strip()).get("meetings/").status_code == 200
    row = ApiKey.objects.get()
    assert (row.name, row.customer.slug, row.expires_at) == ("production", "acme", None)
    assert ledger.balance(row.customer) == 12.5


def test_a_second_key_is_of_the_same_customer_and_the_first_goes_on(db: None) -> None:
    first, second = issue().strip(), issue().strip()
    assert find(first, NOON).customer == find(second, NOON).customer == Customer.objects.get()


@pytest.mark.parametrize("credits", [[], ["--credits=0"], ["--credits=-5"]])
def test_credits_are_granted_above_0_only(db: None, credits: list[str]) -> None:
    issue(*credits)
    assert ledger.balance(Customer.objects.get()) == 0
    assert not Customer.objects.get().ledger_entries.exists()


def test_credits_are_added_to_what_is_there(customer: Customer) -> None:
    issue("--credits=0.0001", customer="your-company")
    assert f"{ledger.balance(customer):f}" == "150.0001"


def test_credits_are_printed_in_words(db: None) -> None:
    issue("--credits=5")
    assert Customer.objects.get().ledger_entries.get().reason == "Credits granted with an API key"


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-12-31", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31T10:00", datetime(2026, 12, 31, 10, tzinfo=UTC)),
        ("2026-12-31T10:00:00+02:00", datetime(2026, 12, 31, 8, tzinfo=UTC)),
    ],
)
@time_machine.travel(NOON)
def test_a_key_may_expire(db: None, text: str, moment: datetime) -> None:
    issue(f"--expires={text}")
    assert ApiKey.objects.get().expires_at == moment


@pytest.mark.parametrize(
    ("customer", "argument"),
    [
        ("not a slug", "--name="),
        ("", "--name="),
        ("x" * 51, "--name="),
        ("acme", "--credits=many"),
        ("acme", "--credits=NaN"),
        ("acme", "--credits=Infinity"),
        ("acme", "--credits=0.00001"),
        ("acme", "--credits=1_0"),
        ("acme", "--credits=\u0661\u0660"),
        ("acme", "--expires=20270101"),
        ("acme", "--expires=2027-12-20T10:00:00+05.5"),
        ("acme", "--name=a\u202eb"),
        ("acme", "--name=a\nb"),
        ("acme", "--credits=1000000000"),
        ("acme", "--expires=tomorrow"),
        ("acme", "--expires=2026-02-30"),
        ("acme", "--expires=2020-01-01"),
    ],
)
def test_mistakes_are_reported_and_leave_nothing(db: None, customer: str, argument: str) -> None:
    with pytest.raises(CommandError):
        issue(argument, customer=customer)
    assert not Customer.objects.exists()


def test_a_customer_is_needed(db: None) -> None:
    with pytest.raises(CommandError):
        call_command("issue_api_key")
