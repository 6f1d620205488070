"""People without a browser: each sends a moving picture of its own colour and a tone of its own pitch."""

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Coroutine
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from livekit import rtc

SAMPLES = 48_000  # a second
CHUNK = SAMPLES // 100
STRENGTH = 6000  # of a tone; the loudest is 32767
MARK = 8  # the moving mark is an eighth of the height wide
MARK_SECONDS = 4.0  # in which it crosses the picture
WHITE = (235, 128, 128)
BLACK = (16, 128, 128)
FLASH = 0.1  # seconds of every second, with `beats`

# Colours as brightness and the two of colour: far apart, so that any encoder keeps them apart.
RED = (80, 90, 200)
GREEN = (110, 80, 70)
BLUE = (70, 200, 100)
YELLOW = (180, 50, 140)
VIOLET = (90, 170, 170)


@dataclass(frozen=True)
class Media:
    """What somebody sends. `beats`: a white flash and a beep at every full second, nothing between."""

    colour: tuple[int, int, int] | None = RED
    pitch: float | None = 440  # Hz
    width: int = 640
    height: int = 360
    framerate: int = 15
    codec: str = "vp8"  # or "h264"
    simulcast: bool = False
    beats: bool = False
    edges: tuple[int, int, int] | None = None  # another colour, of the upper and the lower eighth


class Loop:
    """An event loop in a thread of its own: tests are synchronous, media is not."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def run[R](self, action: Coroutine[Any, Any, R], seconds: float = 20) -> R:
        return self.start(action).result(seconds)

    def start[R](self, action: Coroutine[Any, Any, R]) -> "Future[R]":
        return asyncio.run_coroutine_threadsafe(action, self.loop)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(5)
        self.loop.close()


class Screen:
    """Draws one moving picture into a frame that is made once."""

    def __init__(self, media: Media) -> None:
        assert media.colour
        self.media = media
        high, wide = media.height, media.width
        self.data = bytearray(wide * high * 3 // 2)
        flat = np.frombuffer(self.data, np.uint8)
        self.y = flat[: wide * high].reshape(high, wide)
        self.u = flat[wide * high : wide * high * 5 // 4].reshape(high // 2, wide // 2)
        self.v = flat[wide * high * 5 // 4 :].reshape(high // 2, wide // 2)
        self.frame = rtc.VideoFrame(wide, high, rtc.VideoBufferType.I420, self.data)

    def draw(self, now: float) -> rtc.VideoFrame:
        if self.media.beats:
            self._fill(WHITE if now % 1 < FLASH else BLACK)
        else:
            assert self.media.colour
            self._fill(self.media.colour)
            if self.media.edges:
                self._fill_edges(self.media.edges)
            self._mark(now)
        return self.frame

    def _fill(self, colour: tuple[int, int, int]) -> None:
        for plane, value in zip((self.y, self.u, self.v), colour, strict=True):
            plane.fill(value)

    def _fill_edges(self, colour: tuple[int, int, int]) -> None:
        for plane, value in zip((self.y, self.u, self.v), colour, strict=True):
            eighth = len(plane) // 8
            plane[:eighth] = plane[-eighth:] = value

    def _mark(self, now: float) -> None:
        """A white square in the middle row, on its way from left to right."""
        high, wide = self.y.shape
        size = high // MARK
        left = int((now / MARK_SECONDS % 1) * (wide - size))
        top = (high - size) // 2
        self.y[top : top + size, left : left + size] = WHITE[0]


class Tone:
    """A tone that goes on without a click from chunk to chunk."""

    def __init__(self, media: Media) -> None:
        self.media, self.sample = media, 0

    def chunk(self, now: float) -> rtc.AudioFrame:
        """The next 10 ms; `now` is when they begin."""
        places = self.sample + np.arange(CHUNK)
        self.sample += CHUNK
        wave = STRENGTH * np.sin(2 * np.pi * (self.media.pitch or 0) / SAMPLES * places)
        if self.media.beats:
            wave *= ((now + np.arange(CHUNK) / SAMPLES) % 1) < FLASH
        return rtc.AudioFrame(wave.astype(np.int16).tobytes(), SAMPLES, 1, CHUNK)


class Sender:
    """Somebody in a room: joins at once, and remains until `leave`. Every method waits until it is done."""

    def __init__(self, url: str, token: str, media: Media | None = None) -> None:
        self.media = media or Media()
        self.home = Loop()
        self.publications: dict[str, rtc.LocalTrackPublication] = {}
        self.pumps: dict[str, Future[None]] = {}
        self.room: rtc.Room = self.home.run(self._join(url, token))
        if self.media.colour:
            self._show("camera", self.media)
        if self.media.pitch:
            self._speak()

    async def _join(self, url: str, token: str) -> rtc.Room:
        room = rtc.Room()
        await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        return room

    # Sending

    def _show(self, what: str, media: Media) -> None:
        self.publications[what] = self.home.run(self._publish_picture(what, media))

    async def _publish_picture(self, what: str, media: Media) -> rtc.LocalTrackPublication:
        source = rtc.VideoSource(media.width, media.height, is_screencast=what == "screen")
        track = rtc.LocalVideoTrack.create_video_track(what, source)
        self.pumps[what] = self.home.start(self._pump_picture(source, media))
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_SCREENSHARE if what == "screen" else rtc.TrackSource.SOURCE_CAMERA,
            video_codec=rtc.VideoCodec.Value(media.codec.upper()),
            simulcast=media.simulcast,
        )
        return await self.room.local_participant.publish_track(track, options)

    async def _pump_picture(self, source: rtc.VideoSource, media: Media) -> None:
        screen = Screen(media)
        while True:
            source.capture_frame(screen.draw(time.time()))
            await asyncio.sleep(1 / media.framerate - time.time() % (1 / media.framerate))

    def _speak(self) -> None:
        self.publications["microphone"] = self.home.run(self._publish_tone())

    async def _publish_tone(self) -> rtc.LocalTrackPublication:
        source = rtc.AudioSource(SAMPLES, 1, queue_size_ms=0 if self.media.beats else 200)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        self.pumps["microphone"] = self.home.start(self._pump_tone(source))
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        return await self.room.local_participant.publish_track(track, options)

    async def _pump_tone(self, source: rtc.AudioSource) -> None:
        """Keeps in step with the clock; with `beats`, without a queue, to the millisecond."""
        tone, due = Tone(self.media), time.time()
        while True:
            await source.capture_frame(tone.chunk(due))
            due += 0.01
            await asyncio.sleep(max(0.0, due - time.time()))

    # What people do

    def mute(self, what: str) -> None:
        """Of "camera", "microphone", "screen"."""
        self._set_muted(what, True)

    def unmute(self, what: str) -> None:
        self._set_muted(what, False)

    def _set_muted(self, what: str, is_muted: bool) -> None:
        track = self.publications[what].track
        assert isinstance(track, rtc.LocalVideoTrack | rtc.LocalAudioTrack)
        action = track.mute if is_muted else track.unmute
        self.home.loop.call_soon_threadsafe(action)

    def share_screen(self, media: Media) -> None:
        self._show("screen", media)

    def stop_sharing(self) -> None:
        self.pumps.pop("screen").cancel()
        self.home.run(self.room.local_participant.unpublish_track(self.publications.pop("screen").sid))

    def reconnect(self) -> None:
        """Lose the connection and come back: the others see the same identity with new tracks."""
        self.home.run(self.room.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT))

    def leave(self) -> None:
        """Say goodbye. A second time nothing happens."""
        if self.home.loop.is_closed():
            return
        for pump in self.pumps.values():
            pump.cancel()
        self.home.run(self.room.disconnect())
        self.home.close()


class Elsewhere:
    """A Sender in a process of its own, which can crash."""

    def __init__(self, url: str, token: str, media: Media | None = None) -> None:
        command = [sys.executable, "-m", "tests.e2e.senders"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.process.stdin
        assert self.process.stdout
        given = {"url": url, "token": token, "media": asdict(media or Media())}
        self.process.stdin.write(json.dumps(given).encode() + b"\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == b"sending\n"

    def crash(self) -> None:
        """Gone without a word: LiveKit notices after some 20 seconds."""
        self.process.kill()
        self.process.communicate()

    def leave(self) -> None:
        """Say goodbye. After a crash nothing happens."""
        if self.process.poll() is None:
            self.process.communicate()


def main() -> None:
    """Send what standard input says, until it ends."""
    given = json.loads(sys.stdin.readline())
    sender = Sender(given["url"], given["token"], Media(**given["media"]))
    print("sending", flush=True)
    sys.stdin.read()
    sender.leave()


if __name__ == "__main__":
    main()
