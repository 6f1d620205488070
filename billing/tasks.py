"""What Celery does for billing."""

import logging

from django.utils import timezone

from billing import settling
from upclass.celery import app
from upclass.locks import alone

log = logging.getLogger(__name__)


@app.task
def settle() -> None:
    """Settle every meeting of which something changed. One that fails does not hold up the others."""
    with alone("settle") as mine:
        for meeting in settling.due() if mine else []:
            try:
                settling.settle(meeting, timezone.now())
            except Exception:  # logged with its traceback, and tried again by the next run
                log.exception("meeting %s could not be settled", meeting)
