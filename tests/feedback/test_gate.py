from typing import Any

import pytest

from customers.models import Customer
from feedback import gate
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, connected, noon
from tests.feedback.conftest import answered, asking, owing, registered

MONTH = 30 * 24 * 3600


def test_whoever_owes_feedback_is_referred_to_its_meeting(past: Meeting, person: Participant) -> None:
    feedback_request = owing(past)
    assert gate.owed(person.meeting, person, noon(60)) == feedback_request


def test_whoever_owes_nothing_may_pass(past: Meeting, person: Participant) -> None:
    owing(past, external_user_id="user-456")
    assert gate.owed(person.meeting, person, NOON) is None


def test_the_oldest_feedback_request_comes_first(
    past: Meeting, customer: Customer, person: Participant
) -> None:
    owing(past, noon(60))
    oldest = owing(asking(customer))
    owing(asking(customer), noon(30))
    assert gate.owed(person.meeting, person, noon(90)) == oldest


def test_of_two_that_are_as_old_the_first_written_comes_first(
    past: Meeting, customer: Customer, person: Participant
) -> None:
    first = owing(asking(customer))
    owing(past)
    assert gate.owed(person.meeting, person, NOON) == first


def test_one_after_the_other_is_asked_for(past: Meeting, customer: Customer, person: Participant) -> None:
    owing(past)
    second = owing(asking(customer), noon(30))
    answered(past)
    assert gate.owed(person.meeting, person, noon(90)) == second
    second.waive(noon(90))
    assert gate.owed(person.meeting, person, noon(90)) is None


@pytest.mark.parametrize(("seconds", "is_kept_out"), [(MONTH - 1, True), (MONTH, False)])
def test_nobody_is_kept_out_by_what_has_lapsed(
    past: Meeting, person: Participant, seconds: int, is_kept_out: bool
) -> None:
    owing(past)
    assert bool(gate.owed(person.meeting, person, noon(seconds))) is is_kept_out


def test_a_meeting_s_own_feedback_request_does_not_close_its_join_page(
    past: Meeting, john: Participant
) -> None:
    owing(past)
    assert gate.owed(past, john, noon(3600)) is None


def test_it_closes_the_join_page_of_meetings_that_ask_for_no_feedback(
    past: Meeting, person: Participant
) -> None:
    assert not person.meeting.feedback_required
    owing(past)
    assert gate.owed(person.meeting, person, NOON)


def test_a_registration_made_anew_owes_the_same(past: Meeting, person: Participant) -> None:
    owing(past)
    person.mark_removed(NOON)
    again = registered(person.meeting)
    assert gate.owed(person.meeting, again, NOON)


@pytest.mark.parametrize("external_user_id", ["USER-123", "user-123 ", "user-12"])
def test_ids_are_compared_exactly(past: Meeting, secured: Meeting, external_user_id: str) -> None:
    owing(past)
    assert gate.owed(secured, registered(secured, external_user_id), NOON) is None


def test_another_customer_s_person_of_the_same_id_owes_nothing(past: Meeting, stranger: Customer) -> None:
    owing(past)
    theirs = asking(stranger)
    assert gate.owed(theirs, registered(theirs), NOON) is None


def test_guests_owe_nothing(past: Meeting, meeting: Meeting) -> None:
    owing(past)
    new = Participant(meeting=meeting, display_name="Ann", created_at=NOON)
    assert gate.owed(meeting, new, NOON) is None
    new.save()
    assert gate.owed(meeting, new, NOON) is None


def test_nobody_unregistered_owes_anything_at_a_secured_join_page(past: Meeting, secured: Meeting) -> None:
    owing(past)
    known_to_livekit = Participant.objects.create(meeting=secured, display_name="Guest", created_at=NOON)
    assert gate.owed(secured, known_to_livekit, NOON) is None


# Whoever was there a moment ago


@pytest.mark.parametrize(
    ("left_at", "may_pass"), [(None, True), (noon(1), True), (NOON, False), (noon(-600), False)]
)
def test_whoever_was_there_within_the_last_minute_is_let_back_in(
    past: Meeting, person: Participant, left_at: Any, may_pass: bool
) -> None:
    owing(past)
    connected(person, noon(-3600), left_at)
    assert (gate.owed(person.meeting, person, noon(60)) is None) is may_pass


def test_so_is_a_registration_made_anew(past: Meeting, person: Participant) -> None:
    owing(past)
    connected(person, noon(-3600), NOON)
    person.mark_removed(NOON)
    assert gate.owed(person.meeting, registered(person.meeting), noon(30)) is None


def test_somebody_else_s_being_there_helps_nobody(past: Meeting, person: Participant) -> None:
    owing(past)
    connected(registered(person.meeting, "user-456"), NOON)
    assert gate.owed(person.meeting, person, noon(30))


def test_being_in_the_other_meeting_does_not_help(past: Meeting, john: Participant, secured: Meeting) -> None:
    """In a tab that still shows the meeting for which feedback is owed."""
    owing(past)
    connected(john, NOON)
    assert gate.owed(secured, registered(secured), noon(30))


def test_the_join_page_asks_the_database_once_of_those_who_owe_nothing(
    past: Meeting, person: Participant, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        gate.owed(person.meeting, person, NOON)
