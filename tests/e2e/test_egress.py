"""Recordings asked for through LiveKit's API, by the real worker: one lively day, and what came of it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from livekit import api

from egress.layout import arrange
from local.stack import Stack
from tests.e2e.egresses import Egress, Refusal, Status, Studio, open_studio, secrets
from tests.e2e.senders import GREEN, RED, Media
from tests.egress.decoded import DecodedFile

HEARD = 0.05  # how strong a tone is that somebody sends, and more
NOT_HEARD = 0.005
SOON = 8.5  # LiveKit asks three times, with pauses of 1 to 2 and 2 to 4 s that it draws
TILES = arrange(640, 360, ["anna", "bert"])
LARGE, BESIDE = arrange(640, 360, ["large", "beside"], "large").values()
STATES = ["egress_started EGRESS_STARTING", "egress_updated EGRESS_ACTIVE", "egress_updated EGRESS_ENDING"]


class Day:
    """Anna and Bert talk, recorded twice; Carl's room is deleted, Dora leaves hers; one remains empty."""

    def __init__(self, studio: Studio) -> None:
        self.studio = studio
        self.empty, self.talk = studio.rooms.create(), studio.rooms.create()
        self.carls, self.doras = studio.rooms.create(), studio.rooms.create(departure_timeout=1)
        self.early = studio.start(self.empty)
        self.early.stop()
        self.people_come()
        self.early.ended(Status.EGRESS_ABORTED)
        self.video = studio.start(self.talk)
        self.sound = studio.start(self.talk, audio_only=True)
        self.deleted, self.left = studio.start(self.carls), studio.start(self.doras)
        self.streamed = studio.refusal("start_room_composite_egress", self.stream())
        self.two_ask_for_the_last_place()
        for egress in (self.video, self.sound, self.deleted, self.left):
            egress.active()
        self.video.until(3.5)
        self.somebody_meddles()
        self.all_end()

    def people_come(self) -> None:
        send = self.studio.rooms.send
        send(self.talk, "anna", Media(RED, 440))
        send(self.talk, "bert", Media(GREEN, 660))
        send(self.carls, "carl", Media(None, 880))
        self.dora = send(self.doras, "dora", Media(None, 1100))

    def stream(self) -> api.RoomCompositeEgressRequest:
        output = api.StreamOutput(protocol=api.StreamProtocol.RTMP, urls=["rtmp://127.0.0.1/live"])
        return api.RoomCompositeEgressRequest(room_name=self.talk, stream_outputs=[output])

    def two_ask_for_the_last_place(self) -> None:
        """At the same time."""
        with ThreadPoolExecutor(2) as both:
            answers = list(both.map(self.studio.attempt, [self.empty] * 2))
        self.accepted = [answer for answer in answers if isinstance(answer, Egress)]
        self.refused = [answer for answer in answers if isinstance(answer, Refusal)]

    def somebody_meddles(self) -> None:
        layout = api.UpdateLayoutRequest(egress_id=self.video.id, layout="speaker")
        self.layout = self.studio.ask("update_layout", layout)
        stream = api.UpdateStreamRequest(egress_id=self.video.id, add_output_urls=["rtmp://127.0.0.1/live"])
        self.update = self.studio.refusal("update_stream", stream)

    def all_end(self) -> None:
        for egress in (self.deleted, self.left):
            egress.until(2)
        self.studio.rooms.delete(self.carls)
        self.dora.leave()
        for egress in (self.video, self.sound):
            egress.until(6)
        self.answers = [egress.stop() for egress in (self.video, self.sound, *self.accepted)]
        for egress in (self.video, self.sound, self.deleted, self.left):
            egress.ended(Status.EGRESS_COMPLETE)
        for idle in self.accepted:
            idle.ended(Status.EGRESS_ABORTED)
        self.again = self.studio.refusal("stop_egress", api.StopEgressRequest(egress_id=self.video.id))

    def egresses(self) -> list[Egress]:
        return [self.early, self.video, self.sound, self.deleted, self.left, *self.accepted]


@pytest.fixture(scope="module")
def day(stack: Stack, lines: list[str]) -> Iterator[Day]:
    with open_studio(stack, lines) as studio:
        yield Day(studio)


@pytest.fixture(scope="module")
def film(day: Day) -> DecodedFile:
    return day.video.film()


def is_heard(film: DecodedFile, pitch: float) -> bool:
    """In most half seconds from 2 to 5: where a busy machine stumbles, a tone is cut into two."""
    return film.tone(pitch, 2, 5) > HEARD


# What is in the file


def test_both_people_are_seen_and_heard(film: DecodedFile) -> None:
    assert film.codecs == ["h264", "aac"]
    assert (film.frames[0].width, film.frames[0].height, film.rate) == (640, 360, 48_000)
    for who, colour in (("anna", RED), ("bert", GREEN)):
        assert film.shows(colour, TILES[who], 3.4)
        assert len({film.mark(TILES[who], second) for second in (1.9, 2.4, 2.9, 3.4)}) >= 3  # it moves
    assert is_heard(film, 440)
    assert is_heard(film, 660)


def test_it_is_as_long_as_what_was_recorded(day: Day, film: DecodedFile) -> None:
    assert day.video.started - day.video.answered >= -1
    assert abs(film.seconds - (day.video.stopped - day.video.started)) < 1
    assert abs(film.seconds - day.video.info().file_results[0].duration / 1e9) < 0.5


def test_sound_alone_makes_a_file_without_pictures(day: Day) -> None:
    film = day.sound.film()
    assert film.codecs == ["aac"]
    assert is_heard(film, 440)
    assert is_heard(film, 660)
    assert abs(film.seconds - (day.sound.stopped - day.sound.started)) < 1


def test_each_room_has_a_recording_of_its_own(day: Day) -> None:
    film = day.deleted.film()
    assert film.tone(880, 0.5, 1.5) > HEARD
    assert film.strength(440, 0.5, 1.5) < NOT_HEARD


def test_a_new_layout_is_seen_from_then_on(day: Day, film: DecodedFile) -> None:
    assert day.layout.egress_id == day.video.id
    seen = [
        next(colour for colour in (RED, GREEN) if film.shows(colour, box, 5.5)) for box in (LARGE, BESIDE)
    ]
    assert set(seen) == {RED, GREEN}
    assert not all(film.shows(colour, TILES[who], 5.5) for who, colour in (("anna", RED), ("bert", GREEN)))


# What is reported


def test_its_states_are_reported_in_order_and_listed(day: Day) -> None:
    assert day.video.first.status == Status.EGRESS_STARTING
    assert day.answers[0].status == Status.EGRESS_ENDING
    assert day.video.reported() == [*STATES, "egress_ended EGRESS_COMPLETE"]
    info = day.video.info()
    assert (info.room_name, info.error, info.details) == (day.talk, "", "End reason: StopEgress API")
    assert info.started_at < info.ended_at


def test_its_result_is_what_lies_in_storage(day: Day) -> None:
    info = day.video.info()
    [result] = info.file_results
    content = day.studio.stored(day.video.key)
    assert (result.filename, result.size) == (day.video.key, len(content))
    assert result.location.endswith(f"/{day.video.key}")
    assert result == info.file
    [ended] = [event for event in day.studio.events(day.video.id) if event["event"] == "egress_ended"][:1]
    assert ended["egressInfo"]["fileResults"][0]["size"] == str(len(content))


def test_no_secret_is_ever_shown(day: Day) -> None:
    for egress in day.egresses():
        shown = egress.shown()
        assert egress.key in shown
        assert not [secret for secret in secrets(day.studio.stack.env) if secret in shown]


def test_a_list_has_what_is_under_way_or_was_in_a_room(day: Day) -> None:
    listed = day.studio.ask("list_egress", api.ListEgressRequest(room_name=day.talk)).items
    assert {info.egress_id for info in listed} == {day.video.id, day.sound.id}
    under_way = day.studio.ask("list_egress", api.ListEgressRequest(active=True)).items
    assert not {info.egress_id for info in under_way} & {egress.id for egress in day.egresses()}


# Its end


def test_a_deleted_room_ends_its_recording(day: Day) -> None:
    assert day.deleted.info().details == "End reason: Source closed"
    assert day.deleted.reported() == [*STATES, "egress_ended EGRESS_COMPLETE"]


def test_when_everybody_has_left_the_recording_ends(day: Day) -> None:
    assert day.left.info().details == "End reason: Source closed"
    assert day.left.film().tone(1100, 0.5, 1.5) > HEARD


def test_where_nobody_sends_anything_the_recording_is_aborted(day: Day) -> None:
    for egress in (day.early, *day.accepted):
        info = egress.info()
        assert (info.error, info.error_code) == ("Start signal not received", 412)
        assert egress.reported() == ["egress_started EGRESS_STARTING", "egress_ended EGRESS_ABORTED"]
        assert not day.studio.stored(egress.key)


# What is refused


def test_of_two_who_ask_for_the_last_place_one_learns_soon_that_there_is_none(day: Day) -> None:
    assert len(day.accepted) == 1
    [full] = day.refused
    assert full.code == "resource_exhausted"
    assert full.seconds < SOON


def test_what_the_worker_cannot_do_is_refused_at_once(day: Day) -> None:
    assert day.streamed.code == "invalid_argument"
    assert "streams are not offered" in day.streamed.message
    assert day.streamed.seconds < 2


def test_a_recording_has_no_streams_to_update(day: Day) -> None:
    assert (day.update.code, day.update.seconds < 2) == ("invalid_argument", True)


def test_what_has_ended_cannot_be_stopped(day: Day) -> None:
    assert day.again.code == "failed_precondition"
    assert "EGRESS_COMPLETE" in day.again.message
