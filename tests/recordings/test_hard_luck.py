"""What happens to a take when two things go wrong at once."""

import time_machine

from meetings.models import Meeting
from recordings import course, starting, sweep
from recordings.models import Take
from recordings.states import Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import after, asked, do
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass import egress
from upclass.egress import Egress, State


def sweep_for(clock: time_machine.Traveller, minutes: int) -> None:
    """Every 15 s, with what is left to do each time."""
    for second in range(15, minutes * 60, 15):
        clock.move_to(noon(second))
        for errand in list(sweep.errands(noon(second))):
            do(errand, second)


def put_off(take: Take, fake_egress: FakeEgress) -> Take:
    """LiveKit was asked, and gave up before the recorder answered, who works all the same."""
    fake_egress.refusals.append(egress.NoRecorderFree())
    starting.start(take, NOON)
    found = after(take)
    assert found.asked_at is None and found.egress_id is None
    return found


def test_a_take_that_was_put_off_and_is_heard_of_is_not_asked_for_again(
    take: Take, fake_egress: FakeEgress
) -> None:
    put_off(take, fake_egress)
    course.hear(Egress("EG_1", after(take).file, State.STARTING), noon(5))
    starting.start(after(take), noon(60))  # a task that was queued before the news came
    found = after(take)
    assert (found.egress_id, found.file.rpartition("-")[2]) == ("EG_1", "1.mp4")
    assert len(fake_egress.asked_to("start")) == 1


def test_a_take_that_was_put_off_is_settled_when_its_recorder_dies_before_it_begins(
    call: Meeting, take: Take, fake_egress: FakeEgress, clock: time_machine.Traveller
) -> None:
    told = fake_egress.begins(call.code, put_off(take, fake_egress).file)
    course.hear(told, noon(5))
    fake_egress.killed.add(told.id)
    sweep_for(clock, 5)
    assert after(take).is_over
    assert Take.objects.of(call).count() > 1


def test_while_the_storage_is_away_a_killed_recorder_does_not_block_the_next_take(
    call: Meeting,
    take: Take,
    fake_egress: FakeEgress,
    fake_storage: FakeStorage,
    clock: time_machine.Traveller,
) -> None:
    told = fake_egress.begins(call.code, asked(take).file)
    course.hear(fake_egress.becomes(told.id, State.ACTIVE), noon(4))
    fake_egress.killed.add(told.id)
    fake_storage.is_away = True
    sweep_for(clock, 5)
    assert after(take).status not in (Status.PENDING, Status.RECORDING)
    assert Take.objects.of(call).running().exists()
