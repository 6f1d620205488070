"""Staff look at feedback and at who owes it, and let people off."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from feedback.models import Feedback, FeedbackRequest
from meetings.models import Meeting
from participants.models import Participant
from tests.feedback.conftest import answered, asking, owing, registered
from tests.staff.conftest import staff_who_may

ANSWERS = "/admin/feedback/feedback/"
FEEDBACK_REQUESTS = "/admin/feedback/feedbackrequest/"


@pytest.fixture
def past(customer: Customer) -> Meeting:
    return asking(customer)


def page_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def waive(client: Client, *feedback_requests: FeedbackRequest) -> str:
    """The page that staff see next."""
    body = {
        "action": "waive",
        "_selected_action": [feedback_request.pk for feedback_request in feedback_requests],
    }
    return str(client.post(FEEDBACK_REQUESTS, body, follow=True).content.decode())


def recently(seconds: float = 0) -> Any:
    return timezone.now() - timedelta(seconds=seconds)


# Answers


def test_staff_see_what_was_said(staff: Client, past: Meeting) -> None:
    answered(past, rating=4, comments="Too <i>long</i>.")
    page = page_of(staff, ANSWERS)
    for shown in (past.code, "your-company", "user-123", "John Doe", "Too &lt;i&gt;long&lt;/i&gt;."):
        assert shown in page
    assert "<i>long</i>" not in page


def test_the_list_s_head_shows_the_average_of_what_is_found(
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
    kept = Feedback.objects.get()
    assert (kept.rating, kept.comments) == (4, "Helpful.")


# Feedback requests


@pytest.fixture
def one_of_each(customer: Customer) -> dict[str, FeedbackRequest]:
    """A feedback request in each status."""
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
    feedback_request = owing(past, recently())
    page = page_of(staff, FEEDBACK_REQUESTS)
    for shown in (past.code, "your-company", "user-123", "John Doe"):
        assert shown in page
    assert statuses(page) == ["open"]
    assert '<div class="readonly">open</div>' in page_of(
        staff, f"{FEEDBACK_REQUESTS}{feedback_request.pk}/change/"
    )


def test_the_list_shows_what_became_of_each(staff: Client, one_of_each: dict[str, FeedbackRequest]) -> None:
    assert sorted(statuses(page_of(staff, FEEDBACK_REQUESTS))) == ["answered", "lapsed", "open", "waived"]


@pytest.mark.parametrize("status", ["open", "answered", "waived", "lapsed"])
def test_the_list_is_filtered_by_status(
    staff: Client, one_of_each: dict[str, FeedbackRequest], status: str
) -> None:
    page = page_of(staff, f"{FEEDBACK_REQUESTS}?status={status}")
    assert statuses(page) == [status]
    assert one_of_each[status].meeting.code in page


def test_feedback_requests_are_found_by_customer_meeting_and_person(
    staff: Client, past: Meeting, stranger: Customer
) -> None:
    owing(past, recently())
    theirs = asking(stranger)
    owing(theirs, recently(), "somebody")
    for query in ("your-comp", past.code, "user-123"):
        page = page_of(staff, f"{FEEDBACK_REQUESTS}?q={query}")
        assert past.code in page
        assert theirs.code not in page


def test_staff_waive_feedback_requests(
    staff: Client, one_of_each: dict[str, FeedbackRequest], customer: Customer
) -> None:
    second = owing(asking(customer), recently())
    assert "2 waived." in waive(staff, one_of_each["open"], second)
    assert not FeedbackRequest.objects.open(timezone.now()).exists()


def test_who_waived_what_is_written_down(staff: Client, past: Meeting) -> None:
    feedback_request = owing(past, recently())
    waive(staff, feedback_request)
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_id, entry.change_message) == (
        "admin",
        str(feedback_request.pk),
        "Waived.",
    )
    assert "Waived." in page_of(staff, f"{FEEDBACK_REQUESTS}{feedback_request.pk}/history/")


def test_waiving_again_changes_nothing(staff: Client, past: Meeting) -> None:
    feedback_request = owing(past, recently())
    waive(staff, feedback_request)
    first = FeedbackRequest.objects.values_list("waived_at", flat=True).get()
    assert "0 waived. 1 were not open any more" in waive(staff, feedback_request)
    assert FeedbackRequest.objects.values_list("waived_at", flat=True).get() == first
    assert LogEntry.objects.count() == 1


def test_what_is_not_open_is_left_as_it_is(staff: Client, one_of_each: dict[str, FeedbackRequest]) -> None:
    page = waive(staff, *one_of_each.values())
    assert "1 waived. 3 were not open any more: left as they are." in page
    assert FeedbackRequest.objects.filter(waived_at__isnull=False).count() == 2


def test_waived_in_a_list_of_open_ones_they_are_all_counted(
    staff: Client, past: Meeting, customer: Customer
) -> None:
    owed = [owing(one, recently()) for one in (past, asking(customer), asking(customer))]
    body = {"action": "waive", "_selected_action": [one.pk for one in owed]}
    page = staff.post(f"{FEEDBACK_REQUESTS}?status=open", body, follow=True).content.decode()
    assert "3 waived." in page
    assert "not open any more" not in page


def test_an_id_that_would_turn_the_page_around_is_escaped(staff: Client, past: Meeting) -> None:
    feedback_request = owing(past, recently(), "a\u202eb")
    for path in (FEEDBACK_REQUESTS, f"{FEEDBACK_REQUESTS}{feedback_request.pk}/change/"):
        page = page_of(staff, path)
        assert "a\\u202eb" in page
        assert "\u202e" not in page


def test_waiving_needs_a_permission(past: Meeting, db: None) -> None:
    feedback_request = owing(past, recently())
    colleague = staff_who_may("view_feedbackrequest")
    assert "Waive the selected" not in page_of(colleague, FEEDBACK_REQUESTS)
    waive(colleague, feedback_request)
    assert FeedbackRequest.objects.open(timezone.now()).exists()


def test_whoever_may_change_feedback_requests_may_waive_them_and_nothing_else(
    past: Meeting, db: None
) -> None:
    feedback_request = owing(past, recently())
    colleague = staff_who_may("change_feedbackrequest", "add_feedbackrequest", "delete_feedbackrequest")
    assert "Waive the selected" in page_of(colleague, FEEDBACK_REQUESTS)
    assert "Delete selected" not in page_of(colleague, FEEDBACK_REQUESTS)
    for path in (f"{feedback_request.pk}/change/", f"{feedback_request.pk}/delete/", "add/"):
        assert (
            colleague.post(f"{FEEDBACK_REQUESTS}{path}", {"external_user_id": "x", "post": "yes"}).status_code
            == 403
        )
    assert FeedbackRequest.objects.get().external_user_id == "user-123"
    assert "1 waived." in waive(colleague, feedback_request)


@pytest.mark.parametrize("path", [ANSWERS, FEEDBACK_REQUESTS])
def test_nobody_but_staff_comes_in(client: Client, db: None, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/admin/login/")


@pytest.mark.parametrize("path", [ANSWERS, FEEDBACK_REQUESTS])
def test_the_lists_need_as_many_queries_for_many(
    staff: Client, past: Meeting, path: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        person: Participant = registered(past, f"user-{number}")
        owing(past, recently(), f"user-{number}")
        answered(past, external_user_id=f"user-{number}", participant=person)
    with django_assert_max_num_queries(11):  # three of them put off the end of the session
        assert page_of(staff, path).count(past.code) >= 10
