"""Celery tasks of the join pages."""

from django.utils import timezone

from join.models import FailedAttempt
from participants.models import Admission
from upclass.celery import app
from upclass.locks import try_lock


@app.task
def prune_wrong_codes() -> None:
    """Forget the wrong codes that no limit counts any more."""
    with try_lock("prune_wrong_codes") as acquired:
        if acquired:
            FailedAttempt.objects.stale(timezone.now()).delete()


@app.task
def forget_networks() -> None:
    """Addresses of guests are kept for an hour."""
    Admission.objects.forget_networks(timezone.now())
