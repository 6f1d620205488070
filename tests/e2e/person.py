"""Somebody in a room without a browser, one of many by one thread: what they do, send and see."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from livekit import rtc

from tests.e2e.knocking import Ticket
from tests.e2e.senders import SAMPLES, Loop, Media, Tone
from tests.e2e.stacks import wait_for
from tests.people import reels

QUEUE = 400  # milliseconds of sound that are sent ahead


@dataclass(frozen=True)
class Message:
    """What somebody received. `sender` is an identity."""

    topic: str
    text: str
    sender: str


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait without a browser: Playwright does nothing meanwhile, pages go on."""
    wait_for(holds, seconds, "it never came true")


class Person:
    """Somebody in the room. Every method waits until it is done; the names of what they send: "camera",
    "microphone", "screen". The camera shows a drawn person, by the name on the ticket, the screen a slide."""

    def __init__(self, home: Loop, ticket: Ticket, media: Media) -> None:
        self.home, self.ticket, self.media = home, ticket, media
        self.received: list[Message] = []
        self.disconnected: list[str] = []  # LiveKit's words for why
        self.sent: dict[str, rtc.LocalTrackPublication] = {}
        self.sources: dict[str, rtc.VideoSource | rtc.AudioSource] = {}
        self.pumps: dict[str, asyncio.Task[None]] = {}
        self.readings: list[asyncio.Future[None]] = []

    @property
    def identity(self) -> str:
        return self.room.local_participant.identity

    @property
    def sid(self) -> str:
        """A new one after a full reconnect."""
        return self.room.local_participant.sid

    async def come(self, topics: Sequence[str]) -> None:
        """Of text streams those of `topics` are received, of data messages all."""
        self.room = rtc.Room()  # belongs to the loop that it is made in
        self.room.on("data_received", self._recording)
        self.room.on("disconnected", self._note_end)
        for topic in topics:
            self.room.register_text_stream_handler(topic, self._take_stream)
        await self.room.connect(self.ticket.url, self.ticket.token, rtc.RoomOptions(auto_subscribe=False))

    def _recording(self, packet: rtc.DataPacket) -> None:
        sender = packet.participant.identity if packet.participant else ""
        self.received.append(Message(packet.topic or "", packet.data.decode(), sender))

    def _take_stream(self, reader: rtc.TextStreamReader, sender: str) -> None:
        self.readings.append(asyncio.ensure_future(self._read(reader, sender)))

    async def _read(self, reader: rtc.TextStreamReader, sender: str) -> None:
        text = await reader.read_all()
        self.received.append(Message(reader.info.topic, text, sender))

    def _note_end(self, reason: Any) -> None:
        self.disconnected.append(rtc.DisconnectReason.Name(reason))

    # What they do

    def show(self) -> None:
        """Send the camera's picture."""
        self.home.run(self.show_now())

    def hide(self) -> None:
        """Stop sending it, as a switched-off camera."""
        self._mute("camera", True)

    def speak(self) -> None:
        """Be heard, with a steady tone."""
        self.home.run(self.speak_now())

    def mute(self) -> None:
        self._mute("microphone", True)

    def unmute(self) -> None:
        """Be heard again as before."""
        self._mute("microphone", False)

    def hush(self) -> None:
        """Stay unmuted and say nothing."""
        self.home.run(self._stop("microphone"))

    def share_screen(self, media: Media | None = None) -> None:
        wanted = media or replace(self.media, width=640, height=360)
        self.home.run(self._send_picture("screen", wanted))

    def stop_sharing(self) -> None:
        self.home.run(self._unpublish("screen"))

    def send_text(self, text: str, topic: str) -> None:
        """A text stream, as livekit-client's sendText."""
        self.home.run(self._send_text(text, topic))

    async def _send_text(self, text: str, topic: str) -> None:
        await self.room.local_participant.send_text(text, topic=topic)

    def send_data(self, text: str, topic: str, to: Sequence[str] = ()) -> None:
        """A data message, as livekit-client's publishData; `to` are identities, none: everybody."""
        self.home.run(
            self.room.local_participant.publish_data(text, topic=topic, destination_identities=list(to))
        )

    def reconnect(self) -> None:
        """Lose the session and come back: the same identity with a new sid and new tracks."""
        before = self.sid
        self.home.run(self.room.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT))
        eventually(lambda: self.sid != before)

    def leave(self) -> None:
        """Say goodbye. A second time nothing happens."""
        self.home.run(self.leave_now())

    # What they see

    def texts(self, topic: str) -> list[str]:
        return [message.text for message in self.received if message.topic == topic]

    def attributes_of(self, name: str) -> dict[str, str]:
        """Of somebody else in the room, by the name they go by."""
        [found] = [one for one in self.room.remote_participants.values() if one.name == name]
        return dict(found.attributes)

    def names(self) -> set[str]:
        """Of the others."""
        return {one.name for one in self.room.remote_participants.values()}

    def is_heard(self, name: str) -> bool:
        """Whether somebody else sends sound and is not muted."""
        kinds = (rtc.TrackSource.SOURCE_MICROPHONE,)
        return any(
            one.name == name and track.source in kinds and not track.muted
            for one in self.room.remote_participants.values()
            for track in one.track_publications.values()
        )

    # In the crowd's loop

    async def show_now(self) -> None:
        if "camera" in self.sent:
            self._track("camera").unmute()
        else:
            await self._send_picture("camera", self.media)

    async def speak_now(self) -> None:
        if "microphone" not in self.sent:
            await self._send_sound()
        self._track("microphone").unmute()
        source = self.sources["microphone"]
        assert isinstance(source, rtc.AudioSource)
        if "microphone" not in self.pumps:
            self.pumps["microphone"] = asyncio.create_task(self._pump_sound(source))

    async def leave_now(self) -> None:
        for what in list(self.pumps):
            await self._stop(what)
        await self.room.disconnect()

    async def _send_picture(self, what: str, media: Media) -> None:
        source = rtc.VideoSource(media.width, media.height)
        is_screen = what == "screen"
        name = self.room.local_participant.name
        draw = reels.slide if is_screen else partial(reels.person, name)
        drawn = await asyncio.to_thread(draw, media.width, media.height, media.framerate)
        options = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_SCREENSHARE if is_screen else rtc.TrackSource.SOURCE_CAMERA,
            video_codec=rtc.VideoCodec.VP8,
            simulcast=False,
        )
        track = rtc.LocalVideoTrack.create_video_track(what, source)
        self.sent[what] = await self.room.local_participant.publish_track(track, options)
        self.pumps[what] = asyncio.create_task(self._pump_picture(source, drawn, media))

    async def _pump_picture(self, source: rtc.VideoSource, drawn: Path, media: Media) -> None:
        """Round and round, by frames that are made once: two dozen people cost next to nothing."""
        form = (media.width, media.height, rtc.VideoBufferType.I420)
        for frame in itertools.cycle([rtc.VideoFrame(*form, data) for data in reels.frames(drawn)]):
            source.capture_frame(frame)
            await asyncio.sleep(1 / media.framerate)

    async def _send_sound(self) -> None:
        source = self.sources["microphone"] = rtc.AudioSource(SAMPLES, 1, queue_size_ms=QUEUE)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        self.sent["microphone"] = await self.room.local_participant.publish_track(track, options)

    async def _pump_sound(self, source: rtc.AudioSource) -> None:
        """As fast as the source takes it; nothing is sent between."""
        tone = Tone(self.media)
        while True:
            await source.capture_frame(tone.chunk(0.0))

    async def _stop(self, what: str) -> None:
        if pump := self.pumps.pop(what, None):
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)

    async def _unpublish(self, what: str) -> None:
        await self._stop(what)
        await self.room.local_participant.unpublish_track(self.sent.pop(what).sid)

    def _mute(self, what: str, is_muted: bool) -> None:
        track = self._track(what)
        self.home.loop.call_soon_threadsafe(track.mute if is_muted else track.unmute)

    def _track(self, what: str) -> rtc.LocalVideoTrack | rtc.LocalAudioTrack:
        track = self.sent[what].track
        assert isinstance(track, rtc.LocalVideoTrack | rtc.LocalAudioTrack)
        return track
