"""Celery, and the one way to queue work for it."""

import logging
import os
import queue
import threading
import time
from functools import cache, partial
from typing import Any

from celery import Celery, Task
from celery.signals import beat_init, worker_init
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from upclass.checks import refuse_unsafe_settings, refuse_unusable_storage
from upclass.logs import Sparingly

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upclass.settings")

log = logging.getLogger(__name__)
sparingly = Sparingly(log)

WAKE_PAUSE = 0.05  # seconds between two messages that wake a task
MESSAGE_EXPIRES = 30  # seconds: by then the task's sweep has found the work
# In a queue, of about 1 kB each: Redis keeps also those that expired, until a worker comes.
MOST_WAITING = 10_000

app = Celery("upclass")
app.conf.update(settings.CELERY)
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def on_start(**kwargs: Any) -> None:
    try:
        refuse_unsafe_settings()
        refuse_unusable_storage()
    except ImproperlyConfigured as error:  # which a signal's sender would only log
        raise SystemExit(str(error)) from error
    log.info("settings are safe, starting")


def accept_former_name(former: str, task: Task[Any, None]) -> None:
    """Run a task under its former name as well, for one release: an upgrade loses nothing that is queued."""
    app.task(name=former)(task.run)


# Queueing


def enqueue_on_commit(task: Task[Any, None], *arguments: Any) -> None:
    """Have `task` run once the current transaction is committed.

    Costs the caller nothing, whatever Redis does: it is published by a thread of its own. What is lost
    with it (Redis down, process killed) is found by the task's sweep.
    """
    transaction.on_commit(partial(_queue, task, arguments), robust=True)


def _queue(task: Task[Any, None], arguments: tuple[Any, ...]) -> None:
    try:
        _waiting(os.getpid()).put_nowait((task, arguments))
    except queue.Full:
        log.warning("%s was not queued: too many wait already; its sweep will do it", task.name)


@cache
def _waiting(pid: int) -> "queue.Queue[tuple[Task[Any, None], tuple[Any, ...]]]":
    """What this process wants queued. A forked child gets a queue and a thread of its own."""
    waiting: queue.Queue[tuple[Task[Any, None], tuple[Any, ...]]] = queue.Queue(maxsize=1000)
    threading.Thread(target=_publish, args=(waiting,), name="enqueue_on_commit", daemon=True).start()
    return waiting


def _publish(waiting: "queue.Queue[tuple[Task[Any, None], tuple[Any, ...]]]") -> None:
    while True:
        task, arguments = waiting.get()
        _send(task, arguments)
        waiting.task_done()


def _send(task: Task[Any, None], arguments: tuple[Any, ...] = ()) -> None:
    try:
        if has_room(task):
            task.apply_async(arguments, retry=False, expires=MESSAGE_EXPIRES)
    except Exception as error:  # noqa: BLE001  kombu lets through whatever its transport raises
        log.warning("%s was not queued (%s); its sweep will do it", task.name, error)


def wake_on_commit(task: Task[Any, None]) -> None:
    """Have `task`, which finds its work by itself, run once the current transaction is committed.

    The first wakes at once; all that come within WAKE_PAUSE of the last message are one message more.
    """
    transaction.on_commit(_bell(os.getpid(), task).set, robust=True)


@cache
def _bell(pid: int, task: Task[Any, None]) -> threading.Event:
    """Rung for a task, by this process."""
    bell = threading.Event()
    threading.Thread(target=_wake, args=(bell, task), name="wake_on_commit", daemon=True).start()
    return bell


def _wake(bell: threading.Event, task: Task[Any, None]) -> None:
    while bell.wait():
        bell.clear()
        _send(task)
        time.sleep(WAKE_PAUSE)


def has_room(task: Task[Any, None]) -> bool:
    """Whether a task's queue takes more: with no worker there, messages would fill Redis."""
    name = task.app.amqp.router.route({}, task.name)["queue"].name
    with task.app.pool.acquire(block=True) as connection:
        # The stubs take it for a pool of producers.
        waiting = int(connection.default_channel.client.llen(name))  # type: ignore[attr-defined]
    if waiting >= MOST_WAITING:
        sparingly.warning("%s messages wait in queue %s: is its worker down? The sweeps do it", waiting, name)
    return waiting < MOST_WAITING
