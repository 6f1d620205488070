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
from tests.staff.conftest import staff_who_may

KEYS = {"api_keys-TOTAL_FORMS": 0, "api_keys-INITIAL_FORMS": 0}  # that the form has none to show


def make_customer(staff: Client, **fields: Any) -> Any:
    body = {"slug": "acme", "name": "Acme", "is_active": "on", "overdraft_limit": "0", **KEYS, **fields}
    return staff.post("/admin/customers/customer/add/", body)


def change_customer(staff: Client, customer: Customer, **fields: Any) -> str:
    """The page that staff see next."""
    body = {"slug": customer.slug, "overdraft_limit": "0", **KEYS, **fields}
    return str(staff.post(page_of(customer), body, follow=True).content.decode())


def page_of(customer: Customer) -> str:
    return f"/admin/customers/customer/{customer.pk}/change/"


def issue_key(staff: Client, customer: Customer) -> str:
    body = {"customer": customer.pk, "name": "production", "is_active": "on"}
    page = staff.post("/admin/customers/apikey/add/", body).content.decode()
    [key] = re.findall(r"upk_[a-z0-9]+_[a-z0-9]+", page)
    return str(key)


def test_staff_make_a_customer_with_credits(staff: Client) -> None:
    assert make_customer(staff, starting_credits="12.5").status_code == 302
    assert ledger.balance(Customer.objects.get(slug="acme")) == Decimal("12.5")


def test_starting_credits_show_the_customer_no_name_but_staff_who_gave_them(staff: Client) -> None:
    make_customer(staff, starting_credits="12.5")
    [entry] = Customer.objects.get(slug="acme").ledger_entries.all()
    assert (entry.kind, entry.reason) == ("grant", "Starting credits")
    page = staff.get(f"/admin/billing/ledgerentry/{entry.pk}/change/").content.decode()
    assert '<div class="readonly">admin</div>' in page


def test_a_customer_made_without_credits_has_none(staff: Client) -> None:
    make_customer(staff)
    assert ledger.balance(Customer.objects.get(slug="acme")) == 0


def test_a_double_click_makes_one_customer_and_one_grant(staff: Client) -> None:
    for _ in range(2):
        make_customer(staff, starting_credits="10")
    assert ledger.balance(Customer.objects.get(slug="acme")) == 10


def test_to_make_customers_does_not_suffice_to_give_them_credits(db: None) -> None:
    colleague = staff_who_may("add_customer", "view_customer")
    assert "starting_credits" not in colleague.get("/admin/customers/customer/add/").content.decode()
    assert make_customer(colleague, starting_credits="10").status_code == 302
    assert ledger.balance(Customer.objects.get(slug="acme")) == 0


def test_whoever_may_book_gives_them(db: None) -> None:
    make_customer(staff_who_may("add_customer", "add_ledgerentry"), starting_credits="10")
    assert ledger.balance(Customer.objects.get(slug="acme")) == 10


def test_negative_credits_are_refused_with_a_sentence(staff: Client) -> None:
    page = make_customer(staff, starting_credits="-1").content.decode()
    assert "greater than or equal to 0" in page
    assert not Customer.objects.filter(slug="acme").exists()


def test_changing_a_customer_grants_nothing(staff: Client, customer: Customer) -> None:
    change_customer(staff, customer, name="New name", starting_credits="50")
    customer.refresh_from_db()
    assert (customer.name, customer.is_active) == ("New name", False)
    assert ledger.balance(customer) == 150


def test_staff_let_a_customer_overdraw(staff: Client, customer: Customer) -> None:
    change_customer(staff, customer, overdraft_limit="12.5")
    customer.refresh_from_db()
    assert customer.overdraft_limit == Decimal("12.5")
    ledger.adjust(customer, Decimal("-162.4999"), "test", timezone.now())
    ledger.require_credits(customer)


def test_a_new_customer_may_overdraw_from_the_start(staff: Client) -> None:
    make_customer(staff, overdraft_limit="5")
    ledger.require_credits(Customer.objects.get(slug="acme"))


def test_a_customer_s_name_is_kept_without_what_nobody_sees(staff: Client) -> None:
    make_customer(staff, name="Ac\u200bme\n\u202eInc.")
    assert Customer.objects.get(slug="acme").name == "Acme Inc."


@pytest.mark.parametrize(
    ("limit", "sentence"),
    [
        ("1_0", "Enter a number."),
        ("-0.0001", "greater than or equal to 0"),
        ("0.00001", "no more than 4 decimal places"),
        ("", "This field is required."),
        ("much", "Enter a number."),
    ],
)
def test_an_overdraft_limit_that_is_none_is_refused(
    staff: Client, customer: Customer, limit: str, sentence: str
) -> None:
    assert sentence in change_customer(staff, customer, overdraft_limit=limit)
    customer.refresh_from_db()
    assert customer.overdraft_limit == 0


def test_a_customer_s_page_shows_the_balance_and_accepts_none(staff: Client, customer: Customer) -> None:
    change_customer(staff, customer, credits="1000")
    page = staff.get(page_of(customer)).content.decode()
    assert '<div class="readonly">150.0000</div>' in page
    assert 'name="credits"' not in page


def links(client: Client, customer: Customer) -> list[str]:
    """From the customer's page to its money."""
    found = re.findall(
        r'href="(/admin/billing/ledgerentry/\w*/?\?[^"]+)"', client.get(page_of(customer)).content.decode()
    )
    return [str(link) for link in found]


def test_a_customer_s_page_leads_to_its_entries(
    staff: Client, customer: Customer, stranger: Customer
) -> None:
    ledger.grant(stranger, Decimal(1), "not theirs", timezone.now())
    entries = staff.get(links(staff, customer)[0]).content.decode()
    assert "a start" in entries
    assert "not theirs" not in entries


def test_a_customer_s_page_leads_to_booking_for_it(staff: Client, customer: Customer) -> None:
    form = staff.get(links(staff, customer)[1]).content.decode()
    assert f'<option value="{customer.pk}" selected>your-company</option>' in form


@pytest.mark.parametrize(
    ("permission", "link"),
    [("view_ledgerentry", "?customer__id__exact="), ("add_ledgerentry", "add/?customer=")],
)
def test_a_customer_s_page_leads_only_where_one_may_go(
    customer: Customer, permission: str, link: str
) -> None:
    colleague = staff_who_may("view_customer", permission)
    assert links(colleague, customer) == [f"/admin/billing/ledgerentry/{link}{customer.pk}"]
    assert colleague.get(links(colleague, customer)[0]).status_code == 200


def test_who_may_only_look_changes_no_limit(customer: Customer) -> None:
    colleague = staff_who_may("view_customer")
    assert "150.0000" in colleague.get(page_of(customer)).content.decode()
    change_customer(colleague, customer, overdraft_limit="100")
    customer.refresh_from_db()
    assert customer.overdraft_limit == 0
    assert links(colleague, customer) == []


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
    page = staff.get(page_of(customer)).content.decode()
    assert row.prefix in page
    assert "production" in page


@pytest.mark.parametrize(
    "path", ["customer/", "customer/add/", "apikey/", "apikey/add/", "customer/1/change/"]
)
def test_nobody_but_staff_comes_in(client: Client, db: None, path: str) -> None:
    answer = client.get(f"/admin/customers/{path}")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")
