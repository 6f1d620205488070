"""One recording from its first media to its last: a room into an MP4, tick by tick."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import av

from egress import job as contract
from egress.job import FAILED, LIMIT, STOPPED, Ended, Job
from egress.layout import even
from egress.mp4 import Mp4Writer
from egress.picture import Picture, View
from egress.room import CannotJoin, Room
from egress.sound import Mixer, Samples

log = logging.getLogger(__name__)

SOUND_ONLY_TICKS = 10  # a second
SPEAKER_LAYOUTS = ("speaker", "single-speaker")  # any other is the grid


class Capture:
    """One room into one file. The event loop receives media; drawing and encoding have their own thread."""

    def __init__(self, job: Job, stop: asyncio.Event, emit: Callable[[str], None]) -> None:
        job = replace(job, width=even(job.width), height=even(job.height))  # H.264 has no others
        self.job, self.stop, self.emit = job, stop, emit
        self.mixer = Mixer(job.audio_frequency)
        self.media = asyncio.Event()
        self.room = Room(self.mixer, job.audio_only, self.media.set, job.layout)
        self.thread = ThreadPoolExecutor(1)
        self.picture = Picture(job.width, job.height)
        self.ticks = SOUND_ONLY_TICKS if job.audio_only else job.framerate
        self.writer: Mp4Writer | None = None
        self.started = 0.0  # on the monotonic clock, as everything here
        self.started_at = 0  # unix nanoseconds
        self.next_tick = 0

    # From the start to the end

    async def run(self) -> Ended:
        """Record until something ends it. Never raises."""
        reason = error = ""
        try:
            reason = await self._record()
        except CannotJoin as refused:
            reason, error = FAILED, str(refused)
        except (OSError, av.FFmpegError) as failed:
            reason, error = FAILED, f"the file cannot be written: {failed.strerror or failed}"
        except Exception as failed:
            log.exception("the recording failed")
            reason, error = FAILED, f"the recorder failed ({type(failed).__name__})"
        return await self._finish(reason, error)

    async def _record(self) -> str:
        if not await self._stopped_within(self.job.start_delay):
            await self.room.join(self.job.url, self.job.token)
        await self._first_media()
        if self.media.is_set() and not self._over():
            await self._start()
            while not self._over():
                await self._tick()
        return self._over()

    async def _stopped_within(self, seconds: float) -> bool:
        """Wait so long, or until the stop, whichever comes first."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stop.wait(), seconds)
        return self.stop.is_set()

    async def _first_media(self) -> None:
        """Wait for it, or for the end."""
        events = [asyncio.ensure_future(event.wait()) for event in (self.media, self.stop)]
        either: list[asyncio.Future[Any]] = [*events, self.room.ended]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        for event in events:
            event.cancel()

    def _over(self) -> str:
        """The reason for which it is over, or an empty text."""
        if self.stop.is_set():
            return STOPPED
        if self.room.ended.done():
            return self.room.ended.result()
        if self.job.max_seconds and self.writer and time.monotonic() - self.started >= self.job.max_seconds:
            return LIMIT
        return ""

    # While it runs

    async def _start(self) -> None:
        self.writer = await self._in_thread(Mp4Writer, self.job)
        self.started, self.started_at = time.monotonic(), time.time_ns()
        self.mixer.begin(int(self.started * self.mixer.rate))
        self.emit(contract.active(self.started_at))

    async def _tick(self) -> None:
        """Sleep until the next tick is due, then write it. Ticks that have passed are left out."""
        due = self.started + self.next_tick / self.ticks
        await self._stopped_within(max(0.0, due - time.monotonic()))
        now = time.monotonic()
        tick = max(self.next_tick, int((now - self.started) * self.ticks))
        self.next_tick = tick + 1
        await self._write(tick, self.mixer.mix(int(now * self.mixer.rate)))

    async def _write(self, tick: int, samples: Samples) -> None:
        views: list[View] = [] if self.job.audio_only else self.room.views()
        focus = self._focus(views)
        await self._in_thread(self._encode, tick, views, focus, samples)
        self.room.request_quality(self.picture.boxes)

    def _encode(self, tick: int, views: list[View], focus: str | None, samples: Samples) -> None:
        assert self.writer is not None
        self.writer.write_audio(samples)
        if not self.job.audio_only:
            self.writer.write_video(self.picture.draw(views, focus), tick)

    def _focus(self, views: list[View]) -> str | None:
        """What is shown large: a screen, in the layouts of that name the speaker, in the grid nobody."""
        screens = [view.key for view in views if view.is_screen]
        if screens:
            return screens[-1]
        keys = [view.key for view in views]
        if self.room.layout not in SPEAKER_LAYOUTS or not keys:
            return None
        return self.room.speaker if self.room.speaker in keys else keys[0]

    async def _in_thread[*A, R](self, function: Callable[[*A], R], *arguments: *A) -> R:
        return await asyncio.get_running_loop().run_in_executor(self.thread, function, *arguments)

    # The end

    async def _finish(self, reason: str, error: str) -> Ended:
        ended = time.monotonic()
        if reason != FAILED:
            self.emit(contract.ending(reason))
        try:
            await self._close_writer(ended)
        except (OSError, av.FFmpegError) as failed:
            reason, error = FAILED, error or f"the file cannot be written: {failed.strerror or failed}"
        if self.job.leaves_room:
            await self.room.leave()
        lasted = int((ended - self.started) * 1e9) if self.writer else 0
        size = self._size() if self.writer else 0
        return Ended(reason, error, self.started_at, self.started_at + lasted, lasted, size)

    async def _close_writer(self, ended: float) -> None:
        if self.writer is None:
            return
        try:
            await self._in_thread(self.writer.write_audio, self.mixer.finish(int(ended * self.mixer.rate)))
        finally:
            await self._in_thread(self.writer.close)

    def _size(self) -> int:
        with suppress(OSError):
            return Path(self.job.file).stat().st_size
        return 0
