from datetime import timedelta
from typing import Any

import pytest

from customers.models import Customer
from feedback import requesting
from feedback.models import FeedbackRequest
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Admission, Participant
from tests.conftest import NOON, connected, noon
from tests.feedback.conftest import answered, asking, owing, registered, sweep, who_owes

EMPTY = 60  # seconds after noon, when the room that John left at noon is empty


def test_whoever_was_there_owes_feedback_when_the_room_is_empty(past: Meeting, john: Participant) -> None:
    sweep(noon(EMPTY))
    feedback_request = FeedbackRequest.objects.get()
    assert (feedback_request.meeting, feedback_request.customer, feedback_request.external_user_id) == (
        past,
        past.customer,
        "user-123",
    )
    assert (feedback_request.participant, feedback_request.created_at, feedback_request.waived_at) == (
        john,
        noon(EMPTY),
        None,
    )


@pytest.mark.parametrize(("seconds", "owes"), [(59, set()), (60, {"user-123"})])
def test_sixty_seconds_are_enough(past: Meeting, seconds: int, owes: set[str]) -> None:
    connected(registered(past), NOON, noon(seconds))
    sweep(noon(600))
    assert who_owes(past) == owes


def test_nobody_owes_anything_while_the_room_is_not_empty(past: Meeting, john: Participant) -> None:
    sweep(noon(EMPTY - 1))
    assert not who_owes(past)


def test_whoever_left_owes_nothing_while_another_is_there(past: Meeting, john: Participant) -> None:
    jane = connected(registered(past, "user-456"), noon(-600))
    sweep(noon(3600))
    assert not who_owes(past)
    Connection.objects.filter(pk=jane.pk).set_left_at(noon(3600), noon(3600))
    sweep(noon(3660))
    assert who_owes(past) == {"user-123", "user-456"}


def test_somebody_expected_keeps_the_room_from_being_empty(past: Meeting, john: Participant) -> None:
    Admission.objects.create(participant=john, created_at=noon(10))
    sweep(noon(EMPTY))
    assert not who_owes(past)
    sweep(noon(10 + 360))
    assert who_owes(past) == {"user-123"}


@pytest.mark.parametrize("over", ["ended_at", "expires_at"])
def test_when_the_meeting_is_over_nobody_waits_for_the_room(past: Meeting, over: str) -> None:
    """Also of somebody who is still connected: their time ends with the meeting."""
    connected(registered(past), NOON)
    Meeting.objects.filter(pk=past.pk).update(**{over: noon(60)})
    sweep(noon(60))
    assert who_owes(past) == {"user-123"}


def test_time_after_the_meeting_s_end_does_not_count(past: Meeting) -> None:
    connected(registered(past), NOON, noon(600))
    Meeting.objects.filter(pk=past.pk).update(ended_at=noon(59))
    sweep(noon(3600))
    assert not who_owes(past)


# Whose seconds


def test_visits_add_up(past: Meeting) -> None:
    person = registered(past)
    connected(person, NOON, noon(30))
    connected(person, noon(90), noon(120))
    sweep(noon(600))
    assert who_owes(past) == {"user-123"}


def test_two_tabs_count_once_and_gaps_never(past: Meeting) -> None:
    person = registered(past)
    for start, end in [(0, 40), (0, 40), (300, 319)]:
        connected(person, noon(start), noon(end))
    sweep(noon(600))
    assert not who_owes(past)


def test_a_registration_made_anew_is_the_same_person(past: Meeting) -> None:
    first = registered(past)
    connected(first, NOON, noon(30))
    first.mark_removed(noon(30))
    second = registered(past)
    connected(second, noon(60), noon(90))
    sweep(noon(600))
    assert FeedbackRequest.objects.get().participant == second


def test_the_seconds_of_several_people_are_not_added(past: Meeting) -> None:
    for number in range(3):
        connected(registered(past, f"user-{number}"), NOON, noon(59))
    sweep(noon(600))
    assert not who_owes(past)


def test_seconds_in_other_meetings_are_not_added(past: Meeting, customer: Customer) -> None:
    for one in (past, asking(customer)):
        connected(registered(one), NOON, noon(59))
    sweep(noon(600))
    assert not FeedbackRequest.objects.exists()


def test_a_removed_person_owes_it_too(past: Meeting, john: Participant) -> None:
    john.mark_removed(NOON)
    sweep(noon(EMPTY))
    assert who_owes(past) == {"user-123"}


def test_somebody_who_is_not_registered_owes_nothing(past: Meeting) -> None:
    stranger = Participant.objects.create(meeting=past, display_name="Guest", created_at=NOON)
    connected(stranger, NOON, noon(600))
    requesting.create_for(past, noon(3600))
    sweep(noon(3600))
    assert not FeedbackRequest.objects.exists()


def test_a_meeting_that_asks_for_none_brings_no_feedback_requests(
    secured: Meeting, person: Participant
) -> None:
    connected(person, NOON, noon(600))
    assert requesting.due(noon(3600)) == []
    requesting.create_for(secured, noon(3600))
    assert not FeedbackRequest.objects.exists()


# Once


def test_a_second_run_writes_nothing_more(past: Meeting, john: Participant) -> None:
    for seconds in (EMPTY, EMPTY + 30):
        sweep(noon(seconds))
        requesting.create_for(past, noon(seconds))
    assert FeedbackRequest.objects.get().created_at == noon(EMPTY)


def test_whoever_answered_before_owes_nothing(past: Meeting, john: Participant) -> None:
    answered(past)
    connected(registered(past, "user-456"), noon(-600), NOON)
    sweep(noon(EMPTY))
    assert who_owes(past) == {"user-456"}


def test_coming_back_does_not_renew_what_was_waived(past: Meeting, john: Participant) -> None:
    sweep(noon(EMPTY))
    FeedbackRequest.objects.get().waive(noon(EMPTY))
    connected(john, noon(3600), noon(7200))
    sweep(noon(9000))
    assert FeedbackRequest.objects.get().waived_at == noon(EMPTY)


def test_coming_back_does_not_renew_what_lapsed(past: Meeting, john: Participant) -> None:
    sweep(noon(EMPTY))
    month = 31 * 24 * 3600
    connected(john, noon(month), noon(month + 600))
    sweep(noon(month + 3600))
    assert FeedbackRequest.objects.get().created_at == noon(EMPTY)


def test_a_late_event_that_brings_somebody_to_sixty_seconds_creates_the_request(past: Meeting) -> None:
    connection = connected(registered(past), NOON, noon(50), is_left_guessed=True)
    sweep(noon(600))
    assert not who_owes(past)
    Connection.objects.filter(pk=connection.pk).set_left_at(noon(70), noon(600))
    sweep(noon(630))
    assert who_owes(past) == {"user-123"}


def test_a_late_event_that_removes_seconds_leaves_the_request(past: Meeting, john: Participant) -> None:
    sweep(noon(EMPTY))
    Connection.objects.filter(participant=john).set_left_at(noon(-590), noon(90))
    sweep(noon(120))
    assert who_owes(past) == {"user-123"}


def test_whoever_comes_only_later_owes_it_when_the_room_is_empty_again(
    past: Meeting, john: Participant
) -> None:
    sweep(noon(EMPTY))
    connected(registered(past, "user-456"), noon(3600), noon(4000))
    sweep(noon(4059))
    assert who_owes(past) == {"user-123"}
    sweep(noon(4060))
    assert who_owes(past) == {"user-123", "user-456"}


# Which meetings are looked at


def test_a_meeting_is_due_until_everybody_s_feedback_request_is_written(
    past: Meeting, john: Participant
) -> None:
    connected(registered(past, "user-456"), noon(-600), NOON)
    owing(past)
    assert requesting.due(noon(EMPTY)) == [past]
    sweep(noon(EMPTY))
    assert requesting.due(noon(EMPTY)) == []


def test_a_meeting_in_which_nobody_was_for_long_is_not_due(past: Meeting) -> None:
    connected(registered(past), NOON, noon(10))
    assert requesting.due(noon(600)) == []


def test_whoever_left_while_the_call_went_on_for_days_is_not_forgotten(
    past: Meeting, john: Participant
) -> None:
    week = 7 * 24 * 3600
    connected(registered(past, "user-456"), noon(-600), noon(week))
    sweep(noon(week + 60))
    assert who_owes(past) == {"user-123", "user-456"}


@pytest.mark.parametrize(("days", "is_due"), [(2.9, True), (3.1, False)])
def test_what_is_long_past_is_not_looked_at(
    past: Meeting, john: Participant, days: float, is_due: bool
) -> None:
    assert (requesting.due(NOON + timedelta(days=days)) == [past]) is is_due


def test_a_sweep_needs_as_many_queries_for_many_people(past: Meeting, django_assert_num_queries: Any) -> None:
    for number in range(10):
        connected(registered(past, f"user-{number}"), NOON, noon(600))
    with django_assert_num_queries(6):
        sweep(noon(3600))
    assert len(who_owes(past)) == 10
    with django_assert_num_queries(2):
        sweep(noon(3600))


def test_feedback_requests_of_one_sweep_are_each_of_their_own_meeting_and_customer(
    past: Meeting, john: Participant, stranger: Customer
) -> None:
    theirs = asking(stranger)
    connected(registered(theirs), noon(-600), NOON)
    sweep(noon(EMPTY))
    found = FeedbackRequest.objects.order_by("meeting").values_list(
        "meeting", "customer", "participant__meeting"
    )
    assert list(found) == [(one.pk, one.customer_id, one.pk) for one in (past, theirs)]
