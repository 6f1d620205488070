"""Who is logged in to Django admin, and the form that books an entry."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from billing.models import LedgerEntry
from customers.models import Customer

LEDGER = "/admin/billing/ledgerentry/"
ADD = f"{LEDGER}add/"


@pytest.fixture
def admin_user(db: None) -> User:
    """May do everything. Without a password, for hashing one is slow."""
    return User.objects.create_superuser("admin")


@pytest.fixture
def staff(admin_client: Client) -> Client:
    return admin_client


def staff_who_may(*permissions: str) -> Client:
    """A member of the staff with these permissions only, logged in."""
    user = User.objects.create_user("colleague", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def filled(customer: Customer, **fields: Any) -> dict[str, Any]:
    usual = {"kind": "grant", "amount": "5", "meeting_code": "", "reason": "thank you", "form_id": uuid4()}
    return {"customer": customer.pk, **usual, **fields}


def book(staff: Client, body: dict[str, Any]) -> str:
    """The page that staff see next."""
    return str(staff.post(ADD, body, follow=True).content.decode())


def booked(customer: Customer) -> list[LedgerEntry]:
    """All but the credits that the customer began with, newest first."""
    return list(customer.ledger_entries.exclude(reason="a start"))
