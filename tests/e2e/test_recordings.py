"""Meetings with `record_on_cloud`, by people who join by the page: who records, and what comes of it.

The longer stories, with everything that can die meanwhile, are in test_recordings_long.py.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from egress import i420, names
from egress.layout import Box, fit
from egress.picture import BACKGROUND
from local.stack import Stack
from tests.e2e.egresses import Status
from tests.e2e.integrator import Integrator
from tests.e2e.recordings import ATTENDEE, HOST, OTHER_HOST, Call, Hall, open_hall
from tests.e2e.senders import BLUE, GREEN, RED, YELLOW, Media
from tests.e2e.stacks import hired_with
from tests.egress.decoded import DecodedFile

HEARD = 0.05
NO_MEDIA = Media(colour=None, pitch=None)
PHONES = {"नरेन्द्र": RED, "محمد علي": GREEN, "王小明": BLUE}
ALIKE = 10  # how far brightness is off that went through the encoder
ANNA, BEN = Media(RED, 440), Media(GREEN, 660)
JANE = {"external_user_id": "jane", "display_name": "Jane"}


@pytest.fixture
def hall(stack: Stack, lines: list[str], integrator: Integrator, tmp_path: Path) -> Iterator[Hall]:
    with open_hall(stack, lines, integrator, tmp_path) as hall:
        yield hall


def is_there(person: Any) -> bool:
    """Whether somebody registered is connected, as the API shows them."""
    return any(session["is_connected"] for session in person["sessions"])


def has_left(person: Any) -> bool:
    return bool(person["sessions"]) and not is_there(person)


# What comes of it


def test_a_meeting_is_recorded_until_it_is_ended(hall: Hall) -> None:
    call = hall.open()
    assert call.look().status == "pending"
    call.come("Anna", ANNA)
    call.record(0)
    call.come("Ben", BEN)
    call.record(5)
    begun = call.look().recordings[0]
    assert begun["recorder"] == {"external_user_id": None, "display_name": "Anna"}
    call.end()
    shown = call.reaches("completed")
    [recording] = shown.recordings
    assert (recording["id"], recording["started_at"]) == (begun["id"], begun["started_at"])
    assert abs(shown.seconds - call.lasted()) <= 3
    assert shown.size == call.size_stored()
    assert [info.status for info in call.egresses()] == [Status.EGRESS_COMPLETE]
    assert_both_are_seen_and_heard(call)


def assert_both_are_seen_and_heard(call: Call) -> None:
    film = call.film()
    assert abs(film.seconds - call.look().seconds) <= 1
    for name, media in (("Anna", ANNA), ("Ben", BEN)):
        assert media.colour and media.pitch
        assert film.shows(media.colour, call.box(name), film.seconds - 1)
        assert film.tone(media.pitch, 1, film.seconds - 0.5) > HEARD


def test_phones_held_upright_are_seen_whole_with_names_in_any_script(hall: Hall) -> None:
    call = hall.open()
    for name, colour in PHONES.items():
        call.come(name, Media(colour, width=360, height=640, edges=YELLOW))
    call.record(4)
    call.end()
    call.reaches("completed")
    film = call.film()
    for name, colour in PHONES.items():
        box = call.box(name)
        place = fit(box, 360, 640)
        eighth = place.height // 16 * 2
        top = replace(place, height=eighth)
        bottom = Box(place.x + place.width * 3 // 8 * 2, place.y + place.height - eighth, 40, eighth)
        assert film.shows(colour, place, film.seconds - 1)
        assert film.shows(YELLOW, top, film.seconds - 1)
        assert film.shows(YELLOW, bottom, film.seconds - 1)
        assert film.shows(BACKGROUND, box, film.seconds - 1)  # beside it
        assert name_read(film, box) == name


def name_read(film: DecodedFile, box: Box) -> str:
    """Which of the names is written lower left in a phone's picture: the one whose plate is most like it."""
    place = fit(box, 360, 640)

    def unlike(name: str) -> float:
        plate = names.plate(name, box.width, box.height)
        assert plate
        high, wide = plate[0].shape
        corner = Box(place.x, place.y + place.height - high, wide, high)
        seen, _, _ = i420.part(i420.of(film.at(film.seconds - 1)), corner)
        return float(np.abs(seen.astype(int) - plate[0]).mean())

    found = min(PHONES, key=unlike)
    assert unlike(found) < ALIKE
    return found


def test_a_meeting_whose_people_send_nothing_remains_pending(hall: Hall) -> None:
    call = hall.open()
    anna = call.come("Anna", NO_MEDIA)
    call.wait_for(lambda shown: bool(hall.studio.recorders()))
    assert call.look().status == "pending"
    anna.leave()
    call.close_room()
    shown = call.wait_for(lambda shown: not shown.recordings)
    assert (shown.status, shown.size) == ("pending", 0)
    assert call.rows("state") == [("dropped",)]
    assert [info.status for info in call.all_ended()] == [Status.EGRESS_ABORTED]


def test_a_meeting_that_is_ended_before_its_recorder_looked_has_no_recording(hall: Hall) -> None:
    with hired_with(hall.stack, EGRESS_START_DELAY="4"):
        call = hall.open()
        call.come("Anna")
        call.wait_for(lambda shown: bool(call.egresses()))
        assert call.reaches("pending").status == "pending"
        call.end()
        shown = call.wait_for(lambda shown: not shown.recordings)
        assert shown.status == "pending"
        [info] = call.all_ended()
        assert info.status in (Status.EGRESS_ABORTED, Status.EGRESS_FAILED)  # nothing sent, or no such room
        assert not hall.studio.recording()
    assert call.rows("state") == [("dropped",)]


# Who records


def test_an_attendee_alone_is_not_recorded_and_a_host_is(hall: Hall) -> None:
    call = hall.open(ATTENDEE, HOST)
    call.come("john", BEN)
    hall.integrator.wait_for(f"meetings/{call.code}/", lambda shown: shown["participant_count"] == 1)
    hall.sweep()
    assert (call.look().status, call.rows("id")) == ("pending", [])
    call.come("jane", ANNA)
    shown = call.reaches("recording")
    assert shown.recordings[0]["recorder"] == JANE
    call.record(2)
    call.end()
    assert call.reaches("completed").recordings[0]["recorder"] == JANE


def test_the_recording_goes_on_while_its_recorder_is_away(hall: Hall) -> None:
    call = hall.open(HOST, ATTENDEE)
    path = f"meetings/{call.code}/participants/jane/"
    jane = call.come("jane", ANNA)
    call.come("john", BEN)
    [recording] = call.reaches("recording").recordings
    jane.leave()
    hall.integrator.wait_for(path, has_left)
    hall.sweep()
    assert call.look().recordings == [recording]
    call.come("jane", ANNA)
    hall.integrator.wait_for(path, is_there)
    hall.sweep()
    assert call.look().recordings == [recording]
    call.end()
    assert call.reaches("completed").recordings[0]["id"] == recording["id"]
    assert len(call.egresses()) == 1


def test_whoever_returns_to_a_closed_room_begins_a_second_recording(hall: Hall) -> None:
    call = hall.open()
    anna, ben = call.come("Anna", ANNA), call.come("Ben", BEN)
    call.record(2)
    anna.leave()
    ben.leave()
    call.close_room()
    first = call.reaches("completed")
    call.come("Ben", BEN)
    call.record(2)
    assert call.look().status == "recording"
    call.end()
    both = call.reaches("completed", "completed")
    assert {recording["recorder"]["display_name"] for recording in both.recordings} == {
        "Anna"
    }  # a minute had not passed
    assert both.recordings[0] == first.recordings[0]
    assert both.size == call.size_stored(0) + call.size_stored(1)
    for number, shown in enumerate(both.recordings):  # in whole seconds; the file may end a few frames later
        assert abs(shown["duration_seconds"] - call.film(number).seconds) <= 0.7
    assert both.seconds == sum(shown["duration_seconds"] for shown in both.recordings)


def test_on_another_day_a_second_host_records_for_the_first(hall: Hall) -> None:
    call = hall.open(HOST, OTHER_HOST)
    jane = call.come("jane", ANNA)
    call.record(1)
    jane.leave()
    call.close_room()
    call.reaches("completed")
    call.was_yesterday()
    call.come("joe", BEN)
    call.record(1)
    call.end()
    assert [recording["recorder"] for recording in call.reaches("completed", "completed").recordings] == [
        JANE,
        JANE,
    ]


def test_on_another_day_whoever_is_first_records_an_open_meeting(hall: Hall) -> None:
    call = hall.open()
    anna = call.come("Anna", ANNA)
    call.record(1)
    anna.leave()
    call.close_room()
    call.reaches("completed")
    call.was_yesterday()
    call.come("Ben", BEN)
    call.record(1)
    call.come("Anna", ANNA)
    call.end()
    shown = call.reaches("completed", "completed")
    assert [recording["recorder"]["display_name"] for recording in shown.recordings] == ["Anna", "Ben"]


# When it breaks off


def test_a_killed_recording_fails_and_the_next_one_works(hall: Hall) -> None:
    call = hall.open()
    call.come("Anna", ANNA)
    call.record(3)
    [process] = hall.studio.recording()
    process.kill()
    shown = call.reaches("failed")
    assert shown.status == "failed"
    assert shown.recordings[0]["failure_reason"] == "The recorder stopped working in mid recording."
    assert call.wait_for(lambda shown: shown.recordings[0]["is_linked"]).size == 0
    assert call.film().shows(RED, call.box("Anna"), 1)
    call.ask_database("UPDATE recordings_recording SET failed_at = failed_at - interval '30 s'")
    hall.send_sweep()
    assert call.reaches("failed", "recording").status == "recording"
    call.end()
    assert call.reaches("failed", "completed").status == "completed"
