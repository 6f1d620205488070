"""Actions that exclude each other, at one moment, on PostgreSQL."""

from copy import copy
from functools import partial

import pytest

from customers.models import Customer
from feedback import gate, requesting, submission
from feedback.models import Feedback, FeedbackRequest
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, ROUNDS, connected, noon, race
from tests.feedback.conftest import asking, owing, registered

pytestmark = pytest.mark.django_db(transaction=True)


def was_in(meeting: Meeting) -> Participant:
    person = registered(meeting)
    connected(person, noon(-600), NOON)
    return person


def test_two_tabs_settle_to_one_answer(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = asking(customer)
        john = was_in(meeting)
        tabs = [
            partial(submission.submit, copy(john), meeting, stars, f"{stars}", noon(60)) for stars in (1, 5)
        ]
        answers = race(*tabs, *tabs)
        kept = Feedback.objects.get(meeting=meeting)
        assert answers == [kept] * 4
        assert {(one.rating, one.comments) for one in answers if isinstance(one, Feedback)} == {
            (kept.rating, kept.comments)
        }


def test_two_sweeps_write_one_feedback_request_each(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = asking(customer)
        was_in(meeting)
        jane = registered(meeting, "user-456")
        connected(jane, noon(-600), NOON)
        answers = race(*[partial(requesting.create_for, copy(meeting), noon(60))] * 3)
        assert answers == [None] * 3
        assert FeedbackRequest.objects.filter(meeting=meeting).count() == 2


def test_an_answer_given_while_the_feedback_request_is_written_leaves_nothing_owed(
    customer: Customer,
) -> None:
    other = asking(customer)
    next_time = registered(other)
    for _ in ROUNDS:
        meeting = asking(customer)
        john = was_in(meeting)
        race(
            partial(requesting.create_for, copy(meeting), noon(60)),
            partial(submission.submit, john, meeting, 5, "Good.", noon(60)),
        )
        requesting.create_for(meeting, noon(90))
        assert Feedback.objects.filter(meeting=meeting).count() == 1
        assert gate.owed(other, next_time, noon(90)) is None


def test_a_waiver_while_somebody_is_at_the_gate_lets_them_in_now_or_next(customer: Customer) -> None:
    other = asking(customer)
    person = registered(other)
    for _ in ROUNDS:
        feedback_request = owing(asking(customer))
        waived, owed = race(
            partial(copy(feedback_request).waive, noon(60)),
            partial(gate.owed, copy(other), copy(person), noon(60)),
        )
        assert waived is True
        assert owed in (feedback_request, None)
        assert gate.owed(other, person, noon(60)) is None


def test_of_two_waivers_one_takes_effect(customer: Customer) -> None:
    for _ in ROUNDS:
        feedback_request = owing(asking(customer))
        answers = race(*[partial(copy(feedback_request).waive, noon(60 + number)) for number in range(3)])
        assert sorted(map(bool, answers)) == [False, False, True]


def test_a_waiver_and_an_answer_both_leave_nothing_owed(customer: Customer) -> None:
    other = asking(customer)
    person = registered(other)
    for _ in ROUNDS:
        meeting = asking(customer)
        john = was_in(meeting)
        feedback_request = owing(meeting)
        race(
            partial(feedback_request.waive, noon(60)),
            partial(submission.submit, john, meeting, 5, "Good.", noon(60)),
        )
        assert Feedback.objects.filter(meeting=meeting).exists()
        assert gate.owed(other, person, noon(60)) is None
