"""The room that is recorded: joined hidden, by LiveKit's SDK; who is there, what they show, what they say."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from livekit import rtc

from egress.i420 import StillFrame
from egress.job import CONNECTION_LOST, ROOM_CLOSED
from egress.layout import Box, show
from egress.picture import View
from egress.sound import JitterBuffer, Mixer

log = logging.getLogger(__name__)

RECONNECT_TIMEOUT = 25.0  # s
CONNECT_TIMEOUT = 15.0  # s
LEAVE_TIMEOUT = 3.0  # s
AUDIO_FRAME = 40  # ms; the SDK's default of 10 would wake us four times as often

Kind = rtc.ParticipantKind
MACHINES = {
    Kind.PARTICIPANT_KIND_INGRESS,
    Kind.PARTICIPANT_KIND_EGRESS,
    Kind.PARTICIPANT_KIND_AGENT,
}
SCREENS = {rtc.TrackSource.SOURCE_SCREENSHARE}
CLOSED = {
    rtc.DisconnectReason.ROOM_DELETED,
    rtc.DisconnectReason.ROOM_CLOSED,
    rtc.DisconnectReason.PARTICIPANT_REMOVED,
}


UNSEEN = Box(0, 0, 2, 2)


class CannotJoin(Exception):
    """The room cannot be joined. Without the SDK's message, which contains the token."""


@dataclass(eq=False)
class Reader:
    """Reads one track for as long as it is there."""

    identity: str
    publication: rtc.RemoteTrackPublication
    task: "asyncio.Task[None]"
    still: StillFrame | None = None
    requested: object = None  # the quality last requested of LiveKit

    @property
    def is_screen(self) -> bool:
        return self.publication.source in SCREENS


def is_person(participant: rtc.RemoteParticipant) -> bool:
    return participant.kind not in MACHINES


def is_video(publication: rtc.RemoteTrackPublication) -> bool:
    return publication.kind == rtc.TrackKind.KIND_VIDEO


def quality(width: int, height: int, box: Box) -> Any:
    """The smallest of the three usual layers (a quarter, a half, the whole) that need not be enlarged."""
    cut, place = show(max(width, 2), max(height, 2), box)
    needed = place.height / cut.height
    if needed <= 0.25:
        return rtc.VideoQuality.VIDEO_QUALITY_LOW
    if needed <= 0.5:
        return rtc.VideoQuality.VIDEO_QUALITY_MEDIUM
    return rtc.VideoQuality.VIDEO_QUALITY_HIGH


class Room:
    """One room. `on_media` is called at each frame of a person, `ended` has the reason when it is over."""

    def __init__(
        self, mixer: Mixer, audio_only: bool, on_media: Callable[[], None], layout: str = "grid"
    ) -> None:
        self.mixer, self.audio_only, self.on_media = mixer, audio_only, on_media
        self.rtc = rtc.Room()
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.speaker: str | None = None
        self.layout = layout
        self._readers: dict[str, Reader] = {}
        self._closing: set[asyncio.Task[None]] = set()
        self._giving_up: asyncio.TimerHandle | None = None
        self._register_handlers()

    # Joining and leaving

    async def join(self, url: str, token: str) -> None:
        """CannotJoin: refused, or timed out. Never cancelled: that would leave a participant behind."""
        options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=5)
        connecting = asyncio.create_task(self.rtc.connect(url, token, options))
        await asyncio.wait([connecting], timeout=CONNECT_TIMEOUT)
        if not connecting.done() or connecting.exception():
            raise CannotJoin("the room could not be joined")
        self._subscribe_all()

    async def leave(self) -> None:
        """Close every stream, then the connection; a few seconds at most."""
        for sid in list(self._readers):
            self._stop(sid)
        if self._closing:
            await asyncio.wait(self._closing, timeout=LEAVE_TIMEOUT)
        try:
            async with asyncio.timeout(LEAVE_TIMEOUT):
                await self.rtc.disconnect()
        except TimeoutError:
            log.warning("leaving the room took too long")

    def _end(self, reason: str) -> None:
        if not self.ended.done():
            self.ended.set_result(reason)

    # The SDK's events

    def _register_handlers(self) -> None:
        self.rtc.on("track_published", self._on_published)
        self.rtc.on("track_subscribed", self._on_subscribed)
        self.rtc.on("track_unsubscribed", lambda track, publication, participant: self._stop(publication.sid))
        self.rtc.on("track_unpublished", lambda publication, participant: self._stop(publication.sid))
        self.rtc.on("track_muted", self._on_muted)
        self.rtc.on("participant_disconnected", self._on_left)
        self.rtc.on("active_speakers_changed", self._on_speakers)
        self.rtc.on("participant_metadata_changed", self._on_metadata)
        self.rtc.on("reconnecting", self._on_reconnecting)
        self.rtc.on("reconnected", self._on_reconnected)
        self.rtc.on("disconnected", self._on_disconnected)

    def _on_published(self, publication: rtc.RemoteTrackPublication, of: rtc.RemoteParticipant) -> None:
        if is_person(of) and not (self.audio_only and is_video(publication)):
            publication.set_subscribed(True)

    def _subscribe_all(self) -> None:
        for participant in self.rtc.remote_participants.values():
            for publication in participant.track_publications.values():
                if not publication.subscribed:
                    self._on_published(publication, participant)

    def _on_subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, of: rtc.RemoteParticipant
    ) -> None:
        self._stop(publication.sid)
        read = self._read_video if is_video(publication) else self._read_audio
        task = asyncio.get_running_loop().create_task(read(track, publication.sid))
        self._readers[publication.sid] = Reader(of.identity, publication, task)

    def _on_muted(self, participant: rtc.Participant, publication: rtc.TrackPublication) -> None:
        reader = self._readers.get(publication.sid)
        if reader:
            reader.still = None  # after the mute nobody must see the last frame before it

    def _on_left(self, participant: rtc.RemoteParticipant) -> None:
        for sid, reader in list(self._readers.items()):
            if reader.identity == participant.identity:
                self._stop(sid)

    def _on_speakers(self, speakers: list[rtc.Participant]) -> None:
        self.speaker = speakers[0].identity if speakers else self.speaker

    def _on_metadata(self, participant: rtc.Participant, old: str, new: str) -> None:
        """UpdateLayout: LiveKit writes the layout into the recorder's own metadata."""
        if participant.identity == self.rtc.local_participant.identity:
            with suppress(ValueError, AttributeError):
                self.layout = str(json.loads(new).get("layout") or self.layout)

    def _on_reconnecting(self) -> None:
        if self._giving_up is None:
            loop = asyncio.get_running_loop()
            self._giving_up = loop.call_later(RECONNECT_TIMEOUT, self._end, CONNECTION_LOST)

    def _on_reconnected(self) -> None:
        if self._giving_up:
            self._giving_up.cancel()
            self._giving_up = None
        self._subscribe_all()

    def _on_disconnected(self, reason: Any) -> None:
        self._end(ROOM_CLOSED if reason in CLOSED else CONNECTION_LOST)

    # Reading

    def _stop(self, sid: str) -> None:
        reader = self._readers.pop(sid, None)
        if reader:
            reader.task.cancel()
            self._closing.add(reader.task)
            reader.task.add_done_callback(self._closing.discard)

    async def _read_video(self, track: rtc.Track, sid: str) -> None:
        stream = rtc.VideoStream(track, capacity=1)  # the newest is enough
        try:
            async for event in stream:
                frame = event.frame
                if frame.type != rtc.VideoBufferType.I420:
                    frame = frame.convert(rtc.VideoBufferType.I420)
                turned = 90 * cast(int, event.rotation)  # the enumeration counts quarter turns
                self._readers[sid].still = StillFrame(frame.width, frame.height, frame.data, turned)
                self.on_media()
        finally:
            await stream.aclose()

    async def _read_audio(self, track: rtc.Track, sid: str) -> None:
        rate = self.mixer.rate
        stream = rtc.AudioStream(track, sample_rate=rate, num_channels=1, frame_size_ms=AUDIO_FRAME)
        buffer = self.mixer.open()
        try:
            async for event in stream:
                buffer.write(np.frombuffer(event.frame.data, np.int16), int(time.monotonic() * rate))
                self.on_media()
        finally:
            self._close_buffer(buffer)
            await stream.aclose()

    def _close_buffer(self, buffer: JitterBuffer) -> None:
        self.mixer.close(buffer)
        if buffer.lost > self.mixer.rate // 10:
            log.warning("%.1f s of sound came too late to be mixed", buffer.lost / self.mixer.rate)

    # Views

    def views(self) -> list[View]:
        """A tile for each person, in the order in which they came, and one for each screen."""
        people = [person for person in self.rtc.remote_participants.values() if is_person(person)]
        people.sort(key=lambda person: (str(person.joined_at), person.identity))
        return [view for person in people for view in self._views_of(person)]

    def _views_of(self, person: rtc.RemoteParticipant) -> list[View]:
        shown = [
            reader
            for reader in self._readers.values()
            if reader.identity == person.identity and reader.still and not reader.publication.muted
        ]
        name = person.name or person.identity
        cameras = [reader.still for reader in shown if not reader.is_screen]
        screens = [reader for reader in shown if reader.is_screen]
        return [
            View(person.identity, name, cameras[-1] if cameras else None),
            *(View(f"{reader.publication.sid} screen", name, reader.still, True) for reader in screens),
        ]

    def request_quality(self, boxes: Mapping[str, Box]) -> None:
        """Of simulcast tracks, the smallest layers that need not be enlarged in their boxes."""
        for reader in self._readers.values():
            box, publication = boxes.get(reader.identity, UNSEEN), reader.publication
            if publication.simulcasted and not reader.is_screen and is_video(publication):
                wanted = quality(publication.width, publication.height, box)
                if wanted != reader.requested:
                    reader.requested = wanted
                    publication.set_video_quality(wanted)
