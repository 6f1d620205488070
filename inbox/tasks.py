"""Celery tasks of the inbox."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from inbox import reconcile as reconciler
from inbox.apply import apply
from inbox.models import InboundWebhook
from upclass.celery import accept_former_name, app
from upclass.locks import try_lock

log = logging.getLogger(__name__)

AT_ONCE = 500


@app.task
def apply_webhook(event_id: str) -> None:
    """Apply one webhook, unless the sweep was faster."""
    webhook = InboundWebhook.objects.pending().filter(event_id=event_id).first()
    if webhook:
        apply(webhook, timezone.now())


@app.task
def apply_pending_webhooks() -> None:
    """The sweep: apply what no worker was woken for. One webhook that fails does not hold up the others."""
    with try_lock("apply_pending_webhooks") as acquired:
        for webhook in _due(timezone.now()) if acquired else []:
            try:
                apply(webhook, timezone.now())
            except Exception as error:  # logged with its traceback, and retried later
                log.exception("webhook %s could not be applied", webhook.event_id)
                if webhook.mark_failed(error, timezone.now()):
                    log.error("webhook %s was given up: staff may retry it in the admin", webhook.event_id)


def _due(now: datetime) -> list[InboundWebhook]:
    return list(InboundWebhook.objects.due(now)[:AT_ONCE])


@app.task
def prune_applied_webhooks() -> None:
    """Applied webhooks, and dead letters, are kept for a while, to look things up in."""
    retention = timedelta(days=settings.WEBHOOK_RETENTION_DAYS)
    InboundWebhook.objects.done_before(timezone.now() - retention).delete()


@app.task
def reconcile() -> None:
    with try_lock("reconcile") as acquired:
        if acquired:
            reconciler.reconcile(timezone.now())


accept_former_name("inbox.tasks.apply_event", apply_webhook)
accept_former_name("inbox.tasks.apply_kept_news", apply_pending_webhooks)
accept_former_name("inbox.tasks.prune_applied_news", prune_applied_webhooks)
