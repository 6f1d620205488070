"""Deeds that exclude each other, at once: the database lets one of them win."""

from functools import partial

import pytest

from meetings.models import Meeting
from participants.models import Participant, Stay
from recordings import course, reasons, starting, sweep
from recordings.models import Take
from recordings.states import Status
from tests.conftest import NOON, ROUNDS, noon, race
from tests.recordings.conftest import after, asked, known, take_of
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass.egress import Egress, State

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("_", ROUNDS)
def test_of_people_who_come_at_once_one_begins_the_take(call: Meeting, ann: Participant, _: int) -> None:
    errands = race(*[partial(starting.begin, call, NOON)] * 4)
    assert Take.objects.count() == 1
    assert len([errand for errand in errands if errand]) == 1


@pytest.mark.parametrize("_", ROUNDS)
def test_of_workers_that_start_at_once_one_asks(take: Take, fake_egress: FakeEgress, _: int) -> None:
    race(*[partial(starting.start, after(take), NOON) for _ in range(4)])
    assert len(fake_egress.asked_to("start")) == 1
    assert (after(take).egress_id, after(take).tries) == ("EG_1", 1)


@pytest.mark.parametrize("_", ROUNDS)
def test_whoever_ends_the_meeting_while_it_is_started_has_it_stopped_or_dropped(
    take: Take, fake_egress: FakeEgress, _: int
) -> None:
    race(partial(starting.start, after(take), NOON), partial(take.meeting.end, NOON))
    started = bool(fake_egress.asked_to("start"))
    stopped = bool(fake_egress.asked_to("stop"))
    assert stopped is started
    assert after(take).status == (Status.PENDING if started else Status.DROPPED)


@pytest.mark.parametrize("_", ROUNDS)
def test_a_take_that_begins_while_the_meeting_ends_is_not_recorded(
    call: Meeting, ann: Participant, fake_egress: FakeEgress, _: int
) -> None:
    race(partial(starting.begin, call, NOON), partial(call.end, NOON))
    for take in Take.objects.select_related("meeting__customer"):
        starting.start(take, NOON)
    assert fake_egress.asked == []
    assert not Take.objects.unfinished().exists()


@pytest.mark.parametrize("_", ROUNDS)
def test_a_refusal_and_late_news_at_once_leave_one_egress(
    take: Take, fake_egress: FakeEgress, _: int
) -> None:
    asked(take)
    told = fake_egress.begins(take.meeting.code, take.file, State.ACTIVE)
    refuse = partial(starting.refused, after(take), reasons.NO_RECORDER, noon(23))
    race(refuse, partial(course.hear, told, noon(23)))
    starting.start(after(take), noon(99))
    now = after(take)
    assert (now.status, now.egress_id, now.file) == (Status.RECORDING, "EG_1", told.key)
    assert fake_egress.asked_to("start") == []


@pytest.mark.parametrize("_", ROUNDS)
def test_a_last_refusal_and_late_news_at_once_leave_no_egress_alone(
    take: Take, fake_egress: FakeEgress, _: int
) -> None:
    """Either it records, or it failed and what records is to be stopped."""
    asked(take)
    Take.objects.update(failures=4, failed_at=NOON)
    told = fake_egress.begins(take.meeting.code, take.file, State.ACTIVE)
    refuse = partial(starting.refused, after(take), reasons.NO_RECORDER, noon(23))
    race(refuse, partial(course.hear, told, noon(23)))
    is_alone = after(take).is_over and course.hear(told, noon(24)) is None
    assert not is_alone


@pytest.mark.parametrize("_", ROUNDS)
def test_two_who_count_a_refusal_at_once_count_it_once(take: Take, _: int) -> None:
    asked(take)
    race(*[partial(starting.refused, after(take), reasons.NOT_ANSWERED, noon(40)) for _ in range(3)])
    assert (after(take).failures, after(take).try_after) == (1, noon(70))


def finished(take: Take) -> Take:
    known(take).advance(Status.PROCESSING, ended_at=noon(5))
    take.note(finished_at=noon(5), seconds=5)
    return take


@pytest.mark.parametrize("_", ROUNDS)
def test_two_who_save_at_once_complete_it(take: Take, fake_storage: FakeStorage, _: int) -> None:
    fake_storage.objects[finished(take).file] = 12_345
    race(*[partial(course.save, after(take)) for _ in range(3)])
    assert (after(take).status, after(take).size_bytes) == (Status.COMPLETED, 12_345)


@pytest.mark.parametrize("_", ROUNDS)
def test_a_file_that_comes_while_its_take_is_given_up_can_be_fetched(
    take: Take, fake_storage: FakeStorage, _: int
) -> None:
    fake_storage.objects[finished(take).file] = 12_345
    give_up = partial(after(take).fail, reasons.NOT_STORED, noon(245))
    race(partial(course.save, after(take)), give_up)
    now = after(take)
    assert now.status in (Status.COMPLETED, Status.FAILED)
    assert now.size_bytes == 12_345
    assert bool(now.failure_reason) is (now.status == Status.FAILED)


@pytest.mark.parametrize("_", ROUNDS)
def test_the_news_of_the_end_while_it_is_given_up_leaves_one_end(
    take: Take, fake_storage: FakeStorage, _: int
) -> None:
    known(take).advance(Status.RECORDING, started_at=NOON)
    fake_storage.objects[take.file] = 12_345
    complete = Egress("EG_1", take.file, State.COMPLETE, ended_at=noon(60), seconds=60)
    race(partial(course.hear, complete, noon(61)), partial(course.lost, after(take), noon(61)))
    course.save(after(take))
    now = after(take)
    assert (now.status, now.size_bytes) == (Status.COMPLETED, 12_345)
    assert now.seconds in (60, 61)  # as LiveKit told, or as far as we could tell


@pytest.mark.parametrize("_", ROUNDS)
def test_all_news_at_once_moves_it_to_the_end(take: Take, _: int) -> None:
    asked(take)
    news = [
        Egress("EG_1", take.file, state, started_at=noon(4), ended_at=noon(60), seconds=56)
        for state in (State.STARTING, State.ACTIVE, State.ENDING, State.COMPLETE)
    ]
    race(*[partial(course.hear, told, noon(61)) for told in news * 2])
    now = after(take)
    assert (now.status, now.finished_at, now.seconds) == (Status.PROCESSING, noon(61), 56)


@pytest.mark.parametrize("_", ROUNDS)
def test_of_two_who_stop_at_once_one_asks(take: Take, fake_egress: FakeEgress, _: int) -> None:
    fake_egress.begins(take.meeting.code, known(take).file, State.ACTIVE)
    race(*[partial(course.stop, after(take), NOON) for _ in range(3)])
    assert fake_egress.asked_to("stop") == [("EG_1",)]


@pytest.mark.parametrize("_", ROUNDS)
def test_a_drop_and_a_start_at_once_leave_nothing_that_records(
    take: Take, fake_egress: FakeEgress, _: int
) -> None:
    """The sweep finds that nobody is there, and a worker has just been told to start."""
    slow = after(take)
    Stay.objects.left(NOON, NOON)
    race(partial(starting.start, slow, NOON), partial(sweep.look, after(take), NOON))
    assert fake_egress.known == {} or fake_egress.asked_to("stop")


@pytest.mark.parametrize("_", ROUNDS)
def test_the_sweep_and_somebody_who_comes_begin_one_take(
    call: Meeting, ann: Participant, fake_egress: FakeEgress, _: int
) -> None:
    take_of(call, ann, Status.COMPLETED)
    race(lambda: list(sweep.errands(NOON)), partial(starting.begin, call, NOON))
    assert Take.objects.running().count() == 1
