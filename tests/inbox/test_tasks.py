import pytest

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
