"""The only way credits come and go: an entry, and with it the balance."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from billing.errors import InsufficientCredits
from billing.models import Account, Entry, Kind
from customers.models import Customer


def grant(customer: Customer, credits: Decimal, reason: str, now: datetime) -> Entry:
    """Give a customer credits (above 0, at most 4 decimals)."""
    return _write(Entry(customer=customer, kind=Kind.GRANT, amount=credits, reason=reason, created_at=now))


@transaction.atomic
def _write(entry: Entry) -> Entry:
    Account.objects.get_or_create(customer=entry.customer)
    Account.objects.filter(customer=entry.customer).update(balance=F("balance") + entry.amount)
    entry.save(force_insert=True)
    return entry


def balance(customer: Customer) -> Decimal:
    """Credits, with 4 decimals."""
    kept = Account.objects.filter(customer=customer).values_list("balance", flat=True).first()
    return kept or Decimal(0)


def require_credits(customer: Customer) -> None:
    """Raise InsufficientCredits unless something is left."""
    if balance(customer) <= 0:
        raise InsufficientCredits
