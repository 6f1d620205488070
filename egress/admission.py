"""Whether a worker has room for another recording: by number, and by the cores that stand idle."""

import os
import time
from collections.abc import Collection

import psutil

from egress.recordings import Recording
from egress.settings import Settings

SETTLING = 6.0  # seconds after which a recording's load shows in what is measured


class Admission:
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.idle_cores = float(os.cpu_count() or 1)

    def measure(self) -> None:
        """Since the last measurement; the first one only begins."""
        self.idle_cores = (os.cpu_count() or 1) * (1 - psutil.cpu_percent() / 100)

    def has_room(self, recordings: Collection[Recording], reserved: int) -> bool:
        """Beside these recordings, and others that have reserved a place."""
        if len(recordings) + reserved >= self.settings.max_egresses:
            return False
        recent = sum(time.monotonic() - recording.started < SETTLING for recording in recordings)
        needed = self.settings.cpu_per_egress * (1 + recent + reserved)
        return self.idle_cores >= needed or not self.settings.cpu_per_egress
