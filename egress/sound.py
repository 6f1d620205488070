"""The sound of the recording: all tracks mixed on one clock.

A position is a number of samples on this machine's monotonic clock. Each track has a lane: its samples lie at
the positions at which they arrived, one after the other without gaps, so that the jitter of their arrival is
not heard. The mix follows the clock a little behind, and waits for a lane that is late. Nothing is ever built
up: whatever is mixed covers exactly the time that passed.
"""

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

CUSHION = 0.06  # s that the mix stays behind the clock
PATIENCE = 0.5  # s that it waits for a lane; one that is later has paused
LOOK = 1.0  # s over which a lane is compared with the clock
SMALL = 0.005  # s apart that are left alone
LARGE = 0.04  # s apart that are corrected at once; what lies between, bit by bit
STRETCH = 0.005  # of a frame: a few samples more or less, which nobody hears
ROOM = 3.0  # s that a lane can hold


class Lane:
    """One track. Frames are written as they arrive, and taken by position."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.end: int | None = None  # the position behind the last sample
        self.floor = 0  # what lies before was taken
        self.lost = 0  # samples that came too late to be mixed
        self.is_closed = False
        self._is_mixed = False
        self._ring = np.zeros(int(ROOM * rate), np.int16)
        self._least: int | None = None
        self._looked = 0
        self._owed = 0

    def write(self, samples: Samples, arrived: int) -> None:
        """Samples of which the last arrived at this position."""
        if self.end is None or arrived - self.end - len(samples) > PATIENCE * self.rate:
            self.end, self._least, self._looked, self._owed = arrived - len(samples), None, 0, 0
        self._look(arrived - self.end - len(samples), len(samples))
        samples = self._in_step(samples)
        self._put(samples, self.end)
        self.end += len(samples)

    def _look(self, lag: int, count: int) -> None:
        """Frames come late, never early: the least lag tells how far the lane is from the clock."""
        self._least = lag if self._least is None else min(lag, self._least)
        self._looked += count
        if self._looked < LOOK * self.rate:
            return
        apart, self._least, self._looked = self._least, None, 0
        if abs(apart) > LARGE * self.rate:
            assert self.end is not None
            self.end, self._owed = self.end + apart, 0
        elif abs(apart) > SMALL * self.rate:
            self._owed = apart

    def _in_step(self, samples: Samples) -> Samples:
        """The frame, longer or shorter by a few of the samples that are owed."""
        most = int(len(samples) * STRETCH)
        change = max(-most, min(most, self._owed))
        if not change:
            return samples
        self._owed -= change
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
    """All lanes together, from the position `start` on."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.lanes: list[Lane] = []
        self.position: int | None = None  # mixed up to here; None: not begun

    def open(self) -> Lane:
        lane = Lane(self.rate)
        lane.floor = self.position or 0
        self.lanes.append(lane)
        return lane

    def close(self, lane: Lane) -> None:
        """What it holds is mixed still."""
        lane.is_closed = True
        if self.position is None:
            self.lanes.remove(lane)

    def begin(self, position: int) -> None:
        """What lies before this position is not wanted."""
        self.position = position
        for lane in self.lanes:
            lane.begin(position)

    def mix(self, now: int) -> Samples:
        """What has become certain since the last call."""
        ends = [lane.end for lane in self.lanes if lane.end and not lane.is_closed]
        running = [end for end in ends if end > now - PATIENCE * self.rate]
        certain = min([now - int(CUSHION * self.rate), *running])
        return self._up_to(certain)

    def finish(self, now: int) -> Samples:
        """Everything up to now."""
        return self._up_to(now)

    def _up_to(self, end: int) -> Samples:
        assert self.position is not None
        start, count = self.position, max(0, end - self.position)
        total = np.zeros(count, np.int32)
        for lane in self.lanes:
            total += lane.take(start, start + count)
        self.position = start + count
        self.lanes = [lane for lane in self.lanes if not self._is_over(lane)]
        return np.clip(total, -32768, 32767).astype(np.int16)

    def _is_over(self, lane: Lane) -> bool:
        return lane.is_closed and (lane.end is None or lane.end <= lane.floor)
