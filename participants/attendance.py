"""How connections are written from what LiveKit reports, and how long they lasted."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q

from meetings.models import Meeting
from participants import timespans
from participants.connections import Connection
from participants.heartbeats import Heartbeat
from participants.models import Admission, Participant
from upclass.inserting import get_or_insert
from upclass.texts import clean_line

ID = re.compile("[0-9]{1,18}")  # of a row


class Reported(Protocol):
    """Somebody in a room, as a webhook or LiveKit's API reports them; `joined_at` may be missing.

    `admission`: the id of the one their token was given for, if their client says so.
    """

    @property
    def sid(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def joined_at(self) -> datetime | None: ...
    @property
    def admission(self) -> str: ...


def billed_seconds(meeting: Meeting, connections: Iterable[Connection]) -> int:
    """All people's seconds, added up; each person's is the union of their connections."""
    spans: dict[tuple[bool, str], list[timespans.Span]] = defaultdict(list)
    for connection in connections:
        spans[connection.participant.person_key].append(connection.billed_span(meeting))
    return sum(timespans.seconds(of_one) for of_one in spans.values())


def connection_of(meeting: Meeting, reported: Reported, at: datetime, now: datetime) -> Connection:
    """The connection with this sid of somebody whom LiveKit reported at `at`; created if need be.

    Whoever LiveKit reports in a meeting's room is a person of that meeting: one who is neither registered
    nor let in by us becomes a guest. Without `joined_at` they came, as far as we can tell, at `at`.
    """
    connection = Connection.objects.select_related("participant__meeting").filter(sid=reported.sid).first()
    connection = connection or _new_connection(meeting, reported, at, now)
    known = Connection.objects.filter(pk=connection.pk)
    if reported.joined_at:
        known.set_joined_at(reported.joined_at, now)
    else:
        known.set_joined_no_later_than(at, now)
    return connection


def up_to_date(reported: Iterable[Reported], at: datetime) -> Iterator[str]:
    """The sids of those for whom `connection_of` would write nothing, and who may be there; in one query."""
    by_sid = {person.sid: person for person in reported}
    known = Connection.objects.of_welcome_people().filter(sid__in=by_sid)
    for sid, joined_at, is_guessed in known.values_list("sid", "joined_at", "is_joined_guessed"):
        exact = by_sid[sid].joined_at
        if not (is_guessed or joined_at > exact if exact else is_guessed and joined_at > at):
            yield sid


def show(sids: Collection[str], at: datetime, now: datetime) -> None:
    """A poll showed these active at `at`. For nearly all of them that is a heartbeat.

    Who had been missed, or was taken for gone until now, is written after it: whoever is taken for gone
    meanwhile is either before the heartbeat or among them.
    """
    Heartbeat.objects.beat(sids, at)
    is_back = Q(missed_polls__gt=0, left_at__isnull=True) | Q(is_left_guessed=True, left_at__isnull=False)
    Connection.objects.filter(is_back, sid__in=sids).set_seen_at(at, now)


def _new_connection(meeting: Meeting, reported: Reported, at: datetime, now: datetime) -> Connection:
    unknown = {"display_name": guest_name(reported), "created_at": now}
    everybody = Participant.objects.select_related("meeting")
    person = get_or_insert(everybody, unknown, meeting=meeting, identity=reported.identity[:255])
    facts = facts_of(reported, person, _admission(person, reported.admission), at, now)
    return get_or_insert(Connection.objects.select_related("participant__meeting"), facts, sid=reported.sid)


def guest_name(reported: Reported) -> str:
    """Texts that LiveKit did not limit are cut to size."""
    return clean_line(reported.name.replace("\0", ""))[:100].strip() or "Guest"


def facts_of(
    reported: Reported, person: Participant, admission: Admission | None, at: datetime, now: datetime
) -> dict[str, Any]:
    """The fields of a new connection, but for its sid."""
    joined_at = reported.joined_at or at
    return {
        "meeting_id": person.meeting_id,
        "participant": person,
        "admission": admission,
        "joined_at": joined_at,
        "is_joined_guessed": not reported.joined_at,
        "last_seen_at": joined_at,
        "unsettled_since": now,
        "created_at": now,
    }


def _admission(person: Participant, named: str) -> Admission | None:
    """An admission of this person; LiveKit's attributes are any text."""
    is_id = ID.fullmatch(named)
    return Admission.objects.filter(participant=person, pk=named).first() if is_id else None


def close_room_connections(meeting: Meeting, at: datetime, now: datetime) -> None:
    """The room was closed at `at`: whoever came before is gone. A room made since has people of its own."""
    Connection.objects.of(meeting).filter(joined_at__lt=at).last_shown(lte=at).close_lost(now)


def unsettle(meeting: Meeting, now: datetime) -> None:
    """The meeting's end cuts its connections: have it settled again, for which one connection is enough."""
    first = Connection.objects.of(meeting).order_by("pk").values("pk")[:1]
    Connection.objects.filter(pk__in=first).change(now)
