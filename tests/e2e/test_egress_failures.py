"""What recordings come to when something dies or is away: a final state in time, and nothing that is lost.

Only with RECORDINGS_LONG=1: `make drill` sets it.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from egress.layout import Box
from local.stack import Stack
from tests.e2e import drills
from tests.e2e.egresses import AWAY, Egress, Status, Studio, open_studio
from tests.e2e.senders import RED, Media
from tests.e2e.stacks import away, kill, second_worker, wait_for

__test__ = drills.RECORDINGS

WHOLE = Box(0, 0, 640, 360)
HEARD = 0.05
LOST = "The egress worker was lost"
WRONG = "a secret that storage does not know"


@pytest.fixture
def studio(stack: Stack, lines: list[str]) -> Iterator[Studio]:
    with open_studio(stack, lines) as studio:
        yield studio


@pytest.fixture
def room(studio: Studio) -> str:
    """One in which Anna sends."""
    made = studio.rooms.create()
    studio.rooms.send(made, "anna", Media(RED, 440))
    return made


def assert_shows_anna(egress: Egress, second: float) -> None:
    film = egress.film()
    assert film.seconds > second
    assert film.shows(RED, WHOLE, second)
    assert film.tone(440, 0.5, second) > HEARD


def close(studio: Studio, room: str) -> None:
    """Of a recorder that was killed LiveKit learns after 20 s only; until then it would be in the room."""
    studio.rooms.delete(room)


# Workers


def test_a_killed_recording_fails_and_its_part_is_saved(studio: Studio, room: str) -> None:
    egress = studio.start(room).active().until(4)
    [process] = studio.recording()
    process.kill()
    info = egress.ended(Status.EGRESS_FAILED, 10)
    assert info.error == "The recording process was killed"
    assert info.file_results[0].size == len(studio.stored(egress.key))
    assert_shows_anna(egress, 2)
    close(studio, room)


def test_a_killed_worker_reports_at_its_next_start_and_the_part_is_saved(studio: Studio, room: str) -> None:
    egress = studio.start(room).active().until(4)
    killed = time.monotonic()
    kill(studio.stack, "egress")
    info = egress.ended(Status.EGRESS_FAILED, 25)
    assert time.monotonic() - killed < 25
    assert info.error == LOST
    assert info.file_results[0].size == len(studio.stored(egress.key))
    assert_shows_anna(egress, 2)
    close(studio, room)


def test_of_two_workers_one_reports_that_the_other_was_lost(
    studio: Studio, room: str, tmp_path: Path
) -> None:
    with second_worker(studio.stack, tmp_path) as second:
        with away(studio.stack, "egress"):
            egress = studio.start(room).active()
        egress.until(4)
        second.kill()
    assert egress.ended(Status.EGRESS_FAILED, 25).error == LOST
    assert not studio.stored(egress.key)
    with second_worker(studio.stack, tmp_path):  # what it saved is sent when it is back after all
        wait_for(lambda: studio.stored(egress.key), 15, "the part is not in storage")
        wait_for(lambda: not list((tmp_path / "egresses").iterdir()), 10, "its folder is left")
    assert egress.info().status == Status.EGRESS_FAILED
    assert_shows_anna(egress, 2)


def test_a_worker_that_is_asked_to_stop_completes_its_recordings(studio: Studio, room: str) -> None:
    egress = studio.start(room).active().until(2)
    with away(studio.stack, "egress"):
        assert egress.ended(Status.EGRESS_COMPLETE).file_results[0].size
    assert_shows_anna(egress, 1.5)


def test_without_any_worker_the_caller_is_refused(studio: Studio) -> None:
    room = studio.rooms.create()
    with away(studio.stack, "egress"):
        refused = studio.refusal("start_room_composite_egress", studio.order(room))
    assert refused.code == "unavailable"


# LiveKit and Redis


def test_a_restart_of_redis_is_not_noticed_in_the_recording(studio: Studio, room: str) -> None:
    egress = studio.start(room).active().until(1)
    kill(studio.stack, "redis")
    egress.until(4)
    stop_or_see_the_end(egress)
    assert egress.ended(Status.EGRESS_COMPLETE).file_results[0].duration > 3.5e9
    assert_shows_anna(egress, 3.5)


def test_when_livekit_was_killed_the_recording_comes_to_an_end(studio: Studio, room: str) -> None:
    egress = studio.start(room).active().until(3)
    begun = time.monotonic()
    kill(studio.stack, "livekit")
    wait_for(lambda: is_back_or_has_ended(egress), 40, "it neither goes on nor ends")
    stop_or_see_the_end(egress)
    egress.ended(Status.EGRESS_COMPLETE, 60)
    assert time.monotonic() - begun < 60
    assert_shows_anna(egress, 2)


def is_back_or_has_ended(egress: Egress) -> bool:
    with suppress(*AWAY):
        return egress.info().status >= Status.EGRESS_ENDING or egress.id in egress.studio.recorders()
    return False


def stop_or_see_the_end(egress: Egress) -> None:
    """Ask until somebody answers: what has just come back may not receive everything yet."""

    def is_asked() -> bool:
        with suppress(*AWAY):
            egress.stop()
            return True
        with suppress(*AWAY):
            return egress.info().status >= Status.EGRESS_ENDING
        return False

    wait_for(is_asked, 30, "nobody stops it")


# Storage


def test_what_storage_cannot_accept_is_kept_and_sent_when_it_is_back(studio: Studio, room: str) -> None:
    running, egress = studio.start(room).active(), studio.start(room).active().until(2)
    with away(studio.stack, "s3"):
        egress.stop()
        info = egress.ended(Status.EGRESS_FAILED, 20)
        assert info.error.startswith("S3 upload failed: ")
        assert info.error.endswith(" cannot be reached.")
        [kept] = studio.waiting()
        content = kept.read_bytes()
        assert info.file_results[0].size == len(content)
        lease_is_kept_for(running, 15)
    wait_for(lambda: not studio.waiting(), 15, "it still waits")
    assert studio.stored(egress.key) == content
    assert_shows_anna(egress, 1.5)
    running.stop()
    assert running.ended(Status.EGRESS_COMPLETE).file_results[0].duration > 15e9


def lease_is_kept_for(egress: Egress, seconds: float) -> None:
    """While it is there, no other worker counts the recording as lost."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert egress.studio.has_lease(egress.id)
        time.sleep(0.2)


def test_wrong_credentials_are_reported_without_them(studio: Studio, room: str) -> None:
    egress = studio.start(room, secret=WRONG).active().until(1)
    egress.stop()
    info = egress.ended(Status.EGRESS_FAILED)
    assert "refuses the credentials (SignatureDoesNotMatch)" in info.error
    assert WRONG not in egress.shown()
    [kept] = studio.waiting()
    assert kept.stat().st_size == info.file_results[0].size
    for path in kept.parent.glob(f"{kept.name}*"):  # only somebody with the right ones could send it
        path.unlink()


def test_nobody_is_left_out_when_recordings_start_and_end_at_once(studio: Studio, room: str) -> None:
    """Whoever stops at once and whoever waits, each gets an end."""
    made: list[Egress] = []
    threads = [threading.Thread(target=lambda: made.append(studio.start(room))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for egress in made:
        egress.stop()
    ends = {egress.reaches(Status.EGRESS_COMPLETE).status for egress in made}
    assert len(made) == 3
    assert ends <= {Status.EGRESS_COMPLETE, Status.EGRESS_ABORTED}
