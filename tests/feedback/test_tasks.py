import pytest
import time_machine

from customers.models import Customer
from feedback import requesting, tasks
from feedback.models import FeedbackRequest
from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import NOON, connected, noon, race
from tests.feedback.conftest import asking, registered
from upclass.locks import try_lock
from upclass.settings import CELERY


@pytest.fixture
def two(past: Meeting, john: Participant, customer: Customer) -> list[int]:
    """Two meetings (primary keys) whose rooms are empty, an hour after noon."""
    other = asking(customer)
    connected(registered(other), noon(-600), NOON)
    return [past.pk, other.pk]


def create_feedback_requests() -> None:
    with time_machine.travel(noon(3600)):
        tasks.create_feedback_requests()


def owed() -> list[int]:
    return sorted(FeedbackRequest.objects.values_list("meeting", flat=True))


def test_the_feedback_requests_of_every_meeting_are_written(two: list[int]) -> None:
    create_feedback_requests()
    assert owed() == two


def test_of_one_meeting_only_its_own_are_written(two: list[int]) -> None:
    with time_machine.travel(noon(3600)):
        tasks.create_feedback_requests_of(two[1])
    assert owed() == two[1:]


def test_a_second_run_writes_nothing_more(two: list[int]) -> None:
    create_feedback_requests()
    create_feedback_requests()
    assert owed() == two


@pytest.mark.parametrize("failing", [0, 1])
def test_a_meeting_that_fails_does_not_hold_up_the_others(
    two: list[int], failing: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    unbroken = requesting.create_for

    def write(meeting: Meeting, *rest: object) -> None:
        if meeting.pk == two[failing]:
            raise RuntimeError("the reason")
        unbroken(meeting, *rest)  # type: ignore[arg-type]

    with monkeypatch.context() as broken:
        broken.setattr(requesting, "create_for", write)
        create_feedback_requests()
    assert owed() == [two[1 - failing]]
    assert "could not be created" in caplog.text
    assert "the reason" in caplog.text
    create_feedback_requests()
    assert owed() == two


@pytest.mark.django_db(transaction=True)
def test_while_one_run_is_under_way_another_does_nothing(two: list[int]) -> None:
    with try_lock("create feedback requests"):
        race(create_feedback_requests)
        assert not owed()
    race(create_feedback_requests)
    assert owed() == two


def test_it_runs_every_half_minute() -> None:
    schedule: object = CELERY["beat_schedule"]
    assert isinstance(schedule, dict)
    job = schedule["create_feedback_requests"]
    assert (job["task"], job["schedule"]) == (tasks.create_feedback_requests.name, 30)
