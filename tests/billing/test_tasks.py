from datetime import datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

import participants.connections
from billing import settling, tasks
from billing.counting import Count
from billing.models import LedgerEntry
from customers.models import Customer
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests.conftest import NOON, connected, noon, race
from upclass import locks
from upclass.locks import try_lock
from upclass.shards import SHARDS


@pytest.fixture
def both(meeting: Meeting, secured: Meeting, person: Participant) -> None:
    """Two meetings that are to be settled."""
    guest = Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON)
    connected(guest, NOON, noon(3600))
    connected(person, NOON, noon(7200))


def billed() -> set[int]:
    return set(LedgerEntry.objects.usage().values_list("meeting", flat=True))


@pytest.mark.usefixtures("both")
def test_every_meeting_of_which_something_changed_is_settled(meeting: Meeting, secured: Meeting) -> None:
    tasks.settle()
    assert billed() == {meeting.pk, secured.pk}
    assert settling.due() == []


@pytest.mark.usefixtures("both")
def test_a_second_run_books_nothing_more() -> None:
    tasks.settle()
    tasks.settle()
    assert LedgerEntry.objects.usage().count() == 2


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize("is_first", [True, False])
def test_a_meeting_that_fails_does_not_hold_up_the_others(
    meeting: Meeting,
    secured: Meeting,
    is_first: bool,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    failing, sound = (meeting.pk, secured.pk) if is_first else (secured.pk, meeting.pk)
    in_one_shard(monkeypatch)

    def bring_to(count: Count, now: datetime) -> LedgerEntry | None:
        if count.meeting.pk == failing:
            raise RuntimeError("the reason")
        return unbroken(count, now)

    unbroken = settling._bring_to
    with monkeypatch.context() as broken:
        broken.setattr(settling, "_bring_to", bring_to)
        tasks.settle()
    assert (billed(), settling.due()) == ({sound}, [failing])
    assert f"meeting {failing} could not be settled" in caplog.text
    assert "the reason" in caplog.text
    tasks.settle()
    assert billed() == {failing, sound}


def test_meetings_are_settled_together_in_few_statements(
    customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_one_shard(monkeypatch)

    def statements(number: int) -> int:
        for _ in range(number):
            meeting = Meeting.objects.create(customer=customer, created_at=NOON)
            guest = Participant.objects.create(meeting=meeting, display_name="Ann", created_at=NOON)
            connected(guest, NOON, last_seen_at=noon(3600))
        with CaptureQueriesContext(connection) as asked:
            tasks.settle()
        return len(asked)

    assert [statements(20), statements(1)] == [statements(1)] * 2
    Connection.objects.set_seen_at(noon(3700), NOON)
    assert statements(0) < statements(1)
    assert LedgerEntry.objects.usage().count() == 22 + 22 + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("both")
def test_what_one_run_is_at_another_leaves_alone(meeting: Meeting, secured: Meeting) -> None:
    assert meeting.pk % SHARDS != secured.pk % SHARDS
    with try_lock(f"settle {meeting.pk % SHARDS}"):
        race(tasks.settle)
        assert billed() == {secured.pk}
    race(tasks.settle)
    assert billed() == {meeting.pk, secured.pk}


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_book_everything_once(both: None) -> None:
    race(*[tasks.settle] * 3)
    assert LedgerEntry.objects.usage().count() == 2
    assert settling.due() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("both")
def test_a_meeting_that_is_locked_for_long_holds_nobody_up(meeting: Meeting, secured: Meeting) -> None:
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        race(tasks.settle)
        assert billed() == {secured.pk}
    race(tasks.settle)
    assert billed() == {meeting.pk, secured.pk}


def in_one_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that all meetings are settled together."""
    for module in (locks, participants.connections):
        monkeypatch.setattr(module, "SHARDS", 1)
