import pytest

from billing import settling, tasks
from billing.models import LedgerEntry
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, connected, noon, race
from upclass.locks import try_lock


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

    def settle(meeting_pk: int, *rest: object) -> None:
        if meeting_pk == failing:
            raise RuntimeError("the reason")
        unbroken(meeting_pk, *rest)  # type: ignore[arg-type]

    unbroken = settling.settle
    with monkeypatch.context() as broken:
        broken.setattr(settling, "settle", settle)
        tasks.settle()
    assert (billed(), settling.due()) == ({sound}, [failing])
    assert f"meeting {failing} could not be settled" in caplog.text
    assert "the reason" in caplog.text
    tasks.settle()
    assert billed() == {failing, sound}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("both")
def test_while_one_run_is_under_way_another_does_nothing() -> None:
    with try_lock("settle"):
        race(tasks.settle)
        assert not billed()
    race(tasks.settle)
    assert billed()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("both")
def test_two_runs_at_once_book_everything_once() -> None:
    race(*[tasks.settle] * 3)
    assert LedgerEntry.objects.usage().count() == 2
    assert settling.due() == []
