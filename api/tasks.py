"""Celery tasks of the API."""

from django.utils import timezone

from api.models import StoredResponse
from upclass.celery import accept_former_name, app
from upclass.locks import try_lock


@app.task
def prune_stored_responses() -> None:
    """Delete the responses that are no longer replayed."""
    with try_lock("prune_stored_responses") as acquired:
        if acquired:
            StoredResponse.objects.stale(timezone.now()).delete()


accept_former_name("api.tasks.prune_kept_answers", prune_stored_responses)
