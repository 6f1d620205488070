"""The recording child in real rooms: what is in its file, and that it always comes to an end.

Only with RECORDINGS_LONG=1: `make drill` sets it.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from egress.layout import Box, arrange
from local.stack import Stack
from tests.e2e import drills
from tests.e2e.recorder import Recorder
from tests.e2e.rooms import Rooms
from tests.e2e.senders import BLUE, GREEN, RED, VIOLET, YELLOW, Media, Sender
from tests.egress.decoded import DecodedFile

__test__ = drills.RECORDINGS

HEARD = 0.05  # how strong a tone is that somebody sends, and more
NOT_HEARD = 0.005
WHOLE = Box(0, 0, 640, 360)
TWO = arrange(640, 360, ["left", "right"])
LEFT, RIGHT = TWO["left"], TWO["right"]
PLAIN = (61, 131, 126)  # of a tile without a picture

SMALL_DISK = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))"
IMPATIENT = "from egress import room; room.RECONNECT_TIMEOUT = 2"
MAIN = "from egress.recorder import main; main()"

Record = Callable[..., Recorder]


@pytest.fixture
def rooms(stack: Stack) -> Iterator[Rooms]:
    made = Rooms(stack.env)
    yield made
    made.close()


@pytest.fixture
def record(rooms: Rooms, tmp_path: Path) -> Iterator[Record]:
    """Start a recording of a room."""
    started: list[Recorder] = []

    def start(room: str, *arguments: str, **facts: Any) -> Recorder:
        started.append(Recorder(rooms.job(room, tmp_path, **facts), *arguments))
        return started[-1]

    yield start
    for recorder in started:
        recorder.close()


class Script:
    """Lets things happen at seconds of the film, which begins when the recording became active."""

    def __init__(self, recorder: Recorder) -> None:
        self.begun = recorder.active() / 1e9

    def at(self, second: float, action: Callable[[], Any] = lambda: None) -> Any:
        time.sleep(max(0.0, self.begun + second - time.time()))
        return action()


def film_of(recorder: Recorder, seconds: float) -> DecodedFile:
    """So many seconds of it."""
    Script(recorder).at(seconds)
    ended = recorder.stop()
    assert (ended["reason"], ended["error"]) == ("stopped", "")
    assert ended["size"] == Path(recorder.job.file).stat().st_size
    film = DecodedFile(recorder.job.file)
    assert abs(film.seconds - ended["duration"] / 1e9) < 0.5
    assert abs(film.seconds - seconds) < 0.5
    return film


# What is in the file


def test_two_people_are_seen_and_heard(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    rooms.send(room, "bert", Media(GREEN, 660, codec="h264"))
    rooms.send(room, "machine", Media(BLUE, 880), kind="agent")
    film = film_of(record(room), 5)
    assert film.codecs == ["h264", "aac"]
    assert (film.frames[0].width, film.frames[0].height, film.rate) == (640, 360, 48_000)
    assert 65 <= len(film.frames) <= 78  # 15 a second, of which a busy machine may leave out a few
    for box, colour in ((LEFT, RED), (RIGHT, GREEN)):
        assert film.shows(colour, box, 4)
        marks = {film.mark(box, second) for second in (2.5, 3, 3.5, 4)}
        assert len(marks) >= 3  # it moves
    assert film.tone(440, 2, 4) > HEARD
    assert film.tone(660, 2, 4) > HEARD
    assert film.strength(880, 2, 4) < NOT_HEARD  # machines are neither heard nor seen


def test_sound_and_picture_keep_together(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(beats=True, pitch=1000, framerate=30))
    film = film_of(record(room, framerate=30), 20)
    flashes, beeps = film.flashes(), film.beeps()
    for second in (2, 10, 18):
        flash = min(flashes, key=lambda at: abs(at - second))
        beep = min(beeps, key=lambda at: abs(at - flash))
        assert abs(flash - second) <= 0.6
        assert abs(beep - flash) < 0.1


def test_sound_alone_makes_a_file_without_pictures(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    film = film_of(record(room, audio_only=True, audio_frequency=44_100), 3)
    assert (film.codecs, film.rate) == (["aac"], 44_100)
    assert film.tone(440, 1, 3) > HEARD


def test_who_comes_late_mutes_and_leaves_is_shown_so(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    recorder = record(room)
    script = Script(recorder)
    bert: Sender = script.at(1.5, lambda: rooms.send(room, "bert", Media(GREEN, 660)))
    script.at(4, lambda: bert.mute("camera"))
    script.at(4, lambda: bert.mute("microphone"))
    script.at(6, lambda: bert.unmute("camera"))
    script.at(6, lambda: bert.unmute("microphone"))
    script.at(8, bert.leave)
    script.at(9.5, recorder.stop)
    film = DecodedFile(recorder.job.file)
    assert film.shows(RED, WHOLE, 1.2)
    assert film.shows(RED, LEFT, 3.7)
    assert film.shows(GREEN, RIGHT, 3.7)
    assert film.tone(660, 2.9, 3.9) > HEARD
    assert film.shows(PLAIN, RIGHT, 5.7)
    assert film.strength(660, 4.9, 5.9) < NOT_HEARD
    assert film.tone(440, 4.9, 5.9) > HEARD
    assert film.shows(GREEN, RIGHT, 7.7)
    assert film.tone(660, 6.9, 7.9) > HEARD
    assert film.shows(RED, WHOLE, 9.2)


def test_a_screen_is_large_and_people_are_beside_it(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    anna = rooms.send(room, "anna", Media(RED, 440, width=1280, height=720, simulcast=True))
    rooms.send(room, "bert", Media(None, 660))
    recorder = record(room)
    script = Script(recorder)
    script.at(0.5, lambda: anna.share_screen(Media(BLUE, None, width=1024, height=768)))
    script.at(4, anna.stop_sharing)
    script.at(6, recorder.stop)
    film = DecodedFile(recorder.job.file)
    boxes = arrange(640, 360, ["anna", "screen", "bert"], "screen")
    shared = Box(16, 0, 480, 360)  # 4:3, whole, in the middle of the large tile
    assert film.shows(BLUE, shared, 3.7)
    assert film.shows(RED, boxes["anna"], 3.7)
    assert film.shows(PLAIN, boxes["bert"], 3.7)
    assert film.shows(RED, LEFT, 5.7)


def test_who_reconnects_is_shown_once(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    anna = rooms.send(room, "anna", Media(YELLOW, 440))
    rooms.send(room, "bert", Media(VIOLET, 660))
    recorder = record(room)
    script = Script(recorder)
    script.at(1, anna.reconnect)
    script.at(6, recorder.stop)
    film = DecodedFile(recorder.job.file)
    seen = {next(c for c in (YELLOW, VIOLET) if film.shows(c, box, 5.7)) for box in (LEFT, RIGHT)}
    assert seen == {YELLOW, VIOLET}
    assert film.tone(440, 4.7, 5.7) > HEARD


def test_a_killed_recording_can_be_read(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    recorder = record(room)
    Script(recorder).at(5, recorder.kill)
    film = DecodedFile(recorder.job.file)
    assert 3 < film.seconds < 5.5
    assert film.shows(RED, WHOLE, 2.5)
    assert film.tone(440, 1, 2.5) > HEARD


def test_a_crash_of_a_sender_does_not_disturb_the_others(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    bert = rooms.send_elsewhere(room, "bert", Media(GREEN, 660))
    recorder = record(room)
    script = Script(recorder)
    script.at(1, bert.crash)
    script.at(4, recorder.stop)
    film = DecodedFile(recorder.job.file)
    assert film.tone(440, 2.5, 3.5) > HEARD
    assert film.strength(660, 2.5, 3.5) < NOT_HEARD
    assert film.mark(LEFT, 2.5) != film.mark(LEFT, 3.5)


# Its end


def test_three_recordings_of_one_room_end_each_in_its_way(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    limited, orphaned, terminated = record(room, max_seconds=2), record(room), record(room)
    script = Script(orphaned)
    script.at(1, orphaned.let_go)
    terminated.active()
    terminated.terminate()
    limited.active()
    for recorder, reason in ((limited, "limit"), (orphaned, "stopped"), (terminated, "stopped")):
        ended = recorder.ended()
        assert (ended["reason"], ended["error"]) == (reason, "")
        assert abs(DecodedFile(recorder.job.file).seconds - ended["duration"] / 1e9) < 0.5


def test_closing_the_room_ends_the_recording(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    recorder = record(room)
    Script(recorder).at(1, lambda: rooms.delete(room))
    assert recorder.next()["event"] == "ending"
    ended = recorder.ended()
    assert (ended["reason"], ended["error"]) == ("room_closed", "")
    assert DecodedFile(recorder.job.file).frames


def test_everybody_leaving_ends_the_recording(rooms: Rooms, record: Record) -> None:
    room = rooms.create(departure_timeout=1)
    anna = rooms.send(room, "anna", Media(RED, 440))
    recorder = record(room)
    Script(recorder).at(0.5, anna.leave)
    assert recorder.ended()["reason"] == "room_closed"


def test_a_stop_before_any_media_leaves_no_file_and_nobody(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    at_once, silent = record(room), record(room)
    at_once.write("stop")
    deadline = time.monotonic() + 15
    while silent.job.egress_id not in rooms.identities(room):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    silent.write("stop")
    for recorder in (at_once, silent):
        ended = recorder.ended()
        assert (ended["reason"], ended["error"], ended["duration"]) == ("stopped", "", 0)
        assert not Path(recorder.job.file).exists()
    assert rooms.identities(room) == set()


def test_a_room_that_is_gone_is_an_error_without_the_token(rooms: Rooms, record: Record) -> None:
    recorder = record("no-such-room")
    ended = recorder.ended()
    assert (ended["reason"], ended["error"]) == ("failed", "the room could not be joined")
    assert recorder.job.token not in recorder.said()


def test_a_job_that_cannot_be_read_is_an_error(rooms: Rooms, record: Record) -> None:
    recorder = record("a-room", "-c", f"import sys; sys.stdin.readline(); {MAIN}")
    recorder.write("no job")
    assert recorder.ended()["error"] == "the job cannot be read"


def test_a_slow_start_can_be_stopped_before_it_happens(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(None, 440))
    slow, stopped = record(room, start_delay=2, audio_only=True), record(room, start_delay=60)
    began = time.time()
    stopped.write("stop")
    assert stopped.ended()["duration"] == 0
    assert slow.active() / 1e9 - began > 1.5


def test_a_full_disk_is_an_error_and_the_file_so_far_can_be_read(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    recorder = record(room, "-c", f"{SMALL_DISK}; {MAIN}")
    recorder.active()
    ended = recorder.ended()
    assert ended["reason"] == "failed"
    assert "cannot be written" in ended["error"]
    assert 0 < ended["size"] <= 40_000
    assert DecodedFile(recorder.job.file, is_whole=False).shows(RED, WHOLE, 1)


def test_a_folder_that_is_not_there_is_an_error(rooms: Rooms, record: Record, tmp_path: Path) -> None:
    recorder = record(rooms.create(), file=str(tmp_path / "no" / "such" / "folder.mp4"), audio_only=True)
    assert "cannot be written" in recorder.ended()["error"]


class Line:
    """A line to a server that can be cut for good."""

    def __init__(self, port: int) -> None:
        self.port, self.ends = port, list[socket.socket]()
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        self.url = f"ws://127.0.0.1:{self.door.getsockname()[1]}"

    def _serve(self) -> None:
        try:
            while True:
                near = self.door.accept()[0]
                far = socket.create_connection(("127.0.0.1", self.port))
                self.ends += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass_on, args=pair, daemon=True).start()
        except OSError:
            return

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65_536):
                target.sendall(data)
        except OSError:
            return

    def cut(self) -> None:
        for end in (self.door, *self.ends):
            with suppress(OSError):  # its other end was quicker
                end.shutdown(socket.SHUT_RDWR)
            end.close()


def test_a_server_that_is_gone_for_good_is_not_waited_for(rooms: Rooms, record: Record) -> None:
    room = rooms.create()
    rooms.send(room, "anna", Media(RED, 440))
    line = Line(int(rooms.url.rsplit(":", 1)[1]))
    recorder = record(room, "-c", f"{IMPATIENT}; {MAIN}", url=line.url)
    Script(recorder).at(1, line.cut)
    ended = recorder.ended()
    assert (ended["reason"], ended["error"]) == ("connection_lost", "")
    assert DecodedFile(recorder.job.file).shows(RED, WHOLE, 0.9)
