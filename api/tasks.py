"""Celery tasks of the API."""

from django.utils import timezone

from api.models import KeptAnswer
from upclass.celery import app
from upclass.locks import try_lock


@app.task
def prune_kept_answers() -> None:
    """Delete the answers that are no longer given again."""
    with try_lock("prune_kept_answers") as acquired:
        if acquired:
            KeptAnswer.objects.stale(timezone.now()).delete()
