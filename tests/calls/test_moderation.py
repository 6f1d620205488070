from datetime import datetime

import pytest

from calls import admission, moderation
from calls.errors import (
    CallServerUnreachable,
    MeetingHasEnded,
    MeetingHasExpired,
    MeetingWasCancelled,
    NotAHost,
    NotInTheMeeting,
    NotYourself,
    PersonBarred,
    PersonRemoved,
)
from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, FakeLiveKit, noon
from upclass.errors import Problem


def registered(meeting: Meeting, name: str, role: str = "attendee") -> Participant:
    return Participant.objects.create(
        meeting=meeting, external_user_id=name, display_name=name, role=role, created_at=NOON
    )


@pytest.fixture
def jane(secured: Meeting) -> Participant:
    """An attendee of the secured meeting."""
    return registered(secured, "jane")


def kept(person: Participant) -> Participant:
    return Participant.objects.get(pk=person.pk)


def remove(host: Participant, person: Participant, now: datetime = NOON) -> None:
    moderation.bar_participant(host.meeting, host, person.identity, now)


# Muting


def test_one_person_is_muted(secured: Meeting, person: Participant, fake_livekit: FakeLiveKit) -> None:
    fake_livekit.muted[secured.code] = {"jane": False, "joe": False}
    assert moderation.mute_participants(secured, person, "jane") == 1
    assert fake_livekit.muted[secured.code] == {"jane": True, "joe": False}


def test_everybody_but_the_host_is_muted(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.muted[secured.code] = {person.identity: False, "jane": False, "joe": True, "jim": False}
    assert moderation.mute_participants(secured, person, None) == 2
    assert [*fake_livekit.muted[secured.code].values()] == [False, True, True, True]


def test_whoever_is_muted_already_counts_for_nothing(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.muted[secured.code] = {"jane": True}
    assert moderation.mute_participants(secured, person, "jane") == 0


def test_nobody_is_muted_who_is_not_in_the_room(
    secured: Meeting, person: Participant, jane: Participant, fake_livekit: FakeLiveKit
) -> None:
    with pytest.raises(NotInTheMeeting):
        moderation.mute_participants(secured, person, jane.identity)


def test_everybody_in_no_room_is_nobody(secured: Meeting, person: Participant) -> None:
    assert moderation.mute_participants(secured, person, None) == 0


@pytest.mark.parametrize("whom", ["jane", None])
def test_while_livekit_is_away_nobody_is_muted(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit, whom: str | None
) -> None:
    fake_livekit.is_away = True
    with pytest.raises(CallServerUnreachable):
        moderation.mute_participants(secured, person, whom)


# Removing


def test_whoever_is_removed_is_barred_and_ejected(
    secured: Meeting, person: Participant, jane: Participant, fake_livekit: FakeLiveKit
) -> None:
    remove(person, jane)
    found = kept(jane)
    assert (found.barred_at, found.barred_by, found.removed_at) == (NOON, person, None)
    assert fake_livekit.ejected == [(secured.code, jane.identity)]


def test_removing_again_changes_nothing_and_puts_them_out_once_more(
    person: Participant, jane: Participant, fake_livekit: FakeLiveKit
) -> None:
    other = registered(person.meeting, "joe", "host")
    remove(person, jane)
    remove(other, jane, noon(60))
    assert (kept(jane).barred_at, kept(jane).barred_by) == (NOON, person)
    assert len(fake_livekit.ejected) == 2


def test_a_host_removes_another_host(person: Participant) -> None:
    other = registered(person.meeting, "joe", "host")
    remove(person, other)
    with pytest.raises(PersonBarred):
        remove(other, person)
    assert kept(person).barred_at is None


def test_a_guest_whom_livekit_showed_in_the_room_is_removed_too(
    secured: Meeting, person: Participant
) -> None:
    guest = Participant.objects.create(meeting=secured, display_name="Eve", created_at=NOON)
    remove(person, guest)
    assert kept(guest).barred_at == NOON


def test_a_host_does_not_remove_themselves(person: Participant, fake_livekit: FakeLiveKit) -> None:
    with pytest.raises(NotYourself):
        remove(person, person)
    assert kept(person).barred_at is None
    assert not fake_livekit.asked


def test_a_person_is_barred_also_while_livekit_is_away(
    person: Participant, jane: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.is_away = True
    remove(person, jane)
    assert kept(jane).barred_at == NOON


@pytest.mark.parametrize("identity", ["", "nobody", "\0", "a\0b", "x" * 10_000, "' OR 1=1 --"])
def test_nobody_is_removed_whom_nobody_knows(
    person: Participant, fake_livekit: FakeLiveKit, identity: str
) -> None:
    with pytest.raises(NotInTheMeeting):
        moderation.bar_participant(person.meeting, person, identity, NOON)
    assert not fake_livekit.asked


def test_nobody_of_another_meeting_is_removed(
    person: Participant, customer: Customer, fake_livekit: FakeLiveKit
) -> None:
    other = Meeting.objects.create(customer=customer, is_secured=True, created_at=NOON)
    jane = registered(other, "jane")
    with pytest.raises(NotInTheMeeting):
        remove(person, jane)
    assert kept(jane).barred_at is None
    assert not fake_livekit.asked


def test_whose_registration_was_removed_is_not_found(person: Participant, jane: Participant) -> None:
    jane.mark_removed(NOON)
    with pytest.raises(NotInTheMeeting):
        remove(person, jane, noon(5))
    assert kept(jane).barred_at is None


# What may have changed since the host's link was looked at


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"ended_at": NOON}, MeetingHasEnded),
        ({"expires_at": NOON}, MeetingHasExpired),
        ({"cancelled_at": NOON}, MeetingWasCancelled),
    ],
)
def test_nobody_is_removed_from_a_meeting_that_is_over(
    person: Participant, jane: Participant, facts: dict[str, datetime], problem: type[Problem]
) -> None:
    Meeting.objects.update(**facts)
    with pytest.raises(problem):
        remove(person, jane)
    assert kept(jane).barred_at is None


@pytest.mark.parametrize(
    ("facts", "problem"), [({"removed_at": NOON}, PersonRemoved), ({"barred_at": NOON}, PersonBarred)]
)
def test_a_host_who_is_not_wanted_any_more_removes_nobody(
    person: Participant, jane: Participant, facts: dict[str, datetime], problem: type[Problem]
) -> None:
    Participant.objects.filter(pk=person.pk).update(**facts)
    with pytest.raises(problem):
        remove(person, jane)
    assert kept(jane).barred_at is None


def test_an_attendee_is_no_host(jane: Participant) -> None:
    with pytest.raises(NotAHost):
        moderation.check_host(jane)


def test_a_guest_is_no_host_whatever_their_row_says(secured: Meeting) -> None:
    with pytest.raises(NotAHost):
        moderation.check_host(Participant(meeting=secured, display_name="Eve", role="host"))


# Ending


def test_ending_says_when(secured: Meeting, fake_livekit: FakeLiveKit) -> None:
    assert moderation.end_as_host(secured, NOON) == NOON
    assert moderation.end_as_host(Meeting.objects.get(), noon(60)) == NOON
    assert fake_livekit.closed == [secured.code]


@pytest.mark.parametrize(
    ("facts", "problem"),
    [({"expires_at": NOON}, MeetingHasExpired), ({"cancelled_at": NOON}, MeetingWasCancelled)],
)
def test_what_expired_or_was_cancelled_a_moment_ago_cannot_be_ended(
    secured: Meeting, facts: dict[str, datetime], problem: type[Problem]
) -> None:
    Meeting.objects.update(**facts)
    with pytest.raises(problem):
        moderation.end_as_host(secured, NOON)


# Letting back in


def test_whoever_is_let_back_in_may_come_again(person: Participant, jane: Participant) -> None:
    remove(person, jane)
    assert jane.lift_bar()
    found = kept(jane)
    assert (found.barred_at, found.barred_by) == (None, None)
    assert admission.admit(jane.meeting, jane, NOON)


def test_nobody_is_let_back_in_who_was_not_barred(jane: Participant) -> None:
    assert not jane.lift_bar()
