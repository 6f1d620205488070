"""What LiveKit heard although it was not known to, and workers that were killed."""

import pytest
from django.db import connection

from recordings import sweep
from recordings.models import Take
from recordings.starting import start
from recordings.states import Status
from tests.billing.test_hostile_world import killed_at
from tests.conftest import NOON, noon
from tests.recordings.conftest import (
    after,
    asked,
    known,
    starts,
    status_of,
    stops,
)
from tests.recordings.fakes import FakeEgress
from upclass.egress import NoRecorderFree, State

# Answers that are lost


def test_an_answer_that_is_lost_is_found_by_the_file(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.is_answer_lost = True
    start(take, NOON)
    assert (after(take).asked_at, after(take).egress_id) == (NOON, None)
    assert list(sweep.errands(noon(39))) == []
    assert after(take).egress_id is None
    assert list(sweep.errands(noon(40))) == []
    assert after(take).egress_id == "EG_1"
    assert len(fake_egress.asked_to("start")) == 1


def test_an_egress_that_records_already_is_found_with_its_state(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.is_answer_lost = True
    start(take, NOON)
    fake_egress.becomes("EG_1", State.ACTIVE, started_at=noon(4))
    list(sweep.errands(noon(40)))
    assert (status_of(take), after(take).started_at) == (Status.RECORDING, noon(4))


def test_an_egress_of_another_take_is_not_taken_for_it(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.begins(take.meeting.code, "your-company/elsewhere.mp4", State.ACTIVE)
    asked(take)
    list(sweep.errands(noon(40)))
    assert after(take).egress_id is None


def test_what_livekit_never_heard_is_put_off(take: Take) -> None:
    asked(take)
    assert list(sweep.errands(noon(40))) == []
    assert (after(take).asked_at, after(take).try_after, after(take).failures) == (None, noon(70), 1)
    assert list(sweep.errands(noon(69))) == []
    assert list(sweep.errands(noon(70))) == [starts(take)]


def test_with_livekit_away_it_is_left_to_the_sweep(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.is_away = True
    start(take, NOON)
    assert (status_of(take), after(take).asked_at, after(take).failures) == (Status.PENDING, NOON, 0)


def test_an_egress_that_runs_although_it_was_refused_is_found_before_it_is_asked_again(
    take: Take, fake_egress: FakeEgress
) -> None:
    """LiveKit gave up waiting for a recorder that was slow, and its news was lost."""
    fake_egress.refusals = [NoRecorderFree()]
    start(take, NOON)
    fake_egress.begins(take.meeting.code, after(take).file, State.ACTIVE)
    for errand in sweep.errands(noon(30)):
        assert errand == starts(take)
        start(after(take), noon(30))
    assert len(fake_egress.known) == 1, "the room is recorded once"


# Killed


@pytest.mark.parametrize("query", range(1, 25))
def test_killed_anywhere_the_sweep_has_it_recorded_once(
    take: Take, fake_egress: FakeEgress, query: int
) -> None:
    with killed_at(query):
        start(take, NOON)
    connection.ensure_connection()
    for second in range(0, 120, 15):
        for errand in sweep.errands(noon(second)):
            assert errand == starts(take)
            start(after(take), noon(second))
    assert len(fake_egress.known) == 1
    assert (after(take).egress_id, status_of(take)) == ("EG_1", Status.PENDING)


def test_a_worker_killed_while_it_asked_asks_no_second_time(take: Take, fake_egress: FakeEgress) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    fake_egress.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        start(take, NOON)
    assert list(sweep.errands(noon(40))) == []
    assert (after(take).egress_id, len(fake_egress.known)) == ("EG_1", 1)


def test_a_take_that_is_known_is_left_alone(take: Take, fake_egress: FakeEgress) -> None:
    start(known(take), noon(5))
    assert fake_egress.asked == []
    assert stops(take) not in sweep.errands(noon(5))
