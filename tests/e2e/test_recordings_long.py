"""Recordings that are slow: people who go and come, and a recorder as slow as the official one.

Only with RECORDINGS_LONG=1: `make drill` sets it.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.stack import Stack
from tests.e2e import drills
from tests.e2e.egresses import Status
from tests.e2e.integrator import Integrator
from tests.e2e.recordings import Hall, open_hall
from tests.e2e.senders import GREEN, RED, Media
from tests.e2e.stacks import hired_with, wait_for

__test__ = drills.RECORDINGS

ANNA, BEN = Media(RED, 440), Media(GREEN, 660)


@pytest.fixture
def hall(stack: Stack, lines: list[str], integrator: Integrator, tmp_path: Path) -> Iterator[Hall]:
    with open_hall(stack, lines, integrator, tmp_path) as hall:
        yield hall


# People who go and come


def test_somebody_alone_who_is_back_in_five_seconds_is_in_the_same_recording(hall: Hall) -> None:
    call = hall.open()
    anna = call.come("Anna", ANNA)
    recording = call.record(1)
    anna.leave()
    time.sleep(5)
    call.come("Anna", ANNA)
    time.sleep(20)  # by now LiveKit would have closed the room
    assert call.look().recordings == [recording]
    call.end()
    shown = call.reaches("completed")
    assert abs(shown.seconds - call.lasted()) <= 3
    assert len(call.egresses()) == 1


def test_when_everybody_has_left_the_recording_ends_by_itself_and_the_next_is_another_s(hall: Hall) -> None:
    call = hall.open()
    anna = call.come("Anna", ANNA)
    call.record(1)
    anna.leave()
    left = time.monotonic()
    first = call.reaches("completed", seconds=60)
    time.sleep(max(0.0, left + 62 - time.monotonic()))  # the room counts as empty after a minute
    call.come("Ben", BEN)
    call.record(1)
    call.end()
    shown = call.reaches("completed", "completed")
    assert shown.recordings[0] == first.recordings[0]
    assert [recording["recorder"]["display_name"] for recording in shown.recordings] == ["Anna", "Ben"]


def test_a_meeting_that_expires_is_recorded_to_its_end(hall: Hall) -> None:
    call = hall.open(expires_at=hall.integrator.in_seconds(15))
    call.come("Anna", ANNA)
    call.record(0)
    shown = call.reaches("completed", seconds=90)
    assert shown.seconds >= 8
    assert hall.integrator.get(f"meetings/{call.code}/")["status"] == "expired"


# Busy, and slow as in production


def test_a_meeting_for_which_no_recorder_is_free_is_recorded_when_one_is(hall: Hall) -> None:
    with hired_with(hall.stack, EGRESS_MAX_EGRESSES="1"):
        first, second = hall.open(), hall.open()
        first.come("Anna", ANNA)
        first.record(1)
        second.come("Ben", BEN)
        wait_for(lambda: second.rows("failures") == [(1,)], 40, "it was not refused")
        assert second.look().status == "pending"
        first.end()
        first.reaches("completed")
        second.reaches("recording", seconds=90)
        second.end()
        assert second.reaches("completed").recordings[0]["failure_reason"] is None


def test_with_the_latency_of_the_official_recorder_there_is_one_recording(hall: Hall) -> None:
    with hired_with(hall.stack, EGRESS_LIKE_OFFICIAL="1"):
        call = hall.open()
        call.come("Anna", ANNA)
        call.record(0)
        call.come("Ben", BEN)
        call.record(5)
        begun = time.monotonic()
        call.end()
        shown = call.reaches("completed", seconds=60)
        assert abs(shown.seconds - call.lasted()) <= 3
        assert [info.status for info in call.all_ended()] == [Status.EGRESS_COMPLETE]
        assert time.monotonic() - begun < 30


def test_somebody_who_leaves_before_the_slow_recorder_looks_has_no_recording(hall: Hall) -> None:
    with hired_with(hall.stack, EGRESS_LIKE_OFFICIAL="1", EGRESS_START_DELAY="8"):
        call = hall.open()
        anna = call.come("Anna", ANNA)
        call.reaches("pending")
        anna.leave()
        call.wait_for(lambda shown: call.rows("state") == [("dropped",)], 90)
        assert call.look().recordings == []
        call.all_ended()


def test_a_room_that_is_closed_before_the_slow_recorder_looks_has_no_recording(hall: Hall) -> None:
    with hired_with(hall.stack, EGRESS_START_DELAY="6"):
        call = hall.open()
        anna = call.come("Anna", ANNA)
        wait_for(call.egresses, 20, "it was not asked for")
        anna.leave()
        call.close_room()
        [info] = call.all_ended()
        assert info.status == Status.EGRESS_FAILED  # there is no such room
        assert call.wait_for(lambda shown: not shown.unfinished()).recordings == []
