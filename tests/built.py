"""The call page as Vite built it: which files a browser loads first, and how large they are when packed."""

import gzip
import json
from collections.abc import Iterable
from typing import Any

from local.env import ROOT

ROOM = ROOT / "join" / "static" / "room"
SCRIPT = "join/room/main.tsx"
STYLE = "join/room/style.css"
BUDGET = 220_000  # bytes of script and style, packed by gzip -9, until the preview shows

Manifest = dict[str, dict[str, Any]]


def manifest() -> Manifest:
    """What was built, by source. Raises FileNotFoundError when nothing was."""
    built: Manifest = json.loads((ROOM / "manifest.json").read_text())
    return built


def first_part(built: Manifest) -> set[str]:
    """The scripts and styles that are loaded with the page, without what comes later."""
    return files_of(built, SCRIPT) | files_of(built, STYLE)


def files_of(built: Manifest, name: str) -> set[str]:
    """Scripts and styles of a chunk and of all that it cannot run without."""
    found, waiting = set[str](), [name]
    while waiting:
        chunk = built[waiting.pop()]
        if chunk["file"] not in found:
            found |= {chunk["file"], *chunk.get("css", [])}
            waiting += chunk.get("imports", [])
    return found


def content(files: Iterable[str]) -> list[bytes]:
    return [(ROOM / file).read_bytes() for file in files]


def packed(contents: Iterable[bytes]) -> int:
    """How many bytes travel, each file packed by itself."""
    return sum(len(gzip.compress(each, 9)) for each in contents)
