"""Staff look at feedback and at who owes it, and let people off."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from feedback.models import Answer, Debt
from meetings.models import Meeting
from participants.models import Participant
from tests.feedback.conftest import answered, asking, owing, registered
from tests.staff.conftest import staff_who_may

ANSWERS = "/admin/feedback/answer/"
DEBTS = "/admin/feedback/debt/"


@pytest.fixture
def past(customer: Customer) -> Meeting:
    return asking(customer)


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def waive(client: Client, *debts: Debt) -> str:
    """The page that staff see next."""
    body = {"action": "waive", "_selected_action": [debt.pk for debt in debts]}
    return str(client.post(DEBTS, body, follow=True).content.decode())


def recently(seconds: float = 0) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


# Answers


def test_staff_see_what_was_said(staff: Client, past: Meeting) -> None:
    answered(past, rating=4, comments="Too <i>long</i>.")
    page = page_of(staff, ANSWERS)
    for shown in (past.code, "your-company", "user-123", "John Doe", "Too &lt;i&gt;long&lt;/i&gt;."):
        assert shown in page
    assert "<i>long</i>" not in page


def test_the_list_s_head_tells_the_average_of_what_is_found(
    staff: Client, past: Meeting, customer: Customer, stranger: Customer
) -> None:
    answered(past, rating=5)
    answered(past, rating=4, external_user_id="user-456")
    answered(asking(customer), rating=1)
    answered(asking(stranger), rating=3)
    averages = {
        query: re.findall(r"(no feedback|\d\.\d\d stars on average)</h1>", page_of(staff, ANSWERS + query))
        for query in ("", f"?q={past.code}", "?q=your-company", "?rating=3", "?q=nothing")
    }
    assert averages == {
        "": ["3.25 stars on average"],
        f"?q={past.code}": ["4.50 stars on average"],
        "?q=your-company": ["3.33 stars on average"],
        "?rating=3": ["3.00 stars on average"],
        "?q=nothing": ["no feedback"],
    }


def test_answers_are_found_by_customer_meeting_person_and_words(
    staff: Client, past: Meeting, stranger: Customer
) -> None:
    answered(past, comments="Wonderful.")
    answered(asking(stranger), external_user_id="somebody", comments="Terrible.")
    for query in ("your-comp", past.code, "user-123", "wonder"):
        page = page_of(staff, f"{ANSWERS}?q={query}")
        assert "Wonderful." in page
        assert "Terrible." not in page


def test_nobody_of_the_staff_changes_an_answer(staff: Client, past: Meeting) -> None:
    answer = answered(past)
    page = page_of(staff, f"{ANSWERS}{answer.pk}/change/")
    assert "Helpful." in page
    assert 'name="_save"' not in page
    body = {"rating": 1, "comments": "Bad."}
    assert staff.post(f"{ANSWERS}{answer.pk}/change/", body).status_code == 403
    assert staff.post(f"{ANSWERS}{answer.pk}/delete/", {"post": "yes"}).status_code == 403
    assert staff.post(f"{ANSWERS}add/", body).status_code == 403
    kept = Answer.objects.get()
    assert (kept.rating, kept.comments) == (4, "Helpful.")


# Debts


@pytest.fixture
def one_of_each(customer: Customer) -> dict[str, Debt]:
    """A debt in each status."""
    found = {
        "open": owing(asking(customer), recently()),
        "answered": owing(asking(customer), recently()),
        "waived": owing(asking(customer), recently()),
        "lapsed": owing(asking(customer), recently(31 * 24 * 3600)),
    }
    answered(found["answered"].meeting)
    found["waived"].waive(timezone.now())
    return found


def statuses(page: str) -> list[str]:
    return re.findall(r'<td class="field-status">(\w+)</td>', page)


def test_staff_see_who_owes_feedback(staff: Client, past: Meeting) -> None:
    debt = owing(past, recently())
    page = page_of(staff, DEBTS)
    for shown in (past.code, "your-company", "user-123", "John Doe"):
        assert shown in page
    assert statuses(page) == ["open"]
    assert '<div class="readonly">open</div>' in page_of(staff, f"{DEBTS}{debt.pk}/change/")


def test_the_list_shows_what_became_of_each(staff: Client, one_of_each: dict[str, Debt]) -> None:
    assert sorted(statuses(page_of(staff, DEBTS))) == ["answered", "lapsed", "open", "waived"]


@pytest.mark.parametrize("status", ["open", "answered", "waived", "lapsed"])
def test_the_list_is_filtered_by_status(staff: Client, one_of_each: dict[str, Debt], status: str) -> None:
    page = page_of(staff, f"{DEBTS}?status={status}")
    assert statuses(page) == [status]
    assert one_of_each[status].meeting.code in page


def test_debts_are_found_by_customer_meeting_and_person(
    staff: Client, past: Meeting, stranger: Customer
) -> None:
    owing(past, recently())
    theirs = asking(stranger)
    owing(theirs, recently(), "somebody")
    for query in ("your-comp", past.code, "user-123"):
        page = page_of(staff, f"{DEBTS}?q={query}")
        assert past.code in page
        assert theirs.code not in page


def test_staff_waive_debts(staff: Client, one_of_each: dict[str, Debt], customer: Customer) -> None:
    second = owing(asking(customer), recently())
    assert "2 waived." in waive(staff, one_of_each["open"], second)
    assert not Debt.objects.open(timezone.now()).exists()


def test_who_waived_what_is_written_down(staff: Client, past: Meeting) -> None:
    debt = owing(past, recently())
    waive(staff, debt)
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_id, entry.change_message) == ("admin", str(debt.pk), "Waived.")
    assert "Waived." in page_of(staff, f"{DEBTS}{debt.pk}/history/")


def test_waiving_again_changes_nothing(staff: Client, past: Meeting) -> None:
    debt = owing(past, recently())
    waive(staff, debt)
    first = Debt.objects.values_list("waived_at", flat=True).get()
    assert "0 waived. 1 were not open any more" in waive(staff, debt)
    assert Debt.objects.values_list("waived_at", flat=True).get() == first
    assert LogEntry.objects.count() == 1


def test_what_is_not_open_is_left_as_it_is(staff: Client, one_of_each: dict[str, Debt]) -> None:
    page = waive(staff, *one_of_each.values())
    assert "1 waived. 3 were not open any more: left as they are." in page
    assert Debt.objects.filter(waived_at__isnull=False).count() == 2


def test_waiving_takes_a_permission(past: Meeting, db: None) -> None:
    debt = owing(past, recently())
    colleague = staff_who_may("view_debt")
    assert "Waive the selected" not in page_of(colleague, DEBTS)
    waive(colleague, debt)
    assert Debt.objects.open(timezone.now()).exists()


def test_whoever_may_change_debts_may_waive_them_and_nothing_else(past: Meeting, db: None) -> None:
    debt = owing(past, recently())
    colleague = staff_who_may("change_debt", "add_debt", "delete_debt")
    assert "Waive the selected" in page_of(colleague, DEBTS)
    assert "Delete selected" not in page_of(colleague, DEBTS)
    for path in (f"{debt.pk}/change/", f"{debt.pk}/delete/", "add/"):
        assert colleague.post(f"{DEBTS}{path}", {"external_user_id": "x", "post": "yes"}).status_code == 403
    assert Debt.objects.get().external_user_id == "user-123"
    assert "1 waived." in waive(colleague, debt)


@pytest.mark.parametrize("path", [ANSWERS, DEBTS])
def test_nobody_but_staff_comes_in(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("path", [ANSWERS, DEBTS])
def test_the_lists_take_as_many_queries_for_many(
    staff: Client, past: Meeting, path: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        person: Participant = registered(past, f"user-{number}")
        owing(past, recently(), f"user-{number}")
        answered(past, external_user_id=f"user-{number}", participant=person)
    with django_assert_max_num_queries(8):
        assert page_of(staff, path).count(past.code) >= 10
