"""A long recording: sound and picture keep together, its length is right, and its memory does not grow.

Only with EGRESS_SOAK_MINUTES set: `make soak` sets it.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median

import av
import numpy as np
import psutil
import pytest
from livekit import api

from egress import i420
from local.stack import Stack
from tests.e2e.egresses import KILOBITS, Egress, Status, Studio, open_studio
from tests.e2e.senders import Media

MINUTES = float(os.environ.get("EGRESS_SOAK_MINUTES", "0"))
SAMPLING = 2.0  # seconds between two looks at the process
WINDOW = 20.0  # seconds at the begin, in the middle and at the end
MEGABYTE = 1024 * 1024

__test__ = MINUTES > 0


@dataclass
class Figures:
    """Of one process that recorded."""

    memory: list[int] = field(default_factory=list)  # bytes, every SAMPLING seconds
    processor: float = 0.0  # seconds

    def quarter(self, number: int) -> float:
        """Megabytes, in one of the four quarters of the time."""
        size = len(self.memory) // 4
        return median(self.memory[number * size : (number + 1) * size]) / MEGABYTE


@pytest.fixture
def studio(stack: Stack, lines: list[str]) -> Iterator[Studio]:
    with open_studio(stack, lines) as studio:
        yield studio


def watch(process: psutil.Process, egress: Egress, seconds: float) -> Figures:
    figures = Figures()
    while time.time() < egress.started + seconds:
        figures.memory.append(process.memory_info().rss)
        times = process.cpu_times()
        figures.processor = times.user + times.system
        time.sleep(SAMPLING)
    return figures


def flashes(container: "av.container.InputContainer") -> Iterator[float]:
    """When the picture turns from dark to bright."""
    was_bright = True
    for frame in container.decode(video=0):
        is_bright = bool(i420.of(frame)[0].mean() > 120)
        if is_bright and not was_bright:
            yield float(frame.time or 0)
        was_bright = is_bright


def beeps(container: "av.container.InputContainer") -> Iterator[float]:
    """When silence turns into sound."""
    sounded = 0.0
    for frame in container.decode(audio=0):
        loud = np.flatnonzero(np.abs(frame.to_ndarray()[0]) > 0.03)
        if len(loud):
            times = float(frame.time or 0) + loud[[0, -1]] / frame.sample_rate
            if times[0] - sounded > 0.2:
                yield float(times[0])
            sounded = float(times[1])


def lags(content: bytes) -> tuple[float, list[tuple[float, float]]]:
    """Of a file its seconds, and of each flash its second and by how much its beep comes later."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(content)
        file.flush()
        with av.open(file.name) as container:
            seen = list(flashes(container))
        with av.open(file.name) as container:
            sounded = np.array(list(beeps(container)))
            lasted = float((container.duration or 0) / av.time_base)
    return lasted, [(at, float(sounded[np.abs(sounded - at).argmin()] - at)) for at in seen]


def test_a_long_recording_keeps_in_step(studio: Studio) -> None:
    room = studio.rooms.create()
    studio.rooms.send(room, "anna", Media(beats=True, pitch=1000, framerate=30))
    studio.rooms.send(room, "ben", Media(pitch=None))
    smooth = api.EncodingOptions()
    smooth.CopyFrom(KILOBITS)
    smooth.framerate = 30
    egress = studio.start(room, advanced=smooth).active()
    [process] = studio.recording()
    figures = watch(process, egress, MINUTES * 60)
    egress.stop()
    egress.ended(Status.EGRESS_COMPLETE, 60)
    wanted = egress.stopped - egress.started
    lasted, pairs = lags(studio.stored(egress.key))
    print(f"{wanted:.2f} s recorded, {lasted:.2f} s in the file, {len(pairs)} flashes")
    print(
        f"{figures.processor / wanted:.0%} of a core, memory", [round(figures.quarter(n)) for n in range(4)]
    )
    assert abs(lasted - wanted) < 0.5
    assert len(pairs) > wanted * 0.95 - 2
    for begin in np.arange(
        0.0, lasted - WINDOW, WINDOW
    ):  # each, for a drift of whole beats would look like none
        inside = [lag for at, lag in pairs if begin <= at < begin + WINDOW]
        print(f"from {begin:.0f} s: the sound is {median(inside) * 1000:.0f} ms late, {extremes(inside)}")
        assert abs(median(inside)) < 0.1
    assert figures.processor / wanted < 0.5
    assert figures.quarter(3) - figures.quarter(1) < 30


def extremes(lags: list[float]) -> str:
    return f"{min(lags) * 1000:.0f} to {max(lags) * 1000:.0f}"
