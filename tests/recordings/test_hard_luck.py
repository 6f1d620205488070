"""What happens to a recording when two things go wrong at once."""

import time_machine

from meetings.models import Meeting
from recordings import launch, lifecycle, sweep
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import after, asked, do
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass import egress
from upclass.egress import Egress, EgressState


def sweep_for(clock: time_machine.Traveller, minutes: int) -> None:
    """Every 15 s, with what is left to do each time."""
    for second in range(15, minutes * 60, 15):
        clock.move_to(noon(second))
        for follow_up in list(sweep.follow_ups(noon(second))):
            do(follow_up, second)


def put_off(recording: Recording, fake_egress: FakeEgress) -> Recording:
    """LiveKit was asked, and gave up before the recorder answered, who works all the same."""
    fake_egress.refusals.append(egress.NoRecorderFree())
    launch.request_egress(recording, NOON)
    found = after(recording)
    assert found.requested_at is None and found.egress_id is None
    return found


def test_a_recording_that_was_put_off_and_is_reported_is_not_requested_again(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    put_off(recording, fake_egress)
    lifecycle.on_egress_update(Egress("EG_1", after(recording).file, EgressState.STARTING), noon(5))
    launch.request_egress(after(recording), noon(60))  # a task that was queued before the event came
    found = after(recording)
    assert (found.egress_id, found.file.rpartition("-")[2]) == ("EG_1", "1.mp4")
    assert len(fake_egress.asked_to("start_egress")) == 1


def test_a_recording_that_was_put_off_is_settled_when_its_recorder_dies_before_it_begins(
    call: Meeting, recording: Recording, fake_egress: FakeEgress, clock: time_machine.Traveller
) -> None:
    info = fake_egress.begins(call.code, put_off(recording, fake_egress).file)
    lifecycle.on_egress_update(info, noon(5))
    fake_egress.killed.add(info.id)
    sweep_for(clock, 5)
    assert after(recording).is_over
    assert Recording.objects.of(call).count() > 1


def test_while_the_storage_is_away_a_killed_recorder_does_not_block_the_next_recording(
    call: Meeting,
    recording: Recording,
    fake_egress: FakeEgress,
    fake_storage: FakeStorage,
    clock: time_machine.Traveller,
) -> None:
    info = fake_egress.begins(call.code, asked(recording).file)
    lifecycle.on_egress_update(fake_egress.becomes(info.id, EgressState.ACTIVE), noon(4))
    fake_egress.killed.add(info.id)
    fake_storage.is_away = True
    sweep_for(clock, 5)
    assert after(recording).status not in (Status.PENDING, Status.RECORDING)
    assert Recording.objects.of(call).running().exists()
