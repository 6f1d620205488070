"""What hosts of a secured meeting do in a call: mute people, remove them, end it for everybody."""

from datetime import datetime

from django.db import transaction

from calls import ending
from calls.admission import WELCOME, check_open, check_welcome
from calls.errors import CallServerUnreachable, NotAHost, NotInTheMeeting, NotYourself
from calls.removal import put_out
from meetings.errors import MeetingNotActive
from meetings.models import Meeting
from participants.models import Participant
from upclass import livekit


def check_host(person: Participant) -> None:
    """Raise why this person may not do what hosts do: PersonRemoved, PersonBarred, NotAHost."""
    check_welcome(person)
    if not person.is_host:
        raise NotAHost


def check_can_end(meeting: Meeting, now: datetime) -> None:
    """Raise why a meeting that expired or was cancelled cannot be ended. One that has ended can be, again."""
    if not meeting.ended_at:
        check_open(meeting, now)


def mute(meeting: Meeting, host: Participant, identity: str | None) -> int:
    """Mute the microphone of one person, or (None) of everybody but the host; how many were not muted before.

    Raises NotInTheMeeting and CallServerUnreachable.
    """
    try:
        if identity is None:
            return livekit.mute_everybody_but(meeting.code, host.identity)
        return livekit.mute(meeting.code, identity)
    except livekit.NotThere as error:
        raise NotInTheMeeting from error
    except livekit.Unreachable as error:
        raise CallServerUnreachable from error


def remove(meeting: Meeting, host: Participant, identity: str, now: datetime) -> None:
    """Put a person out for good, guests and other hosts too; their registration and their times stand.

    Again they are only put out once more: LiveKit may have been away. Raises NotInTheMeeting, NotYourself,
    and why the meeting is over or the host is none any more.
    """
    put_out(_bar(meeting, host, identity, now))


@transaction.atomic
def _bar(meeting: Meeting, host: Participant, identity: str, now: datetime) -> Participant:
    """Under the meeting's lock: of two hosts who remove each other at the same time, one does."""
    check_open(Meeting.objects.select_for_update().get(pk=meeting.pk), now)
    host.refresh_from_db(fields=WELCOME)
    check_host(host)
    person = _person(meeting, identity)
    if person == host:
        raise NotYourself
    person.bar(host, now)
    return person


def _person(meeting: Meeting, identity: str) -> Participant:
    """Whoever has this identity in LiveKit's room. Raises NotInTheMeeting."""
    people = Participant.objects.of(meeting).filter(removed_at__isnull=True).select_related("meeting")
    person = None if "\0" in identity else people.filter(identity=identity).first()
    if person is None:
        raise NotInTheMeeting
    return person


def end(meeting: Meeting, now: datetime) -> datetime:
    """End the meeting for everybody; when it ended. Raises why it cannot be ended."""
    try:
        return ending.end(meeting, now)
    except MeetingNotActive:  # since it was looked at
        meeting.refresh_from_db(fields=["cancelled_at", "expires_at"])
        check_can_end(meeting, now)
        raise
