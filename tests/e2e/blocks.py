"""The blocks of code in a document, and how they run: as a reader would, one after the other."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from local.env import ROOT

FENCES = ("```", "~~~")
OUTPUTS = ("json", "text")  # what the block before prints
MARK = "=== the next block ==="
PATIENCE = 120.0


@dataclass
class Block:
    """What stands between two fences. Code has a language that we know, or the test fails."""

    document: str
    line: int
    language: str
    text: str
    prints: str | None = None

    @property
    def is_about_the_project(self) -> bool:
        """Installs, starts or tests the project itself: each of its lines runs make."""
        return self.language == "sh" and all(map(runs_make, self.text.splitlines()))

    def __str__(self) -> str:
        return f"{self.document}:{self.line}"


def runs_make(line: str) -> bool:
    return line == "make" or line.startswith("make ")


def blocks(document: str, prose: Callable[[str], object] = len) -> list[Block]:
    """A document's blocks in order, an output with the code before it. `prose` is given the other lines."""
    found: list[Block] = []
    fence = ""
    for number, line in enumerate((ROOT / document).read_text().splitlines(), start=1):
        if fence and line.strip() == fence:
            fence = ""
        elif fence:
            found[-1].text += f"{line}\n"
        elif line.strip().startswith(FENCES):
            fence = line.strip()[:3]
            found.append(Block(document, number, line.removeprefix("```"), ""))
        elif line.startswith(("    ", "\t")):  # also code in Markdown, and of no language that could run
            found.append(Block(document, number, "", line))
        else:
            prose(line)
    assert not fence, f"{document}: the last block has no end"
    return with_outputs(found)


def with_outputs(found: list[Block]) -> list[Block]:
    merged: list[Block] = []
    for block in found:
        before = merged[-1] if merged else None
        if block.language in OUTPUTS and before and before.prints is None:
            before.prints = block.text
        else:
            merged.append(block)
    return merged


# Running


class Language(NamedTuple):
    suffix: str
    start: str
    mark: str  # prints MARK


LANGUAGES = {
    "sh": Language("sh", "set -euo pipefail", f"echo '{MARK}'"),
    "python": Language("py", "", f"print({MARK!r}, flush=True)"),
    "js": Language("mjs", "", f"console.log('{MARK}')"),
}


def run(session: list[Block], program: str, folder: Path, env: Mapping[str, str]) -> list[str]:
    """Run blocks of one language as one script; what each of them printed."""
    for block in session:
        assert not any(map(runs_make, block.text.splitlines())), f"{block} would run make"
    language = LANGUAGES[session[0].language]
    script = folder / f"script.{language.suffix}"
    lines = [line for block in session for line in (block.text, language.mark)]
    script.write_text("\n".join([language.start, *lines]) + "\n")
    done = subprocess.run(
        [program, str(script)],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    printed = done.stdout.split(MARK)[:-1]
    last = session[min(len(printed), len(session) - 1)]
    assert done.returncode == 0, f"{last} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    assert len(printed) == len(session), f"{last} left the session early"
    return printed


# Comparing

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TOKEN = re.compile(r"(?<=token=)[\w.…-]+")
REQUEST_ID = re.compile(r"\b[0-9a-f]{32}\b")
PARTICIPANT_CODE = re.compile(r"\b[A-Z0-9]{6}\b")
JSON_NUMBER = re.compile(r'(?<=": )\d+(\.\d+)?')
MEETING_CODE = re.compile(r"\b[A-Z]{4}-[A-Z]{4}-[A-Z]{4}\b")


def shape(text: str) -> str:
    """A text without what differs from run to run. Meeting codes that are equal remain equal."""
    if text.lstrip().startswith("{"):
        text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    text = TIME.sub("TIME", TOKEN.sub("TOKEN", REQUEST_ID.sub("REQUEST-ID", text)))
    text = JSON_NUMBER.sub("NUMBER", PARTICIPANT_CODE.sub("PERSON", text))
    codes: dict[str, str] = {}
    text = MEETING_CODE.sub(lambda found: codes.setdefault(found[0], f"CODE-{len(codes) + 1}"), text)
    return text.strip()
