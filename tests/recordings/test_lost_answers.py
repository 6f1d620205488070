"""What LiveKit received although it did not answer, and workers that were killed."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from participants.connections import Connection
from recordings import reasons, sweep
from recordings.follow_ups import Action, FollowUp
from recordings.launch import request_egress
from recordings.models import Recording
from recordings.states import State, Status
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
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass.egress import EgressState, NoRecorderFree

# Answers that are lost


def test_an_answer_that_is_lost_is_found_by_the_file(recording: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.is_answer_lost = True
    request_egress(recording, NOON)
    assert (after(recording).requested_at, after(recording).egress_id) == (NOON, None)
    assert list(sweep.follow_ups(noon(39))) == []
    assert after(recording).egress_id is None
    assert list(sweep.follow_ups(noon(40))) == []
    assert after(recording).egress_id == "EG_1"
    assert len(fake_egress.asked_to("start_egress")) == 1


def test_an_egress_that_records_already_is_found_with_its_state(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.is_answer_lost = True
    request_egress(recording, NOON)
    fake_egress.becomes("EG_1", EgressState.ACTIVE, started_at=noon(4))
    list(sweep.follow_ups(noon(40)))
    assert (status_of(recording), after(recording).started_at) == (Status.RECORDING, noon(4))


def test_an_egress_of_another_recording_does_not_count_as_its_own(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.begins(recording.meeting.code, "your-company/elsewhere.mp4", EgressState.ACTIVE)
    asked(recording)
    list(sweep.follow_ups(noon(40)))
    assert after(recording).egress_id is None


def test_what_livekit_never_received_is_put_off(recording: Recording) -> None:
    asked(recording)
    assert list(sweep.follow_ups(noon(40))) == []
    assert (after(recording).requested_at, after(recording).try_after, after(recording).failures) == (
        None,
        noon(70),
        1,
    )
    assert list(sweep.follow_ups(noon(69))) == []
    assert list(sweep.follow_ups(noon(70))) == [starts(recording)]


def test_with_livekit_away_it_is_left_to_the_sweep(recording: Recording, fake_egress: FakeEgress) -> None:
    fake_egress.is_away = True
    request_egress(recording, NOON)
    assert (status_of(recording), after(recording).requested_at, after(recording).failures) == (
        Status.PENDING,
        NOON,
        0,
    )


def test_an_egress_that_runs_although_it_was_refused_is_found_before_it_is_asked_again(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    """LiveKit gave up waiting for a recorder that was slow, and its events were lost."""
    fake_egress.refusals = [NoRecorderFree()]
    request_egress(recording, NOON)
    fake_egress.begins(recording.meeting.code, after(recording).file, EgressState.ACTIVE)
    for follow_up in sweep.follow_ups(noon(30)):
        assert follow_up == starts(recording)
        request_egress(after(recording), noon(30))
    assert len(fake_egress.known) == 1, "the room is recorded once"


@pytest.mark.parametrize("asks", [sweep.check, request_egress])
def test_what_was_recorded_although_it_was_refused_is_not_dropped_when_all_have_left(
    recording: Recording, fake_egress: FakeEgress, asks: Callable[[Recording, datetime], object]
) -> None:
    fake_egress.refusals = [NoRecorderFree()]
    request_egress(recording, NOON)
    fake_egress.begins(recording.meeting.code, after(recording).file, EgressState.ACTIVE, started_at=noon(4))
    fake_egress.becomes("EG_1", EgressState.COMPLETE, ended_at=noon(9), seconds=5)
    Connection.objects.update(left_at=noon(9))
    asks(after(recording), noon(60))
    assert (after(recording).state, after(recording).seconds) == (State.STORING, 5)


def test_what_is_recorded_although_it_was_refused_is_stopped_when_the_meeting_ended(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    fake_egress.refusals = [NoRecorderFree()]
    request_egress(recording, NOON)
    fake_egress.begins(recording.meeting.code, after(recording).file, EgressState.ACTIVE, started_at=noon(4))
    recording.meeting.mark_ended(noon(9))
    assert list(sweep.follow_ups(noon(60))) == [stops(recording)]


def test_what_is_recorded_although_it_was_given_up_is_stopped_and_its_part_is_shown(
    recording: Recording, fake_egress: FakeEgress, fake_storage: FakeStorage
) -> None:
    asked(recording).mark_given_up(reasons.NO_RECORDER, NOON)
    fake_egress.begins(recording.meeting.code, after(recording).file, EgressState.ACTIVE)
    fake_storage.objects[after(recording).file] = 7
    first, *_ = sweep.follow_ups(noon(60))
    assert first == FollowUp(Action.STOP_EGRESS, "EG_1")
    assert (status_of(recording), after(recording).size_bytes) == (Status.FAILED, 7)


# Killed


@pytest.mark.parametrize("query", range(1, 25))
def test_killed_anywhere_the_sweep_has_it_recorded_once(
    recording: Recording, fake_egress: FakeEgress, query: int
) -> None:
    with killed_at(query):
        request_egress(recording, NOON)
    connection.ensure_connection()
    for second in range(0, 120, 15):
        for follow_up in sweep.follow_ups(noon(second)):
            assert follow_up == starts(recording)
            request_egress(after(recording), noon(second))
    assert len(fake_egress.known) == 1
    assert (after(recording).egress_id, status_of(recording)) == ("EG_1", Status.PENDING)


def test_a_worker_killed_while_it_asked_asks_no_second_time(
    recording: Recording, fake_egress: FakeEgress
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    fake_egress.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        request_egress(recording, NOON)
    assert list(sweep.follow_ups(noon(40))) == []
    assert (after(recording).egress_id, len(fake_egress.known)) == ("EG_1", 1)


def test_a_recording_that_is_known_is_left_alone(recording: Recording, fake_egress: FakeEgress) -> None:
    request_egress(known(recording), noon(5))
    assert fake_egress.asked == []
    assert stops(recording) not in sweep.follow_ups(noon(5))
