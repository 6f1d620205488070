"""Webhooks alone lose endings: connections and rooms are compared with what LiveKit's API reports."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from calls.ending import close_room
from inbox.apply import eject_unwelcome
from meetings.models import Meeting
from participants.attendance import connection_of
from participants.models import Connection
from upclass import livekit

log = logging.getLogger(__name__)

POLLS = 2  # absent in so many, one after the other: gone


def reconcile(now: datetime) -> None:
    """Repair connections and rooms. LiveKit unreachable: nothing is touched."""
    try:
        rooms = livekit.rooms()
    except livekit.Unreachable as error:
        log.warning("nothing was compared: %s", error)
        return
    meetings = Meeting.objects.in_bulk(list(rooms), field_name="code")
    for code, meeting in meetings.items():
        try:
            compare(meeting, rooms[code], now)
        except Exception:  # logged with its traceback; one meeting does not hold up the others
            log.exception("room %s could not be compared", code)
    note_seen((person.sid for people in rooms.values() for person in people), now)
    close_unseen(now)


def compare(meeting: Meeting, people: Iterable[livekit.Person], now: datetime) -> None:
    """Whoever is there gets a connection, webhook or not; the room of a meeting that is over is closed."""
    if meeting.over_since(now):
        close_room(meeting)
    for person in people:
        connection = connection_of(meeting, person, now, now)
        if not meeting.over_since(now):
            eject_unwelcome(meeting, connection.participant, now)


def note_seen(sids: Iterable[str], now: datetime) -> None:
    Connection.objects.filter(sid__in=list(sids)).set_seen_at(now, now)


def close_unseen(now: datetime) -> None:
    """Not seen in two polls: left, as far as we can tell, when last seen."""
    unseen = Connection.objects.open().filter(last_seen_at__lt=now)
    unseen.update(missed_polls=F("missed_polls") + 1)
    unseen.filter(missed_polls__gte=POLLS).close_lost(now)
