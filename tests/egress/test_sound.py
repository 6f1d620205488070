"""Mixing on one clock. The tests' clock is a count of samples."""

import numpy as np
import pytest
from numpy.typing import NDArray

from egress.sound import MAX_LAG, JitterBuffer, Mixer, Samples

RATE = 48_000
FRAME = RATE // 25  # 40 ms
BEGUN = 1_000_000


def tone(start: int, count: int, pitch: float = 440, strength: int = 6000) -> Samples:
    return (strength * np.sin(2 * np.pi * pitch / RATE * np.arange(start, start + count))).astype(np.int16)


def level(value: int, count: int = FRAME) -> Samples:
    return np.full(count, value, np.int16)


class Desk:
    """A mixer, and the time on its clock."""

    def __init__(self) -> None:
        self.mixer, self.now = Mixer(RATE), BEGUN
        self.mixer.begin(BEGUN)
        self.out: list[Samples] = []

    def pass_frames(self, count: int, *sources: tuple[JitterBuffer, int], late: int = 0) -> None:
        """Let frames' worth of time pass; in each the buffers get their level, some samples late."""
        for _ in range(count):
            self.now += FRAME
            for buffer, value in sources:
                buffer.write(level(value), self.now + late)
            self.out.append(self.mixer.mix(self.now + late))

    def finish(self) -> NDArray[np.int16]:
        self.out.append(self.mixer.finish(self.now))
        return np.concatenate(self.out)


def test_two_tracks_are_heard_together() -> None:
    desk = Desk()
    buffers = desk.mixer.open(), desk.mixer.open()
    desk.pass_frames(25, (buffers[0], 100), (buffers[1], 30))
    heard = desk.finish()
    assert len(heard) == RATE
    assert set(heard) == {130}


def test_silence_has_its_length_too() -> None:
    desk = Desk()
    desk.pass_frames(50)
    heard = desk.finish()
    assert len(heard) == 2 * RATE
    assert not heard.any()


def test_the_loudest_are_held_at_the_limit() -> None:
    desk = Desk()
    buffers = desk.mixer.open(), desk.mixer.open()
    desk.pass_frames(5, (buffers[0], 30_000), (buffers[1], 30_000))
    assert desk.finish().max() == 32767


def test_who_comes_late_lies_where_they_came() -> None:
    desk = Desk()
    first = desk.mixer.open()
    desk.pass_frames(10, (first, 100))
    second = desk.mixer.open()
    desk.pass_frames(10, (first, 100), (second, 30))
    heard = desk.finish()
    assert list(np.flatnonzero(np.diff(heard))) == [10 * FRAME - 1]


def test_jitter_of_the_arrival_is_not_heard() -> None:
    desk, chance = Desk(), np.random.default_rng(7)
    buffer = desk.mixer.open()
    for number in range(50):
        desk.now += FRAME
        desk.mixer.mix(desk.now - FRAME // 2)
        buffer.write(tone(number * FRAME, FRAME), desk.now + int(chance.integers(0, FRAME // 2)))
        desk.out.append(desk.mixer.mix(desk.now + FRAME // 2))
    heard = np.concatenate(desk.out)
    steps = np.abs(np.diff(heard[FRAME:].astype(int)))
    assert steps.max() < 6000 * 2 * np.pi * 440 / RATE * 1.1  # a gap or a doubling would make a larger one


def test_the_mix_waits_for_a_late_track_so_that_no_sample_is_lost() -> None:
    desk = Desk()
    buffer = desk.mixer.open()
    desk.pass_frames(5, (buffer, 100))
    stalled = int(0.3 * RATE) // FRAME
    desk.pass_frames(stalled)
    for _ in range(stalled):  # what was held up comes all at once
        buffer.write(level(100), desk.now)
    desk.pass_frames(5, (buffer, 100))
    assert set(desk.finish()) == {100}
    assert buffer.lost == 0


def test_the_mix_does_not_wait_for_a_track_that_has_paused() -> None:
    desk = Desk()
    buffer, other = desk.mixer.open(), desk.mixer.open()
    desk.pass_frames(5, (buffer, 100), (other, 30))
    desk.pass_frames(50, (other, 30))
    behind = desk.now - (desk.mixer.position or 0)
    assert behind < 0.1 * RATE
    desk.pass_frames(5, (buffer, 100), (other, 30))
    heard = desk.finish()
    assert (heard[10 * FRAME], heard[-1]) == (30, 130)
    assert len(heard) == 60 * FRAME


def test_a_pause_longer_than_the_longest_lag_is_silence_of_its_own_length() -> None:
    desk = Desk()
    buffer = desk.mixer.open()
    desk.pass_frames(5, (buffer, 100))
    pause = int(MAX_LAG * RATE) // FRAME + 5
    desk.pass_frames(pause)
    desk.pass_frames(5, (buffer, 100))
    heard = desk.finish()
    assert np.count_nonzero(heard == 0) == pause * FRAME


@pytest.mark.parametrize("drift", [-0.0005, 0.0005])
def test_a_sender_whose_clock_is_off_stays_with_ours(drift: float) -> None:
    """Of a tenth of a percent: 20 minutes would be 0.6 s apart."""
    buffer = JitterBuffer(RATE)
    for number in range(25 * 600):
        arrived = BEGUN + int((number + 1) * FRAME * (1 + drift))
        buffer.write(level(100), arrived)
        buffer.floor = buffer.end or 0
    assert buffer.end is not None
    assert abs(buffer.end - arrived) < 0.03 * RATE


def test_drift_is_corrected_without_a_click() -> None:
    desk = Desk()
    buffer, written = desk.mixer.open(), 0
    for number in range(25 * 60):
        buffer.write(tone(written, FRAME), BEGUN + int((number + 1) * FRAME * 1.0005))
        written += FRAME
        desk.out.append(desk.mixer.mix(BEGUN + int((number + 1) * FRAME * 1.0005)))
    heard = np.concatenate(desk.out)[FRAME:]
    assert np.abs(np.diff(heard.astype(int))).max() < 6000 * 2 * np.pi * 440 / RATE * 1.1
    assert buffer.lost == 0


def test_a_track_that_was_behind_for_a_second_is_brought_to_the_clock() -> None:
    desk = Desk()
    buffer = desk.mixer.open()
    desk.pass_frames(1, (buffer, 100), late=int(0.2 * RATE))
    desk.pass_frames(60, (buffer, 100))
    assert abs((buffer.end or 0) - desk.now) < 0.01 * RATE


def test_what_a_track_said_before_it_went_is_heard() -> None:
    desk = Desk()
    buffer = desk.mixer.open()
    desk.pass_frames(10, (buffer, 100))
    desk.mixer.close(buffer)
    desk.pass_frames(10)
    assert np.count_nonzero(desk.finish()) == 10 * FRAME
    assert desk.mixer.buffers == []


def test_what_was_said_before_the_recording_began_is_not_in_it() -> None:
    mixer = Mixer(RATE)
    buffer, gone = mixer.open(), mixer.open()
    for number in range(200):
        buffer.write(level(50), BEGUN - (200 - number) * FRAME)
    mixer.close(gone)
    mixer.begin(BEGUN)
    buffer.write(level(100), BEGUN + FRAME // 2)
    heard = mixer.finish(BEGUN + FRAME)
    assert mixer.buffers == [buffer]
    assert set(heard[: FRAME // 2]) <= {0, 100}
    assert 50 not in heard


def test_samples_that_come_too_late_are_counted() -> None:
    desk = Desk()
    buffer = desk.mixer.open()
    desk.pass_frames(5, (buffer, 100))
    desk.pass_frames(25)
    buffer.write(level(100), desk.now - FRAME * 20)
    assert buffer.lost == FRAME


def test_a_buffer_holds_what_comes_around_the_end_of_its_ring() -> None:
    desk = Desk()
    buffer = desk.mixer.open()
    desk.pass_frames(25 * 10, (buffer, 100))
    assert set(desk.finish()) == {100}
