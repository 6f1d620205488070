"""Celery tasks of billing."""

import logging

from django.utils import timezone

from billing import settling
from upclass.celery import app
from upclass.locks import try_lock

log = logging.getLogger(__name__)


@app.task
def settle() -> None:
    """Settle every meeting of which something changed. One that fails does not hold up the others."""
    with try_lock("settle") as acquired:
        for meeting in settling.due() if acquired else []:
            try:
                settling.settle(meeting, timezone.now())
            except Exception:  # logged with its traceback, and retried by the next run
                log.exception("meeting %s could not be settled", meeting)
