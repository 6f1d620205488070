"""An egress on disk while it is under way: its request, its state, and its MP4.

What a killed worker leaves here is recovered by the next one. A request has secrets in it, so all is readable
by its owner only.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from livekit.protocol import egress as protocol

from egress.locks import exclusive
from egress.messages import StartEgressRequest
from egress.request import RecordingRequest, parse


class EgressFolder:
    """The files of one egress."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Names on disk stay: after an upgrade, what the former version left is found by them.
        self.mp4 = path / "movie.mp4"
        self.request_file = path / "order.pb"
        self.info_file = path / "info.pb"

    @classmethod
    def create(cls, home: Path, start_request: StartEgressRequest) -> "EgressFolder":
        folder = cls(home / start_request.egress_id)
        folder.path.mkdir(mode=0o700, parents=True)
        _write(folder.request_file, start_request.SerializeToString())
        return folder

    @classmethod
    def unfinished(cls, home: Path) -> Iterator["EgressFolder"]:
        """What is under way, or was when a worker died."""
        for path in sorted(home.iterdir()) if home.exists() else []:
            if (path / "order.pb").exists():
                yield cls(path)

    def load_request(self) -> RecordingRequest:
        start_request = StartEgressRequest.FromString(self.request_file.read_bytes())
        return parse(start_request, datetime.fromtimestamp(self.request_file.stat().st_mtime, UTC))

    def save_info(self, info: protocol.EgressInfo) -> None:
        _write(self.info_file, info.SerializeToString())

    def load_info(self) -> protocol.EgressInfo | None:
        if not self.info_file.exists():
            return None
        return protocol.EgressInfo.FromString(self.info_file.read_bytes())

    def size(self) -> int:
        """Bytes of the MP4; 0 if there is none."""
        return self.mp4.stat().st_size if self.mp4.exists() else 0

    def wait_for_child(self, seconds: float) -> bool:
        """Whether the recording process of a dead worker has ended: while it lives, it holds a lock."""
        until = time.monotonic() + seconds
        while self._is_locked():
            if time.monotonic() > until:
                return False
            time.sleep(0.1)
        return True

    def _is_locked(self) -> bool:
        with exclusive(self.mp4.with_name(f"{self.mp4.name}.lock")) as mine:
            return not mine

    def move_file_to(self, target: Path) -> None:
        """Keep the MP4 where no worker looks, but people find it."""
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.mp4.replace(target / f"{self.path.name}.mp4")

    def move_to(self, target: Path) -> None:
        """All of it, where no worker looks."""
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(OSError):
            self.path.replace(target / self.path.name)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)


def _write(path: Path, content: bytes) -> None:
    """Atomically: a reader finds the old or the new."""
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(content)
    new.replace(path)
