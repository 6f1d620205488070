"""Webhooks alone lose endings: connections and rooms are compared with what LiveKit's API reports."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from itertools import batched, chain, takewhile
from time import monotonic

from django.db import transaction
from django.db.models import F

from calls.ending import close_room
from inbox.apply import eject_unwelcome
from meetings.models import Meeting
from participants.attendance import connection_of, show, up_to_date
from participants.connections import Connection
from upclass import livekit

log = logging.getLogger(__name__)

POLLS = 2  # absent in so many, one after the other: gone
REPAIR_TIMEOUT = 8.0  # seconds; with livekit.POLL_TIMEOUT less than between two polls
BATCH = 5000  # people in one statement
SHOWN = 5  # rooms in one line of the log


def reconcile(now: datetime) -> None:
    """Repair connections and rooms. LiveKit unreachable: nothing is touched.

    Of a room that does not answer nothing is known: its people are neither seen nor missed.
    """
    try:
        rooms = livekit.rooms()
    except livekit.Unreachable as error:
        log.warning("nothing was compared: %s", error)
        return
    warn_of_unanswered(rooms)
    meetings = Meeting.objects.in_bulk([*rooms.people, *rooms.unanswered], field_name="code")
    repair(rooms, meetings, now)
    note_seen(rooms.everybody, now)
    close_unseen([meetings[code].pk for code in rooms.unanswered if code in meetings], now)


def warn_of_unanswered(rooms: livekit.Rooms) -> None:
    if unanswered := list(rooms.unanswered.items()):
        some = ", ".join(f"{code} ({why})" for code, why in unanswered[:SHOWN])
        more = ", ..." if len(unanswered) > SHOWN else ""
        log.warning("%s rooms did not answer and were not compared: %s%s", len(unanswered), some, more)


def repair(rooms: livekit.Rooms, meetings: Mapping[str, Meeting], now: datetime) -> None:
    """Meeting by meeting, as long as there is time; what is left over, the next poll finds again."""
    known = {sid for some in batched(rooms.everybody, BATCH, strict=False) for sid in up_to_date(some, now)}
    until = monotonic() + REPAIR_TIMEOUT
    in_time = partial(takewhile, lambda _: monotonic() < until)
    for code in in_time(code for code in chain(rooms.people, rooms.unanswered) if code in meetings):
        others = [person for person in rooms.people.get(code, ()) if person.sid not in known]
        try:
            compare(meetings[code], in_time(others), now)
        except Exception:  # logged with its traceback; one meeting does not hold up the others
            log.exception("room %s could not be compared", code)
    if monotonic() >= until:
        log.warning("time was up before everything was repaired: the next poll goes on")


def compare(meeting: Meeting, people: Iterable[livekit.Person], now: datetime) -> None:
    """Whoever is there gets a connection, webhook or not; the room of a meeting that is over is closed."""
    if meeting.over_since(now):
        close_room(meeting)
    for person in people:
        connection = connection_of(meeting, person, now, now)
        if not meeting.over_since(now):
            eject_unwelcome(meeting, connection.participant, now)


def note_seen(people: Iterable[livekit.Person], now: datetime) -> None:
    for some in batched(people, BATCH, strict=False):
        show([person.sid for person in some], now, now)


@transaction.atomic
def close_unseen(unanswered: Iterable[int], now: datetime) -> None:
    """Not seen in two polls: left, as far as we can tell, when last seen.

    `unanswered`: the meetings whose rooms did not answer, so that this is no poll for them. Whoever is just
    being changed is left for the next poll: nobody is waited for.
    """
    unseen = Connection.objects.open().last_shown(lt=now).exclude(meeting__in=unanswered).only("pk")
    free = unseen.select_for_update(of=("self",), no_key=True, skip_locked=True)
    if keys := [one.pk for one in free]:
        missed = Connection.objects.filter(pk__in=keys)
        missed.update(missed_polls=F("missed_polls") + 1)
        missed.filter(missed_polls__gte=POLLS).close_lost(now)
