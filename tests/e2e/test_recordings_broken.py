"""Recordings while what they need dies or is away: none gets stuck, none blocks the next.

Only with RECORDINGS_LONG=1: `make drill` sets it.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from local.stack import Stack
from tests.e2e import drills
from tests.e2e.egresses import Status
from tests.e2e.integrator import Integrator
from tests.e2e.recordings import Call, Hall, Shown, open_hall
from tests.e2e.senders import GREEN, RED, Media, Sender
from tests.e2e.stacks import away, dead, deaf, frozen, is_asking, kill, wait_for

__test__ = drills.RECORDINGS

ANNA, BEN = Media(RED, 440), Media(GREEN, 660)
SWEPT = 150.0  # seconds: the recorder is missed by LiveKit, by two sweeps, asked to stop, and nobody answers
AGAIN = 60.0  # a pause of 30 s, and a sweep
BROKE_OFF = "The recorder stopped working in mid recording."


@pytest.fixture
def hall(stack: Stack, lines: list[str], integrator: Integrator, tmp_path: Path) -> Iterator[Hall]:
    with open_hall(stack, lines, integrator, tmp_path) as hall:
        yield hall


def is_well(sender: Sender) -> bool:
    """Still in the call, over the connection that they came by."""
    return sender.room.isconnected()


def is_settled(shown: Shown) -> bool:
    return bool(shown.recordings) and not shown.unfinished()


# Recorders that die


def test_after_a_killed_recording_the_next_is_tried_half_a_minute_later(hall: Hall) -> None:
    call = hall.open()
    anna = call.come("Anna", ANNA)
    call.record(3)
    [process] = hall.studio.recording()
    process.kill()
    killed = time.monotonic()
    shown = call.reaches("failed")
    assert shown.recordings[0]["failure_reason"] == BROKE_OFF
    call.reaches("failed", "recording", seconds=AGAIN)
    assert time.monotonic() - killed >= 29
    assert is_well(anna)
    call.end()
    assert call.reaches("failed", "completed").status == "completed"


def test_a_killed_worker_that_comes_back_saves_what_it_had_and_records_again(hall: Hall) -> None:
    call = hall.open()
    call.come("Anna", ANNA)
    call.record(4)
    kill(hall.stack, "egress")
    shown = call.reaches("failed", seconds=60)
    assert shown.recordings[0]["failure_reason"] == BROKE_OFF
    call.wait_for(lambda shown: shown.recordings[0]["is_linked"])
    assert call.film().shows(RED, call.box("Anna"), 2)
    call.reaches("failed", "recording", seconds=AGAIN)
    call.end()
    call.reaches("failed", "completed")


def test_a_worker_that_never_comes_back_blocks_nothing(hall: Hall) -> None:
    call = hall.open()
    anna = call.come("Anna", ANNA)
    call.record(4)
    with dead(hall.stack, "egress"):
        shown = call.reaches("failed", seconds=SWEPT)
        assert shown.recordings[0]["failure_reason"] == BROKE_OFF
        assert not shown.recordings[0]["is_linked"]
        assert is_well(anna)
    call.reaches("failed", "recording", seconds=AGAIN + 60)  # it may have been asked for once in vain
    call.end()
    call.reaches("failed", "completed")
    shown = call.wait_for(lambda shown: shown.recordings[0]["is_linked"], 60)  # what the dead one had written
    assert call.film().shows(RED, call.box("Anna"), 2)


def test_a_recorder_that_was_given_up_and_wakes_again_is_stopped(hall: Hall) -> None:
    call = hall.open()
    call.come("Anna", ANNA)
    call.record(2)
    processes = frozen(hall.stack.part("egress"))
    try:
        call.reaches("failed", seconds=SWEPT)
    finally:
        for process in processes:
            process.resume()
    call.reaches("failed", "recording", seconds=AGAIN + 60)
    wait_for(lambda: len(hall.studio.recorders()) == 1, 60, "two record the same room")
    call.end()
    assert call.reaches("failed", "completed").status == "completed"


def test_a_meeting_that_ends_while_its_worker_is_dead_is_settled(hall: Hall) -> None:
    call = hall.open()
    call.come("Anna", ANNA)
    call.record(2)
    with dead(hall.stack, "egress"):
        call.end()
        assert call.reaches("failed", seconds=SWEPT).recordings[0]["failure_reason"] == BROKE_OFF


def test_without_any_recorder_the_call_goes_on_and_the_reason_is_reported_in_the_end(hall: Hall) -> None:
    with away(hall.stack, "egress"):
        call = hall.open()
        anna = call.come("Anna", ANNA)
        wait_for(lambda: call.rows("failures") == [(1,)], 45, "it was not refused")
        assert call.look().status == "pending"
        [pause] = call.rows("try_after - failed_at")[0]
        assert pause.total_seconds() == 30
        call.ask_database(WAITED.format(failures=2))
        wait_for(lambda: call.rows("failures") == [(3,)], 60, "it was not asked for again")
        [pause] = call.rows("try_after - failed_at")[0]
        assert pause.total_seconds() == 120
        call.ask_database(WAITED.format(failures=4))
        shown = call.reaches("failed", seconds=60)
        assert shown.recordings[0]["failure_reason"] == "No recorder was free, however often we asked."
        assert is_well(anna)
        hall.sweep()
        assert call.look().statuses() == ["failed"]  # given up for as long as anybody is there
    assert hall.integrator.get(f"meetings/{call.code}/")["status"] == "active"


WAITED = """UPDATE recordings_recording SET failures = {failures}, try_after = now()
  WHERE state IN ('queued', 'requested', 'starting')"""


# The way of the question


def is_asked(hall: Hall) -> bool:
    """Whether the recordings' worker waits for LiveKit's answer, which has nobody to ask."""
    return is_asking(hall.stack, "recordings", hall.stack.env["LIVEKIT_URL"])


def test_a_worker_killed_while_it_asks_makes_no_second_recording(hall: Hall) -> None:
    call = hall.open()
    with ExitStack() as later:
        with away(hall.stack, "egress"):
            call.come("Anna", ANNA)
            wait_for(lambda: is_asked(hall), 20, "nobody asks")
            later.enter_context(deaf(hall.stack, "recordings"))
        wait_for(call.egresses, 30, "LiveKit gave it up")
    recording = call.record(2)
    assert call.rows("tries") == [(1,)]
    call.end()
    assert call.reaches("completed").recordings[0]["id"] == recording["id"]
    assert [info.status for info in call.egresses()] == [Status.EGRESS_COMPLETE]


def test_what_only_the_sweep_can_find_is_found_by_its_file(hall: Hall) -> None:
    """The answer is lost, and so are the webhooks."""
    call = hall.open()
    with ExitStack() as later:
        with away(hall.stack, "egress"):
            call.come("Anna", ANNA)
            wait_for(lambda: is_asked(hall), 20, "nobody asks")
            later.enter_context(deaf(hall.stack, "recordings"))
            later.enter_context(away(hall.stack, "web"))
        wait_for(call.egresses, 30, "LiveKit gave it up")
        time.sleep(20)  # LiveKit tries a webhook five times, in 15 s
    call.reaches("recording", seconds=60)
    assert call.rows("tries") == [(1,)]
    call.end()
    call.reaches("completed")
    assert [info.status for info in call.egresses()] == [Status.EGRESS_COMPLETE]


# LiveKit and Redis


def test_a_restart_of_redis_is_not_noticed_in_the_recording(hall: Hall) -> None:
    call = hall.open()
    anna = call.come("Anna", ANNA)
    recording = call.record(2)
    kill(hall.stack, "redis")
    time.sleep(20)  # a sweep, and whatever asks Redis for the next thing to do
    assert is_well(anna)
    assert call.look().recordings == [recording]
    call.end()
    shown = call.reaches("completed", seconds=60)
    assert shown.recordings[0]["id"] == recording["id"]
    assert shown.seconds >= 19
    assert len(call.egresses()) == 1


def test_after_a_restart_of_livekit_a_recording_runs_again(hall: Hall) -> None:
    call = hall.open()
    call.come("Anna", ANNA)
    first = call.record(4)
    kill(hall.stack, "livekit")
    call.come("Anna", ANNA)
    call.come("Ben", BEN)
    shown = call.wait_for(lambda shown: is_recorded(call, shown), 180)
    assert shown.recordings[0]["id"] == first["id"]
    time.sleep(3)
    call.end()
    shown = call.wait_for(is_settled, 90)
    assert shown.recordings[0]["is_linked"]  # what there was of it is saved
    assert shown.recordings[-1]["status"] == "completed"
    film = call.film(len(shown.recordings) - 1)
    assert any(film.shows(GREEN, call.box(name), film.seconds - 1) for name in call.identities)  # Ben


def test_when_nobody_comes_back_after_a_restart_of_livekit_the_recording_is_settled(hall: Hall) -> None:
    call = hall.open()
    anna = call.come("Anna", ANNA)
    call.record(4)
    hall.studio.rooms.sent.remove(anna)
    with dead(hall.stack, "livekit"):
        anna.leave()
    assert call.wait_for(is_settled, 240).recordings[0]["is_linked"]


def is_recorded(call: Call, shown: Shown) -> bool:
    """By a recorder that is in the room, and whose recording says so."""
    if shown.statuses()[-1:] != ["recording"]:
        return False
    egress_id = call.rows("egress_id")[-1][0]
    return egress_id in call.hall.studio.people(call.code)


def test_a_restart_of_the_database_and_of_the_worker_is_not_noticed_in_the_recording(hall: Hall) -> None:
    call = hall.open()
    call.come("Anna", ANNA)
    recording = call.record(2)
    kill(hall.stack, "postgres")
    kill(hall.stack, "worker")
    call.come("Ben", BEN)
    assert call.look().recordings == [recording]
    call.end()
    assert call.reaches("completed", seconds=60).recordings[0]["id"] == recording["id"]
    assert len(call.egresses()) == 1


# Storage


def test_a_recording_that_the_storage_could_not_accept_is_there_when_the_storage_is_back(hall: Hall) -> None:
    call = hall.open()
    call.come("Anna", ANNA)
    call.record(4)
    with away(hall.stack, "s3"):
        call.end()
        shown = call.wait_for(is_settled, 60)
        assert shown.recordings[0]["failure_reason"] == NOT_ACCEPTED
        assert not shown.recordings[0]["is_linked"]
        [kept] = hall.studio.waiting()
        size = kept.stat().st_size
    shown = call.wait_for(lambda shown: shown.recordings[0]["is_linked"], 60)
    assert shown.statuses() == ["failed"]
    assert shown.recordings[0]["size_bytes"] == size == call.size_stored()
    assert call.film().shows(RED, call.box("Anna"), 2)


NOT_ACCEPTED = "The recording could not be stored: the storage did not take it."


def test_a_recording_that_waits_for_the_storage_with_a_worker_that_dies_is_not_lost(hall: Hall) -> None:
    call = hall.open()
    call.come("Anna", ANNA)
    call.record(4)
    with away(hall.stack, "s3"):
        call.end()
        call.wait_for(is_settled, 60)
        kill(hall.stack, "egress")
    shown = call.wait_for(lambda shown: shown.recordings[0]["is_linked"], 60)
    assert shown.recordings[0]["size_bytes"] == call.size_stored()
    assert call.film().shows(RED, call.box("Anna"), 2)


def test_with_the_storage_away_from_the_start_the_call_is_recorded_all_the_same(hall: Hall) -> None:
    call = hall.open()
    with away(hall.stack, "s3"):
        call.come("Anna", ANNA)
        call.record(20)  # a sweep looks meanwhile
        assert call.look().statuses() == ["recording"]
    call.end()
    assert call.reaches("completed").seconds >= 17
