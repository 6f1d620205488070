import json
import os
import queue
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import Celery
from django.conf import settings
from django.db import transaction
from redis import Redis

from inbox.tasks import apply_webhook
from upclass import celery
from upclass.celery import enqueue_on_commit, wake_on_commit
from upclass.codes import random_string

QUEUE = "celery"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def word() -> str:
    """An argument that no other test has, for they share one Redis."""
    return random_string("abcdefghij", 20)


@pytest.fixture
def is_queued(word: str) -> Callable[[], bool]:
    def look() -> bool:
        celery._waiting(os.getpid()).join()
        with Redis.from_url(settings.REDIS_URL) as redis:
            return any(word.encode() in message for message in redis.lrange(QUEUE, 0, -1))

    return look


def orphan(port: int) -> Any:
    """A task whose Redis is dead."""
    app = Celery("orphaned", broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
    app.conf.broker_transport_options = {"max_retries": 0}

    @app.task(name="nobody.runs.it", lazy=False, shared=False)
    def unheard(word: str) -> None:
        pass

    return unheard


def test_a_task_is_queued(word: str, is_queued: Callable[[], bool]) -> None:
    enqueue_on_commit(apply_webhook, word)
    assert is_queued()


def test_a_message_expires_when_the_sweep_has_found_the_work(
    word: str, is_queued: Callable[[], bool]
) -> None:
    now = datetime.now(UTC)
    enqueue_on_commit(apply_webhook, word)
    assert is_queued()
    with Redis.from_url(settings.REDIS_URL) as redis:
        [message] = [json.loads(one) for one in redis.lrange(QUEUE, 0, -1) if word.encode() in one]
    expires = datetime.fromisoformat(message["headers"]["expires"])
    assert timedelta(0) <= expires - now - timedelta(seconds=celery.MESSAGE_EXPIRES) < timedelta(seconds=60)


def test_while_no_worker_comes_messages_do_not_fill_redis(
    is_queued: Callable[[], bool], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    celery.sparingly.logged_at.clear()
    with Redis.from_url(settings.REDIS_URL) as redis:
        most = int(redis.llen(QUEUE)) + 3
        monkeypatch.setattr(celery, "MOST_WAITING", most)
        for number in range(20):
            enqueue_on_commit(apply_webhook, f"EV_{number}")
        celery._waiting(os.getpid()).join()
        assert redis.llen(QUEUE) == most
    [line] = [record.getMessage() for record in caplog.records if "its worker down" in record.getMessage()]
    assert f"{most} messages wait in queue celery" in line


def test_a_task_is_queued_after_the_commit(word: str, is_queued: Callable[[], bool]) -> None:
    with transaction.atomic():
        enqueue_on_commit(apply_webhook, word)
        assert not is_queued()
    assert is_queued()


def test_what_is_rolled_back_queues_nothing(word: str, is_queued: Callable[[], bool]) -> None:
    with transaction.atomic():
        enqueue_on_commit(apply_webhook, word)
        transaction.set_rollback(True)
    assert not is_queued()


def test_a_dead_redis_changes_nothing(closed_port: int, caplog: pytest.LogCaptureFixture) -> None:
    enqueue_on_commit(orphan(closed_port), 1)
    celery._waiting(os.getpid()).join()
    assert "nobody.runs.it was not queued" in caplog.text


def test_after_a_dead_redis_the_next_task_is_queued(
    closed_port: int, word: str, is_queued: Callable[[], bool]
) -> None:
    enqueue_on_commit(orphan(closed_port), 1)
    enqueue_on_commit(apply_webhook, word)
    assert is_queued()


def test_a_silent_redis_holds_nobody_up(silent_port: int) -> None:
    task = orphan(silent_port)
    task.app.conf.broker_transport_options |= {"socket_timeout": 1, "socket_connect_timeout": 1}
    enqueue_on_commit(task, 1)
    assert celery._waiting(os.getpid()).unfinished_tasks == 1  # Redis is still waited for, elsewhere
    celery._waiting(os.getpid()).join()


# Tasks that find their work by themselves


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> "queue.Queue[str]":
    messages: queue.Queue[str] = queue.Queue()
    monkeypatch.setattr(celery, "_send", lambda task: messages.put(task.name))
    return messages


def test_whoever_is_woken_often_gets_few_messages(
    sent: "queue.Queue[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(celery, "WAKE_PAUSE", 3600.0)
    task = orphan(1)
    for _ in range(100):
        wake_on_commit(task)
    assert sent.get(timeout=30) == task.name
    assert sent.empty()


def test_a_wake_during_the_pause_is_not_lost(sent: "queue.Queue[str]") -> None:
    task = orphan(1)
    wake_on_commit(task)
    sent.get(timeout=30)
    wake_on_commit(task)
    assert sent.get(timeout=30) == task.name


def test_nobody_is_woken_before_the_commit(sent: "queue.Queue[str]") -> None:
    task = orphan(1)
    with transaction.atomic():
        wake_on_commit(task)
        assert not celery._bell(os.getpid(), task).is_set()
        assert sent.empty()
    assert sent.get(timeout=30) == task.name
