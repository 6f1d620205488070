"""Where an egress lies on disk while it is under way: what was ordered, what is known, and the movie.

What a killed worker leaves here is found and finished by its successor. An order has secrets in it, so all
is readable by its owner only.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from livekit.protocol import egress as protocol

from egress import request
from egress.locks import alone
from egress.messages import StartEgressRequest
from egress.request import Order


class Folder:
    """The files of one egress."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.movie = path / "movie.mp4"
        self.order_file = path / "order.pb"
        self.info_file = path / "info.pb"

    @classmethod
    def make(cls, home: Path, ordered: StartEgressRequest) -> "Folder":
        folder = cls(home / ordered.egress_id)
        folder.path.mkdir(mode=0o700, parents=True)
        _write(folder.order_file, ordered.SerializeToString())
        return folder

    @classmethod
    def left_behind(cls, home: Path) -> Iterator["Folder"]:
        """What is under way, or was when a worker died."""
        for path in sorted(home.iterdir()) if home.exists() else []:
            if (path / "order.pb").exists():
                yield cls(path)

    def order(self) -> Order:
        ordered = StartEgressRequest.FromString(self.order_file.read_bytes())
        return request.read(ordered, datetime.fromtimestamp(self.order_file.stat().st_mtime, UTC))

    def note(self, info: protocol.EgressInfo) -> None:
        _write(self.info_file, info.SerializeToString())

    def info(self) -> protocol.EgressInfo | None:
        if not self.info_file.exists():
            return None
        return protocol.EgressInfo.FromString(self.info_file.read_bytes())

    def size(self) -> int:
        """Bytes of the movie; 0 if there is none."""
        return self.movie.stat().st_size if self.movie.exists() else 0

    def wait_for_child(self, seconds: float) -> bool:
        """Whether the recording process of a dead worker has ended: while it lives, it holds a lock."""
        until = time.monotonic() + seconds
        while self._is_locked():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _is_locked(self) -> bool:
        with alone(self.movie.with_name(f"{self.movie.name}.lock")) as mine:
            return not mine

    def set_aside(self, place: Path) -> None:
        """Keep the movie where nobody looks for work, but people find it."""
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.movie.replace(place / f"{self.path.name}.mp4")

    def leave_for_people(self, place: Path) -> None:
        """All of it, where nobody looks for work."""
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):
            self.path.replace(place / self.path.name)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    """In one step, so that a reader finds the old or the new."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(content)
    new.replace(path)
