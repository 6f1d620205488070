"""Webhooks alone lose endings: what we believe is compared with what LiveKit itself reports."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F

from calls.ending import close_room
from inbox.apply import keep_out
from meetings.models import Meeting
from participants.attendance import stay_of
from participants.models import Stay
from upclass import livekit

log = logging.getLogger(__name__)

LOOKS = 2  # absent in so many, one after the other: gone


def reconcile(now: datetime) -> None:
    """Repair stays and rooms. LiveKit unreachable: nothing is touched."""
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
    """Whoever is there is known, whether or not news of them came; a room that is over is closed."""
    if meeting.over_at(now):
        close_room(meeting)
    for person in people:
        stay = stay_of(meeting, person, now, now)
        if not meeting.over_at(now):
            keep_out(meeting, stay.participant, now)


def note_seen(sids: Iterable[str], now: datetime) -> None:
    Stay.objects.filter(sid__in=list(sids)).seen(now, now)


def close_unseen(now: datetime) -> None:
    """Not seen in two looks: left, as far as we can tell, when last seen."""
    unseen = Stay.objects.open().filter(last_seen_at__lt=now)
    unseen.update(missed_looks=F("missed_looks") + 1)
    unseen.filter(missed_looks__gte=LOOKS).lost(now)
