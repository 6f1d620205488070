from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Sum, Value, When

from customers.models import Customer
from feedback.averages import average
from meetings.models import Meeting
from participants.models import Participant
from upclass.texts import escaped

REQUEST_LIFETIME = timedelta(days=30)
MAX_STARS = 5
MAX_COMMENTS = 2000  # characters of the comments


class Status(models.TextChoices):
    """What became of a feedback request: a rule over answers and times, stored nowhere."""

    OPEN = "open"
    ANSWERED = "answered"
    WAIVED = "waived"
    LAPSED = "lapsed"


class FeedbackRequestQuerySet(models.QuerySet["FeedbackRequest"]):
    def of(self, customer: Customer, external_user_id: str) -> Self:
        """One person's, wherever they incurred them."""
        return self.filter(customer=customer, external_user_id=external_user_id)

    def open(self, now: datetime) -> Self:
        """Of which an answer is still due."""
        return self.filter(~_is_answered(), waived_at__isnull=True, created_at__gt=now - REQUEST_LIFETIME)

    def with_status(self, now: datetime) -> Self:
        """With `status`; an answer counts, also one that came after staff had waived it, or too late."""
        status = Case(
            When(_is_answered(), then=Value(Status.ANSWERED.value)),
            When(waived_at__isnull=False, then=Value(Status.WAIVED.value)),
            When(created_at__lte=now - REQUEST_LIFETIME, then=Value(Status.LAPSED.value)),
            default=Value(Status.OPEN.value),
        )
        return self.annotate(status=status)


class FeedbackRequest(models.Model):
    """Feedback that a person owes for a meeting.

    `participant` is the registration by which they were there last. The customer is the meeting's: it
    is repeated here, for admission searches all of a customer's meetings for what a person owes.
    """

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="feedback_requests")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="feedback_requests")
    external_user_id = models.CharField(max_length=255)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="feedback_requests")
    created_at = models.DateTimeField()
    waived_at = models.DateTimeField(null=True, editable=False)

    objects = FeedbackRequestQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("meeting", "external_user_id"), name="one_request_per_meeting"),
        )
        indexes = (
            models.Index(
                fields=("customer", "external_user_id", "created_at"),
                condition=Q(waived_at__isnull=True),
                name="open_requests",
            ),
        )

    def __str__(self) -> str:
        return f"{escaped(self.external_user_id)} for {self.meeting.code}"

    @property
    def day(self) -> str:
        """On which the person was last in the meeting: YYYY-MM-DD, UTC."""
        return last_day(self.participant, self.meeting).isoformat()

    def waive(self, now: datetime) -> bool:
        """Let it go, once; False when it was not open any more."""
        return bool(FeedbackRequest.objects.open(now).filter(pk=self.pk).update(waived_at=now))


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def of(self, meeting: Meeting) -> Self:
        return self.filter(meeting=meeting)

    def average(self) -> Decimal | None:
        """Stars with 2 decimals; None if there are no answers."""
        found = self.aggregate(stars=Sum("rating"), number=Count("pk"))
        return average(found["stars"] or 0, found["number"])


class Feedback(models.Model):
    """What a person said of a meeting: once, and never changed afterwards."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="feedback")
    external_user_id = models.CharField(max_length=255)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="feedback")
    rating = models.PositiveSmallIntegerField()
    comments = models.CharField(max_length=MAX_COMMENTS)
    created_at = models.DateTimeField()

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        verbose_name_plural = "feedback"
        constraints = (
            models.UniqueConstraint(fields=("meeting", "external_user_id"), name="one_feedback_per_meeting"),
            models.CheckConstraint(condition=Q(rating__range=(1, MAX_STARS)), name="rating_in_stars"),
            models.CheckConstraint(condition=~Q(comments=""), name="comments_not_empty"),
        )

    def __str__(self) -> str:
        who = escaped(self.external_user_id)
        return f"{self.rating} of {MAX_STARS} stars from {who} for {self.meeting.code}"


def last_day(person: Participant, meeting: Meeting) -> date:
    """On which a person was last in a meeting, UTC."""
    connection = person.connections.order_by("-joined_at").first()
    return (connection.joined_at if connection else meeting.created_at).date()


def _is_answered() -> Exists:
    """Of feedback requests: whether the same person answered for the same meeting."""
    same = {"meeting": OuterRef("meeting"), "external_user_id": OuterRef("external_user_id")}
    return Exists(Feedback.objects.filter(**same))
