from typing import Any

import pytest

from customers.models import Customer
from feedback import gate, submission
from feedback.errors import FeedbackNotAsked, InvalidFeedback, NotThere
from feedback.models import Feedback
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, connected, noon
from tests.feedback.conftest import asking, owing, registered, sweep, who_owes


def test_an_answer_is_kept(past: Meeting, john: Participant) -> None:
    answer = submission.submit(john, past, 5, "Clear and short.", noon(60))
    kept = Feedback.objects.get()
    assert kept == answer
    assert (kept.meeting, kept.external_user_id, kept.participant) == (past, "user-123", john)
    assert (kept.rating, kept.comments, kept.created_at) == (5, "Clear and short.", noon(60))


def test_it_opens_the_next_join_page(past: Meeting, john: Participant, person: Participant) -> None:
    """Given there, by the registration for the next meeting."""
    sweep(noon(60))
    assert gate.owed(person.meeting, person, noon(60))
    answer = submission.submit(person, past, "3", "Too long.", noon(90))
    assert answer.participant == john
    assert gate.owed(person.meeting, person, noon(90)) is None


def test_given_at_once_there_is_nothing_to_owe(past: Meeting, john: Participant) -> None:
    submission.submit(john, past, 5, "Good.", noon(5))
    sweep(noon(600))
    assert not who_owes(past)


def test_the_first_answer_stands(past: Meeting, john: Participant) -> None:
    first = submission.submit(john, past, 5, "Good.", NOON)
    again = submission.submit(john, past, 1, "Bad.", noon(60))
    assert again == first
    assert (again.rating, again.comments, again.created_at) == (5, "Good.", NOON)
    kept = Feedback.objects.get()
    assert (kept.rating, kept.comments, kept.created_at) == (5, "Good.", NOON)


def test_a_registration_made_anew_does_not_answer_twice(past: Meeting, john: Participant) -> None:
    first = submission.submit(john, past, 5, "Good.", NOON)
    john.mark_removed(NOON)
    again = registered(past)
    connected(again, noon(60), noon(600))
    assert submission.submit(again, past, 1, "Bad.", noon(700)) == first


def test_a_registration_made_anew_answers_for_the_one_that_was_there(
    past: Meeting, john: Participant
) -> None:
    john.mark_removed(NOON)
    assert submission.submit(registered(past), past, 5, "Good.", NOON).participant == john


def test_each_meeting_is_answered_for_itself(past: Meeting, john: Participant, customer: Customer) -> None:
    other = asking(customer)
    connected(registered(other), NOON, noon(60))
    submission.submit(john, past, 5, "Good.", NOON)
    submission.submit(john, other, 2, "Not as good.", NOON)
    assert set(Feedback.objects.values_list("meeting", "rating")) == {(past.pk, 5), (other.pk, 2)}


def test_a_visit_that_was_too_short_to_owe_may_be_answered_for(past: Meeting) -> None:
    person = registered(past)
    connected(person, NOON, noon(5))
    assert submission.submit(person, past, 1, "No sound.", noon(60))


def test_what_staff_waived_may_still_be_answered(past: Meeting, john: Participant) -> None:
    owing(past).waive(NOON)
    assert submission.submit(john, past, 4, "Good.", noon(60))


# Who may not


def test_whoever_was_not_there_has_nothing_to_say(past: Meeting) -> None:
    with pytest.raises(NotThere) as refused:
        submission.submit(registered(past), past, 5, "Good.", NOON)
    assert refused.value.status == 403
    assert not Feedback.objects.exists()


def test_nor_has_another_customer_s_person_of_the_same_id(
    past: Meeting, john: Participant, stranger: Customer
) -> None:
    with pytest.raises(NotThere):
        submission.submit(registered(asking(stranger)), past, 1, "Bad.", NOON)


def test_nor_has_a_guest(past: Meeting, meeting: Meeting) -> None:
    guest = Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON)
    connected(guest, NOON, noon(600))
    with pytest.raises(NotThere):
        submission.submit(guest, past, 5, "Good.", noon(600))


def test_a_meeting_that_asks_for_none_accepts_none(secured: Meeting, person: Participant) -> None:
    connected(person, NOON, noon(600))
    with pytest.raises(FeedbackNotAsked):
        submission.submit(person, secured, 5, "Good.", noon(600))


# What is an answer


@pytest.mark.parametrize("rating", [1, 5, "1", "5"])
def test_stars_come_as_numbers_or_as_a_form_s_digits(past: Meeting, john: Participant, rating: Any) -> None:
    assert submission.submit(john, past, rating, "Good.", NOON).rating == int(rating)


@pytest.mark.parametrize(
    "rating",
    [0, 6, -1, True, 4.0, 4.5, None, "", "0", "6", "05", " 5", "5.0", "five", "\uff15", [5]],
)
def test_anything_else_is_no_rating(past: Meeting, john: Participant, rating: Any) -> None:
    with pytest.raises(InvalidFeedback) as refused:
        submission.submit(john, past, rating, "Good.", NOON)
    assert refused.value.fields == {"rating": [submission.NO_RATING]}
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("comments", "kept"),
    [
        ("x", "x"),
        ("  Good. \n", "Good."),
        ("one\r\ntwo", "one\ntwo"),
        ("x" * 2000, "x" * 2000),
        (f" {'x' * 2000} ", "x" * 2000),
        ("x\r\n" * 999 + "xx", "x\n" * 999 + "xx"),  # 2,000: an end of a line counts once
        ("😀" * 2000, "😀" * 2000),
        ("<b>&amp;", "<b>&amp;"),
        ("one\rtwo\u202e\u200b", "one\ntwo"),
        ("क्\u200dष", "क्\u200dष"),
    ],
)
def test_comments_are_kept_without_the_space_around_them(
    past: Meeting, john: Participant, comments: str, kept: str
) -> None:
    submission.submit(john, past, 5, comments, NOON)
    assert Feedback.objects.get().comments == kept


@pytest.mark.parametrize(
    ("comments", "sentence"),
    [
        ("", submission.NO_COMMENTS),
        (" \r\n\t ", submission.NO_COMMENTS),
        (None, submission.NO_COMMENTS),
        (5, submission.NO_COMMENTS),
        ("x" * 2001, submission.TOO_LONG),
        ("\u200b\u3164", submission.NO_COMMENTS),
        ("a\0b", submission.NOT_TEXT),
        ("a\ud800b", submission.NOT_TEXT),
    ],
)
def test_anything_else_is_no_comment(past: Meeting, john: Participant, comments: Any, sentence: str) -> None:
    with pytest.raises(InvalidFeedback) as refused:
        submission.submit(john, past, 5, comments, NOON)
    assert refused.value.fields == {"comments": [sentence]}
    assert not Feedback.objects.exists()


def test_everything_that_is_wrong_is_reported_at_once(past: Meeting, john: Participant) -> None:
    with pytest.raises(InvalidFeedback) as refused:
        submission.submit(john, past, "", "", NOON)
    assert (refused.value.status, list(refused.value.fields)) == (400, ["rating", "comments"])
    assert refused.value.facts == {"fields": refused.value.fields}
