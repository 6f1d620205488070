"""Whether a recorder is in its room, asked of a real LiveKit: also of rooms that are gone or unserved."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from livekit import api

from local.stack import Stack
from tests.e2e.rooms import Rooms
from tests.e2e.stacks import kill, wait_for
from upclass import egress, livekit

BORDER = egress.is_recorder_in_room  # itself: the tests replace it


def is_recorder_in_room(room: str, egress_id: str) -> bool:
    """Asked in a thread of its own: Playwright keeps an event loop in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(BORDER, room, egress_id).result()


@pytest.fixture
def rooms(stack: Stack, settings: Any) -> Iterator[Rooms]:
    """The stack's LiveKit, which the service's own code asks here."""
    for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        setattr(settings, name, stack.env[name])
    made = Rooms(stack.env)
    yield made
    made.close()


def test_a_recorder_is_found_by_its_egress(rooms: Rooms) -> None:
    room = rooms.create()
    rooms.send(room, "EG_1")
    assert is_recorder_in_room(room, "EG_1")
    assert not is_recorder_in_room(room, "EG_2")


def test_of_a_room_that_is_gone_it_is_answered_at_once(rooms: Rooms) -> None:
    room = rooms.create()
    rooms.delete(room)
    begun = time.monotonic()
    assert not is_recorder_in_room(room, "EG_1")
    assert time.monotonic() - begun < 2  # LiveKit itself would need 3 s


def made_anew(rooms: Rooms, room: str) -> bool:
    """As the reconciler does, look by look: LiveKit, just started, may not answer yet."""
    try:
        rooms.ask("create_room", api.CreateRoomRequest(name=room))
    except api.ServerError:
        return False
    return True


def test_a_room_that_nobody_serves_any_more_is_no_reason_to_count_livekit_as_away(
    stack: Stack, rooms: Rooms
) -> None:
    room = rooms.create()
    rooms.send_elsewhere(room, "ann").crash()
    kill(stack, "livekit")
    with pytest.raises(livekit.Refused):
        is_recorder_in_room(room, "EG_1")
    wait_for(lambda: made_anew(rooms, room), 20, "the room cannot be made anew")
