"""People's connections to LiveKit, and how facts about them are written.

`Connection` is among this app's models, whose module imports it.
"""

from datetime import datetime, timedelta
from typing import Self

from django.db import models, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least

from meetings.models import Meeting
from participants import settlement, timespans
from participants.heartbeats import Heartbeat
from upclass import codes
from upclass.shards import SHARDS

EMPTY_AFTER = timedelta(seconds=60)  # since the last connection ended


def later(at: Combinable, by: timedelta) -> "ExpressionWrapper[Combinable]":
    return ExpressionWrapper(at + Value(by), output_field=DateTimeField())


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def of(self, meeting: Meeting) -> Self:
        return self.filter(meeting=meeting)

    def open(self) -> Self:
        return self.filter(left_at__isnull=True)

    def since(self, at: datetime) -> Self:
        """Open, or closed after `at`."""
        return self.filter(Q(left_at__isnull=True) | Q(left_at__gt=at))

    def of_admission(self) -> Self:
        """Of the admission of an outer query: those whose token names it.

        Of those that name none, whoever came since; that compares LiveKit's clock with ours.
        """
        came_since = Q(admission__isnull=True, joined_at__gte=OuterRef("created_at"))
        named = Q(admission=OuterRef("pk"))
        return self.filter(named | came_since, participant=OuterRef("participant"))

    def with_presence(self, until: datetime) -> Self:
        """With `presence_ends_at`: a connection keeps its room from being empty for a minute after its end.

        `until` is now, or when the meeting was over.
        """
        ends_at = Least(Coalesce("left_at", Value(until)), Value(until))
        return self.annotate(presence_ends_at=later(ends_at, EMPTY_AFTER))

    def occupying(self, now: datetime) -> Self:
        """Counting as presence at `now`, as `with_presence(now)` has it."""
        return self.since(now - EMPTY_AFTER)

    def of_welcome_people(self) -> Self:
        """Of people who were neither removed nor barred."""
        return self.filter(participant__removed_at__isnull=True, participant__barred_at__isnull=True)

    def of_shard(self, shard: int | None) -> Self:
        """Of the meetings of one shard; without it, of all."""
        return self if shard is None else self.alias(shard=F("meeting_id") % SHARDS).filter(shard=shard)

    def unsettled(self) -> Self:
        """Changed since billing last settled them."""
        return self.exclude(settlement.SETTLED)

    # Facts change by these only, each one UPDATE, so that webhooks may be applied in any order and at once.

    def change(self, now: datetime, **facts: object) -> int:
        """Change facts, and leave the connection to be settled."""
        return self.update(**facts, **settlement.changed(now))

    def set_joined_at(self, at: datetime, now: datetime) -> None:
        """LiveKit's own time of joining: it replaces any guess."""
        known = self.filter(Q(is_joined_guessed=True) | Q(joined_at__gt=at))
        known.change(now, joined_at=at, is_joined_guessed=False)

    def set_joined_no_later_than(self, at: datetime, now: datetime) -> None:
        """They were there at `at`: a guess that they joined later was wrong."""
        self.filter(is_joined_guessed=True, joined_at__gt=at).change(now, joined_at=at)

    def set_seen_at(self, at: datetime, now: datetime) -> None:
        """LiveKit showed them active at `at`: a guess that they had left before was wrong."""
        is_there = Q(left_at__isnull=True, last_seen_at__lte=at)
        unsure = self.filter(is_there | Q(is_left_guessed=True, last_seen_at__lt=at))
        unsure.change(now, last_seen_at=at, missed_polls=0, left_at=None, is_left_guessed=False)

    def last_shown(self, **lookup: datetime) -> Self:
        """Whose `last_shown_at` is `lt` or `lte` a moment."""
        [(name, at)] = lookup.items()
        polled = Q(heartbeat__isnull=True) | Q(**{f"heartbeat__seen_at__{name}": at})
        return self.filter(polled, **{f"last_seen_at__{name}": at})

    def set_left_at(self, at: datetime, now: datetime) -> None:
        """LiveKit's own time of leaving: it replaces any guess; of two, the earlier stands."""
        unsure = Q(left_at__isnull=True) | Q(is_left_guessed=True) | Q(left_at__gt=at)
        self.filter(unsure).change(now, left_at=at, is_left_guessed=False)

    @transaction.atomic
    def close_lost(self, now: datetime) -> None:
        """Closed without a webhook that says when: the guess is when they were last seen.

        While this is written no poll can show them: it comes before, and is what they were last seen by, or
        after, and finds them closed.
        """
        lost = self.open().select_for_update(of=("self",), no_key=True).order_by("pk")
        keys = [one.pk for one in lost.only("pk")]
        if not keys:
            return
        Heartbeat.objects.hold(keys)
        seen = Subquery(Heartbeat.objects.filter(connection=OuterRef("pk")).values("seen_at"))
        Connection.objects.filter(pk__in=keys).change(
            now, left_at=seen, last_seen_at=seen, is_left_guessed=True
        )


class Connection(settlement.Settlement):
    """One connection of one person to LiveKit: a row per LiveKit participant sid."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="connections", db_index=False)
    participant = models.ForeignKey("Participant", models.PROTECT, related_name="connections")
    # Whose token it came with, as LiveKit reports it.
    admission = models.ForeignKey(
        "Admission", models.SET_NULL, null=True, editable=False, related_name="connections"
    )
    sid = models.CharField(max_length=64, unique=True)
    session_id = models.CharField(max_length=12, default=codes.session_id, editable=False)
    joined_at = models.DateTimeField()
    is_joined_guessed = models.BooleanField(default=False)
    left_at = models.DateTimeField(null=True)
    is_left_guessed = models.BooleanField(default=False)
    last_seen_at = models.DateTimeField()
    missed_polls = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    presence_ends_at: datetime  # of rows read `with_presence`; no column

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (
            models.Index(
                fields=("last_seen_at",), condition=Q(left_at__isnull=True), name="open_connections"
            ),
            models.Index(fields=("left_at",), name="connections_by_leaving"),
            models.Index(fields=("meeting", "left_at"), name="connections_of_meeting"),
            models.Index(fields=("meeting",), condition=~settlement.SETTLED, name="unsettled_connections"),
        )

    def __str__(self) -> str:
        return self.sid

    @property
    def last_shown_at(self) -> datetime:
        """When LiveKit last showed the person active: by a webhook, or to a poll. Of who left, up to then."""
        beat: Heartbeat | None = getattr(self, "heartbeat", None)
        return max(self.last_seen_at, beat.seen_at) if beat else self.last_seen_at

    def span(self, meeting: Meeting, now: datetime) -> timespans.Span:
        """The time that counts: until leaving, until the meeting was over, or until now."""
        return timespans.span(self.joined_at, self.left_at, meeting.over_since(now) or now)

    def billed_span(self, meeting: Meeting) -> timespans.Span:
        """The time that is billed: an open connection up to when LiveKit last showed the person active."""
        end = self.left_at or self.last_shown_at
        return timespans.span(self.joined_at, end, meeting.closes_at or end)
