from datetime import datetime, timedelta
from typing import Self

from django.db import models

from meetings.models import Meeting

RETENTION = timedelta(hours=1)  # as far back as any limit looks


class FailedAttemptQuerySet(models.QuerySet["FailedAttempt"]):
    def since(self, at: datetime) -> Self:
        return self.filter(created_at__gt=at)

    def stale(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - RETENTION)


class FailedAttempt(models.Model):
    """Somebody typed a code that nobody in the meeting has.

    `network` is the address they did it from, of IPv6 its /64 (upclass.addresses.client_network).
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="failed_attempts")
    network = models.CharField(max_length=50)
    created_at = models.DateTimeField()

    objects = FailedAttemptQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (
            models.Index(fields=("network", "created_at"), name="failed_attempts_by_network"),
            models.Index(fields=("meeting", "created_at"), name="failed_attempts_by_meeting"),
            models.Index(fields=("created_at",), name="failed_attempts_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.network} at {self.created_at:%H:%M:%S}"
