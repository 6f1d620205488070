"""How a person is put out."""

import logging
from datetime import datetime

from participants.errors import ParticipantNotFound
from participants.models import Participant
from upclass import livekit

log = logging.getLogger(__name__)


def remove(person: Participant, now: datetime) -> None:
    """End a registration: code and link are dead at once, and whoever is in the call is put out.

    Raises ParticipantNotFound if somebody else removed it meanwhile.
    """
    if not person.remove(now):
        raise ParticipantNotFound
    put_out(person)


def put_out(person: Participant) -> None:
    """Disconnect a person, asking LiveKit for at most 2 s; not reached, the reconciler does it."""
    try:
        livekit.disconnect(person.meeting.code, person.identity)
    except livekit.Unreachable as error:
        log.warning("%s could not be put out of %s yet: %s", person.pk, person.meeting.code, error)
