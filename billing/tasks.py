"""Celery tasks of billing."""

import logging
from collections.abc import Sequence
from itertools import batched

from django.utils import timezone

from billing import settling
from upclass.celery import app
from upclass.locks import free_shards

log = logging.getLogger(__name__)

AT_ONCE = 200  # meetings in one transaction


@app.task
def settle() -> None:
    """Settle every meeting of which something changed. Runs at the same time share the work."""
    for shard in free_shards("settle"):
        for some in batched(settling.due(shard), AT_ONCE, strict=False):
            settle_each(some)


def settle_each(meetings: Sequence[int]) -> None:
    """Together; one that fails does not hold up the others."""
    try:
        settling.settle_all(meetings, timezone.now())
    except Exception:  # logged with its traceback, and retried by the next run
        if len(meetings) > 1:
            for meeting in meetings:
                settle_each([meeting])
        else:
            log.exception("meeting %s could not be settled", *meetings)
