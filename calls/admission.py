"""Admission: who may join, and what they are given. The checks stand in the order of the rules."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from billing import ledger
from billing.errors import InsufficientCredits
from calls.ending import close_room
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
from feedback import gate
from meetings.models import Meeting, MeetingQuerySet
from participants.models import Admission, Participant, ParticipantQuerySet
from participants.presence import is_room_empty
from upclass import livekit
from upclass.compiled import compiled
from upclass.errors import Problem

AWAITED_GUESTS = 20  # from one network: admitted, and not connected yet, which takes seconds
EXCLUSION = ["removed_at", "barred_at"]  # columns that may change at any moment


@dataclass(frozen=True)
class Ticket:
    """What a browser needs to connect; the token is good for five minutes.

    `expires_in`: seconds from when it was made until the meeting expires; None if it never does.
    """

    url: str
    token: str
    expires_in: float | None


@dataclass(frozen=True)
class JoinAttempt:
    """How somebody asks to come in.

    `is_recording_told`: they were shown that the meeting is recorded, without which nobody comes into one
    that is. `visit`: what their page calls this visit; `is_back`: it was in, and comes back by itself.
    `network`: where they come from (upclass.addresses.client_network).
    """

    is_recording_told: bool = False
    visit: str = ""
    is_back: bool = False
    network: str = ""


BY_CLICK = JoinAttempt()


def check(meeting: Meeting, person: Participant | None, now: datetime) -> None:
    """Raise the first reason why this person (None: not known yet) may not come in now."""
    check_open(meeting, now)
    check_not_excluded(person)
    _check_feedback(meeting, person, now)
    _check_credits(meeting, now)
    _check_seats(meeting, person, now)


def check_open(meeting: Meeting, now: datetime) -> None:
    """Raise why a meeting that is over cannot be joined."""
    reason = why_over(meeting, now)
    if reason:
        raise reason


def why_over(meeting: Meeting, now: datetime) -> Problem | None:
    if meeting.ended_at:
        return MeetingHasEnded()
    if meeting.cancelled_at:
        return MeetingWasCancelled()
    return MeetingHasExpired() if meeting.over_since(now) else None


def check_not_excluded(person: Participant | None) -> None:
    """Raise why a person may not come in any more."""
    if person and person.removed_at:
        raise PersonRemoved
    if person and person.barred_at:
        raise PersonBarred


def _check_feedback(meeting: Meeting, person: Participant | None, now: datetime) -> None:
    if person and (feedback_request := gate.owed(meeting, person, now)):
        raise FeedbackOwed(person, feedback_request)


def _check_credits(meeting: Meeting, now: datetime) -> None:
    """Nobody starts a call without credits; a running one is never cut."""
    try:
        ledger.require_credits(meeting.customer)
    except InsufficientCredits as error:
        if is_room_empty(meeting, now):
            raise NoCreditsLeft from error


def _check_seats(meeting: Meeting, person: Participant | None, now: datetime) -> None:
    others = {*_present(meeting, now)} - {person and person.pk}
    if len(others) >= meeting.max_participants:
        raise MeetingFull


@compiled
def _present(meeting: Meeting, now: datetime) -> QuerySet[Participant, int]:
    return Participant.objects.present(meeting, now).order_by().values_list("pk", flat=True)


def admit(meeting: Meeting, person: Participant, now: datetime, attempt: JoinAttempt = BY_CLICK) -> Ticket:
    """Let a person in: record it, create the room, check once more, and only then give the token.

    `person` may be a guest who is not saved yet. Raises a Problem where they may not join.
    """
    is_new = person.pk is None
    admission = _record_admission(meeting, person, now, attempt)
    try:
        _create_room(meeting)
        meeting = _recheck(person)
    except Problem:
        admission.delete()  # without a token nobody is expected
        if is_new:
            person.delete()  # and nobody knows of this guest
        raise
    attributes = {
        "meeting": meeting.code,
        "participant": str(person.pk),
        "role": person.role,
        "admission": str(admission.pk),
    }
    token = livekit.token(meeting.code, person.identity, person.display_name, attributes)
    return Ticket(settings.LIVEKIT_PUBLIC_URL, token, _expires_in(meeting, timezone.now()))


def _expires_in(meeting: Meeting, now: datetime) -> float | None:
    return (meeting.expires_at - now).total_seconds() if meeting.expires_at else None


@transaction.atomic
def _record_admission(
    meeting: Meeting, person: Participant, now: datetime, attempt: JoinAttempt
) -> Admission:
    """Under the meeting's row lock: of a cancel and a first admission one wins; no seat is given twice."""
    locked = _locked.get(meeting.pk)
    check(locked, _reread(person), now)
    if locked.record_on_cloud and not attempt.is_recording_told:
        raise RecordingNoticeMissing
    if attempt.is_back and person.pk and not Admission.objects.is_newest(person, attempt.visit):
        raise JoinedElsewhere
    network = attempt.network if person.is_guest else ""
    if person.is_guest:
        _check_network(locked, network, now)
        person.save(update_fields=["display_name"] if person.pk else None)
    told_at = now if locked.record_on_cloud else None
    facts = {"recording_told_at": told_at, "visit": attempt.visit, "network": network}
    return Admission.objects.create(participant=person, created_at=now.replace(microsecond=0), **facts)


@compiled
def _locked(meeting: int) -> MeetingQuerySet:
    locked = Meeting.objects.select_for_update(of=("self",))
    return locked.select_related("customer").filter(pk=meeting)


def _reread(person: Participant) -> Participant:
    """As they are now, with their meeting; whoever is not saved yet as they are."""
    return _now.get(person.pk) if person.pk else person


@compiled
def _now(person: int) -> ParticipantQuerySet:
    return Participant.objects.select_related("meeting").filter(pk=person)


def _check_network(meeting: Meeting, network: str, now: datetime) -> None:
    """Guests need no invitation: lest a script hold every seat, only so many are awaited from one network."""
    if network and len(_awaited(meeting, network, now)) == AWAITED_GUESTS:
        raise TooManyGuestsAtOnce


@compiled
def _awaited(meeting: Meeting, network: str, now: datetime) -> QuerySet[Admission, int]:
    awaited = Admission.objects.of_guests_not_there(meeting, network, now)
    return awaited.order_by().values_list("pk", flat=True)[:AWAITED_GUESTS]


def _create_room(meeting: Meeting) -> None:
    try:
        livekit.create_room(meeting.code)
    except livekit.Unreachable as error:
        raise CallServerUnreachable from error


def _recheck(person: Participant) -> Meeting:
    """By the clock of now: since the checks the meeting may be over, or the person excluded."""
    found = _reread(person)
    reason = why_over(found.meeting, timezone.now())
    if reason:
        close_room(found.meeting)
        raise reason
    check_not_excluded(found)
    return found.meeting
