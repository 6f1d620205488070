"""Celery tasks of recordings. Calling LiveKit to start or stop takes long: they have a queue of their own."""

import logging
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


@contextmanager
def retried_by_sweep() -> Iterator[None]:
    """What cannot be reached now, the sweep finds again."""
    try:
        yield
    except (livekit.Unreachable, storage.Unreachable) as error:
        log.warning("left to the sweep: %s", error)


@app.task
def request_egress(recording: int) -> None:
    with retried_by_sweep():
        launch.request_egress(_recording(recording), timezone.now())


@app.task
def stop_recording(recording: int) -> None:
    with retried_by_sweep():
        lifecycle.stop_recording(_recording(recording), timezone.now())


@app.task
def stop_egress(egress_id: str) -> None:
    """End an egress that belongs to no recording."""
    with retried_by_sweep():
        egress.stop_egress(egress_id)


@app.task
def confirm_stored(recording: int) -> None:
    with retried_by_sweep():
        lifecycle.confirm_stored(_recording(recording))


@app.task
def sweep_recordings() -> None:
    with try_lock("sweep recordings") as acquired:
        for follow_up in sweep.follow_ups(timezone.now()) if acquired else []:
            enqueue(follow_up)


def _recording(pk: int) -> Recording:
    return Recording.objects.select_related("meeting__customer").get(pk=pk)


TASKS: dict[Action, "Task[[int], None] | Task[[str], None]"] = {
    Action.REQUEST: request_egress,
    Action.STOP: stop_recording,
    Action.CONFIRM: confirm_stored,
    Action.STOP_EGRESS: stop_egress,
}


def enqueue(follow_up: FollowUp | None) -> None:
    """Run a follow-up task after the commit, if there is one."""
    if follow_up:
        enqueue_on_commit(TASKS[follow_up.action], follow_up.of)


accept_former_name("recordings.tasks.start", request_egress)
accept_former_name("recordings.tasks.stop", stop_recording)
accept_former_name("recordings.tasks.save", confirm_stored)
accept_former_name("recordings.tasks.sweep", sweep_recordings)
