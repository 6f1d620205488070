"""What events say of connections, written for many events at a time.

Facts of one kind and moment are one conditional UPDATE (`ConnectionQuerySet`), however many connections they
are of; LiveKit's times are whole seconds. New rows are inserted in the order of their keys, so that two
workers with the same ones do not wait for each other; what another inserted meanwhile stands.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection as database

from inbox.parsing import LiveKitEvent
from meetings.models import Meeting
from participants.attendance import ID, facts_of, guest_name, up_to_date
from participants.connections import Connection, ConnectionQuerySet
from participants.models import Admission, Participant

# Whose event creates the connection. One of a track does not: it does not say whether a machine sent it; a
# connection that was aborted, and is unknown, never came up.
JOINED, LEFT = "participant_joined", "participant_left"
CREATING = (JOINED, LEFT)

# What is known by each event at its moment.
FACTS: Mapping[str, Callable[[ConnectionQuerySet, datetime, datetime], None]] = {
    JOINED: ConnectionQuerySet.set_seen_at,
    "track_published": ConnectionQuerySet.set_seen_at,
    "track_unpublished": ConnectionQuerySet.set_seen_at,
    LEFT: ConnectionQuerySet.set_left_at,
    "participant_connection_aborted": ConnectionQuerySet.set_left_at,
}


class Report(NamedTuple):
    """An event of a connection in a meeting's room."""

    meeting: Meeting
    event: LiveKitEvent

    @property
    def sid(self) -> str:
        return self.event.sid

    @property
    def person(self) -> tuple[int, str]:
        """Meeting and identity."""
        return self.meeting.pk, self.event.identity[:255]

    @property
    def creates(self) -> bool:
        return self.event.type in CREATING and self.event.is_of_a_person

    def is_told(self, known: "Known") -> bool:
        """Whether its connection is one to write to; one that it did not create, in its own room only."""
        connection = known.by_sid.get(self.sid)
        return connection is not None and (self.creates or connection.meeting_id == self.meeting.pk)


class Known(NamedTuple):
    """`by_sid`: the connections, which nobody else changes before this transaction ends; `busy`: the others'
    sids, which somebody is changing."""

    by_sid: dict[str, Connection]
    busy: set[str]


def write(reports: Sequence[Report], now: datetime, is_patient: bool) -> Known:
    """Write what these say, in the caller's transaction.

    `is_patient`: wait for connections that somebody else is changing. Of many, others hold some, and may wait
    for one of ours, so they are left as they are.
    """
    creating = [report for report in reports if report.creates]
    sids = {report.sid for report in reports}
    before = set(Connection.objects.filter(sid__in=sids).values_list("sid", flat=True))
    _create([report for report in creating if report.sid not in before], now)
    by_sid = _lock(sids, is_patient)
    known = Known(by_sid, (before | {report.sid for report in creating}) - by_sid.keys())
    told = [report for report in reports if report.is_told(known)]
    _write_joined([report for report in told if report.creates], now)
    _write_facts(told, now)
    return known


def _lock(sids: Iterable[str], is_patient: bool) -> dict[str, Connection]:
    rows = Connection.objects.select_for_update(of=("self",), no_key=True, skip_locked=not is_patient)
    found = rows.select_related("participant__meeting").filter(sid__in=sids).order_by("pk")
    return {connection.sid: connection for connection in found}


def _write_joined(creating: Sequence[Report], now: datetime) -> None:
    """Without a time of joining they were, as far as we can tell, there at the event's."""
    events = [report.event for report in creating]
    fine = set(up_to_date(events, min(event.at for event in events))) if events else set()
    unsure = [event for event in events if event.sid not in fine]
    exact = _by_time((event.joined_at, event.sid) for event in unsure if event.joined_at)
    guessed = _by_time((event.at, event.sid) for event in unsure if not event.joined_at)
    for at, sids in exact.items():
        Connection.objects.filter(sid__in=sids).set_joined_at(at, now)
    for at, sids in guessed.items():
        Connection.objects.filter(sid__in=sids).set_joined_no_later_than(at, now)


def _write_facts(reports: Collection[Report], now: datetime) -> None:
    for fact in dict.fromkeys(FACTS.values()):
        told = [report.event for report in reports if FACTS[report.event.type] == fact]
        for at, sids in _by_time((event.at, event.sid) for event in told).items():
            fact(Connection.objects.filter(sid__in=sids), at, now)


def _by_time(told: Iterable[tuple[datetime, str]]) -> dict[datetime, set[str]]:
    """The sids of each moment, in order."""
    found: dict[datetime, set[str]] = defaultdict(set)
    for at, sid in sorted(told):
        found[at].add(sid)
    return found


# New ones


def _create(reports: Collection[Report], now: datetime) -> None:
    """As `attendance.connection_of` does for one; of several with one sid, the first."""
    first = {report.sid: report for report in reversed(list(reports))}
    if not first:
        return
    people, admissions = _people(first.values(), now), _admissions(first.values())
    missing = [
        _connection(report.event, people[report.person], admissions.get(report.event.admission), now)
        for _, report in sorted(first.items(), key=lambda found: found[0])
    ]
    Connection.objects.bulk_create(missing, ignore_conflicts=True)
    # Now, while none is locked, rather than at the commit: it waits for meetings that others have locked.
    database.check_constraints()


def _connection(
    event: LiveKitEvent, person: Participant, admission: Admission | None, now: datetime
) -> Connection:
    is_theirs = admission is not None and admission.participant_id == person.pk
    return Connection(
        sid=event.sid, **facts_of(event, person, admission if is_theirs else None, event.at, now)
    )


def _people(reports: Collection[Report], now: datetime) -> dict[tuple[int, str], Participant]:
    """Whoever is neither registered nor let in by us becomes a guest."""
    by_key = {report.person: report.event for report in reports}
    found = _registered(by_key)
    missing = sorted(by_key.keys() - found.keys())
    if missing:
        guests = [_guest(key, by_key[key], now) for key in missing]
        Participant.objects.bulk_create(guests, ignore_conflicts=True)
        found |= _registered(missing)
    return found


def _registered(keys: Collection[tuple[int, str]]) -> dict[tuple[int, str], Participant]:
    meetings, identities = {meeting for meeting, _ in keys}, {identity for _, identity in keys}
    found = Participant.objects.filter(meeting__in=meetings, identity__in=identities)
    return {(person.meeting_id, person.identity): person for person in found}


def _guest(key: tuple[int, str], event: LiveKitEvent, now: datetime) -> Participant:
    return Participant(meeting_id=key[0], identity=key[1], display_name=guest_name(event), created_at=now)


def _admissions(reports: Iterable[Report]) -> dict[str, Admission]:
    """Those that events name; LiveKit's attributes are any text."""
    named = {report.event.admission for report in reports if ID.fullmatch(report.event.admission)}
    found = Admission.objects.in_bulk({int(name) for name in named}) if named else {}
    return {name: found[int(name)] for name in named if int(name) in found}
