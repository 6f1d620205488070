"""Files that could not be uploaded yet: kept in a folder with where they belong, and sent later."""

import json
import logging
import os
import secrets
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from egress.locks import alone
from egress.upload import Target, UploadFailed, upload

log = logging.getLogger(__name__)

REFUSED_PAUSE = 600.0  # seconds until a file is tried again that S3 refused for good, as far as we can tell


class Waiting:
    """A folder of files, each with a note beside it: its target and key, readable by its owner only.

    What happens in it is safe against a sudden end at any moment: a file is deleted only after S3 has
    shown it with its size.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.not_before: dict[str, float] = {}  # on the monotonic clock: of files that were refused
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def keep(self, file: Path, target: Target, key: str) -> None:
        """Move a file of the same disk in here. Its note comes first, so that none is without one."""
        name = f"{file.stem}-{secrets.token_hex(4)}{file.suffix}"
        note = {"from": str(file.absolute()), "key": key, "target": asdict(target)}
        new = self.folder / f"{name}.new"
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writing:
            json.dump(note, writing)
        new.replace(self.folder / f"{name}.json")
        move(file, self.folder / name)

    def send_all(self) -> int:
        """Upload what waits, the oldest first; how many were sent. Blocks; raises nothing of S3's.

        A target that is away is asked once, and then left alone until the next call. While another
        call is at it, this one does nothing.
        """
        with alone(self.folder / ".lock") as mine:
            return self._send_each() if mine else 0

    def _send_each(self) -> int:
        away: set[Target] = set()
        notes = sorted(self.folder.glob("*.json"), key=lambda note: note.stat().st_mtime_ns)
        return sum(self._try(note, away) for note in notes)

    def _try(self, note: Path, away: set[Target]) -> bool:
        """One that cannot be dealt with does not hold up the others."""
        try:
            return self._send(note, away)
        except Exception as error:  # noqa: BLE001  told of below
            log.error("%s could not be sent: %s", note.name, type(error).__name__)
            self.not_before[note.stem] = time.monotonic() + REFUSED_PAUSE
            return False

    def _send(self, path: Path, away: set[Target]) -> bool:
        """True when the file that a note is about was sent; adds to `away`."""
        try:
            note = json.loads(path.read_text())
            target, key, file = read_target(note["target"]), note["key"], self._file(path, Path(note["from"]))
        except (ValueError, KeyError, TypeError):
            log.error("%s is no note about a file; it is left as it is", path)
            return False
        if not file.exists():  # sent, and then the end came before the note was deleted
            path.unlink()
            return False
        if target in away or self.not_before.get(file.name, 0.0) > time.monotonic():
            return False
        return self._upload(file, target, key, away) and self._forget(file, path)

    def _file(self, note: Path, came_from: Path) -> Path:
        """The file of a note, moved now if the end came before it was."""
        file = note.with_suffix("")
        if not file.exists():
            move(came_from, file)
        return file

    def _upload(self, file: Path, target: Target, key: str, away: set[Target]) -> bool:
        try:
            upload(file, target, key)
        except UploadFailed as failure:
            log.warning("%s still waits: %s", file.name, failure)
            if failure.is_passing:
                away.add(target)
            else:
                self.not_before[file.name] = time.monotonic() + REFUSED_PAUSE
            return False
        log.info("%s was uploaded as %s", file.name, key)
        return True

    def _forget(self, file: Path, note: Path) -> bool:
        file.unlink()
        note.unlink()
        return True


def move(file: Path, to: Path) -> None:
    """Unless it was moved, or sent, already: keeping and sending may meet."""
    with suppress(FileNotFoundError):
        file.replace(to)


def read_target(facts: dict[str, Any]) -> Target:
    """A target as `keep` wrote it down. Raises TypeError when it is none."""
    return Target(**{**facts, "metadata": tuple((name, value) for name, value in facts["metadata"])})
