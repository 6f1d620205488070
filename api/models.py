from datetime import datetime, timedelta
from typing import Self

from django.db import models

from customers.models import Customer

KEPT_FOR = timedelta(hours=24)


class KeptAnswerQuerySet(models.QuerySet["KeptAnswer"]):
    def fresh(self, now: datetime) -> Self:
        """Those that are still given again."""
        return self.filter(created_at__gt=now - KEPT_FOR)

    def stale(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - KEPT_FOR)


class KeptAnswer(models.Model):
    """What a request with an idempotency key was answered, to be given again.

    Commits with the request's effect. The answer is sealed, for it may hold join links.
    """

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=10)
    path = models.TextField()
    body_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    created_at = models.DateTimeField(db_index=True)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("customer", "key", "method", "path"), name="one_answer_per_key"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"
