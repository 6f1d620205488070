"""A recording, decoded: what is seen and heard in it, and when."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from egress import i420
from egress.layout import Box

Colour = tuple[float, float, float]


class DecodedFile:
    """An MP4. Times are seconds in the file, `sound` is one channel of -1 to 1."""

    def __init__(self, path: Path | str, is_whole: bool = True) -> None:
        """One that is not whole may end in the middle of a packet."""
        self.is_whole = is_whole
        with av.open(str(path)) as container:
            self.codecs = [stream.codec_context.name for stream in container.streams]
            self.seconds = float((container.duration or 0) / av.time_base)
            self.frames = self._pictures(container)
        with av.open(str(path)) as container:
            self._decode_audio(container)
        self.times = np.array([frame.time for frame in self.frames])

    def _pictures(self, container: av.container.InputContainer) -> list[av.VideoFrame]:
        return list(self._decode(container, container.streams.video[0])) if container.streams.video else []

    def _decode(self, container: av.container.InputContainer, stream: Any) -> Iterator[Any]:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.InvalidDataError:
                if self.is_whole:
                    raise
                return

    def _decode_audio(self, container: av.container.InputContainer) -> None:
        frames = list(self._decode(container, container.streams.audio[0]))
        self.rate = frames[0].sample_rate
        self.channels = frames[0].layout.nb_channels
        self.sound: NDArray[np.float32] = np.concatenate([frame.to_ndarray()[0] for frame in frames])
        self.sound_from = float(frames[0].time or 0)

    # Picture

    def at(self, second: float) -> av.VideoFrame:
        """The picture that is shown at this time."""
        return self.frames[max(0, int(np.searchsorted(self.times, second, side="right")) - 1)]

    def colour(self, box: Box, second: float) -> Colour:
        """The mean colour of the upper left part of a box, where are neither bars nor names nor marks."""
        wide, high = box.width // 8 // 2 * 2, box.height // 8 // 2 * 2
        corner = Box(box.x + wide, box.y + high, 2 * wide, 2 * high)
        y, u, v = i420.part(i420.of(self.at(second)), corner)
        return float(y.mean()), float(u.mean()), float(v.mean())

    def shows(self, colour: tuple[int, int, int], box: Box, second: float) -> bool:
        seen = self.colour(box, second)
        return max(abs(a - b) for a, b in zip(seen, colour, strict=True)) < 16

    def mark(self, box: Box, second: float) -> int | None:
        """Where the white mark is in the middle row of a box, in pixels from its left; None without one."""
        y, _, _ = i420.part(i420.of(self.at(second)), box)
        white = np.flatnonzero(y[box.height // 2] > 210)
        return int(white.mean()) if len(white) else None

    def flashes(self) -> list[float]:
        """When the picture turns from dark to bright."""
        bright = np.array([i420.of(frame)[0].mean() > 120 for frame in self.frames])
        return [float(self.times[i]) for i in np.flatnonzero(bright[1:] & ~bright[:-1]) + 1]

    # Sound

    def part(self, start: float, end: float) -> NDArray[np.float32]:
        first, last = (round((second - self.sound_from) * self.rate) for second in (start, end))
        return self.sound[max(0, first) : last]

    def strength(self, pitch: float, start: float, end: float) -> float:
        """How strong a tone is between two times: a pure tone of full loudness is 1."""
        sound = self.part(start, end)
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) * 4 / len(sound)
        at = round(pitch * len(sound) / self.rate)
        return float(spectrum[max(0, at - 3) : at + 4].max())

    def tone(self, pitch: float, start: float, end: float) -> float:
        """How strong a tone mostly is, half second by half second.

        On a busy machine a sender's tone comes in pieces, whose phases would cancel each other.
        """
        halves = np.arange(start, end - 0.49, 0.5)
        return float(np.median([self.strength(pitch, half, half + 0.5) for half in halves]))

    def beeps(self) -> list[float]:
        """When silence turns into sound."""
        block = self.rate // 200
        count = len(self.sound) // block
        loud = np.abs(self.sound[: count * block].reshape(count, block)).max(axis=1) > 0.03
        quiet_before = np.array([not loud[max(0, i - 40) : i].any() for i in range(count)])
        return [float(self.sound_from + i * block / self.rate) for i in np.flatnonzero(loud & quiet_before)]
