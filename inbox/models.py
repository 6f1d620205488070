from django.db import models


class Event(models.Model):
    """A piece of LiveKit's news, kept before it is applied."""

    event_id = models.CharField(max_length=100, unique=True)
    body = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("received_at", "pk")
        indexes = (
            models.Index(
                fields=("received_at",),
                condition=models.Q(applied_at__isnull=True),
                name="news_to_apply",
            ),
        )

    def __str__(self) -> str:
        return self.event_id
