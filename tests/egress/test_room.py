"""What is requested of LiveKit. The room itself is in tests/e2e/test_recording_child.py."""

import asyncio

import pytest
from livekit import rtc

from egress.layout import Box
from egress.room import CannotJoin, Room, quality
from egress.sound import Mixer

LOW = rtc.VideoQuality.VIDEO_QUALITY_LOW
MEDIUM = rtc.VideoQuality.VIDEO_QUALITY_MEDIUM
HIGH = rtc.VideoQuality.VIDEO_QUALITY_HIGH


@pytest.mark.parametrize(
    ("box", "wanted"),
    [
        (Box(0, 0, 1280, 720), HIGH),
        (Box(0, 0, 640, 362), HIGH),
        (Box(0, 0, 640, 360), MEDIUM),
        (Box(0, 0, 316, 236), MEDIUM),  # it is cut a little, and so more than a quarter of its size
        (Box(0, 0, 320, 180), LOW),
        (Box(0, 0, 2, 2), LOW),
    ],
)
def test_the_smallest_layer_that_is_large_enough_is_requested(box: Box, wanted: int) -> None:
    assert quality(1280, 720, box) == wanted


def test_of_a_camera_held_upright_no_more_is_requested_than_is_shown() -> None:
    assert quality(360, 640, Box(0, 0, 316, 236)) == MEDIUM


def test_of_a_track_without_a_size_the_highest_layer_is_requested() -> None:
    assert quality(0, 0, Box(0, 0, 320, 180)) == HIGH


def test_a_server_that_is_not_there_is_an_error_without_the_token() -> None:
    async def join() -> str:
        room = Room(Mixer(48_000), False, lambda: None)
        with pytest.raises(CannotJoin) as caught:
            await room.join("ws://127.0.0.1:1", "a-secret-token")
        await room.leave()
        return str(caught.value)

    assert asyncio.run(join()) == "the room could not be joined"
