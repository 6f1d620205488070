"""A tab's notes: a line of JSON for each thing at its moment, in a file that loses nothing by kill -9."""

import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Event:
    """What happened and when: seconds since 1970, by this machine's clock."""

    at: float
    what: str
    facts: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.what, *(str(fact) for fact in self.facts.values())])


class Writer:
    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def note(self, what: str, **facts: Any) -> None:
        """One write, so that a line is there whole or not at all."""
        line = json.dumps({"at": time.time(), "what": what, "facts": facts})
        os.write(self.file, line.encode() + b"\n")


class Reader:
    """Reads what was written since it last read."""

    def __init__(self, path: Path) -> None:
        self.path, self.offset = path, 0

    def new(self) -> list[Event]:
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self.offset)
            lines = [line for line in file if line.endswith(b"\n")]
        self.offset += sum(map(len, lines))
        return [Event(**json.loads(line)) for line in lines]
