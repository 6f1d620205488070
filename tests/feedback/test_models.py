from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.models import Customer
from feedback.averages import average
from feedback.models import REQUEST_LIFETIME, Feedback, FeedbackRequest, Status
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, connected, noon
from tests.feedback.conftest import answered, asking, owing

MONTH = 30 * 24 * 3600


# Feedback requests


def status(feedback_request: FeedbackRequest, seconds: float = 0) -> str:
    """By both ways to ask, which must agree."""
    found: Any = FeedbackRequest.objects.with_status(noon(seconds)).get(pk=feedback_request.pk)
    assert (found.status == Status.OPEN) == FeedbackRequest.objects.open(noon(seconds)).filter(
        pk=feedback_request.pk
    ).exists()
    return str(found.status)


def test_a_feedback_request_is_open_at_first(past: Meeting) -> None:
    assert status(owing(past)) == "open"


def test_an_answer_settles_it(past: Meeting) -> None:
    feedback_request = owing(past)
    answered(past)
    assert status(feedback_request) == "answered"


@pytest.mark.parametrize(("seconds", "expected"), [(MONTH - 1, "open"), (MONTH, "lapsed")])
def test_it_lapses_after_30_days(past: Meeting, seconds: int, expected: str) -> None:
    assert timedelta(seconds=MONTH) == REQUEST_LIFETIME
    assert status(owing(past), seconds) == expected


def test_a_waived_feedback_request_is_open_no_more(past: Meeting) -> None:
    feedback_request = owing(past)
    assert feedback_request.waive(NOON)
    assert status(feedback_request) == "waived"


def test_a_waived_feedback_request_remains_waived_when_30_days_have_passed(past: Meeting) -> None:
    feedback_request = owing(past)
    feedback_request.waive(NOON)
    assert status(feedback_request, MONTH) == "waived"


def test_an_answer_counts_also_after_staff_had_waived_the_feedback_request(past: Meeting) -> None:
    feedback_request = owing(past)
    feedback_request.waive(NOON)
    answered(past)
    assert status(feedback_request, MONTH) == "answered"


def test_it_is_waived_once_and_keeps_the_first_moment(past: Meeting) -> None:
    feedback_request = owing(past)
    assert feedback_request.waive(NOON)
    assert not feedback_request.waive(noon(60))
    feedback_request.refresh_from_db()
    assert feedback_request.waived_at == NOON


def test_what_is_not_open_is_not_waived(past: Meeting) -> None:
    feedback_request = owing(past)
    assert not feedback_request.waive(noon(MONTH))
    answered(past)
    assert not feedback_request.waive(NOON)
    feedback_request.refresh_from_db()
    assert feedback_request.waived_at is None


def test_another_s_answer_settles_nothing(past: Meeting, customer: Customer) -> None:
    feedback_request = owing(past)
    answered(past, external_user_id="user-456")
    answered(asking(customer))
    assert status(feedback_request) == "open"


def test_a_feedback_request_s_day_is_when_the_person_was_last_there(past: Meeting, john: Participant) -> None:
    feedback_request = owing(past, noon(7 * 24 * 3600))
    assert feedback_request.day == "2026-03-01"
    connected(john, noon(24 * 3600))
    assert feedback_request.day == "2026-03-02"


def test_the_database_keeps_one_feedback_request_of_a_person_and_meeting(past: Meeting) -> None:
    owing(past)
    with pytest.raises(IntegrityError, match="one_request_per_meeting"), transaction.atomic():
        owing(past)
    owing(past, external_user_id="user-456")
    assert FeedbackRequest.objects.count() == 2


# Answers


def test_the_database_keeps_one_answer_of_a_person_and_meeting(past: Meeting) -> None:
    answered(past)
    with pytest.raises(IntegrityError, match="one_feedback_per_meeting"), transaction.atomic():
        answered(past)


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"rating": 0}, "rating"),
        ({"rating": 6}, "rating_in_stars"),
        ({"rating": -1}, "rating"),
        ({"comments": ""}, "comments_not_empty"),
    ],
)
def test_the_database_refuses_what_is_no_answer(
    past: Meeting, facts: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        answered(past, **facts)
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("rating", [1, 5])
def test_one_and_five_stars_are_both_kept(past: Meeting, rating: int) -> None:
    assert answered(past, rating=rating).rating == rating


def test_the_average_is_over_the_answers_asked_for(past: Meeting, customer: Customer) -> None:
    other = asking(customer)
    answered(past, rating=5)
    answered(past, rating=4, external_user_id="user-456")
    answered(other, rating=1)
    assert [str(Feedback.objects.of(one).average()) for one in (past, other)] == ["4.50", "1.00"]
    assert Feedback.objects.none().average() is None


@pytest.mark.parametrize(
    ("stars", "number", "expected"),
    [(5, 1, "5.00"), (14, 3, "4.67"), (13, 3, "4.33"), (33, 8, "4.13"), (803, 200, "4.02"), (0, 0, "None")],
)
def test_an_average_is_rounded_half_up(stars: int, number: int, expected: str) -> None:
    assert str(average(stars, number)) == expected
