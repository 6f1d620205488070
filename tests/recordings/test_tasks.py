from contextlib import ExitStack
from typing import Any

import pytest
import time_machine
from django.db import transaction

from local import worker
from participants.connections import Connection
from recordings import launch, tasks
from recordings.follow_ups import Action, FollowUp
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, ROUNDS, race
from tests.recordings.conftest import after, asked, known, saves, starts, status_of, stops
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass.celery import MESSAGE_EXPIRES, app
from upclass.egress import EgressState
from upclass.locks import try_lock

Woken = list[tuple[str, Any]]


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> Woken:
    """Each task that was left for a worker, and what it is about."""
    left: Woken = []
    monkeypatch.setattr(tasks, "enqueue_on_commit", lambda task, of: left.append((task.name, of)))
    return left


@pytest.fixture
def active(recording: Recording, fake_egress: FakeEgress) -> Recording:
    fake_egress.begins(recording.meeting.code, known(recording).file, EgressState.ACTIVE)
    return recording


def test_a_recording_is_started(recording: Recording, fake_egress: FakeEgress) -> None:
    tasks.request_egress(recording.pk)
    assert (len(fake_egress.asked_to("start_egress")), after(recording).egress_id) == (1, "EG_1")


def test_a_recording_is_stopped(active: Recording, fake_egress: FakeEgress) -> None:
    tasks.stop_recording(active.pk)
    assert fake_egress.asked_to("stop_egress") == [("EG_1",)]


def test_an_egress_that_nobody_waits_for_is_stopped(db: None, fake_egress: FakeEgress) -> None:
    tasks.stop_egress("EG_9")
    assert fake_egress.asked_to("stop_egress") == [("EG_9",)]


def test_a_recording_whose_file_is_there_is_saved(recording: Recording, fake_storage: FakeStorage) -> None:
    known(recording).mark_storing(NOON, 5)
    fake_storage.objects[recording.file] = 5
    tasks.confirm_stored(recording.pk)
    assert (status_of(recording), after(recording).size_bytes) == (Status.COMPLETED, 5)


def test_a_stray_egress_that_cannot_be_stopped_is_left_to_the_sweep(
    recording: Recording, fake_egress: FakeEgress, caplog: pytest.LogCaptureFixture
) -> None:
    def go_away() -> None:
        after(recording).mark_failed("It took too long.", NOON)
        fake_egress.is_away = True

    fake_egress.meanwhile = go_away
    tasks.request_egress(recording.pk)
    assert "left to the sweep: away" in caplog.text


def test_a_stop_that_does_not_reach_livekit_is_left_to_the_sweep(
    active: Recording, fake_egress: FakeEgress, caplog: pytest.LogCaptureFixture
) -> None:
    fake_egress.is_away = True
    tasks.stop_recording(active.pk)
    assert "left to the sweep: away" in caplog.text


def test_a_file_that_cannot_be_looked_for_is_left_to_the_sweep(
    recording: Recording, fake_storage: FakeStorage, caplog: pytest.LogCaptureFixture
) -> None:
    fake_storage.is_away = True
    tasks.confirm_stored(asked(recording).pk)
    assert "left to the sweep: away" in caplog.text


def test_an_egress_that_cannot_be_stopped_raises_nothing(db: None, fake_egress: FakeEgress) -> None:
    fake_egress.is_away = True
    tasks.stop_egress("EG_9")


def test_the_sweep_has_what_it_finds_done(recording: Recording, woken: Woken) -> None:
    tasks.sweep_recordings()
    assert woken == [("recordings.tasks.request_egress", recording.pk)]


def test_each_follow_up_has_its_task(recording: Recording, woken: Woken) -> None:
    follow_ups = [starts(recording), stops(recording), saves(recording), FollowUp(Action.STOP_EGRESS, "EG_1")]
    for follow_up in follow_ups:
        tasks.enqueue(follow_up)
    tasks.enqueue(None)
    names = ("request_egress", "stop_recording", "confirm_stored", "stop_egress")
    assert [name for name, _ in woken] == [f"recordings.tasks.{name}" for name in names]
    assert [of for _, of in woken] == [recording.pk, recording.pk, recording.pk, "EG_1"]
    assert set(Action) == set(tasks.TASKS)


def test_what_is_slow_has_a_queue_of_its_own_and_what_ends_recordings_another() -> None:
    names = ("request_egress", "stop_recording", "stop_egress", "confirm_stored")
    assert [queue_of(name) for name in names] == ["recordings"] + ["recordings_ending"] * 3


def test_a_request_that_waits_for_a_worker_is_queued_once(recording: Recording, woken: Woken) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(2):
            tasks.sweep_recordings()
            clock.shift(14)
    assert len(woken) == 1


def test_a_message_that_was_lost_or_expired_is_queued_again(recording: Recording, woken: Woken) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(2):
            tasks.sweep_recordings()
            clock.shift(MESSAGE_EXPIRES)
    assert len(woken) == 2


def test_once_a_worker_has_it_the_next_is_queued_at_once(
    recording: Recording, woken: Woken, fake_egress: FakeEgress
) -> None:
    tasks.enqueue(starts(recording))
    tasks.request_egress(recording.pk)
    tasks.enqueue(starts(recording))
    assert len(woken) == 2


@pytest.mark.parametrize("task", [tasks.request_egress, tasks.stop_recording, tasks.confirm_stored])
def test_each_task_says_that_it_is_taken(
    active: Recording, task: Any, fake_egress: FakeEgress, fake_storage: FakeStorage
) -> None:
    Recording.objects.update(queued_at=NOON)
    task(active.pk)
    assert Recording.objects.get(pk=active.pk).queued_at is None


def test_a_stop_does_not_wait_for_a_request(recording: Recording, woken: Woken) -> None:
    tasks.enqueue(starts(recording))
    tasks.enqueue(stops(recording))
    assert [name for name, _ in woken] == [
        f"recordings.tasks.{name}" for name in ("request_egress", "stop_recording")
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("round_", ROUNDS)
def test_of_several_who_queue_the_same_at_once_one_does(
    recording: Recording, woken: Woken, round_: int
) -> None:
    race(*[lambda: tasks.enqueue(starts(recording))] * 4)
    assert len(woken) == 1


def test_requests_leave_threads_for_what_ends_recordings(
    recording: Recording, fake_egress: FakeEgress, caplog: pytest.LogCaptureFixture
) -> None:
    """A request takes half a minute while no recorder is free; here all that may run do."""
    with ExitStack() as running:
        for _ in range(tasks.REQUESTS_AT_ONCE):
            running.enter_context(tasks._requesting)
        tasks.request_egress(recording.pk)
        assert fake_egress.asked == []
        assert "left to the sweep: too many" in caplog.text
    tasks.request_egress(recording.pk)
    assert len(fake_egress.asked_to("start_egress")) == 1


def test_the_worker_has_more_threads_than_requests_may_hold() -> None:
    command = list(worker.recordings({}).command)
    threads = int(command[command.index("--concurrency") + 1])
    assert threads >= tasks.REQUESTS_AT_ONCE + 4


def queue_of(name: str) -> str:
    task: Any = getattr(tasks, name)
    wanted = getattr(task, "queue", None)
    sent: str = app.amqp.router.route({"queue": wanted} if wanted else {}, task.name)["queue"].name
    return sent


def test_the_sweep_is_run_every_quarter_of_a_minute() -> None:
    [entry] = [
        one for one in app.conf.beat_schedule.values() if one["task"] == "recordings.tasks.sweep_recordings"
    ]
    assert (entry["schedule"], entry["options"]["queue"]) == (15, "periodic")


def test_follow_ups_are_done_after_the_commit(
    recording: Recording, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as waiting, transaction.atomic():
        tasks.enqueue(starts(recording))
    assert len(waiting) == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_sweep_runs_another_does_nothing(recording: Recording, woken: Woken) -> None:
    with try_lock("sweep recordings"):
        race(tasks.sweep_recordings)
        assert woken == []
    race(tasks.sweep_recordings)
    assert len(woken) == 1


def test_a_recording_that_was_dropped_meanwhile_is_not_started(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    Connection.objects.set_left_at(NOON, NOON)
    recording.mark_dropped(NOON)
    tasks.request_egress(recording.pk)
    assert fake_egress.asked == []
    assert launch.begin(recording.meeting, NOON) is None
