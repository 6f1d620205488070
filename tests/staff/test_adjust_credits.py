from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from billing import ledger
from customers.models import Customer
from tests.conftest import NOON


def adjust(credits: str, *, customer: str = "your-company", reason: str = "The line was bad") -> str:
    out = StringIO()
    options = (f"--customer={customer}", f"--credits={credits}", f"--reason={reason}")
    call_command("adjust_credits", *options, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("credits", "balance"),
    [("-1.5", "148.5000"), ("0.0001", "150.0001"), ("1e3", "1150.0000"), ("-200", "-50.0000")],
)
def test_it_changes_the_balance_and_prints_it(customer: Customer, credits: str, balance: str) -> None:
    assert adjust(credits) == f"The balance of your-company is now {balance} credits.\n"
    assert f"{ledger.balance(customer):.4f}" == balance


@time_machine.travel(NOON, tick=False)
def test_it_writes_an_entry_with_the_reason(customer: Customer) -> None:
    adjust("-1.5", reason="  Überzahlt ")
    entry = customer.ledger_entries.first()
    assert entry is not None
    assert (entry.kind, entry.reason, entry.created_at) == ("adjustment", "Überzahlt", NOON)


def test_the_credits_may_stand_apart_from_the_option(customer: Customer) -> None:
    options = ("--customer", "your-company", "--credits", "-1.5", "--reason", "why")
    call_command("adjust_credits", *options, stdout=StringIO())
    assert ledger.balance(customer) == 148.5


@pytest.mark.parametrize(
    ("credits", "sentence"),
    [
        ("0", "--credits: 0 would change nothing"),
        ("-0.0", "--credits: 0 would change nothing"),
        ("many", "--credits: 'many' is not a number"),
        ("", "--credits: '' is not a number"),
        ("1,5", "--credits: '1,5' is not a number"),
        ("1_0", "--credits: '1_0' is not a number"),
        ("\u0661\u0660", "--credits: '\u0661\u0660' is not a number"),
        ("NaN", "at most 4 decimals"),
        ("sNaN", "at most 4 decimals"),
        ("-Infinity", "at most 4 decimals"),
        ("0.00001", "at most 4 decimals"),
        ("1e-999999", "at most 4 decimals"),
        ("-1000000000", "a number below 10^9"),
        ("1e999999", "a number below 10^9"),
    ],
)
def test_other_credits_are_refused(customer: Customer, credits: str, sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        adjust(credits)
    assert sentence in str(refused.value)
    assert ledger.balance(customer) == 150


@pytest.mark.parametrize("slug", ["nobody", "", "YOUR-COMPANY", "a\0b", "\udcff", "é", "x" * 1000])
def test_a_customer_that_is_not_there_is_not_made(customer: Customer, slug: str) -> None:
    with pytest.raises(CommandError, match="--customer: there is no customer"):
        adjust("1", customer=slug)
    assert Customer.objects.get() == customer


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "--reason: say why"),
        (" \t\n", "--reason: say why"),
        ("x" * 256, "--reason: at most 255 characters"),
        ("a\0b", "--reason: has a character that cannot be kept"),
        ("a\u202eb", "--reason: has a character that cannot be kept, U+202E"),
        ("\u3164", "--reason: say why"),
        ("\udcff", "--reason: has a character that cannot be kept"),
    ],
)
def test_a_reason_is_needed_that_can_be_kept(customer: Customer, reason: str, sentence: str) -> None:
    with pytest.raises(CommandError) as refused:
        adjust("1", reason=reason)
    assert sentence in str(refused.value)
    assert ledger.balance(customer) == 150


def test_a_long_reason_is_kept_whole(customer: Customer) -> None:
    adjust("1", reason="é" * 255)
    assert customer.ledger_entries.filter(reason="é" * 255).exists()


@pytest.mark.parametrize("missing", range(3))
def test_everything_is_needed(customer: Customer, missing: int) -> None:
    options = ["--customer=your-company", "--credits=1", "--reason=why"]
    with pytest.raises(CommandError):
        call_command("adjust_credits", *(options[:missing] + options[missing + 1 :]))
    assert ledger.balance(customer) == 150
