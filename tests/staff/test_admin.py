"""Staff at work in Django admin."""

import re
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from billing import ledger
from customers.models import ApiKey, Customer, find, issue
from tests.conftest import Api


@pytest.fixture
def staff(admin_client: Client) -> Client:
    return admin_client


def make_customer(staff: Client, **fields: Any) -> Any:
    keys = {"api_keys-TOTAL_FORMS": 0, "api_keys-INITIAL_FORMS": 0}
    body = {"slug": "acme", "name": "Acme", "is_active": "on", **keys, **fields}
    return staff.post("/admin/customers/customer/add/", body)


def issue_key(staff: Client, customer: Customer) -> str:
    body = {"customer": customer.pk, "name": "production", "is_active": "on"}
    page = staff.post("/admin/customers/apikey/add/", body).content.decode()
    [key] = re.findall(r"upk_[a-z0-9]+_[a-z0-9]+", page)
    return str(key)


def test_staff_make_a_customer_with_credits(staff: Client) -> None:
    assert make_customer(staff, starting_credits="12.5").status_code == 302
    assert ledger.balance(Customer.objects.get(slug="acme")) == Decimal("12.5")


def test_a_customer_made_without_credits_has_none(staff: Client) -> None:
    make_customer(staff)
    assert ledger.balance(Customer.objects.get(slug="acme")) == 0


def test_a_double_click_makes_one_customer_and_one_grant(staff: Client) -> None:
    for _ in range(2):
        make_customer(staff, starting_credits="10")
    assert ledger.balance(Customer.objects.get(slug="acme")) == 10


def test_negative_credits_are_refused_with_a_sentence(staff: Client) -> None:
    page = make_customer(staff, starting_credits="-1").content.decode()
    assert "greater than or equal to 0" in page
    assert not Customer.objects.filter(slug="acme").exists()


def test_changing_a_customer_grants_nothing(staff: Client, customer: Customer) -> None:
    keys = {"api_keys-TOTAL_FORMS": 0, "api_keys-INITIAL_FORMS": 0}
    body = {"slug": customer.slug, "name": "New name", "starting_credits": "50", **keys}
    staff.post(f"/admin/customers/customer/{customer.pk}/change/", body)
    customer.refresh_from_db()
    assert (customer.name, customer.is_active) == ("New name", False)
    assert ledger.balance(customer) == 150


def test_staff_issue_a_key_that_works(staff: Client, customer: Customer) -> None:
    key = issue_key(staff, customer)
    assert Api(key).get("meetings/").status_code == 200


def test_a_key_is_shown_once_and_kept_nowhere(staff: Client, customer: Customer) -> None:
    key = issue_key(staff, customer)
    row = ApiKey.objects.get()
    pages = ["/admin/", "/admin/customers/apikey/", f"/admin/customers/apikey/{row.pk}/change/"]
    for page in pages:
        assert key not in staff.get(page).content.decode()
    secret = key.rsplit("_", 1)[1]
    assert secret not in str(ApiKey.objects.values().get())
    assert not LogEntry.objects.filter(object_repr__contains=secret).exists()


def test_the_page_with_the_key_is_not_kept_by_browsers(staff: Client, customer: Customer) -> None:
    body = {"customer": customer.pk, "name": "", "is_active": "on"}
    page = staff.post("/admin/customers/apikey/add/", body)
    assert "no-store" in page.headers["Cache-Control"]


def test_staff_switch_a_key_off(staff: Client, customer: Customer) -> None:
    row, key = issue(customer)
    staff.post(f"/admin/customers/apikey/{row.pk}/change/", {"name": "x"})
    answer = Api(str(key)).get("meetings/")
    assert (answer.status_code, answer.json()["error"]) == (403, "API key inactive")


def test_changing_a_key_leaves_its_secret_as_it_is(staff: Client, customer: Customer) -> None:
    row, key = issue(customer)
    staff.post(f"/admin/customers/apikey/{row.pk}/change/", {"name": "renamed", "is_active": "on"})
    assert find(str(key), timezone.now()).name == "renamed"


def test_staff_see_when_a_key_was_last_used(staff: Client, customer: Customer) -> None:
    row, key = issue(customer)
    assert Api(str(key)).get("meetings/").status_code == 200
    row.refresh_from_db()
    assert row.last_used_on == timezone.now().date()
    shown = staff.get(f"/admin/customers/apikey/{row.pk}/change/").content.decode()
    assert str(row.last_used_on.year) in shown


def test_a_customer_s_page_lists_its_keys(staff: Client, customer: Customer) -> None:
    row, _ = issue(customer, "production")
    page = staff.get(f"/admin/customers/customer/{customer.pk}/change/").content.decode()
    assert row.prefix in page
    assert "production" in page


@pytest.mark.parametrize(
    "path", ["customer/", "customer/add/", "apikey/", "apikey/add/", "customer/1/change/"]
)
def test_nobody_but_staff_comes_in(client: Client, db: None, path: str) -> None:
    answer = client.get(f"/admin/customers/{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")
