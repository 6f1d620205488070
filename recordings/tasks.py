"""What Celery does for recordings. Asking LiveKit to start or stop takes long: it has its own queue."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Task
from django.utils import timezone

from recordings import course, starting
from recordings import sweep as sweeping
from recordings.errands import Deed, Errand
from recordings.models import Take
from upclass import egress, livekit, storage
from upclass.celery import app, wake
from upclass.locks import alone

log = logging.getLogger(__name__)


@contextmanager
def left_to_the_sweep() -> Iterator[None]:
    """What cannot be asked now, the sweep finds again."""
    try:
        yield
    except (livekit.Unreachable, storage.Unreachable) as error:
        log.warning("left to the sweep: %s", error)


@app.task
def start(take: int) -> None:
    with left_to_the_sweep():
        starting.start(_take(take), timezone.now())


@app.task
def stop(take: int) -> None:
    with left_to_the_sweep():
        course.stop(_take(take), timezone.now())


@app.task
def stop_egress(egress_id: str) -> None:
    """End an egress that no take waits for."""
    with left_to_the_sweep():
        egress.stop(egress_id)


@app.task
def save(take: int) -> None:
    with left_to_the_sweep():
        course.save(_take(take))


@app.task
def sweep() -> None:
    with alone("sweep of takes") as mine:
        for errand in sweeping.errands(timezone.now()) if mine else []:
            send(errand)


def _take(pk: int) -> Take:
    return Take.objects.select_related("meeting__customer").get(pk=pk)


DEEDS: dict[Deed, "Task[[int], None] | Task[[str], None]"] = {
    Deed.START: start,
    Deed.STOP: stop,
    Deed.SAVE: save,
    Deed.STOP_EGRESS: stop_egress,
}


def send(errand: Errand | None) -> None:
    """Have an errand done after the commit, if there is one."""
    if errand:
        wake(DEEDS[errand.deed], errand.of)
