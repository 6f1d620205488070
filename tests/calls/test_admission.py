from copy import copy
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import time_machine
from django.conf import settings
from livekit import api as sdk

from billing.models import CreditAccount
from calls import admission, ending
from calls.admission import JoinAttempt, Ticket
from calls.errors import (
    CallServerUnreachable,
    FeedbackOwed,
    JoinedElsewhere,
    MeetingFull,
    MeetingHasEnded,
    MeetingHasExpired,
    MeetingWasCancelled,
    NoCreditsLeft,
    PersonBarred,
    PersonRemoved,
    RecordingNoticeMissing,
    TooManyGuestsAtOnce,
)
from customers.models import Customer
from feedback import submission
from feedback.models import FeedbackRequest
from join.tasks import forget_networks
from meetings.models import Meeting
from participants.models import Admission, Participant
from participants.presence import is_room_empty
from tests.conftest import NOON, ROUNDS, FakeLiveKit, connected, noon, race
from upclass.errors import Problem


def guest_of(meeting: Meeting, name: str = "Ann") -> Participant:
    """A guest who is not saved yet, as the join page has them."""
    return Participant(meeting=meeting, display_name=name, created_at=NOON)


def spend_everything(customer: Customer) -> None:
    CreditAccount.objects.filter(customer=customer).update(balance=0)


def claims_of(ticket: Ticket) -> Any:
    key, secret = settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET
    return sdk.TokenVerifier(key, secret).verify(ticket.token)


def test_a_registered_person_is_let_in(secured: Meeting, person: Participant) -> None:
    ticket = admission.admit(secured, person, NOON)
    claims = claims_of(ticket)
    assert ticket.url == settings.LIVEKIT_PUBLIC_URL
    assert (claims.identity, claims.name) == (person.identity, "John Doe")
    let_in = Admission.objects.get()
    assert let_in.participant == person
    assert claims.attributes == {
        "meeting": secured.code,
        "participant": str(person.pk),
        "role": "host",
        "admission": str(let_in.pk),
    }


def test_a_guest_is_saved_when_they_are_let_in(meeting: Meeting) -> None:
    guest = guest_of(meeting)
    claims = claims_of(admission.admit(meeting, guest, NOON))
    kept = Participant.objects.get()
    assert (kept.identity, kept.display_name) == (claims.identity, "Ann")
    assert (claims.attributes["participant"], claims.attributes["role"]) == (str(kept.pk), "attendee")


def test_a_guest_who_comes_back_is_the_same_person_under_the_name_given_now(meeting: Meeting) -> None:
    guest = guest_of(meeting)
    admission.admit(meeting, guest, NOON)
    guest.display_name = "Anna"
    admission.admit(meeting, guest, noon(60))
    assert Participant.objects.get().display_name == "Anna"


def test_the_room_is_made_before_the_token_is_given(meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    admission.admit(meeting, guest_of(meeting), NOON)
    assert fake_livekit.made == [meeting.code]


def test_an_admission_is_written_in_whole_seconds(meeting: Meeting) -> None:
    admission.admit(meeting, guest_of(meeting), noon(0.9))
    assert Admission.objects.get().created_at == NOON


def test_a_ticket_says_how_long_the_meeting_lasts_by_our_clock_at_the_answer(
    meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    Meeting.objects.update(expires_at=noon(600))
    with time_machine.travel(NOON, tick=False) as clock:
        fake_livekit.meanwhile = lambda: clock.shift(1.5)
        assert admission.admit(meeting, guest_of(meeting), NOON).expires_in == 598.5


def test_a_ticket_of_a_meeting_without_an_end_has_none(meeting: Meeting) -> None:
    assert admission.admit(meeting, guest_of(meeting), NOON).expires_in is None


def test_the_start_does_not_lock_the_join_page(meeting: Meeting) -> None:
    Meeting.objects.update(start_date_time=noon(99999))
    assert admission.admit(meeting, guest_of(meeting), NOON)


# Who may not


@pytest.mark.parametrize(
    ("facts", "problem"),
    [
        ({"ended_at": NOON}, MeetingHasEnded),
        ({"cancelled_at": NOON}, MeetingWasCancelled),
        ({"expires_at": NOON}, MeetingHasExpired),
    ],
)
def test_nobody_comes_into_a_meeting_that_is_over(
    meeting: Meeting, fake_livekit: FakeLiveKit, facts: dict[str, datetime], problem: type[Problem]
) -> None:
    Meeting.objects.update(**facts)
    with pytest.raises(problem):
        admission.admit(meeting, guest_of(meeting), NOON)
    assert not Participant.objects.exists()
    assert not fake_livekit.made


def test_a_removed_person_is_refused(secured: Meeting, person: Participant) -> None:
    Participant.objects.get(pk=person.pk).mark_removed(NOON)
    with pytest.raises(PersonRemoved):
        admission.admit(secured, person, NOON)


def test_a_barred_person_is_refused(secured: Meeting, person: Participant) -> None:
    Participant.objects.update(barred_at=NOON)
    with pytest.raises(PersonBarred):
        admission.admit(secured, person, NOON)


def test_a_barred_guest_is_refused(meeting: Meeting) -> None:
    guest = guest_of(meeting)
    admission.admit(meeting, guest, NOON)
    Participant.objects.update(barred_at=NOON)
    with pytest.raises(PersonBarred):
        admission.admit(meeting, guest, noon(60))


def test_a_barred_person_is_still_listed(secured: Meeting, person: Participant, api: Any) -> None:
    """Being ejected from the call ends no registration."""
    before = api.get(f"meetings/{secured.code}/participants/").json()
    one = api.get(f"meetings/{secured.code}/participants/user-123/").json()
    Participant.objects.update(barred_at=NOON)
    assert api.get(f"meetings/{secured.code}/participants/").json() == before
    assert api.get(f"meetings/{secured.code}/participants/user-123/").json() == one
    again = {"external_user_id": "user-123", "display_name": "John"}
    assert api.post(f"meetings/{secured.code}/participants/", again).status_code == 409


def test_a_removed_person_who_was_barred_may_be_registered_anew(
    secured: Meeting, person: Participant, api: Any
) -> None:
    Participant.objects.update(barred_at=NOON)
    assert api.delete(f"meetings/{secured.code}/participants/user-123/").status_code == 200
    anew = {"external_user_id": "user-123", "display_name": "John"}
    assert api.post(f"meetings/{secured.code}/participants/", anew).status_code == 201
    registered = Participant.objects.get(removed_at__isnull=True)
    assert admission.admit(secured, registered, NOON)


# A recorded meeting


def test_nobody_comes_into_a_recorded_meeting_untold(meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    Meeting.objects.update(record_on_cloud=True)
    with pytest.raises(RecordingNoticeMissing):
        admission.admit(meeting, guest_of(meeting), NOON)
    assert not Participant.objects.exists()
    assert not fake_livekit.made


def test_when_somebody_was_notified_of_the_recording_is_stored(meeting: Meeting) -> None:
    Meeting.objects.update(record_on_cloud=True)
    admission.admit(meeting, guest_of(meeting), noon(0.5), JoinAttempt(is_recording_told=True))
    kept = Admission.objects.get()
    assert (kept.created_at, kept.recording_told_at) == (NOON, noon(0.5))


def test_why_a_meeting_is_closed_comes_before_its_recording(meeting: Meeting, customer: Customer) -> None:
    Meeting.objects.update(record_on_cloud=True)
    spend_everything(customer)
    with pytest.raises(NoCreditsLeft):
        admission.admit(meeting, guest_of(meeting), NOON)


# Credits and seats


def test_nobody_enters_an_empty_room_without_credits(meeting: Meeting, customer: Customer) -> None:
    spend_everything(customer)
    with pytest.raises(NoCreditsLeft):
        admission.admit(meeting, guest_of(meeting), NOON)


def test_a_running_call_is_joined_without_credits(meeting: Meeting, customer: Customer) -> None:
    admission.admit(meeting, guest_of(meeting), NOON)
    spend_everything(customer)
    assert admission.admit(meeting, guest_of(meeting), NOON)


def test_a_full_meeting_lets_nobody_else_in(meeting: Meeting) -> None:
    Meeting.objects.update(max_participants=2)
    first = guest_of(meeting)
    admission.admit(meeting, first, NOON)
    connected(first, NOON)
    admission.admit(meeting, guest_of(meeting), NOON)
    with pytest.raises(MeetingFull):
        admission.admit(meeting, guest_of(meeting), noon(300))
    assert Participant.objects.count() == 2


def test_somebody_already_inside_needs_no_second_seat(meeting: Meeting) -> None:
    Meeting.objects.update(max_participants=2)
    guests = [guest_of(meeting), guest_of(meeting)]
    for guest in [*guests, *guests]:
        admission.admit(meeting, guest, NOON)
    assert Admission.objects.count() == 4


def test_a_seat_is_free_again_when_somebody_has_left(meeting: Meeting) -> None:
    Meeting.objects.update(max_participants=2)
    guests = [guest_of(meeting), guest_of(meeting)]
    for guest in guests:
        admission.admit(meeting, guest, NOON)
        connected(guest, NOON, noon(60))
    assert admission.admit(meeting, guest_of(meeting), noon(61))


# Whoever owes feedback


@pytest.fixture
def feedback_request(customer: Customer) -> FeedbackRequest:
    """What John owes for a meeting in which he was until noon."""
    facts = {"topic": "Standup", "is_secured": True, "feedback_required": True, "created_at": NOON}
    before = Meeting.objects.create(customer=customer, **facts)
    john = Participant.objects.create(
        meeting=before, external_user_id="user-123", display_name="John", created_at=NOON
    )
    connected(john, noon(-600), NOON)
    return FeedbackRequest.objects.create(
        meeting=before, customer=customer, external_user_id="user-123", participant=john, created_at=noon(60)
    )


def test_whoever_owes_feedback_is_refused_with_the_meeting(
    secured: Meeting, person: Participant, feedback_request: FeedbackRequest, fake_livekit: FakeLiveKit
) -> None:
    with pytest.raises(FeedbackOwed) as refused:
        admission.admit(secured, person, noon(90))
    problem = refused.value
    assert (problem.status, problem.code, problem.feedback_request) == (
        403,
        "feedback_owed",
        feedback_request,
    )
    assert problem.facts == {"topic": "Standup", "day": "2026-03-01"}
    assert not Admission.objects.exists()
    assert not fake_livekit.made


def test_the_page_before_the_click_knows_it_too(
    secured: Meeting, person: Participant, feedback_request: FeedbackRequest
) -> None:
    with pytest.raises(FeedbackOwed):
        admission.check(secured, person, noon(90))


def test_an_answer_opens_the_join_page(
    secured: Meeting, person: Participant, feedback_request: FeedbackRequest
) -> None:
    submission.submit(person, feedback_request.meeting, 5, "Good.", noon(90))
    assert admission.admit(secured, person, noon(90))


def test_a_feedback_request_does_not_close_its_own_meeting_s_join_page(
    feedback_request: FeedbackRequest,
) -> None:
    assert admission.admit(feedback_request.meeting, feedback_request.participant, noon(90))


def test_whoever_was_in_the_call_a_moment_ago_is_let_back_in(
    secured: Meeting, person: Participant, feedback_request: FeedbackRequest
) -> None:
    connected(person, noon(61), noon(80))
    assert admission.admit(secured, person, noon(139))
    with pytest.raises(FeedbackOwed):
        admission.admit(secured, person, noon(140))


def test_guests_of_open_meetings_are_not_asked(meeting: Meeting, feedback_request: FeedbackRequest) -> None:
    assert admission.admit(meeting, guest_of(meeting), noon(90))


def test_a_feedback_request_written_while_somebody_is_at_the_join_page_counts(
    secured: Meeting, person: Participant, feedback_request: FeedbackRequest
) -> None:
    """Admission looks again under its lock."""
    FeedbackRequest.objects.filter(pk=feedback_request.pk).update(waived_at=NOON)
    admission.check(secured, person, noon(90))
    FeedbackRequest.objects.filter(pk=feedback_request.pk).update(waived_at=None)
    with pytest.raises(FeedbackOwed):
        admission.admit(secured, person, noon(90))


# Which reason comes first

IN_ORDER: list[type[Problem]] = [MeetingHasEnded, PersonRemoved, FeedbackOwed, NoCreditsLeft, MeetingFull]


@pytest.mark.parametrize("first", range(len(IN_ORDER)))
def test_the_first_reason_is_given(
    secured: Meeting, person: Participant, feedback_request: FeedbackRequest, first: int
) -> None:
    """Each stands before all that come after it."""
    apply = IN_ORDER[first:]
    if MeetingHasEnded in apply:
        Meeting.objects.filter(pk=secured.pk).update(ended_at=NOON)
    if PersonRemoved in apply:
        person.mark_removed(NOON)
    if FeedbackOwed not in apply:
        feedback_request.waive(noon(60))
    if NoCreditsLeft in apply:
        spend_everything(secured.customer)
    else:  # a call that goes on, in which no seat is free
        connected(Participant.objects.create(meeting=secured, display_name="Ann", created_at=NOON), NOON)
    Meeting.objects.filter(pk=secured.pk).update(max_participants=0)
    with pytest.raises(IN_ORDER[first]):
        admission.admit(secured, person, noon(90))


# LiveKit away, and what happens meanwhile


def test_nobody_is_expected_when_livekit_is_away(meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    fake_livekit.is_away = True
    with pytest.raises(CallServerUnreachable):
        admission.admit(meeting, guest_of(meeting), NOON)
    assert is_room_empty(meeting, NOON)


def test_a_guest_who_got_no_token_leaves_no_row(meeting: Meeting, fake_livekit: FakeLiveKit) -> None:
    fake_livekit.is_away = True
    for _ in range(20):
        with pytest.raises(CallServerUnreachable):
            admission.admit(meeting, guest_of(meeting), NOON)
    assert not Participant.objects.exists()


def test_a_guest_who_was_here_before_stays_known_without_a_token(
    meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    guest = guest_of(meeting)
    admission.admit(meeting, guest, NOON)
    fake_livekit.is_away = True
    with pytest.raises(CallServerUnreachable):
        admission.admit(meeting, guest, noon(60))
    assert Participant.objects.get() == guest


@pytest.mark.parametrize(
    ("facts", "problem"),
    [({"ended_at": NOON}, MeetingHasEnded), ({"cancelled_at": NOON}, MeetingWasCancelled)],
)
def test_a_meeting_that_is_over_by_the_time_its_room_is_made_is_closed_again(
    meeting: Meeting, fake_livekit: FakeLiveKit, facts: dict[str, datetime], problem: type[Problem]
) -> None:
    fake_livekit.meanwhile = lambda: Meeting.objects.update(**facts)
    with pytest.raises(problem):
        admission.admit(meeting, guest_of(meeting), NOON)
    assert fake_livekit.closed == [meeting.code]


def test_a_meeting_that_expires_while_its_room_is_made_is_closed_again(
    meeting: Meeting, fake_livekit: FakeLiveKit
) -> None:
    Meeting.objects.update(expires_at=noon(1))
    with time_machine.travel(NOON, tick=False) as clock:
        fake_livekit.meanwhile = lambda: clock.shift(1)
        with pytest.raises(MeetingHasExpired):
            admission.admit(meeting, guest_of(meeting), NOON)
    assert fake_livekit.closed == [meeting.code]


def test_a_person_removed_while_the_room_is_made_gets_no_token(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.meanwhile = lambda: Participant.objects.get(pk=person.pk).mark_removed(NOON)
    with pytest.raises(PersonRemoved):
        admission.admit(secured, person, NOON)


def test_a_person_barred_while_the_room_is_made_gets_no_token(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.meanwhile = lambda: Participant.objects.update(barred_at=NOON)
    with pytest.raises(PersonBarred):
        admission.admit(secured, person, NOON)
    assert is_room_empty(secured, NOON)


def test_whoever_got_no_token_is_not_expected(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    fake_livekit.meanwhile = lambda: Participant.objects.get(pk=person.pk).mark_removed(NOON)
    with pytest.raises(PersonRemoved):
        admission.admit(secured, person, NOON)
    assert is_room_empty(secured, NOON)


# Races


def entry(meeting: Meeting) -> partial[Ticket]:
    return partial(admission.admit, copy(meeting), guest_of(meeting), NOON)


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_is_given_once(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, max_participants=2, created_at=NOON)
        admission.admit(meeting, guest_of(meeting), NOON)
        answers = race(*[entry(meeting) for _ in range(3)])
        assert sorted(type(answer).__name__ for answer in answers) == ["MeetingFull", "MeetingFull", "Ticket"]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_of_one_person_are_both_let_in(customer: Customer) -> None:
    meeting = Meeting.objects.create(customer=customer, max_participants=2, created_at=NOON)
    admission.admit(meeting, guest_of(meeting), NOON)
    guest = guest_of(meeting)
    guest.save()
    answers = race(*[partial(admission.admit, copy(meeting), copy(guest), NOON) for _ in range(2)])
    assert all(isinstance(answer, Ticket) for answer in answers)


@pytest.mark.django_db(transaction=True)
def test_of_a_cancel_and_a_first_admission_one_wins(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        cancelled, admitted = race(
            partial(ending.cancel_meeting, copy(meeting), NOON),
            entry(meeting),
        )
        meeting.refresh_from_db()
        assert isinstance(cancelled, Problem) != isinstance(admitted, Problem)
        assert (meeting.cancelled_at is None) == isinstance(cancelled, Problem)


@pytest.mark.django_db(transaction=True)
def test_an_end_and_an_admission_leave_no_room_open(customer: Customer, fake_livekit: FakeLiveKit) -> None:
    """Whichever comes first, the last request that LiveKit gets of the room closes it."""
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        fake_livekit.asked.clear()
        race(partial(ending.end_meeting, copy(meeting), NOON), entry(meeting))
        assert fake_livekit.asked[-1] == ("close", meeting.code)
        meeting.refresh_from_db()
        assert meeting.ended_at == NOON


# Who comes back by themselves, and who came elsewhere meanwhile

OLDER, NEWER = "a" * 32, "b" * 32


def test_a_visit_comes_back_by_itself(secured: Meeting, person: Participant) -> None:
    admission.admit(secured, person, NOON, JoinAttempt(visit=OLDER))
    assert admission.admit(secured, person, noon(60), JoinAttempt(visit=OLDER, is_back=True)).token
    assert [one.visit for one in Admission.objects.all()] == [OLDER, OLDER]


def test_a_visit_does_not_come_back_over_a_newer_one(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    admission.admit(secured, person, NOON, JoinAttempt(visit=OLDER))
    admission.admit(secured, person, noon(30), JoinAttempt(visit=NEWER))
    asked = list(fake_livekit.asked)
    with pytest.raises(JoinedElsewhere):
        admission.admit(secured, person, noon(60), JoinAttempt(visit=OLDER, is_back=True))
    assert fake_livekit.asked == asked
    assert Admission.objects.count() == 2
    assert admission.admit(secured, person, noon(90), JoinAttempt(visit=NEWER, is_back=True)).token


def test_a_click_is_always_the_newest(secured: Meeting, person: Participant) -> None:
    admission.admit(secured, person, NOON, JoinAttempt(visit=NEWER))
    assert admission.admit(secured, person, noon(60), JoinAttempt(visit=OLDER)).token
    with pytest.raises(JoinedElsewhere):
        admission.admit(secured, person, noon(90), JoinAttempt(visit=NEWER, is_back=True))


def test_others_do_not_count_as_elsewhere(secured: Meeting, person: Participant) -> None:
    other = Participant.objects.create(
        meeting=secured, external_user_id="user-456", display_name="Jane", created_at=NOON
    )
    admission.admit(secured, person, NOON, JoinAttempt(visit=OLDER))
    admission.admit(secured, other, noon(30), JoinAttempt(visit=NEWER))
    assert admission.admit(secured, person, noon(60), JoinAttempt(visit=OLDER, is_back=True)).token


def test_a_join_page_that_could_not_be_passed_makes_nobody_elsewhere(
    secured: Meeting, person: Participant, fake_livekit: FakeLiveKit
) -> None:
    admission.admit(secured, person, NOON, JoinAttempt(visit=OLDER))
    fake_livekit.is_away = True
    with pytest.raises(CallServerUnreachable):
        admission.admit(secured, person, noon(30), JoinAttempt(visit=NEWER))
    fake_livekit.is_away = False
    assert admission.admit(secured, person, noon(60), JoinAttempt(visit=OLDER, is_back=True)).token


def test_why_a_person_may_not_come_at_all_is_reported_first(secured: Meeting, person: Participant) -> None:
    admission.admit(secured, person, NOON, JoinAttempt(visit=NEWER))
    Participant.objects.update(barred_at=NOON)
    with pytest.raises(PersonBarred):
        admission.admit(secured, person, noon(60), JoinAttempt(visit=OLDER, is_back=True))


@pytest.mark.django_db(transaction=True)
def test_of_a_return_and_a_click_at_once_the_click_is_the_newest(customer: Customer) -> None:
    for _ in ROUNDS:
        meeting = Meeting.objects.create(customer=customer, created_at=NOON)
        guest = guest_of(meeting)
        admission.admit(meeting, guest, NOON, JoinAttempt(visit=OLDER))
        ways = (JoinAttempt(visit=OLDER, is_back=True), JoinAttempt(visit=NEWER))
        race(*[partial(admission.admit, copy(meeting), copy(guest), noon(60), way) for way in ways])
        last = Admission.objects.filter(participant=guest).order_by("pk").last()
        assert last
        assert last.visit == NEWER


# Guests from one network


HOME = JoinAttempt(network="192.0.2.1")


def fill_from(meeting: Meeting, attempt: JoinAttempt) -> list[Participant]:
    """As many guests as are awaited from one network."""
    guests = [guest_of(meeting, f"Guest {number}") for number in range(admission.AWAITED_GUESTS)]
    for guest in guests:
        admission.admit(meeting, guest, NOON, attempt)
    return guests


def test_one_network_cannot_hold_every_seat(meeting: Meeting) -> None:
    fill_from(meeting, HOME)
    with pytest.raises(TooManyGuestsAtOnce):
        admission.admit(meeting, guest_of(meeting), NOON, HOME)
    assert Participant.objects.count() == admission.AWAITED_GUESTS < meeting.max_participants


def test_other_networks_and_other_meetings_are_not_concerned(customer: Customer, meeting: Meeting) -> None:
    fill_from(meeting, HOME)
    admission.admit(meeting, guest_of(meeting), NOON, JoinAttempt(network="192.0.2.2"))
    other = Meeting.objects.create(customer=customer, created_at=NOON)
    admission.admit(other, guest_of(other), NOON, HOME)


def test_who_has_connected_is_not_awaited_any_more(meeting: Meeting) -> None:
    """A school behind one address: each takes a second or two to connect."""
    guests = fill_from(meeting, HOME)
    connected(guests[0], NOON, admission=guests[0].admissions.get())
    admission.admit(meeting, guest_of(meeting), NOON, HOME)
    with pytest.raises(TooManyGuestsAtOnce):
        admission.admit(meeting, guest_of(meeting), NOON, HOME)


def test_who_never_connects_is_awaited_for_six_minutes(meeting: Meeting) -> None:
    fill_from(meeting, HOME)
    admission.admit(meeting, guest_of(meeting), noon(360), HOME)


def test_registered_people_are_invited_and_not_counted(secured: Meeting) -> None:
    for number in range(admission.AWAITED_GUESTS + 1):
        facts = {"external_user_id": f"user-{number}", "display_name": "Ann", "created_at": NOON}
        admission.admit(secured, Participant.objects.create(meeting=secured, **facts), NOON, HOME)
    assert not Admission.objects.exclude(network="").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", ROUNDS)
def test_a_crowd_at_once_is_counted_one_by_one(customer: Customer, round_: int) -> None:
    meeting = Meeting.objects.create(customer=customer, created_at=NOON)
    for guest in [guest_of(meeting) for _ in range(admission.AWAITED_GUESTS - 2)]:
        admission.admit(meeting, guest, NOON, HOME)
    answers = race(*[partial(admission.admit, meeting, guest_of(meeting), NOON, HOME) for _ in range(5)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Ticket"] * 2 + ["TooManyGuestsAtOnce"] * 3


def test_networks_are_forgotten_after_an_hour(meeting: Meeting) -> None:
    admission.admit(meeting, guest_of(meeting), NOON, HOME)
    admission.admit(meeting, guest_of(meeting), noon(60), HOME)
    with time_machine.travel(noon(3600), tick=False):
        forget_networks()
    assert [one.network for one in Admission.objects.all()] == ["", "192.0.2.1"]
