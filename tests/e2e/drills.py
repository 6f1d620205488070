"""What takes long is left to `make drill`."""

import os

import pytest

ROOM = os.environ.get("ROOM_LONG") == "1"
RECORDINGS = os.environ.get("RECORDINGS_LONG") == "1"

only_of_rooms = pytest.mark.skipif(not ROOM, reason="takes half a minute: `make drill` runs it")
