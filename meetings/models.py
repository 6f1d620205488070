from datetime import datetime
from enum import StrEnum
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Count, Q

from customers.models import Customer
from upclass import codes


class Status(StrEnum):
    """What the API calls `status`: a rule over times, stored nowhere."""

    ACTIVE = "active"
    ENDED = "ended"
    EXPIRED = "expired"


def _expired(now: datetime) -> Q:
    return Q(cancelled_at__isnull=False) | Q(expires_at__lte=now)


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def of(self, customer: Customer) -> Self:
        return self.filter(customer=customer)

    def ended(self) -> Self:
        return self.filter(ended_at__isnull=False)

    def expired(self, now: datetime) -> Self:
        return self.filter(_expired(now), ended_at__isnull=True)

    def active(self, now: datetime) -> Self:
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=now),
            ended_at__isnull=True,
            cancelled_at__isnull=True,
        )

    def with_status(self, status: Status | None, now: datetime) -> Self:
        """All, for None."""
        if status is None:
            return self.all()
        if status is Status.ENDED:
            return self.ended()
        return self.active(now) if status is Status.ACTIVE else self.expired(now)

    def counts_with_status(self, status: Status | None, now: datetime) -> "models.QuerySet[Meeting, int]":
        """Of disjoint parts of those `with_status`, each a range of an index of its own: to be added up."""
        first, *others = (part._counted() for part in self._parts(status, now))
        return first.union(*others, all=True).order_by()

    def _counted(self) -> "models.QuerySet[Meeting, int]":
        by_customer = self.order_by().values("customer")
        return by_customer.annotate(number=Count("*")).values_list("number", flat=True)

    def _parts(self, status: Status | None, now: datetime) -> "tuple[Self, ...]":
        """Disjoint; together those `with_status`."""
        if status in (None, Status.ENDED):
            return (self.with_status(status, now),)
        going_on = self.filter(ended_at__isnull=True, cancelled_at__isnull=True)
        if status is Status.ACTIVE:
            return going_on.filter(expires_at__isnull=True), going_on.filter(expires_at__gt=now)
        cancelled = self.filter(ended_at__isnull=True, cancelled_at__isnull=False)
        return cancelled, going_on.filter(expires_at__lte=now)


NEWEST_FIRST = ("customer", "-created_at", "-id")


class Meeting(models.Model):
    """A scheduled meeting. One LiveKit room, named by its code, is made when somebody enters."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="meetings")
    code = models.CharField(max_length=14, unique=True, default=codes.meeting_code, editable=False)
    topic = models.CharField(max_length=255, blank=True)
    is_secured = models.BooleanField(default=False)
    record_on_cloud = models.BooleanField(default=False)
    feedback_required = models.BooleanField(default=False)
    max_participants = models.PositiveSmallIntegerField(default=50)
    start_date_time = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, editable=False)
    cancelled_at = models.DateTimeField(null=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        # Three hold pages of the list; two, and the foreign key's, its counts; the last has what is rare.
        indexes = (
            models.Index(fields=NEWEST_FIRST, name="meeting_newest_first"),
            models.Index(fields=NEWEST_FIRST, condition=Q(ended_at__isnull=False), name="meetings_ended"),
            models.Index(
                fields=NEWEST_FIRST,
                include=("cancelled_at", "expires_at"),
                condition=Q(ended_at__isnull=True),
                name="meetings_not_ended",
            ),
            models.Index(
                fields=("customer",),
                condition=Q(ended_at__isnull=True, cancelled_at__isnull=False),
                name="meetings_cancelled",
            ),
            models.Index(
                fields=("customer", "expires_at"),
                condition=Q(ended_at__isnull=True, cancelled_at__isnull=True),
                name="meetings_by_expiry",
            ),
            models.Index(
                fields=("id",), condition=Q(feedback_required=True), name="meetings_asking_for_feedback"
            ),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def join_url(self) -> str:
        return f"{settings.PUBLIC_URL}/{self.code}/"

    def status(self, now: datetime) -> Status:
        if self.ended_at:
            return Status.ENDED
        return Status.EXPIRED if self.over_since(now) else Status.ACTIVE

    def over_since(self, now: datetime) -> datetime | None:
        """Since when the meeting is ended or expired; None while it is neither."""
        passed = self.expires_at if self.expires_at and self.expires_at <= now else None
        return self.ended_at or self.cancelled_at or passed

    @property
    def closes_at(self) -> datetime | None:
        """When the meeting was over, or will be by itself: no time after it counts."""
        return self.ended_at or self.cancelled_at or self.expires_at

    def mark_ended(self, now: datetime) -> bool:
        """Set `ended_at` on an active meeting, once; False when it was over already."""
        return bool(Meeting.objects.active(now).filter(pk=self.pk).update(ended_at=now))
