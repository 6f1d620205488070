from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import Q, Sum

from billing.pricing import Usage
from customers.models import Customer
from meetings.models import Meeting
from participants import timespans
from participants.connections import Connection
from participants.models import Participant


class EntryKind(models.TextChoices):
    GRANT = "grant"
    USAGE = "usage"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"


class CreditAccount(models.Model):
    """A customer's balance in credits, so that it is read in constant time: the sum of the entries."""

    customer = models.OneToOneField(Customer, models.PROTECT, related_name="credit_account")
    balance = models.DecimalField(max_digits=14, decimal_places=4, default=0)

    def __str__(self) -> str:
        return f"{self.customer}: {self.balance}"


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def usage(self) -> Self:
        return self.filter(kind=EntryKind.USAGE)

    def same_as(self, other: "LedgerEntry", since: datetime) -> Self:
        """What was booked for the same reason as the other entry is, lately."""
        facts = ("customer_id", "kind", "amount", "meeting_id", "reason")
        return self.filter(created_at__gte=since, **{name: getattr(other, name) for name in facts})

    def in_month(self, year: int, month: int) -> Self:
        """Written in that month, UTC."""
        start = datetime(year, month, 1, tzinfo=UTC)
        end = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
        return self.filter(created_at__gte=start, created_at__lt=end)

    def total(self) -> Decimal:
        found: Decimal | None = self.aggregate(total=Sum("amount"))["total"]
        return found or Decimal(0)

    def sums_by_meeting(self) -> "models.QuerySet[Any, Any]":
        """What was booked for each `meeting`, all its entries together: `billed_seconds`, `credits_used`."""
        by_meeting = self.usage().order_by().values("meeting")
        return by_meeting.annotate(billed_seconds=Sum("seconds"), credits_used=-Sum("amount"))

    def by_meeting(self) -> dict[int, Usage]:
        """The same, by the meeting's primary key."""
        return {
            sums["meeting"]: Usage(sums["billed_seconds"], sums["credits_used"])
            for sums in self.sums_by_meeting()
        }


class LedgerEntry(models.Model):
    """A line of the ledger, in credits. Written once, by billing/ledger.py only; the database itself
    refuses to change or delete it (migration 0003).
    """

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="ledger_entries")
    kind = models.CharField(max_length=10, choices=EntryKind)
    amount = models.DecimalField(max_digits=14, decimal_places=4)
    balance_after = models.DecimalField(max_digits=14, decimal_places=4, editable=False)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, related_name="ledger_entries", null=True, blank=True, editable=False
    )
    seconds = models.IntegerField(null=True, editable=False)
    reason = models.CharField(max_length=255, blank=True)
    form_id = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(editable=False)

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)  # in which they were written: each waits for its customer's account
        verbose_name_plural = "ledger entries"
        indexes = (
            models.Index(fields=("customer", "-id"), name="ledger_newest_first"),
            models.Index(fields=("customer", "created_at"), name="ledger_by_month"),
        )
        constraints = (
            models.CheckConstraint(condition=~Q(amount=0), name="entry_of_something"),
            models.CheckConstraint(
                condition=~Q(kind__in=(EntryKind.GRANT, EntryKind.REFUND)) | Q(amount__gt=0),
                name="grants_give",
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.USAGE, meeting__isnull=False, seconds__isnull=False)
                | (~Q(kind=EntryKind.USAGE) & Q(seconds__isnull=True)),
                name="usage_names_meeting_and_seconds",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


# What settling keeps, so that it reads of a meeting only what changed. Written under the meeting's row lock.


class MeetingUsageQuerySet(models.QuerySet["MeetingUsage"]):
    def for_each(self, meetings: Iterable[Meeting]) -> "dict[int, MeetingUsage]":
        """What is kept of these meetings; new ones begin with what was booked for them."""
        by_key = {meeting.pk: meeting for meeting in meetings}
        kept = self.in_bulk(by_key)
        new = by_key.keys() - kept.keys()
        booked = LedgerEntry.objects.filter(meeting__in=new).by_meeting() if new else {}
        for key in new:
            kept[key] = MeetingUsage()
            kept[key].booked = booked.get(key, Usage())
        for key, usage in kept.items():
            usage.meeting = by_key[key]
        return kept

    def put(self, usages: "Iterable[MeetingUsage]") -> None:
        facts = ("closes_at", "closed_seconds", "beats", "booked_seconds", "booked_credits", "settled_at")
        self.bulk_create(usages, update_conflicts=True, unique_fields=["meeting"], update_fields=facts)


class MeetingUsage(models.Model):
    """A meeting's sums.

    `closed_seconds` are those of its settled spans: of each person's union, added up, cut at `closes_at`, as
    the meeting had it. `beats` are those of the heartbeats of its open connections, which only grow: as many
    are the same ones. `booked_seconds` and `booked_credits` are those of its ledger entries.
    """

    meeting = models.OneToOneField(Meeting, models.PROTECT, primary_key=True, related_name="usage")
    closes_at = models.DateTimeField(null=True)
    closed_seconds = models.BigIntegerField(default=0)
    beats = models.BigIntegerField(default=0)
    booked_seconds = models.BigIntegerField(default=0)
    booked_credits = models.DecimalField(max_digits=14, decimal_places=4, default=0)
    settled_at = models.DateTimeField()

    objects = MeetingUsageQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.booked_seconds} s"

    @property
    def booked(self) -> Usage:
        return Usage(self.booked_seconds, self.booked_credits)

    @booked.setter
    def booked(self, usage: Usage) -> None:
        self.booked_seconds, self.booked_credits = usage.seconds, usage.credits


class SettledSpanQuerySet(models.QuerySet["SettledSpan"]):
    def near(self, since: Mapping[int, datetime]) -> "models.query.RawQuerySet[SettledSpan]":
        """Of each participant (primary key), those that end after a moment of their own."""
        wanted = "unnest(%s::bigint[], %s::timestamptz[]) AS wanted (participant_id, since)"
        is_wanted = "span.participant_id = wanted.participant_id AND span.end > wanted.since"
        sql = f"SELECT span.* FROM billing_settledspan span JOIN {wanted} ON {is_wanted}"  # noqa: S608
        return self.raw(sql, [list(since.keys()), list(since.values())])

    def put(self, spans: "Iterable[SettledSpan]") -> None:
        self.bulk_create(
            spans, update_conflicts=True, unique_fields=["connection"], update_fields=["start", "end"]
        )


class SettledSpan(models.Model):
    """The time with which a closed connection is in its meeting's `closed_seconds`."""

    connection = models.OneToOneField(
        Connection, models.PROTECT, primary_key=True, related_name="settled_span"
    )
    participant = models.ForeignKey(Participant, models.PROTECT, db_index=False, related_name="settled_spans")
    start = models.DateTimeField()
    end = models.DateTimeField()

    objects = SettledSpanQuerySet.as_manager()

    class Meta:
        indexes = (models.Index(fields=("participant", "end"), name="settled_spans_of_person"),)

    def __str__(self) -> str:
        return f"{self.start:%H:%M:%S} to {self.end:%H:%M:%S}"

    @property
    def span(self) -> timespans.Span:
        return self.start, self.end
