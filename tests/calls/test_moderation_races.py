"""What hosts do, at the same moment as something that excludes it."""

from copy import copy
from functools import partial
from typing import Any

import pytest
from django.db import connection

from calls import admission, ending, moderation, removal
from calls.errors import MeetingHasEnded, NotInTheMeeting, PersonBarred
from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from tests.calls.test_moderation import kept, registered, remove
from tests.conftest import NOON, ROUNDS, FakeLiveKit, noon, race
from upclass import livekit, muting


@pytest.mark.django_db(transaction=True)
def test_livekit_is_asked_outside_any_transaction(
    person: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def ask(*unused: str) -> int:
        asked.append(connection.in_atomic_block)
        return 0

    for module, name in (
        (muting, "mute"),
        (muting, "mute_everybody_but"),
        (livekit, "disconnect"),
        (livekit, "close_room"),
    ):
        monkeypatch.setattr(module, name, ask)
    jane = registered(person.meeting, "jane")
    for whom in ("jane", None):
        moderation.mute_participants(person.meeting, person, whom)
    remove(person, jane)
    moderation.end_as_host(person.meeting, NOON)
    assert asked == [False] * 4


@pytest.fixture
def calls(secured: Meeting, person: Participant) -> Any:
    """Host, attendee and second host, anew in each round."""
    return lambda number: (
        registered(secured, f"host-{number}", "host"),
        registered(secured, f"jane-{number}"),
        registered(secured, f"joe-{number}", "host"),
    )


@pytest.mark.django_db(transaction=True)
def test_of_two_hosts_who_remove_each_other_one_does(calls: Any) -> None:
    for number in ROUNDS:
        host, _, other = calls(number)
        answers = race(partial(remove, copy(host), other), partial(remove, copy(other), host))
        assert sorted(isinstance(answer, PersonBarred) for answer in answers) == [False, True]
        assert (kept(host).barred_at is None) != (kept(other).barred_at is None)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_remove_the_same_person_the_first_is_written_down(calls: Any) -> None:
    for number in ROUNDS:
        host, jane, other = calls(number)
        answers = race(
            partial(remove, copy(host), jane, noon(1)), partial(remove, copy(other), jane, noon(2))
        )
        assert answers == [None, None]
        found = kept(jane)
        assert (found.barred_at, found.barred_by) in [(noon(1), host), (noon(2), other)]


@pytest.mark.django_db(transaction=True)
def test_whoever_is_removed_at_the_join_page_is_refused_or_ejected(
    calls: Any, fake_livekit: FakeLiveKit
) -> None:
    """With a token given before, they are ejected as soon as they come: tests/inbox/test_apply.py."""
    for number in ROUNDS:
        host, jane, _ = calls(number)
        removed, let_in = race(
            partial(remove, copy(host), jane), partial(admission.admit, copy(jane.meeting), copy(jane), NOON)
        )
        assert removed is None
        assert isinstance(let_in, admission.Ticket | PersonBarred)
        assert kept(jane).barred_at == NOON
        assert (jane.meeting.code, jane.identity) in fake_livekit.ejected
        with pytest.raises(PersonBarred):
            admission.admit(jane.meeting, kept(jane), noon(1))


@pytest.mark.django_db(transaction=True)
def test_whoever_is_removed_by_a_host_and_by_the_api_is_out_for_both(
    calls: Any, fake_livekit: FakeLiveKit
) -> None:
    for number in ROUNDS:
        host, jane, _ = calls(number)
        removed, _ = race(
            partial(remove, copy(host), jane), partial(removal.remove_participant, copy(jane), noon(1))
        )
        assert removed is None or isinstance(removed, NotInTheMeeting)
        assert kept(jane).removed_at == noon(1)
        assert (jane.meeting.code, jane.identity) in fake_livekit.ejected


@pytest.mark.django_db(transaction=True)
def test_of_a_removal_and_the_meeting_s_end_nobody_is_barred_after_it(customer: Customer) -> None:
    for number in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
        host, jane = registered(meeting, "host", "host"), registered(meeting, f"jane-{number}")
        removed, ended_at = race(
            partial(remove, copy(host), jane), partial(ending.end_meeting, copy(meeting), NOON)
        )
        assert ended_at == NOON
        assert (kept(jane).barred_at is None) == isinstance(removed, MeetingHasEnded)


@pytest.mark.django_db(transaction=True)
def test_ending_does_not_wait_for_muting(customer: Customer, fake_livekit: FakeLiveKit) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
        host = registered(meeting, "host", "host")
        fake_livekit.muted[meeting.code] = {"jane": False}
        muted, ended_at = race(
            partial(moderation.mute_participants, copy(meeting), host, "jane"),
            partial(moderation.end_as_host, copy(meeting), NOON),
        )
        assert (muted, ended_at) == (1, NOON)
        assert fake_livekit.closed.count(meeting.code) == 1


@pytest.mark.django_db(transaction=True)
def test_of_a_removal_and_a_letting_back_in_the_later_stands(calls: Any) -> None:
    for number in ROUNDS:
        host, jane, _ = calls(number)
        remove(host, jane)
        removed, was_let_in = race(partial(remove, copy(host), jane, noon(1)), jane.lift_bar)
        assert (removed, was_let_in) == (None, True)
        assert kept(jane).barred_at in (None, noon(1))
        assert (kept(jane).barred_at is None) == (kept(jane).barred_by is None)
