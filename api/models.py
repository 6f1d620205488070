from datetime import datetime, timedelta
from typing import Self

from django.db import models

from customers.models import Customer

RETENTION = timedelta(hours=24)


class StoredResponseQuerySet(models.QuerySet["StoredResponse"]):
    def fresh(self, now: datetime) -> Self:
        """Those that are still replayed."""
        return self.filter(created_at__gt=now - RETENTION)

    def stale(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - RETENTION)


class StoredResponse(models.Model):
    """The response to a request with an idempotency key, to be replayed.

    Commits with the request's effect. The body is encrypted, for it may hold join links.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=10)
    path = models.TextField()
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    encrypted_body = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    objects = StoredResponseQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("customer", "key", "method", "path"), name="one_response_per_key"
            ),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"
