"""Our worker as slow and wordy as LiveKit's official one: what a caller meets in production.

Only with RECORDINGS_LONG=1: `make drill` sets it.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from egress.layout import arrange
from local.stack import Stack
from tests.e2e import drills
from tests.e2e.egresses import RECORDER, Egress, Status, Studio, open_studio, wait_until_nothing_is_left
from tests.e2e.senders import GREEN, RED, Media
from tests.e2e.stacks import hired_with, wait_for
from tests.egress.decoded import DecodedFile

__test__ = drills.RECORDINGS

HEARD = 0.05
TILES = arrange(640, 360, ["anna", "bert"])
GHOST = 30.0  # s within which LiveKit misses a recorder that said no goodbye
STARTED, ACTIVE = "egress_started EGRESS_STARTING", "egress_updated EGRESS_ACTIVE"
ENDING, COMPLETE = "egress_updated EGRESS_ENDING", "egress_ended EGRESS_COMPLETE"
ABORTED = "egress_ended EGRESS_ABORTED"


class Day:
    """Anna and Bert are recorded by a worker for one; meanwhile another caller asks, in vain."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.empty, self.talk = studio.rooms.create(), studio.rooms.create()
        studio.rooms.send(self.talk, "anna", Media(RED, 440))
        studio.rooms.send(self.talk, "bert", Media(GREEN, 660))
        self.asked = time.time()
        self.video = studio.start(self.talk)
        self.at_first = self.video.info().status
        self.refused = studio.refusal("start_room_composite_egress", studio.order(self.empty))
        self.video.active().until(5).stop()
        self.video.ended(Status.EGRESS_COMPLETE)
        self.there_after_its_end = studio.recorders()
        self.early = self.stopped_before_it_looked()
        self.events = self.all_deliveries(self.video, 7), self.all_deliveries(self.early, 3)
        self.left = wait_for(lambda: self.goodbyes(self.video), GHOST, "the ghost does not go")
        wait_until_nothing_is_left(studio)

    def stopped_before_it_looked(self) -> Egress:
        egress = self.studio.start(self.talk)
        egress.stop()
        egress.ended(Status.EGRESS_ABORTED)
        return egress

    def goodbyes(self, egress: Egress) -> list[dict[str, Any]]:
        """LiveKit's events of its recorder's leaving the room."""
        events = self.studio.events(egress.id, RECORDER)
        return [body for body in events if body["event"] == "participant_left"]

    def all_deliveries(self, egress: Egress, count: int) -> list[str]:
        wait_for(lambda: len(egress.deliveries()) >= count, 5, "some events do not come twice")
        return egress.deliveries()


@pytest.fixture(scope="module")
def day(stack: Stack, lines: list[str]) -> Iterator[Day]:
    slow = {"EGRESS_LIKE_OFFICIAL": "1", "EGRESS_MAX_EGRESSES": "1"}
    with open_studio(stack, lines) as studio, hired_with(stack, **slow):
        yield Day(studio)


@pytest.fixture(scope="module")
def film(day: Day) -> DecodedFile:
    return day.video.film()


def test_it_becomes_active_after_some_seconds(day: Day) -> None:
    assert day.at_first == Status.EGRESS_STARTING
    assert 3 <= day.video.started - day.asked <= 9.5


def test_a_full_worker_says_nothing_for_long(day: Day) -> None:
    assert day.refused.code == "unavailable"
    assert 20 < day.refused.seconds < 26


def test_each_state_after_the_first_is_reported_twice_and_nothing_after_the_end(day: Day) -> None:
    video, early = day.events
    assert video == [STARTED, ACTIVE, ACTIVE, ENDING, ENDING, COMPLETE, COMPLETE]
    assert early == [STARTED, ABORTED, ABORTED]
    assert day.video.deliveries() == video
    assert day.video.info().status == Status.EGRESS_COMPLETE


def test_what_is_reported_twice_has_an_id_each_time(day: Day) -> None:
    events = day.studio.events(day.video.id)
    assert len({body["id"] for body in events}) == len(events) == 7


def test_the_file_is_right(day: Day, film: DecodedFile) -> None:
    for who, colour, pitch in (("anna", RED, 440), ("bert", GREEN, 660)):
        assert film.shows(colour, TILES[who], 3.4)
        assert film.tone(pitch, 2, 5) > HEARD
    assert abs(film.seconds - (day.video.stopped - day.video.started)) < 1
    [result] = day.video.info().file_results
    assert result.size == len(day.studio.stored(day.video.key))
    assert not day.studio.stored(day.early.key)


def test_its_recorder_remains_in_the_room_after_its_end(day: Day) -> None:
    assert day.there_after_its_end == [day.video.id]
    [left] = day.left
    [ended, _] = [event for event in day.studio.events(day.video.id) if event["event"] == "egress_ended"]
    assert 5 < int(left["createdAt"]) - int(ended["createdAt"]) < GHOST
    assert not day.studio.events(day.early.id, RECORDER)


def test_in_the_end_nothing_is_left(day: Day) -> None:
    assert day.studio.left() == []
