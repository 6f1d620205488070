from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox import tasks
from inbox.models import Event
from meetings.models import Meeting
from participants.models import Participant, Stay
from tests.conftest import NOON, FakeLiveKit, noon, race
from tests.inbox.conftest import joined, kept
from upclass.locks import alone


def test_an_event_is_applied(meeting: Meeting) -> None:
    event = kept(joined(meeting.code, "PA_1"))
    tasks.apply_event(event.event_id)
    event.refresh_from_db()
    assert event.applied_at
    assert Stay.objects.exists()


def test_an_event_that_the_sweep_applied_is_left_alone(meeting: Meeting) -> None:
    event = kept(joined(meeting.code, "PA_1"))
    Event.objects.update(applied_at=NOON)
    tasks.apply_event(event.event_id)
    assert not Stay.objects.exists()


def test_an_event_that_is_gone_is_no_mistake(db: None) -> None:
    tasks.apply_event("EV_unknown")


def test_the_sweep_applies_what_is_waiting(meeting: Meeting) -> None:
    for number in range(3):
        kept(joined(meeting.code, f"PA_{number}"), noon(number))
    tasks.apply_kept_news()
    assert Stay.objects.count() == 3
    assert not Event.objects.filter(applied_at=None).exists()


def test_an_event_that_fails_does_not_hold_up_the_others(
    meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    Event.objects.create(event_id="EV_0", body=["no object"], received_at=NOON)
    kept(joined(meeting.code, "PA_1"), noon(1))
    tasks.apply_kept_news()
    assert Stay.objects.count() == 1
    assert Event.objects.get(event_id="EV_0").applied_at is None
    assert "EV_0 could not be applied" in caplog.text


def test_what_failed_goes_behind_what_was_never_tried(meeting: Meeting) -> None:
    Event.objects.create(event_id="EV_0", body=["no object"], received_at=NOON)
    for _ in range(2):
        tasks.apply_kept_news()
    assert Event.objects.get(event_id="EV_0").tries == 2
    Event.objects.create(event_id="EV_once", body={}, received_at=noon(2), tries=1)
    for number in (4, 3):
        Event.objects.create(event_id=f"EV_{number}", body={}, received_at=noon(number))
    waiting = Event.objects.waiting().values_list("event_id", flat=True)
    assert list(waiting) == ["EV_3", "EV_4", "EV_once", "EV_0"]


def test_failing_news_does_not_fill_up_the_sweep(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    for number in range(2):
        Event.objects.create(event_id=f"EV_{number}", body=["no object"], received_at=NOON)
    kept(joined(meeting.code, "PA_1"), noon(1))
    tasks.apply_kept_news()
    assert not Stay.objects.exists()
    tasks.apply_kept_news()
    assert Stay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_apply_everything_once(meeting: Meeting) -> None:
    for number in range(10):
        kept(joined(meeting.code, f"PA_{number}"), noon(number))
    race(*[tasks.apply_kept_news] * 3)
    assert Stay.objects.count() == 10
    assert Participant.objects.count() == 1
    assert not Event.objects.filter(applied_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_while_one_sweep_runs_another_does_nothing(meeting: Meeting) -> None:
    kept(joined(meeting.code, "PA_1"))
    with alone("apply_kept_news"):
        race(tasks.apply_kept_news)
        assert not Stay.objects.exists()
    race(tasks.apply_kept_news)
    assert Stay.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_and_the_sweep_at_once_apply_everything_once(meeting: Meeting) -> None:
    event = kept(joined(meeting.code, "PA_1"))
    race(tasks.apply_kept_news, lambda: tasks.apply_event(event.event_id))
    assert Stay.objects.count() == Participant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_reconciler_runs_another_does_not_look(fake_livekit: FakeLiveKit) -> None:
    with alone("reconcile"):
        race(tasks.reconcile)
        assert not fake_livekit.asked
    race(tasks.reconcile)
    assert fake_livekit.asked == [("rooms",)]


# What was applied long ago


def applied(event_id: str, applied_at: datetime | None) -> Event:
    """An old piece of news."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    return Event.objects.create(event_id=event_id, body={}, received_at=long_ago, applied_at=applied_at)


def test_news_is_deleted_when_it_was_applied_long_ago(db: None, settings: Any) -> None:
    settings.NEWS_KEPT_DAYS = 7
    now, week = timezone.now(), timedelta(days=7)
    applied("EV_old", now - week - timedelta(minutes=1))
    applied("EV_young", now - week + timedelta(minutes=1))
    applied("EV_waiting", None)
    tasks.prune_applied_news()
    assert set(Event.objects.values_list("event_id", flat=True)) == {"EV_young", "EV_waiting"}


def test_news_is_kept_for_a_month(db: None) -> None:
    now = timezone.now()
    for days in (29, 31):
        applied(f"EV_{days}", now - timedelta(days=days))
    tasks.prune_applied_news()
    assert Event.objects.get().event_id == "EV_29"


def test_deleted_news_leaves_what_it_told(meeting: Meeting) -> None:
    event = kept(joined(meeting.code, "PA_1"))
    tasks.apply_event(event.event_id)
    Event.objects.update(applied_at=NOON - timedelta(days=365))
    tasks.prune_applied_news()
    assert (Event.objects.count(), Stay.objects.count()) == (0, 1)
