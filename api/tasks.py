"""What Celery does for the API."""

from django.utils import timezone

from api.models import KeptAnswer
from upclass.celery import app
from upclass.locks import alone


@app.task
def prune_kept_answers() -> None:
    """Delete the answers that are no longer given again."""
    with alone("prune_kept_answers") as mine:
        if mine:
            KeptAnswer.objects.stale(timezone.now()).delete()
