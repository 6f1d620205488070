from copy import copy
from datetime import datetime
from functools import partial

import pytest

from calls import ending
from customers.models import Customer
from feedback.tasks import create_feedback_requests_of
from meetings.errors import MeetingNotActive, MeetingStarted
from meetings.models import Meeting, Status
from participants.models import Admission, Participant
from tests.conftest import NOON, ROUNDS, FakeLiveKit, connected, noon, race


def test_ending_closes_the_room(meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    assert ending.end_meeting(meeting, NOON) == NOON
    assert fake_livekit.closed == [meeting.code]


def test_ending_again_returns_when_it_ended_and_sends_livekit_nothing(
    meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    ending.end_meeting(meeting, NOON)
    assert ending.end_meeting(Meeting.objects.get(), noon(60)) == NOON
    assert fake_livekit.closed == [meeting.code]


@pytest.mark.parametrize("facts", [{"cancelled_at": NOON}, {"expires_at": NOON}])
def test_an_expired_meeting_cannot_be_ended(
    meeting: Meeting, fake_livekit: FakeLiveKit, facts: dict[str, datetime]
) -> None:
    Meeting.objects.update(**facts)
    with pytest.raises(MeetingNotActive):
        ending.end_meeting(meeting, NOON)
    assert not fake_livekit.closed


def test_a_meeting_ends_also_while_livekit_is_away(meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    fake_livekit.is_away = True
    assert ending.end_meeting(meeting, NOON) == NOON
    assert Meeting.objects.get().status(NOON) is Status.ENDED


@pytest.mark.parametrize("is_asked", [True, False])
def test_whoever_owes_feedback_is_looked_for_in_this_meeting_alone(
    secured: Meeting, is_asked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[tuple[object, ...]] = []
    monkeypatch.setattr(ending, "enqueue_on_commit", lambda *call: queued.append(call))
    Meeting.objects.update(feedback_required=is_asked)
    ending.end_meeting(Meeting.objects.get(), NOON)
    assert queued == ([(create_feedback_requests_of, secured.pk)] if is_asked else [])


@pytest.mark.django_db(transaction=True)
def test_of_two_ends_one_closes_the_room_and_both_return_the_same_time(
    customer: Customer, fake_livekit: FakeLiveKit
) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        first, second = race(
            partial(ending.end_meeting, copy(meeting), noon(1)),
            partial(ending.end_meeting, copy(meeting), noon(2)),
        )
        assert first == second
        assert fake_livekit.closed.count(meeting.code) == 1


# Cancelling


def test_a_meeting_nobody_joined_is_cancelled_for_good(meeting: Meeting) -> None:
    ending.cancel_meeting(meeting, NOON)
    kept = Meeting.objects.get()
    assert (kept.cancelled_at, kept.status(NOON)) == (NOON, Status.EXPIRED)


def test_cancelling_again_changes_nothing(meeting: Meeting) -> None:
    ending.cancel_meeting(meeting, NOON)
    ending.cancel_meeting(meeting, noon(60))
    assert Meeting.objects.get().cancelled_at == NOON


def test_a_late_event_of_a_join_does_not_uncancel(secured: Meeting, person: Participant) -> None:
    ending.cancel_meeting(secured, NOON)
    connected(person, noon(-10))
    ending.cancel_meeting(secured, noon(60))
    assert Meeting.objects.get().cancelled_at == NOON


@pytest.mark.parametrize("facts", [{}, {"ended_at": noon(60)}, {"expires_at": noon(60)}])
def test_a_started_meeting_cannot_be_cancelled_also_when_over(
    secured: Meeting, person: Participant, facts: dict[str, datetime]
) -> None:
    Meeting.objects.update(**facts)
    connected(person, NOON, noon(10))
    with pytest.raises(MeetingStarted) as raised:
        ending.cancel_meeting(secured, noon(90))
    assert raised.value.facts == {"started_at": NOON}


def test_a_meeting_that_somebody_is_expected_in_cannot_be_cancelled(
    secured: Meeting, person: Participant
) -> None:
    Admission.objects.create(participant=person, created_at=NOON)
    with pytest.raises(MeetingStarted) as raised:
        ending.cancel_meeting(secured, noon(60))
    assert raised.value.facts == {"started_at": NOON}


def test_whoever_was_let_in_and_never_came_does_not_hold_up_a_cancel(
    secured: Meeting, person: Participant
) -> None:
    Admission.objects.create(participant=person, created_at=NOON)
    ending.cancel_meeting(secured, noon(360))
    assert Meeting.objects.get().cancelled_at == noon(360)


@pytest.mark.parametrize("facts", [{"ended_at": NOON}, {"expires_at": NOON}])
def test_what_is_over_and_never_started_cannot_be_cancelled(
    meeting: Meeting, facts: dict[str, datetime]
) -> None:
    Meeting.objects.update(**facts)
    with pytest.raises(MeetingNotActive):
        ending.cancel_meeting(meeting, NOON)


@pytest.mark.django_db(transaction=True)
def test_of_an_end_and_a_cancel_one_wins(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        answers = race(
            partial(ending.end_meeting, copy(meeting), NOON),
            partial(ending.cancel_meeting, copy(meeting), NOON),
        )
        meeting.refresh_from_db()
        assert sorted(isinstance(answer, MeetingNotActive) for answer in answers) == [False, True]
        assert (meeting.ended_at is None) != (meeting.cancelled_at is None)
