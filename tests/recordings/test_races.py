"""Actions that exclude each other, at once: the database lets one of them win."""

from functools import partial

import pytest

from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from recordings import launch, lifecycle, reasons, sweep
from recordings.models import Recording
from recordings.states import Status
from tests.conftest import NOON, ROUNDS, noon, race
from tests.recordings.conftest import after, asked, known, recording_of
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass.egress import Egress, EgressState

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("_", ROUNDS)
def test_of_people_who_come_at_once_one_begins_the_recording(call: Meeting, ann: Participant, _: int) -> None:
    follow_ups = race(*[partial(launch.begin, call, NOON)] * 4)
    assert Recording.objects.count() == 1
    assert len([follow_up for follow_up in follow_ups if follow_up]) == 1


@pytest.mark.parametrize("_", ROUNDS)
def test_of_workers_that_start_at_once_one_asks(
    recording: Recording, fake_egress: FakeEgress, _: int
) -> None:
    race(*[partial(launch.request_egress, after(recording), NOON) for _ in range(4)])
    assert len(fake_egress.asked_to("start_egress")) == 1
    assert (after(recording).egress_id, after(recording).tries) == ("EG_1", 1)


@pytest.mark.parametrize("_", ROUNDS)
def test_whoever_ends_the_meeting_while_it_is_started_has_it_stopped_or_dropped(
    recording: Recording, fake_egress: FakeEgress, _: int
) -> None:
    race(partial(launch.request_egress, after(recording), NOON), partial(recording.meeting.mark_ended, NOON))
    started = bool(fake_egress.asked_to("start_egress"))
    stopped = bool(fake_egress.asked_to("stop_egress"))
    assert stopped is started
    assert after(recording).status == (Status.PENDING if started else Status.DROPPED)


@pytest.mark.parametrize("_", ROUNDS)
def test_a_recording_that_begins_while_the_meeting_ends_is_not_recorded(
    call: Meeting, ann: Participant, fake_egress: FakeEgress, _: int
) -> None:
    race(partial(launch.begin, call, NOON), partial(call.mark_ended, NOON))
    for recording in Recording.objects.select_related("meeting__customer"):
        launch.request_egress(recording, NOON)
    assert fake_egress.asked == []
    assert not Recording.objects.unfinished().exists()


@pytest.mark.parametrize("_", ROUNDS)
def test_a_refusal_and_a_late_event_at_once_leave_one_egress(
    recording: Recording, fake_egress: FakeEgress, _: int
) -> None:
    asked(recording)
    info = fake_egress.begins(recording.meeting.code, recording.file, EgressState.ACTIVE)
    refuse = partial(launch.on_refused, after(recording), reasons.NO_RECORDER, noon(23))
    race(refuse, partial(lifecycle.on_egress_update, info, noon(23)))
    launch.request_egress(after(recording), noon(99))
    now = after(recording)
    assert (now.status, now.egress_id, now.file) == (Status.RECORDING, "EG_1", info.key)
    assert fake_egress.asked_to("start_egress") == []


@pytest.mark.parametrize("_", ROUNDS)
def test_a_last_refusal_and_a_late_event_at_once_leave_no_egress_alone(
    recording: Recording, fake_egress: FakeEgress, _: int
) -> None:
    """Either it records, or it failed and what records is to be stopped."""
    asked(recording)
    Recording.objects.update(failures=4, failed_at=NOON)
    info = fake_egress.begins(recording.meeting.code, recording.file, EgressState.ACTIVE)
    refuse = partial(launch.on_refused, after(recording), reasons.NO_RECORDER, noon(23))
    race(refuse, partial(lifecycle.on_egress_update, info, noon(23)))
    is_alone = after(recording).is_over and lifecycle.on_egress_update(info, noon(24)) is None
    assert not is_alone


@pytest.mark.parametrize("_", ROUNDS)
def test_two_who_count_a_refusal_at_once_count_it_once(recording: Recording, _: int) -> None:
    asked(recording)
    race(*[partial(launch.on_refused, after(recording), reasons.NOT_ANSWERED, noon(40)) for _ in range(3)])
    assert (after(recording).failures, after(recording).try_after) == (1, noon(70))


def finished(recording: Recording) -> Recording:
    known(recording).mark_ending(ended_at=noon(5))
    recording.mark_storing(noon(5), 5)
    return recording


@pytest.mark.parametrize("_", ROUNDS)
def test_two_who_save_at_once_complete_it(recording: Recording, fake_storage: FakeStorage, _: int) -> None:
    fake_storage.objects[finished(recording).file] = 12_345
    race(*[partial(lifecycle.confirm_stored, after(recording)) for _ in range(3)])
    assert (after(recording).status, after(recording).size_bytes) == (Status.COMPLETED, 12_345)


@pytest.mark.parametrize("_", ROUNDS)
def test_a_file_that_comes_while_its_recording_is_given_up_can_be_fetched(
    recording: Recording, fake_storage: FakeStorage, _: int
) -> None:
    fake_storage.objects[finished(recording).file] = 12_345
    give_up = partial(after(recording).mark_failed, reasons.NOT_STORED, noon(245))
    race(partial(lifecycle.confirm_stored, after(recording)), give_up)
    now = after(recording)
    assert now.status in (Status.COMPLETED, Status.FAILED)
    assert now.size_bytes == 12_345
    assert bool(now.failure_reason) is (now.status == Status.FAILED)


@pytest.mark.parametrize("_", ROUNDS)
def test_the_event_of_the_end_while_it_is_given_up_leaves_one_end(
    recording: Recording, fake_storage: FakeStorage, _: int
) -> None:
    known(recording).mark_recording(NOON)
    fake_storage.objects[recording.file] = 12_345
    complete = Egress("EG_1", recording.file, EgressState.COMPLETE, ended_at=noon(60), seconds=60)
    race(
        partial(lifecycle.on_egress_update, complete, noon(61)),
        partial(lifecycle.mark_lost, after(recording), noon(61)),
    )
    lifecycle.confirm_stored(after(recording))
    now = after(recording)
    assert (now.status, now.size_bytes) == (Status.COMPLETED, 12_345)
    assert now.seconds in (60, 61)  # as LiveKit reported, or as far as we could know


@pytest.mark.parametrize("_", ROUNDS)
def test_all_events_at_once_move_it_to_the_end(recording: Recording, _: int) -> None:
    asked(recording)
    events = [
        Egress("EG_1", recording.file, state, started_at=noon(4), ended_at=noon(60), seconds=56)
        for state in (EgressState.STARTING, EgressState.ACTIVE, EgressState.ENDING, EgressState.COMPLETE)
    ]
    race(*[partial(lifecycle.on_egress_update, event, noon(61)) for event in events * 2])
    now = after(recording)
    assert (now.status, now.finished_at, now.seconds) == (Status.PROCESSING, noon(61), 56)


@pytest.mark.parametrize("_", ROUNDS)
def test_of_two_who_stop_at_once_one_asks(recording: Recording, fake_egress: FakeEgress, _: int) -> None:
    fake_egress.begins(recording.meeting.code, known(recording).file, EgressState.ACTIVE)
    race(*[partial(lifecycle.stop_recording, after(recording), NOON) for _ in range(3)])
    assert fake_egress.asked_to("stop_egress") == [("EG_1",)]


@pytest.mark.parametrize("_", ROUNDS)
def test_a_drop_and_a_start_at_once_leave_nothing_that_records(
    recording: Recording, fake_egress: FakeEgress, _: int
) -> None:
    """The sweep finds that nobody is there, and a worker has just got the task to start."""
    slow = after(recording)
    Connection.objects.set_left_at(NOON, NOON)
    race(partial(launch.request_egress, slow, NOON), partial(sweep.check, after(recording), NOON))
    assert fake_egress.known == {} or fake_egress.asked_to("stop_egress")


@pytest.mark.parametrize("_", ROUNDS)
def test_the_sweep_and_somebody_who_comes_begin_one_recording(
    call: Meeting, ann: Participant, fake_egress: FakeEgress, _: int
) -> None:
    recording_of(call, ann, Status.COMPLETED)
    race(lambda: list(sweep.follow_ups(NOON)), partial(launch.begin, call, NOON))
    assert Recording.objects.running().count() == 1
