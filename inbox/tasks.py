"""What Celery does for the inbox."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from inbox import reconcile as reconciler
from inbox.apply import apply
from inbox.models import Event
from upclass.celery import app
from upclass.locks import alone

log = logging.getLogger(__name__)

AT_ONCE = 500


@app.task
def apply_event(event_id: str) -> None:
    """Apply one event, unless the sweep was faster."""
    event = Event.objects.waiting().filter(event_id=event_id).first()
    if event:
        apply(event, timezone.now())


@app.task
def apply_kept_news() -> None:
    """The sweep: apply what no worker was woken for. One event that fails does not hold up the others."""
    with alone("apply_kept_news") as mine:
        for event in _waiting() if mine else []:
            try:
                apply(event, timezone.now())
            except Exception:  # logged with its traceback, and tried again by the next sweep
                log.exception("event %s could not be applied", event.event_id)
                Event.objects.filter(pk=event.pk).update(tries=F("tries") + 1)


def _waiting() -> list[Event]:
    return list(Event.objects.waiting()[:AT_ONCE])


@app.task
def prune_applied_news() -> None:
    """Applied news is kept for a while, to look things up in."""
    kept_for = timedelta(days=settings.NEWS_KEPT_DAYS)
    Event.objects.applied_before(timezone.now() - kept_for).delete()


@app.task
def reconcile() -> None:
    with alone("reconcile") as mine:
        if mine:
            reconciler.reconcile(timezone.now())
