from datetime import datetime
from typing import Self

from django.db import models


class InboundWebhookQuerySet(models.QuerySet["InboundWebhook"]):
    def pending(self) -> Self:
        """Not applied yet; what was tried in vain comes after what was never tried."""
        return self.filter(applied_at__isnull=True).order_by("tries", "received_at", "pk")

    def applied_before(self, moment: datetime) -> Self:
        return self.filter(applied_at__lt=moment)


class InboundWebhook(models.Model):
    """A webhook of LiveKit's, stored before it is applied."""

    event_id = models.CharField(max_length=100, unique=True)
    body = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)  # in vain

    objects = InboundWebhookQuerySet.as_manager()

    class Meta:
        ordering = ("received_at", "pk")
        indexes = (
            models.Index(
                fields=("tries", "received_at"),
                condition=models.Q(applied_at__isnull=True),
                name="webhooks_to_apply",
            ),
            models.Index(fields=("applied_at",), name="webhooks_applied"),
        )

    def __str__(self) -> str:
        return self.event_id
