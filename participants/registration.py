"""How people are registered for a secured meeting, and found again by their link."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from meetings.errors import MeetingNotActive
from meetings.models import Meeting
from participants import links
from participants.errors import AlreadyRegistered
from participants.models import Participant, ParticipantQuerySet
from upclass import codes
from upclass.compiled import compiled


def by_token(meeting: Meeting, token: str) -> Participant | None:
    """The person, registered or removed since, whose link to this meeting has this token."""
    identity = links.identity_of(token)
    return _invited.first(meeting, identity) if identity else None


@compiled
def _invited(meeting: Meeting, identity: str) -> ParticipantQuerySet:
    return Participant.objects.of(meeting).filter(external_user_id__isnull=False, identity=identity)


@transaction.atomic
def add(person: Participant, now: datetime) -> Participant:
    """Register one more person. Raises MeetingNotActive, AlreadyRegistered.

    Under the meeting's lock: of a registration and the meeting's end, the later one knows of the other.
    """
    if Meeting.objects.select_for_update().get(pk=person.meeting_id).over_since(now):
        raise MeetingNotActive
    [registered] = register([person])
    return registered


@transaction.atomic
def register(people: Iterable[Participant]) -> list[Participant]:
    """Write registrations of one meeting: all or none, in one statement.

    Raises AlreadyRegistered, naming the first whose `external_user_id` is taken. Under the meeting's lock,
    so that this is known before: a statement that fails stands in PostgreSQL's log with everybody's data.
    """
    new = list(people)
    meetings = {person.meeting_id for person in new}
    known = list(Meeting.objects.select_for_update().filter(pk__in=meetings))  # locked
    there = list(Participant.objects.filter(meeting__in=known).only("code", "external_user_id", "removed_at"))
    _refuse_taken(new, {person.external_user_id for person in there if not person.removed_at})
    _give_different_codes(new, {person.code for person in there})
    return Participant.objects.bulk_create(new)


def _refuse_taken(people: list[Participant], taken: set[str | None]) -> None:
    for person in people:
        if person.external_user_id in taken:
            raise AlreadyRegistered(str(person.external_user_id))
        taken.add(person.external_user_id)


def _give_different_codes(people: list[Participant], taken: set[str]) -> None:
    """Codes are drawn among 3·10^8: draw again where the meeting has one already."""
    for person in people:
        while person.code in taken:
            person.code = codes.participant_code()
        taken.add(person.code)
