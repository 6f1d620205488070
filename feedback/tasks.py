"""What Celery does for feedback."""

import logging

from django.utils import timezone

from feedback import debts
from upclass.celery import app
from upclass.locks import alone

log = logging.getLogger(__name__)


@app.task
def write_debts() -> None:
    """Write down who owes feedback since the last run. A meeting that fails does not hold up the others."""
    with alone("write debts") as mine:
        for meeting in debts.due(timezone.now()) if mine else []:
            try:
                debts.write(meeting, timezone.now())
            except Exception:  # logged with its traceback, and tried again by the next run
                log.exception("the debts of meeting %s could not be written", meeting)
