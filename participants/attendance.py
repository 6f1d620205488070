"""Who is there, who was, and since when: from admissions and from what LiveKit tells."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.db.models import Min, OuterRef, Subquery

from meetings.models import Meeting
from participants import stays as rules
from participants.models import ADMISSION_LIFE, EMPTY_AFTER, Admission, Participant, Stay


class Told(Protocol):
    """Somebody in a room, as LiveKit tells of them; `joined_at` may be missing."""

    @property
    def sid(self) -> str: ...
    @property
    def identity(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def joined_at(self) -> datetime | None: ...


def started_at(meeting: Meeting, now: datetime) -> datetime | None:
    """When the first person came, or was let in and is expected; None if nobody ever was."""
    first = Stay.objects.of(meeting).aggregate(at=Min("joined_at"))["at"]
    expected = Admission.objects.live(now).filter(participant__meeting=meeting).order_by("created_at")
    waiting = expected.values_list("created_at", flat=True).first()
    known: list[datetime] = [at for at in (first, waiting) if at]
    return min(known, default=None)


def is_room_empty(meeting: Meeting, now: datetime) -> bool:
    """No open stay, none that ended less than a minute ago, and nobody expected."""
    recent = Stay.objects.of(meeting).since(now - EMPTY_AFTER)
    return not recent.exists() and not Participant.objects.of(meeting).present(now).exists()


@dataclass(frozen=True)
class Occupancy:
    """For how long a room has not been empty, and the first person in; None before anybody connected."""

    since: datetime
    first: Participant | None


def occupancy(meeting: Meeting, now: datetime) -> Occupancy | None:
    """The present or the last occupancy of a meeting's room; None if nobody was ever expected there."""
    stays = Stay.objects.of(meeting).select_related("participant").order_by("joined_at", "pk")
    came = [(_remembered(stay.span(meeting, now)), stay.participant) for stay in stays]
    expected = [(span, None) for span in _expected(meeting)]
    groups = rules.visits([*came, *expected], lambda presence: presence[0], apart=timedelta(0))
    if not groups:
        return None
    people = (person for _, person in groups[-1] if person)
    return Occupancy(since=groups[-1][0][0][0], first=next(people, None))


def _remembered(stay: rules.Span) -> rules.Span:
    """For how long a stay keeps a room from being empty."""
    return stay[0], stay[1] + EMPTY_AFTER


def _expected(meeting: Meeting) -> list[rules.Span]:
    """How long each admission counted as presence: six minutes, or until the stay that came of it ended."""
    ended = Stay.objects.filter(
        participant=OuterRef("participant"), joined_at__gte=OuterRef("created_at"), left_at__isnull=False
    )
    left_at = Subquery(ended.order_by("left_at").values("left_at")[:1])
    let_in = Admission.objects.filter(participant__meeting=meeting).values_list("created_at", left_at)
    return [rules.span(at, left, at + ADMISSION_LIFE) for at, left in let_in]


def billed_seconds(meeting: Meeting, stays: Iterable[Stay]) -> int:
    """All people's seconds, added up; each person's is the union of their stays."""
    spans: dict[tuple[bool, str], list[rules.Span]] = defaultdict(list)
    for stay in stays:
        spans[stay.participant.who].append(stay.billed_span(meeting))
    return sum(rules.seconds(of_one) for of_one in spans.values())


def stay_of(meeting: Meeting, told: Told, at: datetime, now: datetime) -> Stay:
    """The stay with this sid, made if need be, of somebody LiveKit told of at `at`.

    Whoever LiveKit reports in a meeting's room is a person of that meeting: one who is neither registered
    nor let in by us becomes a guest. Without `joined_at` they came, as far as we can tell, at `at`.
    """
    stay = Stay.objects.select_related("participant__meeting").filter(sid=told.sid).first()
    stay = stay or _new_stay(meeting, told, at, now)
    known = Stay.objects.filter(pk=stay.pk)
    if told.joined_at:
        known.came(told.joined_at, now)
    else:
        known.came_before(at, now)
    return stay


def _new_stay(meeting: Meeting, told: Told, at: datetime, now: datetime) -> Stay:
    """Texts that LiveKit did not limit are cut to size."""
    unknown = {"display_name": told.name.replace("\0", "").strip()[:100] or "Guest", "created_at": now}
    person, _ = Participant.objects.get_or_create(unknown, meeting=meeting, identity=told.identity[:255])
    joined_at = told.joined_at or at
    facts = {
        "meeting": meeting,
        "participant": person,
        "joined_at": joined_at,
        "is_joined_guessed": not told.joined_at,
        "last_seen_at": joined_at,
        "unsettled_since": now,
        "created_at": now,
    }
    return Stay.objects.get_or_create(facts, sid=told.sid)[0]


def room_finished(meeting: Meeting, at: datetime, now: datetime) -> None:
    """The room was closed at `at`: whoever came before is gone. A room made since has people of its own."""
    Stay.objects.of(meeting).filter(joined_at__lt=at, last_seen_at__lte=at).lost(now)


def count_again(meeting: Meeting, now: datetime) -> None:
    """The meeting's end changed what its stays say: have billing look, which one stay is enough for."""
    first = Stay.objects.of(meeting).order_by("pk").values("pk")[:1]
    Stay.objects.filter(pk__in=first).write(now)
