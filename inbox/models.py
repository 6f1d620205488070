"""Webhooks of LiveKit's, stored before they are applied."""

import json
from datetime import datetime, timedelta
from typing import Self

from django.db import connection, models
from django.db.models import F, Q

GIVEN_UP_AFTER = timedelta(days=1)  # of failures
RETRY_FIRST, RETRY_AT_MOST = timedelta(seconds=5), timedelta(hours=1)
TO_APPLY = Q(applied_at__isnull=True, dead_lettered_at__isnull=True)

KEEP = """
    INSERT INTO inbox_inboundwebhook (event_id, body, received_at, tries, failure) VALUES (%s, %s, %s, 0, '')
    ON CONFLICT DO NOTHING
""".strip()


class InboundWebhookQuerySet(models.QuerySet["InboundWebhook"]):
    def pending(self) -> Self:
        """Not applied yet, nor given up; what was tried in vain comes after what was never tried."""
        return self.filter(TO_APPLY).order_by("tries", "received_at", "pk")

    def due(self, now: datetime) -> Self:
        return self.pending().exclude(retry_at__gt=now)

    def dead_letters(self) -> Self:
        return self.filter(dead_lettered_at__isnull=False)

    def done_before(self, moment: datetime) -> Self:
        """Applied, or given up, before then."""
        return self.filter(Q(applied_at__lt=moment) | Q(dead_lettered_at__lt=moment))

    def delete_some(self, number: int) -> int:
        """Delete this many of these at most; how many there were."""
        return self.filter(pk__in=self.order_by().values("pk")[:number]).delete()[0]

    def claim(self, number: int) -> "list[InboundWebhook]":
        """The first of these that no other worker has, for the rest of this transaction."""
        return list(self.select_for_update(skip_locked=True)[:number])

    def keep(self, event_id: str, body: object, received_at: datetime) -> None:
        """Store one, unless its event is known: one INSERT, in SQL, for Django composes it slowly."""
        with connection.cursor() as cursor:
            cursor.execute(KEEP, [event_id, json.dumps(body), received_at])

    def mark_applied(self, now: datetime) -> None:
        self.update(applied_at=now)

    def mark_waiting(self, now: datetime) -> None:
        """Tried in vain, and no failure: what they depend on may still come."""
        self.update(tries=F("tries") + 1, retry_at=now + RETRY_FIRST)

    def retry(self) -> int:
        """Dead letters among these are pending again, as if they had just come."""
        return self.dead_letters().update(dead_lettered_at=None, failing_since=None, retry_at=None, tries=0)


class InboundWebhook(models.Model):
    """A webhook of LiveKit's.

    One that fails is retried after 5 s, 10 s, 20 s, … an hour. After a day it is a dead letter, which only
    staff have retried.
    """

    event_id = models.CharField(max_length=100, unique=True)
    body = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)  # in vain
    failing_since = models.DateTimeField(null=True)
    failure = models.CharField(max_length=200, blank=True, default="")  # the last one
    retry_at = models.DateTimeField(null=True)
    dead_lettered_at = models.DateTimeField(null=True)

    objects = InboundWebhookQuerySet.as_manager()

    class Meta:
        ordering = ("received_at", "pk")
        indexes = (
            models.Index(fields=("tries", "received_at"), condition=TO_APPLY, name="webhooks_pending"),
            models.Index(fields=("applied_at",), name="webhooks_applied"),
            models.Index(
                fields=("dead_lettered_at",), condition=Q(dead_lettered_at__isnull=False), name="dead_letters"
            ),
        )

    def __str__(self) -> str:
        return self.event_id

    def mark_failed(self, error: Exception, now: datetime) -> bool:
        """Whether it was given up by this."""
        since = self.failing_since or now
        is_dead = now - since >= GIVEN_UP_AFTER
        delay = min(RETRY_FIRST * 2 ** min(self.tries, 20), RETRY_AT_MOST)
        InboundWebhook.objects.filter(
            pk=self.pk
        ).update(  # as the row is now: it may have been read a while ago
            tries=F("tries") + 1,
            failing_since=since,
            failure=f"{type(error).__name__}: {error}".replace("\0", "")[:200],
            retry_at=now + delay,
            dead_lettered_at=now if is_dead else None,
        )
        return is_dead
