"""What is slow is left to `make drill`."""

import os

import pytest

ROOM = os.environ.get("ROOM_LONG") == "1"
RECORDINGS = os.environ.get("RECORDINGS_LONG") == "1"

only_of_rooms = pytest.mark.skipif(not ROOM, reason="lasts half a minute: `make drill` runs it")
