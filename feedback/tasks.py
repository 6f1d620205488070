"""Celery tasks of feedback."""

import logging

from django.utils import timezone

from feedback import requesting
from meetings.models import Meeting
from upclass.celery import accept_former_name, app
from upclass.locks import try_lock

log = logging.getLogger(__name__)


@app.task
def create_feedback_requests() -> None:
    """Create the feedback requests that are due. A meeting that fails does not hold up the others."""
    with try_lock("create feedback requests") as acquired:
        for meeting in requesting.due(timezone.now()) if acquired else []:
            try:
                requesting.create_for(meeting, timezone.now())
            except Exception:  # logged with its traceback, and retried by the next run
                log.exception("the feedback requests of meeting %s could not be created", meeting)


@app.task
def create_feedback_requests_of(meeting_pk: int) -> None:
    """The same for one meeting, which has just ended."""
    requesting.create_for(Meeting.objects.get(pk=meeting_pk), timezone.now())


accept_former_name("feedback.tasks.write_debts", create_feedback_requests)
