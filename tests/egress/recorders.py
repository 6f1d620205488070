"""The fake recording in place of the real one, and a movie for it."""

import shlex
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from egress import child
from tests.egress import test_movie

FAKE = Path(__file__).with_name("fake_recording.py")


def movie(path: Path) -> Path:
    """A real one of two seconds."""
    test_movie.write(test_movie.job(path), 2).close()
    return path


def fake(monkeypatch: pytest.MonkeyPatch, folder: Path, script: Path = FAKE) -> None:
    """Let this script be started wherever `python -m egress.recording` would be."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, '-I', '-S', str(script)])}\n")
    python.chmod(0o700)
    monkeypatch.setattr(child, "sys", SimpleNamespace(executable=str(python)))
