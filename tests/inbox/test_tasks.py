from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from inbox import tasks
from inbox.models import InboundWebhook
from meetings.models import Meeting
from participants.models import Connection, Participant
from tests.conftest import NOON, FakeLiveKit, noon, race
from tests.inbox.conftest import joined, stored
from upclass.locks import try_lock


def test_an_event_is_applied(meeting: Meeting) -> None:
    webhook = stored(joined(meeting.code, "PA_1"))
    tasks.apply_webhook(webhook.event_id)
    webhook.refresh_from_db()
    assert webhook.applied_at
    assert Connection.objects.exists()


def test_an_event_that_the_sweep_applied_is_left_alone(meeting: Meeting) -> None:
    webhook = stored(joined(meeting.code, "PA_1"))
    InboundWebhook.objects.update(applied_at=NOON)
    tasks.apply_webhook(webhook.event_id)
    assert not Connection.objects.exists()


def test_an_event_that_is_gone_is_no_mistake(db: None) -> None:
    tasks.apply_webhook("EV_unknown")


def test_the_sweep_applies_what_is_waiting(meeting: Meeting) -> None:
    for number in range(3):
        stored(joined(meeting.code, f"PA_{number}"), noon(number))
    tasks.apply_pending_webhooks()
    assert Connection.objects.count() == 3
    assert not InboundWebhook.objects.filter(applied_at=None).exists()


def test_an_event_that_fails_does_not_hold_up_the_others(
    meeting: Meeting, caplog: pytest.LogCaptureFixture
) -> None:
    InboundWebhook.objects.create(event_id="EV_0", body=["no object"], received_at=NOON)
    stored(joined(meeting.code, "PA_1"), noon(1))
    tasks.apply_pending_webhooks()
    assert Connection.objects.count() == 1
    assert InboundWebhook.objects.get(event_id="EV_0").applied_at is None
    assert "EV_0 could not be applied" in caplog.text


def test_what_failed_goes_behind_what_was_never_tried(meeting: Meeting) -> None:
    InboundWebhook.objects.create(event_id="EV_0", body=["no object"], received_at=NOON)
    for seconds in (0, 10):
        with time_machine.travel(noon(seconds), tick=False):
            tasks.apply_pending_webhooks()
    assert InboundWebhook.objects.get(event_id="EV_0").tries == 2
    InboundWebhook.objects.create(event_id="EV_once", body={}, received_at=noon(2), tries=1)
    for number in (4, 3):
        InboundWebhook.objects.create(event_id=f"EV_{number}", body={}, received_at=noon(number))
    waiting = InboundWebhook.objects.pending().values_list("event_id", flat=True)
    assert list(waiting) == ["EV_3", "EV_4", "EV_once", "EV_0"]


def test_failing_webhooks_do_not_fill_up_the_sweep(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    for number in range(2):
        InboundWebhook.objects.create(event_id=f"EV_{number}", body=["no object"], received_at=NOON)
    stored(joined(meeting.code, "PA_1"), noon(1))
    tasks.apply_pending_webhooks()
    assert not Connection.objects.exists()
    tasks.apply_pending_webhooks()
    assert Connection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_apply_everything_once(meeting: Meeting) -> None:
    for number in range(10):
        stored(joined(meeting.code, f"PA_{number}"), noon(number))
    race(*[tasks.apply_pending_webhooks] * 3)
    assert Connection.objects.count() == 10
    assert Participant.objects.count() == 1
    assert not InboundWebhook.objects.filter(applied_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_while_one_sweep_runs_another_does_nothing(meeting: Meeting) -> None:
    stored(joined(meeting.code, "PA_1"))
    with try_lock("apply_pending_webhooks"):
        race(tasks.apply_pending_webhooks)
        assert not Connection.objects.exists()
    race(tasks.apply_pending_webhooks)
    assert Connection.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_and_the_sweep_at_once_apply_everything_once(meeting: Meeting) -> None:
    webhook = stored(joined(meeting.code, "PA_1"))
    race(tasks.apply_pending_webhooks, lambda: tasks.apply_webhook(webhook.event_id))
    assert Connection.objects.count() == Participant.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_one_reconciler_runs_another_does_not_poll(fake_livekit: FakeLiveKit) -> None:
    with try_lock("reconcile"):
        race(tasks.reconcile)
        assert not fake_livekit.asked
    race(tasks.reconcile)
    assert fake_livekit.asked == [("rooms",)]


# What was applied long ago


def applied(event_id: str, applied_at: datetime | None) -> InboundWebhook:
    """An old webhook."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    return InboundWebhook.objects.create(
        event_id=event_id, body={}, received_at=long_ago, applied_at=applied_at
    )


def test_a_webhook_is_deleted_when_it_was_applied_long_ago(db: None, settings: Any) -> None:
    settings.WEBHOOK_RETENTION_DAYS = 7
    now, week = timezone.now(), timedelta(days=7)
    applied("EV_old", now - week - timedelta(minutes=1))
    applied("EV_young", now - week + timedelta(minutes=1))
    applied("EV_waiting", None)
    tasks.prune_applied_webhooks()
    assert set(InboundWebhook.objects.values_list("event_id", flat=True)) == {"EV_young", "EV_waiting"}


def test_a_webhook_is_kept_for_a_month(db: None) -> None:
    now = timezone.now()
    for days in (29, 31):
        applied(f"EV_{days}", now - timedelta(days=days))
    tasks.prune_applied_webhooks()
    assert InboundWebhook.objects.get().event_id == "EV_29"


def test_a_deleted_webhook_leaves_what_it_changed(meeting: Meeting) -> None:
    webhook = stored(joined(meeting.code, "PA_1"))
    tasks.apply_webhook(webhook.event_id)
    InboundWebhook.objects.update(applied_at=NOON - timedelta(days=365))
    tasks.prune_applied_webhooks()
    assert (InboundWebhook.objects.count(), Connection.objects.count()) == (0, 1)
