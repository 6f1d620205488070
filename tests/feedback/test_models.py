from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from customers.models import Customer
from feedback.averages import average
from feedback.models import DEBT_LIFE, Answer, Debt, Status
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, noon, stayed
from tests.feedback.conftest import answered, asking, owing

MONTH = 30 * 24 * 3600


# Debts


def status(debt: Debt, seconds: float = 0) -> str:
    """By both ways to ask, which must agree."""
    told: Any = Debt.objects.with_status(noon(seconds)).get(pk=debt.pk)
    assert (told.status == Status.OPEN) == Debt.objects.open(noon(seconds)).filter(pk=debt.pk).exists()
    return str(told.status)


def test_a_debt_is_open_at_first(past: Meeting) -> None:
    assert status(owing(past)) == "open"


def test_an_answer_settles_it(past: Meeting) -> None:
    debt = owing(past)
    answered(past)
    assert status(debt) == "answered"


@pytest.mark.parametrize(("seconds", "expected"), [(MONTH - 1, "open"), (MONTH, "lapsed")])
def test_it_lapses_after_30_days(past: Meeting, seconds: int, expected: str) -> None:
    assert timedelta(seconds=MONTH) == DEBT_LIFE
    assert status(owing(past), seconds) == expected


def test_a_waived_debt_is_open_no_more(past: Meeting) -> None:
    debt = owing(past)
    assert debt.waive(NOON)
    assert status(debt) == "waived"


def test_a_waived_debt_stays_waived_when_30_days_have_passed(past: Meeting) -> None:
    debt = owing(past)
    debt.waive(NOON)
    assert status(debt, MONTH) == "waived"


def test_an_answer_counts_also_after_staff_had_waived_the_debt(past: Meeting) -> None:
    debt = owing(past)
    debt.waive(NOON)
    answered(past)
    assert status(debt, MONTH) == "answered"


def test_it_is_waived_once_and_keeps_the_first_moment(past: Meeting) -> None:
    debt = owing(past)
    assert debt.waive(NOON)
    assert not debt.waive(noon(60))
    debt.refresh_from_db()
    assert debt.waived_at == NOON


def test_what_is_not_open_is_not_waived(past: Meeting) -> None:
    debt = owing(past)
    assert not debt.waive(noon(MONTH))
    answered(past)
    assert not debt.waive(NOON)
    debt.refresh_from_db()
    assert debt.waived_at is None


def test_another_s_answer_settles_nothing(past: Meeting, customer: Customer) -> None:
    debt = owing(past)
    answered(past, external_user_id="user-456")
    answered(asking(customer))
    assert status(debt) == "open"


def test_a_debt_s_day_is_when_the_person_was_last_there(past: Meeting, john: Participant) -> None:
    debt = owing(past, noon(7 * 24 * 3600))
    assert debt.day == "2026-03-01"
    stayed(john, noon(24 * 3600))
    assert debt.day == "2026-03-02"


def test_the_database_keeps_one_debt_of_a_person_and_meeting(past: Meeting) -> None:
    owing(past)
    with pytest.raises(IntegrityError, match="one_debt_per_meeting"), transaction.atomic():
        owing(past)
    owing(past, external_user_id="user-456")
    assert Debt.objects.count() == 2


# Answers


def test_the_database_keeps_one_answer_of_a_person_and_meeting(past: Meeting) -> None:
    answered(past)
    with pytest.raises(IntegrityError, match="one_answer_per_meeting"), transaction.atomic():
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
    assert not Answer.objects.exists()


@pytest.mark.parametrize("rating", [1, 5])
def test_one_and_five_stars_are_both_kept(past: Meeting, rating: int) -> None:
    assert answered(past, rating=rating).rating == rating


def test_the_average_is_over_the_answers_asked_for(past: Meeting, customer: Customer) -> None:
    other = asking(customer)
    answered(past, rating=5)
    answered(past, rating=4, external_user_id="user-456")
    answered(other, rating=1)
    assert [str(Answer.objects.of(one).average()) for one in (past, other)] == ["4.50", "1.00"]
    assert Answer.objects.none().average() is None


@pytest.mark.parametrize(
    ("stars", "number", "expected"),
    [(5, 1, "5.00"), (14, 3, "4.67"), (13, 3, "4.33"), (33, 8, "4.13"), (803, 200, "4.02"), (0, 0, "None")],
)
def test_an_average_is_rounded_half_up(stars: int, number: int, expected: str) -> None:
    assert str(average(stars, number)) == expected
