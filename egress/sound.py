"""The sound of the recording: all tracks mixed on one clock.

A position is a number of samples on this machine's monotonic clock. Each track has a jitter buffer: its
samples lie where they arrived, without gaps. The mix follows the clock with a small delay, and waits for
a buffer that is late. Latency never accumulates: what is mixed covers the time that passed.
"""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

DELAY = 0.06  # s that the mix stays behind the clock
MAX_LAG = 0.5  # s that it waits for a buffer; one that is later has paused
DRIFT_WINDOW = 1.0  # s over which a buffer's drift from the clock is measured
SMALL_DRIFT = 0.005  # s that are left alone
LARGE_DRIFT = 0.04  # s that are corrected at once; what lies between, gradually
MAX_STRETCH = 0.005  # of a frame: a few samples more or less, which nobody hears
CAPACITY = 3.0  # s that a buffer can hold


class JitterBuffer:
    """One track. Frames are written as they arrive, and taken by position."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.end: int | None = None  # the position behind the last sample
        self.floor = 0  # what lies before was taken
        self.lost = 0  # samples that came too late to be mixed
        self.is_closed = False
        self._is_mixed = False
        self._ring = np.zeros(int(CAPACITY * rate), np.int16)
        self._least: int | None = None
        self._measured = 0
        self._correction = 0

    def write(self, samples: Samples, arrived: int) -> None:
        """Samples of which the last arrived at this position."""
        if self.end is None or arrived - self.end - len(samples) > MAX_LAG * self.rate:
            self.end, self._least, self._measured, self._correction = arrived - len(samples), None, 0, 0
        self._measure_drift(arrived - self.end - len(samples), len(samples))
        samples = self._resampled(samples)
        self._put(samples, self.end)
        self.end += len(samples)

    def _measure_drift(self, lag: int, count: int) -> None:
        """Frames come late, never early: the least lag is the buffer's drift from the clock."""
        self._least = lag if self._least is None else min(lag, self._least)
        self._measured += count
        if self._measured < DRIFT_WINDOW * self.rate:
            return
        apart, self._least, self._measured = self._least, None, 0
        if abs(apart) > LARGE_DRIFT * self.rate:
            assert self.end is not None
            self.end, self._correction = self.end + apart, 0
        elif abs(apart) > SMALL_DRIFT * self.rate:
            self._correction = apart

    def _resampled(self, samples: Samples) -> Samples:
        """The frame, longer or shorter by a few samples of the correction."""
        most = int(len(samples) * MAX_STRETCH)
        change = max(-most, min(most, self._correction))
        if not change:
            return samples
        self._correction -= change
        places = np.linspace(0, len(samples) - 1, len(samples) + change)
        return np.interp(places, np.arange(len(samples)), samples).astype(np.int16)

    def begin(self, position: int) -> None:
        """Forget what lies before this position."""
        kept = self.take(position, max(position, self.end or 0))
        self._ring[:] = 0
        self.floor, self._is_mixed = position, False
        self._put(kept, position)

    def _put(self, samples: Samples, start: int) -> None:
        late = max(0, min(self.floor - start, len(samples)))
        self.lost += late if self._is_mixed else 0
        samples, start = samples[late:], start + late
        samples = samples[: max(0, self.floor + len(self._ring) - start)] if self.floor else samples
        for piece, cut in self._pieces(start, len(samples)):
            self._ring[piece] = samples[cut]

    def take(self, start: int, end: int) -> Samples:
        """The samples between two positions, silence where there are none. They are gone then."""
        taken = np.zeros(end - start, np.int16)
        for piece, cut in self._pieces(start, end - start):
            taken[cut] = self._ring[piece]
            self._ring[piece] = 0
        self.floor, self._is_mixed = end, True
        return taken

    def _pieces(self, start: int, count: int) -> list[tuple[slice, slice]]:
        """Where so many samples lie in the ring: one piece, or two around its end."""
        count = min(count, len(self._ring))
        at = start % len(self._ring)
        first = min(count, len(self._ring) - at)
        return [(slice(at, at + first), slice(0, first)), (slice(0, count - first), slice(first, count))]


class Mixer:
    """The sum of all buffers, from the position `begin` was called with."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.buffers: list[JitterBuffer] = []
        self.position: int | None = None  # mixed up to here; None: not begun

    def open(self) -> JitterBuffer:
        buffer = JitterBuffer(self.rate)
        buffer.floor = self.position or 0
        self.buffers.append(buffer)
        return buffer

    def close(self, buffer: JitterBuffer) -> None:
        """What it holds is mixed still."""
        buffer.is_closed = True
        if self.position is None:
            self.buffers.remove(buffer)

    def begin(self, position: int) -> None:
        """What lies before this position is not wanted."""
        self.position = position
        for buffer in self.buffers:
            buffer.begin(position)

    def mix(self, now: int) -> Samples:
        """What has become certain since the last call."""
        ends = [buffer.end for buffer in self.buffers if buffer.end and not buffer.is_closed]
        running = [end for end in ends if end > now - MAX_LAG * self.rate]
        certain = min([now - int(DELAY * self.rate), *running])
        return self._up_to(certain)

    def finish(self, now: int) -> Samples:
        """Everything up to now."""
        return self._up_to(now)

    def _up_to(self, end: int) -> Samples:
        assert self.position is not None
        start, count = self.position, max(0, end - self.position)
        total = np.zeros(count, np.int32)
        for buffer in self.buffers:
            total += buffer.take(start, start + count)
        self.position = start + count
        self.buffers = [buffer for buffer in self.buffers if not self._is_over(buffer)]
        return np.clip(total, -32768, 32767).astype(np.int16)

    def _is_over(self, buffer: JitterBuffer) -> bool:
        return buffer.is_closed and (buffer.end is None or buffer.end <= buffer.floor)
