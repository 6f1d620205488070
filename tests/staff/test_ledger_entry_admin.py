"""Staff book what settling does not: once a form, however often it is sent."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from billing import ledger
from billing.models import LedgerEntry
from customers.models import Customer
from meetings.models import Meeting
from tests.conftest import ROUNDS, race
from tests.staff.conftest import ADD, LEDGER, book, booked, filled


def form_id(staff: Client) -> str:
    """That of a form newly opened."""
    [drawn] = re.findall(r'name="form_id" value="([^"]+)"', staff.get(ADD).content.decode())
    return str(drawn)


# Booking


@pytest.mark.parametrize(
    ("kind", "amount", "balance"),
    [
        ("grant", "5", "155"),
        ("refund", "0.0001", "150.0001"),
        ("adjustment", "2.5", "152.5"),
        ("adjustment", "-200", "-50"),
    ],
)
def test_staff_book_an_entry(staff: Client, customer: Customer, kind: str, amount: str, balance: str) -> None:
    body = filled(customer, kind=kind, amount=amount, form_id=form_id(staff))
    assert "was added successfully" in book(staff, body)
    [entry] = booked(customer)
    assert (entry.kind, entry.amount, entry.reason) == (kind, Decimal(amount), "thank you")
    assert (entry.meeting, entry.seconds, str(entry.form_id)) == (None, None, body["form_id"])
    assert abs(timezone.now() - entry.created_at).total_seconds() < 60
    assert entry.balance_after == ledger.balance(customer) == Decimal(balance)


def test_the_first_entry_of_a_customer_may_be_staff_s(staff: Client, db: None) -> None:
    poor = Customer.objects.create(slug="poor")
    book(staff, filled(poor))
    assert ledger.balance(poor) == 5


@pytest.mark.parametrize("kind", ["refund", "adjustment"])
def test_an_entry_may_name_a_meeting_in_any_case(staff: Client, meeting: Meeting, kind: str) -> None:
    book(staff, filled(meeting.customer, kind=kind, meeting_code=f" {meeting.code.lower()} "))
    [entry] = booked(meeting.customer)
    assert entry.meeting == meeting


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        ({"amount": "0"}, "0 credits would change nothing."),
        ({"amount": "-0.0000", "kind": "adjustment"}, "0 credits would change nothing."),
        ({"amount": "-1"}, "A grant gives credits: above 0."),
        ({"amount": "-1", "kind": "refund"}, "A refund gives credits: above 0."),
        ({"amount": "0.00001"}, "no more than 4 decimal places"),
        ({"amount": "1000000000"}, "no more than 9 digits before the decimal point"),
        ({"amount": "many"}, "Enter a number."),
        ({"amount": "NaN"}, "Enter a number."),
        ({"amount": "1_0"}, "Enter a number."),
        ({"amount": "\u0661\u0660"}, "Enter a number."),
        ({"amount": "Infinity"}, "Enter a number."),
        ({"amount": ""}, "This field is required."),
        ({"kind": "usage"}, "usage is not one of the available choices"),
        ({"kind": ""}, "This field is required."),
        ({"customer": "0"}, "Select a valid choice."),
        ({"reason": "  "}, "This field is required."),
        ({"reason": "\u200b\u3164"}, "This field is required."),
        ({"reason": "x" * 256}, "at most 255 characters"),
        ({"reason": "a\0b"}, "Null characters are not allowed."),
        ({"meeting_code": "a\0b"}, "Null characters are not allowed."),
        ({"meeting_code": "ZZZZ-ZZZZ-ZZZZ", "kind": "refund"}, "your-company has no meeting with this code."),
        ({"form_id": ""}, "This form cannot book: open a new one."),
        ({"form_id": "7"}, "This form cannot book: open a new one."),
    ],
)
def test_mistakes_are_reported_and_nothing_is_booked(
    staff: Client, customer: Customer, mistake: dict[str, str], sentence: str
) -> None:
    answer = staff.post(ADD, {**filled(customer), **mistake})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert sentence in page
    assert page.count('<ul class="errorlist') == 1
    assert booked(customer) == []


def test_a_reason_is_kept_without_what_nobody_sees(staff: Client, customer: Customer) -> None:
    book(staff, filled(customer, reason="The\nline\u202e was bad"))
    assert booked(customer)[0].reason == "The line was bad"


def test_a_long_reason_is_kept_whole(staff: Client, customer: Customer) -> None:
    book(staff, filled(customer, reason="é" * 255))
    assert booked(customer)[0].reason == "é" * 255


def test_a_meeting_of_another_customer_is_refused(
    staff: Client, meeting: Meeting, stranger: Customer
) -> None:
    page = book(staff, filled(stranger, kind="refund", meeting_code=meeting.code))
    assert "stranger has no meeting with this code." in page
    assert booked(stranger) == []


def test_a_grant_is_for_no_meeting(staff: Client, meeting: Meeting) -> None:
    page = book(staff, filled(meeting.customer, meeting_code=meeting.code))
    assert "A grant is for no meeting" in page
    assert booked(meeting.customer) == []


def test_a_form_corrected_after_a_mistake_books(staff: Client, customer: Customer) -> None:
    body = filled(customer)
    page = book(staff, {**body, "amount": "0"})
    assert f'name="form_id" value="{body["form_id"]}"' in page
    book(staff, body)
    assert len(booked(customer)) == 1


def test_a_link_may_choose_the_customer_but_not_the_form(staff: Client, customer: Customer) -> None:
    chosen = uuid4()
    page = staff.get(f"{ADD}?customer={customer.pk}&form_id={chosen}").content.decode()
    assert f'<option value="{customer.pk}" selected>your-company</option>' in page
    assert str(chosen) not in page


def test_the_customer_is_found_by_the_beginning_of_its_name(staff: Client, customer: Customer) -> None:
    field = {"app_label": "billing", "model_name": "ledgerentry", "field_name": "customer"}
    found = staff.get("/admin/autocomplete/", {**field, "term": "your"}).json()["results"]
    assert found == [{"id": str(customer.pk), "text": "your-company"}]


# The same form again


def test_each_form_is_another(staff: Client, customer: Customer) -> None:
    for reason in ("one", "another"):
        book(staff, filled(customer, form_id=form_id(staff), reason=reason))
    assert ledger.balance(customer) == 160


def test_a_double_click_books_once_and_staff_are_notified(staff: Client, customer: Customer) -> None:
    body = filled(customer)
    book(staff, body)
    page = book(staff, {**body, "amount": "5.0000"})
    [entry] = booked(customer)
    link = f'<a href="{LEDGER}{entry.pk}/change/">grant 5.0000 for your-company</a>'
    assert f"This was booked already: {link}." in page
    assert ledger.balance(customer) == 155
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize(
    "change", [{"amount": "6"}, {"kind": "refund"}, {"reason": "oh"}, {"customer": "stranger"}]
)
def test_a_form_that_booked_books_nothing_else(
    staff: Client, customer: Customer, stranger: Customer, change: dict[str, Any]
) -> None:
    body = filled(customer)
    book(staff, body)
    page = book(staff, {**body, **change, **({"customer": stranger.pk} if "customer" in change else {})})
    assert "a form books once" in page
    assert f'<a href="{ADD}">Open a new one</a>' in page
    assert "grant 5.0000 for your-company" in page
    assert (len(booked(customer)), len(booked(stranger))) == (1, 0)
    assert [ledger.balance(one) for one in (customer, stranger)] == [155, 150]


def test_another_meeting_is_other_content(staff: Client, meeting: Meeting) -> None:
    body = filled(meeting.customer, kind="refund")
    book(staff, body)
    assert "a form books once" in book(staff, {**body, "meeting_code": meeting.code})
    assert len(booked(meeting.customer)) == 1


def racing(admin: User, bodies: list[dict[str, Any]]) -> list[str]:
    """The pages that come of forms sent at one moment."""

    def sent(body: dict[str, Any]) -> Callable[[], str]:
        client = Client()
        client.force_login(admin)
        return lambda: book(client, body)

    return [str(page) for page in race(*map(sent, bodies))]


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_one_moment_books_once(admin_user: User) -> None:
    customer = Customer.objects.create(slug="your-company")
    for number in ROUNDS:
        pages = racing(admin_user, [filled(customer, reason=f"round {number}")] * 2)
        assert len(booked(customer)) == number + 1
        assert sum("was added successfully" in page for page in pages) == 1
        assert sum("This was booked already" in page for page in pages) == 1


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_for_two_customers_at_one_moment_books_for_one(admin_user: User) -> None:
    customers = [Customer.objects.create(slug=slug) for slug in ("one", "other")]
    for number in ROUNDS:
        once = uuid4()
        facts = {"form_id": once, "reason": f"round {number}"}
        pages = racing(admin_user, [filled(customer, **facts) for customer in customers])
        assert LedgerEntry.objects.count() == number + 1
        assert sum("was added successfully" in page for page in pages) == 1
        assert sum("a form books once" in page for page in pages) == 1
    assert sum(map(ledger.balance, customers)) == LedgerEntry.objects.all().total()


def test_the_same_in_a_new_form_a_moment_later_counts_as_a_mistake(staff: Client, customer: Customer) -> None:
    """So comes the browser's Back, and Save once more."""
    book(staff, filled(customer))
    assert "The same was booked a moment ago" in book(staff, filled(customer))
    assert len(booked(customer)) == 1
    book(staff, filled(customer, reason="and once more"))
    assert len(booked(customer)) == 2


def test_the_same_is_booked_again_some_time_later(staff: Client, customer: Customer) -> None:
    book(staff, filled(customer))
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        book(staff, filled(customer))
    assert len(booked(customer)) == 2
