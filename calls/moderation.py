"""What hosts of a secured meeting do in a call: mute people, remove them, end it for everybody."""

from datetime import datetime

from django.db import transaction

from calls import ending
from calls.admission import EXCLUSION, check_not_excluded, check_open
from calls.errors import CallServerUnreachable, NotAHost, NotInTheMeeting, NotYourself
from calls.removal import eject
from meetings.errors import MeetingNotActive
from meetings.models import Meeting
from participants.models import Participant
from upclass import livekit, muting


def check_host(person: Participant) -> None:
    """Raise why this person may not moderate: PersonRemoved, PersonBarred, NotAHost."""
    check_not_excluded(person)
    if not person.is_host:
        raise NotAHost


def check_can_end(meeting: Meeting, now: datetime) -> None:
    """Raise why a meeting that expired or was cancelled cannot be ended. One that has ended can be, again."""
    if not meeting.ended_at:
        check_open(meeting, now)


def mute_participants(meeting: Meeting, host: Participant, identity: str | None) -> int:
    """Mute the microphone of one person, or (None) of everybody but the host; how many were not muted before.

    Raises NotInTheMeeting and CallServerUnreachable.
    """
    try:
        if identity is None:
            return muting.mute_everybody_but(meeting.code, host.identity)
        return muting.mute(meeting.code, identity)
    except muting.NotThere as error:
        raise NotInTheMeeting from error
    except livekit.Unreachable as error:
        raise CallServerUnreachable from error


def bar_participant(meeting: Meeting, host: Participant, identity: str, now: datetime) -> None:
    """Eject a person for good, guests and other hosts too; their registration and their times stand.

    Idempotent: again they are only ejected once more, for LiveKit may have been unreachable. Raises
    NotInTheMeeting, NotYourself, and why the meeting is over or the host is none any more.
    """
    eject(_mark_barred(meeting, host, identity, now))


@transaction.atomic
def _mark_barred(meeting: Meeting, host: Participant, identity: str, now: datetime) -> Participant:
    """Under the meeting's row lock: of two hosts who bar each other at the same time, one does."""
    check_open(Meeting.objects.select_for_update().get(pk=meeting.pk), now)
    host.refresh_from_db(fields=EXCLUSION)
    check_host(host)
    person = _person(meeting, identity)
    if person == host:
        raise NotYourself
    person.mark_barred(host, now)
    return person


def _person(meeting: Meeting, identity: str) -> Participant:
    """Whoever has this identity in LiveKit's room. Raises NotInTheMeeting."""
    people = Participant.objects.of(meeting).filter(removed_at__isnull=True).select_related("meeting")
    person = None if "\0" in identity else people.filter(identity=identity).first()
    if person is None:
        raise NotInTheMeeting
    return person


def end_as_host(meeting: Meeting, now: datetime) -> datetime:
    """End the meeting for everybody; when it ended. Raises why it cannot be ended."""
    try:
        return ending.end_meeting(meeting, now)
    except MeetingNotActive:  # since it was checked
        meeting.refresh_from_db(fields=["cancelled_at", "expires_at"])
        check_can_end(meeting, now)
        raise
