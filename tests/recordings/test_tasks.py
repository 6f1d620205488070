from typing import Any

import pytest
from django.db import transaction

from participants.models import Stay
from recordings import course, starting, tasks
from recordings.errands import Deed, Errand
from recordings.models import Take
from recordings.states import Status
from tests.conftest import NOON, race
from tests.recordings.conftest import after, asked, known, saves, starts, status_of, stops
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass.celery import app
from upclass.egress import State
from upclass.locks import alone

Woken = list[tuple[str, Any]]


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> Woken:
    """Each task that was left for a worker, and what it is about."""
    left: Woken = []
    monkeypatch.setattr(tasks, "wake", lambda task, of: left.append((task.name, of)))
    return left


@pytest.fixture
def recording(take: Take, fake_egress: FakeEgress) -> Take:
    fake_egress.begins(take.meeting.code, known(take).file, State.ACTIVE)
    return take


def test_a_take_is_started(take: Take, fake_egress: FakeEgress) -> None:
    tasks.start(take.pk)
    assert (len(fake_egress.asked_to("start")), after(take).egress_id) == (1, "EG_1")


def test_a_take_is_stopped(recording: Take, fake_egress: FakeEgress) -> None:
    tasks.stop(recording.pk)
    assert fake_egress.asked_to("stop") == [("EG_1",)]


def test_an_egress_that_nobody_waits_for_is_stopped(db: None, fake_egress: FakeEgress) -> None:
    tasks.stop_egress("EG_9")
    assert fake_egress.asked_to("stop") == [("EG_9",)]


def test_a_take_whose_file_is_there_is_saved(take: Take, fake_storage: FakeStorage) -> None:
    asked(take).note(finished_at=NOON)
    fake_storage.objects[take.file] = 5
    tasks.save(take.pk)
    assert (status_of(take), after(take).size_bytes) == (Status.COMPLETED, 5)


def test_a_stray_egress_that_cannot_be_stopped_is_left_to_the_sweep(
    take: Take, fake_egress: FakeEgress, caplog: pytest.LogCaptureFixture
) -> None:
    def go_away() -> None:
        after(take).fail("It took too long.", NOON)
        fake_egress.is_away = True

    fake_egress.meanwhile = go_away
    tasks.start(take.pk)
    assert "left to the sweep: away" in caplog.text


def test_a_stop_that_livekit_cannot_hear_is_left_to_the_sweep(
    recording: Take, fake_egress: FakeEgress, caplog: pytest.LogCaptureFixture
) -> None:
    fake_egress.is_away = True
    tasks.stop(recording.pk)
    assert "left to the sweep: away" in caplog.text


def test_a_file_that_cannot_be_looked_for_is_left_to_the_sweep(
    take: Take, fake_storage: FakeStorage, caplog: pytest.LogCaptureFixture
) -> None:
    fake_storage.is_away = True
    tasks.save(asked(take).pk)
    assert "left to the sweep: away" in caplog.text


def test_an_egress_that_cannot_be_stopped_raises_nothing(db: None, fake_egress: FakeEgress) -> None:
    fake_egress.is_away = True
    tasks.stop_egress("EG_9")


def test_the_sweep_has_what_it_finds_done(take: Take, woken: Woken) -> None:
    tasks.sweep()
    assert woken == [("recordings.tasks.start", take.pk)]


def test_each_errand_has_its_task(take: Take, woken: Woken) -> None:
    errands = [starts(take), stops(take), saves(take), Errand(Deed.STOP_EGRESS, "EG_1")]
    for errand in errands:
        tasks.send(errand)
    tasks.send(None)
    names = ("start", "stop", "save", "stop_egress")
    assert [name for name, _ in woken] == [f"recordings.tasks.{name}" for name in names]
    assert [of for _, of in woken] == [take.pk, take.pk, take.pk, "EG_1"]
    assert set(Deed) == set(tasks.DEEDS)


def test_what_takes_long_has_a_queue_of_its_own() -> None:
    assert [queue_of(name) for name in ("start", "stop", "stop_egress", "save")] == ["recordings"] * 4


def queue_of(name: str) -> str:
    task: Any = getattr(tasks, name)
    wanted = getattr(task, "queue", None)
    sent: str = app.amqp.router.route({"queue": wanted} if wanted else {}, task.name)["queue"].name
    return sent


def test_the_sweep_is_run_every_quarter_of_a_minute() -> None:
    [entry] = [one for one in app.conf.beat_schedule.values() if one["task"] == "recordings.tasks.sweep"]
    assert (entry["schedule"], entry["options"]["queue"]) == (15, "periodic")


def test_errands_are_done_after_the_commit(
    take: Take, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as waiting, transaction.atomic():
        tasks.send(starts(take))
    assert len(waiting) == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_sweep_runs_another_does_nothing(take: Take, woken: Woken) -> None:
    with alone("sweep of takes"):
        race(tasks.sweep)
        assert woken == []
    race(tasks.sweep)
    assert len(woken) == 1


def test_a_take_that_was_dropped_meanwhile_is_not_started(take: Take, fake_egress: FakeEgress) -> None:
    Stay.objects.left(NOON, NOON)
    course.drop(take, NOON)
    tasks.start(take.pk)
    assert fake_egress.asked == []
    assert starting.begin(take.meeting, NOON) is None
