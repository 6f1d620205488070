"""What LiveKit tells of an egress moves its take, in whatever order it is told."""

from datetime import datetime
from itertools import permutations

import pytest

from meetings.models import Meeting
from participants.models import Participant, Stay
from recordings.course import follow, hear, save
from recordings.errands import Deed, Errand
from recordings.models import Take
from recordings.states import Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import after, asked, known, saves, status_of, take_of
from tests.recordings.fakes import FakeStorage
from upclass.egress import Egress, State

ALIVE = (State.STARTING, State.ACTIVE)
ENDED = (State.ENDING, State.COMPLETE, State.FAILED, State.ABORTED)
OVER = (Status.COMPLETED, Status.FAILED, Status.DROPPED)


def told(take: Take, state: State, **facts: object) -> Egress:
    """News of the take's egress."""
    times: dict[str, datetime] = (
        {"started_at": noon(4)} if state not in (State.STARTING, State.ABORTED) else {}
    )
    return Egress("EG_1", take.file, state, **{**times, **facts})  # type: ignore[arg-type]


def empty_the_room() -> None:
    Stay.objects.left(noon(-60), NOON)


# In good order


def test_an_egress_that_starts_changes_nothing_yet(take: Take) -> None:
    assert hear(told(known(take), State.STARTING), noon(1)) is None
    assert (status_of(take), after(take).started_at) == (Status.PENDING, None)


def test_an_active_egress_records(take: Take) -> None:
    assert hear(told(known(take), State.ACTIVE), noon(5)) is None
    assert (status_of(take), after(take).started_at) == (Status.RECORDING, noon(4))


def test_without_a_time_it_began_when_it_was_told(take: Take) -> None:
    hear(told(known(take), State.ACTIVE, started_at=None), noon(5))
    assert after(take).started_at == noon(5)


def test_an_egress_that_ends_is_processed(take: Take) -> None:
    assert hear(told(known(take), State.ENDING, ended_at=noon(60)), noon(61)) is None
    now = after(take)
    assert (now.status, now.started_at, now.ended_at) == (Status.PROCESSING, noon(4), noon(60))


def test_a_complete_egress_is_processed_until_its_file_was_seen(take: Take) -> None:
    errand = hear(told(known(take), State.COMPLETE, ended_at=noon(60), seconds=56), noon(61))
    now = after(take)
    assert errand == saves(take)
    assert (now.status, now.finished_at, now.seconds) == (Status.PROCESSING, noon(61), 56)
    assert (now.started_at, now.ended_at, now.size_bytes) == (noon(4), noon(60), None)


def test_a_complete_egress_told_again_is_complete_since_the_first_time(take: Take) -> None:
    complete = told(known(take), State.COMPLETE, ended_at=noon(60), seconds=56)
    hear(complete, noon(61))
    hear(complete, noon(99))
    assert after(take).finished_at == noon(61)


def test_its_file_completes_it(take: Take, fake_storage: FakeStorage) -> None:
    hear(told(known(take), State.COMPLETE, ended_at=noon(60), seconds=56), noon(61))
    fake_storage.objects[take.file] = 12_345
    save(after(take))
    assert (status_of(take), after(take).size_bytes) == (Status.COMPLETED, 12_345)


def test_without_its_file_it_is_not_complete(take: Take, fake_storage: FakeStorage) -> None:
    hear(told(known(take), State.COMPLETE), noon(61))
    fake_storage.objects["your-company/elsewhere.mp4"] = 12_345
    save(after(take))
    assert (status_of(take), after(take).size_bytes) == (Status.PROCESSING, None)


def test_a_file_that_came_before_the_news_completes_nothing(take: Take, fake_storage: FakeStorage) -> None:
    fake_storage.objects[known(take).file] = 12_345
    save(take)
    assert (status_of(take), after(take).size_bytes) == (Status.PENDING, None)


# From each state


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("status", OVER)
def test_what_is_over_stays_so_and_is_stopped_if_it_is_alive(
    call: Meeting, ann: Participant, status: Status, state: State
) -> None:
    take = take_of(call, ann, status, egress_id="EG_1", file="x.mp4")
    errand = follow(take, told(take, state), NOON)
    assert errand == (Errand(Deed.STOP_EGRESS, "EG_1") if state in ALIVE else None)
    assert status_of(take) == status


@pytest.mark.parametrize(
    ("status", "state", "becomes"),
    [
        (Status.RECORDING, State.STARTING, Status.RECORDING),
        (Status.RECORDING, State.ACTIVE, Status.RECORDING),
        (Status.RECORDING, State.ENDING, Status.PROCESSING),
        (Status.RECORDING, State.COMPLETE, Status.PROCESSING),
        (Status.RECORDING, State.FAILED, Status.FAILED),
        (Status.RECORDING, State.ABORTED, Status.FAILED),
        (Status.PROCESSING, State.STARTING, Status.PROCESSING),
        (Status.PROCESSING, State.ACTIVE, Status.PROCESSING),
        (Status.PROCESSING, State.ENDING, Status.PROCESSING),
        (Status.PROCESSING, State.COMPLETE, Status.PROCESSING),
        (Status.PROCESSING, State.FAILED, Status.FAILED),
        (Status.PROCESSING, State.ABORTED, Status.FAILED),
        (Status.PENDING, State.STARTING, Status.PENDING),
        (Status.PENDING, State.ACTIVE, Status.RECORDING),
        (Status.PENDING, State.ENDING, Status.PROCESSING),
        (Status.PENDING, State.COMPLETE, Status.PROCESSING),
        (Status.PENDING, State.FAILED, Status.FAILED),
        (Status.PENDING, State.ABORTED, Status.DROPPED),
    ],
)
def test_each_news_moves_each_state_so(
    call: Meeting, ann: Participant, status: Status, state: State, becomes: Status
) -> None:
    take = take_of(call, ann, status, egress_id="EG_1", file="x.mp4")
    follow(take, told(take, state), NOON)
    assert status_of(take) == becomes
    follow(after(take), told(take, state), noon(5))
    assert status_of(take) == becomes


@pytest.mark.parametrize("end", [State.COMPLETE, State.FAILED])
def test_in_any_order_the_end_is_the_same(call: Meeting, ann: Participant, end: State) -> None:
    news = (State.STARTING, State.ACTIVE, State.ENDING, end)
    ends = set()
    for number, ordered in enumerate(permutations(news)):
        take = take_of(call, ann, file=f"x/{number}.mp4", egress_id=f"EG_{number}")
        for state in ordered:
            now = Take.objects.select_related("meeting").get(pk=take.pk)
            heard = Egress(
                f"EG_{number}", take.file, state, started_at=noon(4), ended_at=noon(60), seconds=56
            )
            follow(now, heard, noon(61))
        seen = after(take)
        ends.add((seen.status, seen.started_at, seen.ended_at, seen.seconds, bool(seen.finished_at)))
        Take.objects.all().delete()
    is_complete = end is State.COMPLETE
    expected = Status.PROCESSING if is_complete else Status.FAILED
    assert ends == {(expected, noon(4), noon(60), 56, is_complete)}


# Which take


def test_news_before_the_answer_makes_the_egress_known(take: Take) -> None:
    assert hear(told(asked(take), State.ACTIVE), noon(5)) is None
    assert (status_of(take), after(take).egress_id) == (Status.RECORDING, "EG_1")


def test_news_of_somebody_else_s_egress_is_left_alone(take: Take) -> None:
    known(take)
    assert hear(Egress("EG_9", "films/holiday.mp4", State.ACTIVE), NOON) is None
    assert status_of(take) == Status.PENDING


@pytest.mark.parametrize("state", list(State))
def test_an_egress_of_an_earlier_try_moves_nothing_and_is_stopped(take: Take, state: State) -> None:
    first = asked(take).file
    take.put_off(noon(30), NOON)
    known(take, noon(30), "EG_2")
    errand = hear(Egress("EG_1", first, state), noon(35))
    assert errand == (Errand(Deed.STOP_EGRESS, "EG_1") if state in ALIVE else None)
    assert (status_of(take), after(take).egress_id) == (Status.PENDING, "EG_2")
