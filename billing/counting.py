"""How many seconds meetings have, read from their connections that are open or changed, whatever came before.

A closed connection is counted once: its time is kept as a `SettledSpan`, and of a meeting the sum of each
person's union of these, `MeetingUsage.closed_seconds`. What a person's other connections add to it is the
difference of two unions, with and without them, of the settled spans that they may overlap: further ones
would be in both alike. So a late change of a closed connection is exact, too: its settled span is taken out,
and its new one put in. All under the meetings' row locks.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from billing.models import MeetingUsage, SettledSpan
from meetings.models import Meeting
from participants import timespans
from participants.connections import Connection
from participants.models import Participant


class Person(NamedTuple):
    """Somebody in one meeting: a registration made anew is the same one."""

    meeting: int
    key: tuple[bool, str]

    @classmethod
    def of(cls, connection: Connection) -> "Person":
        return cls(connection.meeting_id, connection.participant.person_key)


@dataclass
class Count:
    """A meeting's seconds, all people's added up, and what there is to keep of them."""

    meeting: Meeting
    usage: MeetingUsage
    seconds: int = 0
    connections: list[Connection] = field(default_factory=list)
    spans: dict[int, timespans.Span] = field(default_factory=dict)  # of these, by primary key

    @property
    def is_to_count_anew(self) -> bool:
        """Never counted, or up to another end than it has now."""
        return self.usage._state.adding or self.usage.closes_at != self.meeting.closes_at

    @property
    def changed(self) -> Iterable[SettledSpan]:
        """Spans to keep: of closed connections, where they are not known as they are now."""
        for one in self.connections:
            if one.left_at and _settled(one) != [self.spans[one.pk]]:
                start, end = self.spans[one.pk]
                yield SettledSpan(connection=one, participant=one.participant, start=start, end=end)

    @property
    def reopened(self) -> Iterable[Connection]:
        return (one for one in self.connections if not one.left_at and _settled(one))


def count(usages: Mapping[int, MeetingUsage]) -> list[Count]:
    """Each meeting's seconds by what is known now; these are the sums that are kept of them."""
    counts = {key: Count(usage.meeting, usage) for key, usage in usages.items()}
    anew = {key for key, one in counts.items() if one.is_to_count_anew}
    _forget([counts[key].usage for key in anew])
    for connection in _connections(counts.keys() - anew, anew):
        one = counts[connection.meeting_id]
        one.connections.append(connection)
        one.spans[connection.pk] = connection.billed_span(one.meeting)
    _add_up(counts)
    return list(counts.values())


def keep(counts: Collection[Count], now: datetime) -> None:
    """Write down what was counted."""
    for one in counts:
        one.usage.beats = beats_of(one.connections)
        one.usage.settled_at = now
    SettledSpan.objects.filter(connection__in=[found for one in counts for found in one.reopened]).delete()
    SettledSpan.objects.put([span for one in counts for span in one.changed])
    MeetingUsage.objects.put([one.usage for one in counts])


def beats_of(connections: Iterable[Connection]) -> int:
    """How often polls showed those that are open, all together."""
    polled = (one for one in connections if not one.left_at and hasattr(one, "heartbeat"))
    return sum(one.heartbeat.version for one in polled)


def _forget(usages: Collection[MeetingUsage]) -> None:
    """What was counted up to another end than the meeting's."""
    SettledSpan.objects.filter(connection__meeting__in=[usage.pk for usage in usages]).delete()
    for usage in usages:
        usage.closes_at, usage.closed_seconds = usage.meeting.closes_at, 0


def _connections(meetings: Collection[int], anew: Collection[int]) -> Iterable[Connection]:
    """Of meetings those that are open or changed; of those that are counted anew, all.

    Each part is in an index of its own. They are read by key, for PostgreSQL takes them for very many. What
    changes in between is either read as it is then, or stays to be settled.
    """
    of_these, every = (Connection.objects.filter(meeting__in=some).order_by() for some in (meetings, anew))
    wanted = of_these.open().values("pk").union(of_these.unsettled().values("pk"), every.values("pk"))
    found = Connection.objects.filter(pk__in=[row["pk"] for row in wanted.order_by()])
    return found.select_related("participant", "heartbeat", "settled_span").order_by()


def _add_up(counts: Mapping[int, Count]) -> None:
    people: dict[Person, list[Connection]] = defaultdict(list)
    for connection in chain.from_iterable(one.connections for one in counts.values()):
        people[Person.of(connection)].append(connection)
    near = _near(people, counts)
    for person, connections in people.items():
        _add(counts[person.meeting], connections, near.get(person, []))
    for one in counts.values():
        one.seconds += one.usage.closed_seconds


def _add(to: Count, connections: Collection[Connection], near: Collection[timespans.Span]) -> None:
    """One person's time to that of the closed connections, and to that of all."""
    before = timespans.seconds([*near, *(span for one in connections for span in _settled(one))])
    closed = timespans.seconds([*near, *(to.spans[one.pk] for one in connections if one.left_at)])
    to.usage.closed_seconds += closed - before
    to.seconds += timespans.seconds([*near, *(to.spans[one.pk] for one in connections)]) - closed


def _settled(connection: Connection) -> list[timespans.Span]:
    known: SettledSpan | None = getattr(connection, "settled_span", None)
    return [known.span] if known else []


def _near(
    people: Mapping[Person, Collection[Connection]], counts: Mapping[int, Count]
) -> Mapping[Person, Collection[timespans.Span]]:
    """The settled spans of people's other connections that these may overlap."""
    since = {
        person: min(
            start for one in found for start, _ in [counts[person.meeting].spans[one.pk], *_settled(one)]
        )
        for person, found in people.items()
    }
    persons = _registrations(people)
    known = {connection.pk for found in people.values() for connection in found}
    near: dict[Person, list[timespans.Span]] = defaultdict(list)
    for span in SettledSpan.objects.near({pk: since[person] for pk, person in persons.items()}):
        if span.pk not in known:
            near[persons[span.participant_id]].append(span.span)
    return near


def _registrations(people: Mapping[Person, Collection[Connection]]) -> dict[int, Person]:
    """Whose each participant (primary key) is, also those by whom they are registered anew or were before."""
    found = {one.participant_id: person for person, connections in people.items() for one in connections}
    registered = {person.key[1] for person in people if not person.key[0]}
    if registered:
        meetings = {person.meeting for person in people}
        for same in Participant.objects.ever_registered(meetings, registered):
            person = Person(same.meeting_id, same.person_key)
            if person in people:
                found[same.pk] = person
    return found
