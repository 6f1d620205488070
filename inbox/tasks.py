"""Celery tasks of the inbox."""

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from inbox import reconcile as reconciler
from inbox.apply import Outcome, apply, apply_together, look_at
from inbox.models import InboundWebhook
from upclass.celery import accept_former_name, app, wake_on_commit
from upclass.locks import try_lock

log = logging.getLogger(__name__)

TOGETHER = 200  # webhooks in one transaction
SLICE = 5000  # webhooks deleted in one transaction
TURN = 5.0  # seconds after which other tasks of the worker have theirs


@app.task
def apply_pending_webhooks() -> None:
    """Apply what is due, woken by what comes and as a sweep. Several workers share the work."""
    until = monotonic() + TURN
    while _apply_some(timezone.now()):
        if monotonic() > until:
            wake_on_commit(apply_pending_webhooks)
            return


def _apply_some(now: datetime) -> bool:
    """Apply the next webhooks together, and what cannot be, one by one; False if there were none."""
    with transaction.atomic():
        claimed = InboundWebhook.objects.due(now).claim(TOGETHER)
        outcome = _together(claimed, now)
    look_at(outcome.joined, now)
    for webhook in outcome.left:
        _apply_alone(webhook)
    return bool(claimed)


def _together(claimed: list[InboundWebhook], now: datetime) -> Outcome:
    try:
        with transaction.atomic():
            return apply_together(claimed, now)
    except Exception as error:  # noqa: BLE001  each is applied alone, and its own error logged
        log.info("%s webhooks are applied one by one: %s", len(claimed), type(error).__name__)
        return Outcome(left=claimed)


def _apply_alone(webhook: InboundWebhook) -> None:
    """One webhook that fails does not hold up the others."""
    try:
        apply(webhook, timezone.now())
    except Exception as error:  # logged with its traceback, and retried later
        log.exception("webhook %s could not be applied", webhook.event_id)
        if webhook.mark_failed(error, timezone.now()):
            log.error("webhook %s was given up: staff may retry it in the admin", webhook.event_id)


@app.task
def prune_applied_webhooks() -> None:
    """Applied webhooks, and dead letters, are kept for a while, to look things up in.

    Deleted some thousands at a time. In partitions of days, which could be dropped, an event's id would not
    be unique: PostgreSQL holds that within each partition only.
    """
    retention = timedelta(days=settings.WEBHOOK_RETENTION_DAYS)
    while InboundWebhook.objects.done_before(timezone.now() - retention).delete_some(SLICE) == SLICE:
        pass


@app.task
def reconcile() -> None:
    with try_lock("reconcile") as acquired:
        if acquired:
            reconciler.reconcile(timezone.now())


@app.task
def apply_webhook(event_id: str) -> None:
    """Of the former version, for one release: it queued each webhook."""
    apply_pending_webhooks()


accept_former_name("inbox.tasks.apply_event", apply_webhook)
accept_former_name("inbox.tasks.apply_kept_news", apply_pending_webhooks)
accept_former_name("inbox.tasks.prune_applied_news", prune_applied_webhooks)
