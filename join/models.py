from datetime import datetime, timedelta
from typing import Self

from django.db import models

from meetings.models import Meeting

KEPT = timedelta(hours=1)  # as far back as any limit looks


class WrongTryQuerySet(models.QuerySet["WrongTry"]):
    def since(self, at: datetime) -> Self:
        return self.filter(created_at__gt=at)

    def stale(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - KEPT)


class WrongTry(models.Model):
    """Somebody typed a code that nobody in the meeting has.

    `place` is the address they did it from, of IPv6 its network (upclass.addresses.one_place).
    """

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="wrong_tries")
    place = models.CharField(max_length=50)
    created_at = models.DateTimeField()

    objects = WrongTryQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        indexes = (
            models.Index(fields=("place", "created_at"), name="wrong_tries_by_place"),
            models.Index(fields=("meeting", "created_at"), name="wrong_tries_by_meeting"),
            models.Index(fields=("created_at",), name="wrong_tries_by_age"),
        )

    def __str__(self) -> str:
        return f"{self.place} at {self.created_at:%H:%M:%S}"
