"""The only way credits come and go: an entry, and with it the balance."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet

from billing.errors import InsufficientCredits
from billing.models import CreditAccount, EntryKind, LedgerEntry
from customers.models import Customer
from upclass.compiled import compiled
from upclass.locks import lock_transaction

# Writing


def grant(customer: Customer, credits: Decimal, reason: str, now: datetime) -> LedgerEntry:
    """Give a customer credits (above 0, at most 4 decimals)."""
    return write(
        LedgerEntry(customer=customer, kind=EntryKind.GRANT, amount=credits, reason=reason, created_at=now)
    )


def adjust(customer: Customer, credits: Decimal, reason: str, now: datetime) -> LedgerEntry:
    """Give (above 0) or take (below 0) credits, for a reason."""
    return write(
        LedgerEntry(
            customer=customer, kind=EntryKind.ADJUSTMENT, amount=credits, reason=reason, created_at=now
        )
    )


def write(entry: LedgerEntry) -> LedgerEntry:
    """Add an entry."""
    [written] = write_all([entry])
    return written


@transaction.atomic
def write_all(entries: Sequence[LedgerEntry]) -> Sequence[LedgerEntry]:
    """Add entries, in this order. Under the accounts' locks, so that entries of a customer are in order."""
    accounts = _locked_accounts({entry.customer_id for entry in entries})
    for entry in entries:
        _add(entry, accounts[entry.customer_id])
    CreditAccount.objects.bulk_update(accounts.values(), ["balance"])
    LedgerEntry.objects.bulk_create(entries)
    return entries


def _add(entry: LedgerEntry, account: CreditAccount) -> None:
    if entry.amount != round(entry.amount, 4):
        raise ValueError(f"{entry.amount} has more than 4 decimals")
    account.balance += entry.amount
    entry.balance_after = account.balance


@transaction.atomic
def write_once(entry: LedgerEntry) -> tuple[LedgerEntry, bool]:
    """Add the entry of a form, unless the form (`form_id`) brought one before; which, and if it is new.

    One at a time for each form, for it may be sent for two customers, whose accounts have a lock each.
    """
    lock_transaction(f"ledger form {entry.form_id}")
    known = LedgerEntry.objects.filter(form_id=entry.form_id).first()
    return (known, False) if known else (write(entry), True)


def _locked_accounts(customers: Collection[int]) -> dict[int, CreditAccount]:
    """By customer; locked in one order, so that nobody waits for somebody who waits for them."""
    there = CreditAccount.objects.filter(customer__in=customers).select_for_update().order_by("customer")
    accounts = {account.customer_id: account for account in there}
    if len(accounts) == len(customers):
        return accounts
    new = [CreditAccount(customer_id=customer) for customer in customers if customer not in accounts]
    CreditAccount.objects.bulk_create(new, ignore_conflicts=True)
    return _locked_accounts(customers)


# Reading


def balance(customer: Customer) -> Decimal:
    """Credits, with 4 decimals."""
    return _balance.first(customer) or Decimal(0)


@compiled
def _balance(customer: Customer) -> QuerySet[CreditAccount, Decimal]:
    return CreditAccount.objects.filter(customer=customer).values_list("balance", flat=True)


def require_credits(customer: Customer) -> Decimal:
    """The balance. Raises InsufficientCredits unless something is left, the overdraft included."""
    left = balance(customer)
    if left + customer.overdraft_limit <= 0:
        raise InsufficientCredits
    return left


@dataclass(frozen=True)
class MonthOfUsage:
    """What was booked for meetings in one month, UTC."""

    month: str
    credits: Decimal
    seconds: int
    meetings: int


def usage_in_month(customer: Customer, now: datetime) -> MonthOfUsage:
    """Of the month of `now`. A meeting counts if it cost something in it."""
    meetings = LedgerEntry.objects.of(customer).in_month(now.year, now.month).by_meeting().values()
    return MonthOfUsage(
        month=f"{now:%Y-%m}",
        credits=sum((usage.credits for usage in meetings), Decimal(0)),
        seconds=sum(usage.seconds for usage in meetings),
        meetings=sum(usage.credits > 0 for usage in meetings),
    )
