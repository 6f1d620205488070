"""Files that could not be uploaded yet: kept in a folder with their targets, and retried."""

import json
import logging
import os
import secrets
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from egress.locks import exclusive
from egress.upload import Target, UploadFailed, upload

log = logging.getLogger(__name__)

REJECTED_PAUSE = 600.0  # seconds until a retry after an error that does not look transient


class PendingUploads:
    """A folder of files, each with a note beside it: its target and key, readable by its owner only.

    A crash at any moment loses nothing: a file is deleted only after S3 has listed it with its size.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.not_before: dict[str, float] = {}  # by file, on the monotonic clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def add(self, file: Path, target: Target, key: str) -> None:
        """Move a file of the same disk in here. Its note comes first, so that none is without one."""
        name = f"{file.stem}-{secrets.token_hex(4)}{file.suffix}"
        note = {"from": str(file.absolute()), "key": key, "target": asdict(target)}
        new = self.folder / f"{name}.new"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writing:
            json.dump(note, writing)
        new.replace(self.folder / f"{name}.json")
        move(file, self.folder / name)

    def upload_all(self) -> int:
        """Upload all files, the oldest first; how many succeeded. Blocks; raises no UploadFailed.

        A target that is away is tried once a call. While another call holds the lock, this one does nothing.
        """
        with exclusive(self.folder / ".lock") as mine:
            return self._upload_each() if mine else 0

    def _upload_each(self) -> int:
        away: set[Target] = set()
        notes = sorted(self.folder.glob("*.json"), key=lambda note: note.stat().st_mtime_ns)
        return sum(self._try(note, away) for note in notes)

    def _try(self, note: Path, away: set[Target]) -> bool:
        """One that fails does not hold up the others."""
        try:
            return self._upload_noted(note, away)
        except Exception as error:  # noqa: BLE001  logged below
            log.error("%s could not be sent: %s", note.name, type(error).__name__)
            self.not_before[note.stem] = time.monotonic() + REJECTED_PAUSE
            return False

    def _upload_noted(self, path: Path, away: set[Target]) -> bool:
        """True when the file of a note was uploaded; adds to `away`."""
        try:
            note = json.loads(path.read_text())
            target, key, file = read_target(note["target"]), note["key"], self._file(path, Path(note["from"]))
        except (ValueError, KeyError, TypeError):
            log.error("%s is no note about a file; it is left as it is", path)
            return False
        if not file.exists():  # uploaded before a crash that left the note
            path.unlink()
            return False
        if target in away or self.not_before.get(file.name, 0.0) > time.monotonic():
            return False
        return self._upload(file, target, key, away) and self._forget(file, path)

    def _file(self, note: Path, came_from: Path) -> Path:
        """The file of a note, moved now if a crash prevented it."""
        file = note.with_suffix("")
        if not file.exists():
            move(came_from, file)
        return file

    def _upload(self, file: Path, target: Target, key: str, away: set[Target]) -> bool:
        try:
            upload(file, target, key)
        except UploadFailed as failure:
            log.warning("%s still waits: %s", file.name, failure)
            if failure.is_transient:
                away.add(target)
            else:
                self.not_before[file.name] = time.monotonic() + REJECTED_PAUSE
            return False
        log.info("%s was uploaded as %s", file.name, key)
        return True

    def _forget(self, file: Path, note: Path) -> bool:
        file.unlink()
        note.unlink()
        return True


def move(file: Path, to: Path) -> None:
    """Unless it was moved, or uploaded, already: `add` and `upload_all` may overlap."""
    with suppress(FileNotFoundError):
        file.replace(to)


def read_target(facts: dict[str, Any]) -> Target:
    """A target as `add` wrote it. Raises TypeError when it is none."""
    return Target(**{**facts, "metadata": tuple((name, value) for name, value in facts["metadata"])})
