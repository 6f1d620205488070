import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from customers.models import Customer
from inbox import tasks
from inbox.apply import apply
from inbox.models import InboundWebhook
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests.conftest import NOON, ROUNDS, FakeLiveKit, noon, race
from tests.inbox.conftest import event_body, joined, left, stored
from upclass import livekit
from upclass.locks import try_lock


def test_an_event_is_applied(meeting: Meeting) -> None:
    webhook = stored(joined(meeting.code, "PA_1"))
    tasks.apply_pending_webhooks()
    webhook.refresh_from_db()
    assert webhook.applied_at
    assert Connection.objects.exists()


def test_an_event_that_was_applied_is_left_alone(meeting: Meeting) -> None:
    stored(joined(meeting.code, "PA_1"))
    InboundWebhook.objects.update(applied_at=NOON)
    tasks.apply_pending_webhooks()
    assert not Connection.objects.exists()


def test_a_message_of_the_former_version_has_it_applied(meeting: Meeting) -> None:
    tasks.apply_webhook(stored(joined(meeting.code, "PA_1")).event_id)
    assert Connection.objects.exists()


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
    monkeypatch.setattr(tasks, "TOGETHER", 2)
    for number in range(4):
        InboundWebhook.objects.create(event_id=f"EV_{number}", body=["no object"], received_at=NOON)
    stored(joined(meeting.code, "PA_1"), noon(1))
    tasks.apply_pending_webhooks()
    assert Connection.objects.exists()


def test_whoever_has_had_their_turn_is_woken_again(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that ten thousand webhooks do not hold up the worker's other tasks."""
    woken: list[str] = []
    monkeypatch.setattr(tasks, "wake_on_commit", lambda task: woken.append(task.name))
    monkeypatch.setattr(tasks, "TOGETHER", 2)
    monkeypatch.setattr(tasks, "TURN", -1.0)
    for number in range(3):
        stored(joined(meeting.code, f"PA_{number}"), noon(number))
    for done in (2, 3):
        tasks.apply_pending_webhooks()
        assert Connection.objects.count() == done
    assert woken == ["inbox.tasks.apply_pending_webhooks"] * 2
    tasks.apply_pending_webhooks()
    assert len(woken) == 2


def test_many_webhooks_cost_few_statements(customer: Customer, django_assert_max_num_queries: Any) -> None:
    meetings = [Meeting.objects.create(customer=customer, created_at=NOON) for _ in range(10)]
    for number in range(100):
        room, sid = meetings[number % 10].code, f"PA_{number}"
        stored(joined(room, sid, identity=sid), noon(number))
        stored(event_body("track_published", room, noon(5), sid=sid, identity=sid), noon(number))
        stored(left(room, sid, NOON, noon(60), identity=sid), noon(number))
    with django_assert_max_num_queries(60):
        tasks.apply_pending_webhooks()
    assert Connection.objects.filter(left_at=noon(60), last_seen_at=noon(5)).count() == 100


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_apply_everything_once(meeting: Meeting) -> None:
    for number in range(10):
        stored(joined(meeting.code, f"PA_{number}"), noon(number))
    race(*[tasks.apply_pending_webhooks] * 3)
    assert Connection.objects.count() == 10
    assert Participant.objects.count() == 1
    assert not InboundWebhook.objects.filter(applied_at=None).exists()


@pytest.mark.django_db(transaction=True)
def test_what_one_worker_has_another_does_not_wait_for(meeting: Meeting) -> None:
    stored(joined(meeting.code, "PA_1"))
    stored(joined(meeting.code, "PA_2"), noon(1))
    with transaction.atomic():
        InboundWebhook.objects.pending().claim(1)
        race(tasks.apply_pending_webhooks)
        assert Connection.objects.get().sid == "PA_2"
    race(tasks.apply_pending_webhooks)
    assert Connection.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_is_being_changed_holds_up_nobody_else(meeting: Meeting) -> None:
    for number in (1, 2):
        apply(stored(joined(meeting.code, f"PA_{number}")), NOON)
        stored(left(meeting.code, f"PA_{number}", NOON, noon(60)), noon(number))
    closed = Connection.objects.filter(left_at=noon(60))
    is_held = threading.Event()

    def change_the_first() -> None:
        with transaction.atomic():
            Connection.objects.filter(sid="PA_1").change(noon(1))
            is_held.set()
            while not closed.filter(sid="PA_2").exists():
                time.sleep(0.01)

    def apply_meanwhile() -> None:
        assert is_held.wait(30)
        tasks.apply_pending_webhooks()

    race(change_the_first, apply_meanwhile)
    assert closed.count() == 2


@pytest.mark.django_db(transaction=True)
def test_workers_and_whoever_looks_at_the_same_people_never_lock_each_other_out(meeting: Meeting) -> None:
    """PostgreSQL's log would have the deadlock."""
    sids = [f"PA_{number}" for number in range(20)]
    for number in ROUNDS:
        for sid in sids:
            stored(joined(meeting.code, sid, identity=sid, at=noon(number)))
            stored(event_body("track_published", meeting.code, noon(number + 1), sid=sid, identity=sid))
        seen = Connection.objects.filter(sid__in=sids)
        race(
            *[tasks.apply_pending_webhooks] * 3,
            partial(seen.set_seen_at, noon(number + 2), noon(number + 2)),
        )
    assert Connection.objects.count() == Participant.objects.count() == 20
    assert not InboundWebhook.objects.pending().exists()


class Killed(BaseException):
    """No handler of the product's runs."""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", range(1, 16))
def test_a_worker_that_is_killed_anywhere_loses_nothing(meeting: Meeting, statement: int) -> None:
    for number in range(3):
        sid = f"PA_{number}"
        stored(joined(meeting.code, sid, identity=sid))
        stored(left(meeting.code, sid, NOON, noon(60), identity=sid), noon(1))
    asked = count(1)

    def ask(execute: Any, *question: Any) -> Any:
        if next(asked) == statement:
            raise Killed
        return execute(*question)

    with suppress(Killed), connection.execute_wrapper(ask):
        tasks.apply_pending_webhooks()
    is_applied = not InboundWebhook.objects.pending().exists()
    assert Connection.objects.filter(left_at=noon(60)).count() == (3 if is_applied else 0)
    tasks.apply_pending_webhooks()
    assert Connection.objects.filter(left_at=noon(60)).count() == 3


@pytest.mark.django_db(transaction=True)
def test_livekit_is_called_after_the_commit(
    meeting: Meeting, fake_livekit: FakeLiveKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    Meeting.objects.update(ended_at=NOON)
    stored(joined(meeting.code, "PA_1"))

    def close(code: str) -> None:
        assert not connection.in_atomic_block
        assert not InboundWebhook.objects.pending().exists()
        fake_livekit.close_room(code)

    monkeypatch.setattr(livekit, "close_room", close)
    tasks.apply_pending_webhooks()
    assert fake_livekit.closed == [meeting.code]


def test_one_meeting_that_cannot_be_looked_at_holds_up_no_other(
    customer: Customer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (Meeting.objects.create(customer=customer, created_at=NOON) for _ in range(2))
    seen: list[Meeting] = []

    def begin(meeting: Meeting, now: datetime) -> None:
        seen.append(meeting)
        assert meeting != first

    monkeypatch.setattr("inbox.apply.launch.begin", begin)
    for number, meeting in enumerate((first, second)):
        stored(joined(meeting.code, f"PA_{number}"), noon(number))
    tasks.apply_pending_webhooks()
    assert seen == [first, second]
    assert f"who joined {first.code} could not be looked at" in caplog.text


def test_of_several_who_join_together_a_meeting_is_looked_at_once_whether_to_record(
    meeting: Meeting, secured: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Meeting] = []
    monkeypatch.setattr("inbox.apply.launch.begin", lambda meeting, now: seen.append(meeting))
    for number, room in enumerate((meeting, secured, meeting, meeting)):
        stored(joined(room.code, f"PA_{number}"), noon(number))
    tasks.apply_pending_webhooks()
    assert seen == [meeting, secured]


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


def test_a_day_of_webhooks_is_deleted_a_slice_at_a_time(
    db: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(tasks, "SLICE", 2)
    long_ago = timezone.now() - timedelta(days=31)
    for number in range(5):
        applied(f"EV_{number}", long_ago)
    with django_assert_num_queries(3):
        tasks.prune_applied_webhooks()
    assert not InboundWebhook.objects.exists()


def test_a_webhook_is_kept_for_a_month(db: None) -> None:
    now = timezone.now()
    for days in (29, 31):
        applied(f"EV_{days}", now - timedelta(days=days))
    tasks.prune_applied_webhooks()
    assert InboundWebhook.objects.get().event_id == "EV_29"


def test_a_deleted_webhook_leaves_what_it_changed(meeting: Meeting) -> None:
    stored(joined(meeting.code, "PA_1"))
    tasks.apply_pending_webhooks()
    InboundWebhook.objects.update(applied_at=NOON - timedelta(days=365))
    tasks.prune_applied_webhooks()
    assert (InboundWebhook.objects.count(), Connection.objects.count()) == (0, 1)


def test_tables_that_each_call_writes_to_are_vacuumed_early(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE 'autovacuum_vacuum_scale_factor=0.01' = ANY(reloptions)"
        )
        found = {name for (name,) in cursor.fetchall()}
    assert {"inbox_inboundwebhook", "participants_connection", "meetings_meeting"} <= found
