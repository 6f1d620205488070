"""Staff look at the ledger; nobody changes it, and who may not look sees nothing."""

from typing import Any

import pytest
from django.test import Client

from billing import ledger
from billing.models import EntryKind, LedgerEntry
from customers.models import Customer
from meetings.models import Meeting
from tests.conftest import NOON
from tests.staff.conftest import ADD, LEDGER, book, booked, filled, staff_who_may

# Looking


def used(meeting: Meeting) -> LedgerEntry:
    facts = {"meeting": meeting, "seconds": 3600, "created_at": NOON}
    return ledger.write(LedgerEntry(customer=meeting.customer, kind=EntryKind.USAGE, amount=-1, **facts))


def test_the_list_shows_what_was_booked(staff: Client, meeting: Meeting, stranger: Customer) -> None:
    used(meeting)
    page = staff.get(LEDGER).content.decode()
    for shown in (meeting.code, "your-company", "stranger", "3600", "-1.0000", "149.0000", "a start"):
        assert shown in page


def test_the_list_needs_as_many_queries_for_many(
    staff: Client, meeting: Meeting, django_assert_max_num_queries: Any
) -> None:
    for _ in range(10):
        used(meeting)
    with django_assert_max_num_queries(8):
        assert staff.get(LEDGER).content.decode().count(meeting.code) == 10


@pytest.mark.parametrize("query", ["q=your-comp", "q={code}", "q=for+the+wait", "kind__exact=refund"])
def test_the_list_is_searched_and_filtered(
    staff: Client, meeting: Meeting, stranger: Customer, query: str
) -> None:
    body = filled(meeting.customer, kind="refund", meeting_code=meeting.code, reason="for the wait")
    book(staff, body)
    page = staff.get(f"{LEDGER}?{query.format(code=meeting.code)}").content.decode()
    assert "for the wait" in page
    assert '<td class="field-customer nowrap">stranger</td>' not in page


def test_an_entry_s_page_shows_who_booked_it(staff: Client, customer: Customer) -> None:
    book(staff, filled(customer))
    [entry] = booked(customer)
    page = staff.get(f"{LEDGER}{entry.pk}/change/").content.decode()
    for shown in ("thank you", "5.0000", "155.0000", '<div class="readonly">admin</div>'):
        assert shown in page
    assert "admin" not in entry.reason


def test_an_entry_of_the_service_was_booked_by_nobody(staff: Client, meeting: Meeting) -> None:
    book(staff, filled(meeting.customer))  # staff booked something, but not this
    page = staff.get(f"{LEDGER}{used(meeting).pk}/change/").content.decode()
    assert meeting.code in page
    assert '<div class="readonly">admin</div>' not in page


# What nobody may


def test_an_entry_is_never_changed(staff: Client, customer: Customer) -> None:
    [entry] = customer.ledger_entries.all()
    page = staff.get(f"{LEDGER}{entry.pk}/change/").content.decode()
    assert 'name="_save"' not in page
    assert 'name="amount"' not in page
    answer = staff.post(f"{LEDGER}{entry.pk}/change/", filled(customer, amount="7"))
    assert answer.status_code == 403
    assert ledger.balance(customer) == customer.ledger_entries.get().amount == 150


def test_an_entry_is_never_deleted(staff: Client, customer: Customer) -> None:
    [entry] = customer.ledger_entries.all()
    assert staff.get(f"{LEDGER}{entry.pk}/delete/").status_code == 403
    assert staff.post(f"{LEDGER}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert customer.ledger_entries.exists()


def test_the_actions_menu_deletes_nothing(staff: Client, customer: Customer) -> None:
    [entry] = customer.ledger_entries.all()
    assert "delete_selected" not in staff.get(LEDGER).content.decode()
    chosen = {"action": "delete_selected", "_selected_action": entry.pk, "post": "yes"}
    staff.post(LEDGER, chosen)
    assert customer.ledger_entries.exists()


def test_who_may_only_look_looks(customer: Customer) -> None:
    colleague = staff_who_may("view_ledgerentry")
    [entry] = customer.ledger_entries.all()
    page = colleague.get(LEDGER).content.decode()
    assert "a start" in page
    assert ADD not in page
    assert "a start" in colleague.get(f"{LEDGER}{entry.pk}/change/").content.decode()


def test_who_may_only_look_books_nothing(customer: Customer) -> None:
    colleague = staff_who_may("view_ledgerentry", "change_ledgerentry", "delete_ledgerentry")
    assert colleague.get(ADD).status_code == 403
    assert colleague.post(ADD, filled(customer)).status_code == 403
    assert booked(customer) == []


def test_who_may_only_book_books(customer: Customer) -> None:
    colleague = staff_who_may("add_ledgerentry")
    body = filled(customer)
    assert [colleague.post(ADD, body).headers["Location"] for _ in range(2)] == ["/admin/"] * 2
    assert len(booked(customer)) == 1
    assert colleague.get(LEDGER).status_code == 403


@pytest.mark.parametrize("permissions", [(), ("view_customer", "add_customer", "change_customer")])
def test_other_staff_see_nothing_of_the_ledger(customer: Customer, permissions: tuple[str, ...]) -> None:
    colleague = staff_who_may(*permissions)
    [entry] = customer.ledger_entries.all()
    pages = (LEDGER, ADD, f"{LEDGER}{entry.pk}/change/", f"{LEDGER}{entry.pk}/history/")
    assert [colleague.get(page).status_code for page in pages] == [403] * 4


@pytest.mark.parametrize("path", ["", "add/", "1/change/", "1/delete/", "1/history/"])
def test_nobody_but_staff_comes_in(client: Client, customer: Customer, path: str) -> None:
    answers = (client.get(f"{LEDGER}{path}"), client.post(f"{LEDGER}{path}", filled(customer)))
    for answer in answers:
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/admin/login/")
    assert booked(customer) == []
