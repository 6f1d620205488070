"""What Celery does for the inbox."""

import logging

from django.utils import timezone

from inbox import reconcile as reconciler
from inbox.apply import apply
from inbox.models import Event
from upclass.celery import app
from upclass.locks import alone

log = logging.getLogger(__name__)

AT_ONCE = 500


@app.task
def apply_event(pk: int) -> None:
    """Apply one event, unless the sweep was faster."""
    event = Event.objects.filter(pk=pk, applied_at__isnull=True).first()
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


def _waiting() -> list[Event]:
    return list(Event.objects.filter(applied_at__isnull=True)[:AT_ONCE])


@app.task
def reconcile() -> None:
    with alone("reconcile") as mine:
        if mine:
            reconciler.reconcile(timezone.now())
