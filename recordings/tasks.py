"""Celery tasks of recordings. Calling LiveKit to start or stop takes long: they have a queue of their own."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from celery import Task
from django.utils import timezone

from recordings import launch, lifecycle, sweep
from recordings.follow_ups import Action, FollowUp
from recordings.models import Recording
from upclass import egress, livekit, storage
from upclass.celery import accept_former_name, app, enqueue_on_commit
from upclass.locks import try_lock

log = logging.getLogger(__name__)

# Each holds a thread for up to half a minute while no recorder is free. The worker has more threads than
# these (local/worker.py, docker-compose.yml): what ends a recording never waits for what begins one.
REQUESTS_AT_ONCE = 12
_requesting = threading.BoundedSemaphore(REQUESTS_AT_ONCE)


@contextmanager
def retried_by_sweep() -> Iterator[None]:
    """What cannot be reached now, the sweep finds again."""
    try:
        yield
    except (livekit.Unreachable, storage.Unreachable) as error:
        log.warning("left to the sweep: %s", error)


@app.task
def request_egress(recording: int) -> None:
    taken = _taken(recording)
    if not _requesting.acquire(blocking=False):
        log.warning("recording %s is left to the sweep: too many are being requested", recording)
        return
    try:
        with retried_by_sweep():
            launch.request_egress(taken, timezone.now())
    finally:
        _requesting.release()


@app.task
def stop_recording(recording: int) -> None:
    with retried_by_sweep():
        lifecycle.stop_recording(_taken(recording), timezone.now())


@app.task
def stop_egress(egress_id: str) -> None:
    """End an egress that belongs to no recording."""
    with retried_by_sweep():
        egress.stop_egress(egress_id)


@app.task
def confirm_stored(recording: int) -> None:
    with retried_by_sweep():
        lifecycle.confirm_stored(_taken(recording))


@app.task
def sweep_recordings() -> None:
    with try_lock("sweep recordings") as acquired:
        for follow_up in sweep.follow_ups(timezone.now()) if acquired else []:
            enqueue(follow_up)


def _taken(pk: int) -> Recording:
    """The recording of a follow-up task that a worker has begun with."""
    Recording.objects.take_follow_up(pk)
    return Recording.objects.select_related("meeting__customer").get(pk=pk)


TASKS: dict[Action, "Task[[int], None] | Task[[str], None]"] = {
    Action.REQUEST: request_egress,
    Action.STOP: stop_recording,
    Action.CONFIRM: confirm_stored,
    Action.STOP_EGRESS: stop_egress,
}


def enqueue(follow_up: FollowUp | None) -> None:
    """Run a follow-up task after the commit, if there is one that does not wait for a worker already."""
    if follow_up and _is_first(follow_up):
        enqueue_on_commit(TASKS[follow_up.action], follow_up.of)


def _is_first(follow_up: FollowUp) -> bool:
    if not isinstance(follow_up.of, int):
        return True
    return Recording.objects.claim_follow_up(follow_up.of, follow_up.action.name, timezone.now())


accept_former_name("recordings.tasks.start", request_egress)
accept_former_name("recordings.tasks.stop", stop_recording)
accept_former_name("recordings.tasks.save", confirm_stored)
accept_former_name("recordings.tasks.sweep", sweep_recordings)
