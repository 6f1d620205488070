"""What Celery does for the pages."""

from django.utils import timezone

from join.models import WrongTry
from upclass.celery import app
from upclass.locks import alone


@app.task
def prune_wrong_codes() -> None:
    """Forget the wrong codes that no limit counts any more."""
    with alone("prune_wrong_codes") as mine:
        if mine:
            WrongTry.objects.stale(timezone.now()).delete()
