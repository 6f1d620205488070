"""How people are registered for a secured meeting, and found again by their link."""

from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction

from meetings.errors import MeetingNotActive
from meetings.models import Meeting
from participants import links
from participants.errors import AlreadyRegistered
from participants.models import Participant
from upclass import codes


def by_token(meeting: Meeting, token: str) -> Participant | None:
    """The person, registered or removed since, whose link to this meeting has this token."""
    identity = links.identity_of(token)
    people = Participant.objects.of(meeting).filter(external_user_id__isnull=False)
    return people.filter(identity=identity).first() if identity else None


@transaction.atomic
def add(person: Participant, now: datetime) -> Participant:
    """Register one more person. Raises MeetingNotActive, AlreadyRegistered.

    Under the meeting's lock: of a registration and the meeting's end, the later one knows of the other.
    """
    if Meeting.objects.select_for_update().get(pk=person.meeting_id).over_since(now):
        raise MeetingNotActive
    [registered] = register([person])
    return registered


def register(people: Iterable[Participant]) -> list[Participant]:
    """Write registrations of one meeting: all or none, in one statement.

    Raises AlreadyRegistered, naming the first whose `external_user_id` is taken.
    """
    new = list(people)
    _give_different_codes(new)
    seen: set[str | None] = set()
    for person in new:
        if person.external_user_id in seen:
            raise AlreadyRegistered(str(person.external_user_id))
        seen.add(person.external_user_id)
    try:
        with transaction.atomic():
            return Participant.objects.bulk_create(new)
    except IntegrityError as error:
        if "registered_once_per_meeting" not in str(error):
            raise
        raise AlreadyRegistered(str(_first_taken(new).external_user_id)) from error


def _give_different_codes(people: list[Participant]) -> None:
    """Codes are drawn among 3·10^8: draw again where the meeting has one already."""
    meetings = {person.meeting_id for person in people}
    taken = set(Participant.objects.filter(meeting__in=meetings).values_list("code", flat=True))
    for person in people:
        while person.code in taken:
            person.code = codes.participant_code()
        taken.add(person.code)


def _first_taken(people: list[Participant]) -> Participant:
    standing = Participant.objects.of(people[0].meeting).registered()
    taken = set(standing.values_list("external_user_id", flat=True))
    return next((person for person in people if person.external_user_id in taken), people[0])
