"""How a person is removed from a meeting, and ejected from its call."""

import logging
from datetime import datetime

from participants.errors import ParticipantNotFound
from participants.models import Participant
from upclass import livekit

log = logging.getLogger(__name__)


def remove_participant(person: Participant, now: datetime) -> None:
    """End a registration: code and link are dead at once, and whoever is in the call is ejected.

    Raises ParticipantNotFound if somebody else removed it meanwhile.
    """
    if not person.mark_removed(now):
        raise ParticipantNotFound
    eject(person)


def eject(person: Participant) -> None:
    """Disconnect a person, calling LiveKit for at most 2 s; unreachable, the reconciler does it."""
    try:
        livekit.disconnect(person.meeting.code, person.identity)
    except livekit.Unreachable as error:
        log.warning("%s could not be ejected from %s yet: %s", person.pk, person.meeting.code, error)
