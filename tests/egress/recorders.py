"""The fake recorder in place of the real one, and an MP4 for it."""

import shlex
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from egress import child
from tests.egress import test_mp4

FAKE = Path(__file__).with_name("fake_recorder.py")


def mp4(path: Path) -> Path:
    """A real one of two seconds."""
    test_mp4.write(test_mp4.job(path), 2).close()
    return path


def fake(monkeypatch: pytest.MonkeyPatch, folder: Path, script: Path = FAKE) -> None:
    """Let this script be started in place of `python -m egress.recorder`."""
    python = folder / "python"
    python.write_text(f"#!/bin/sh\nexec {shlex.join([sys.executable, '-I', '-S', str(script)])}\n")
    python.chmod(0o700)
    monkeypatch.setattr(child, "sys", SimpleNamespace(executable=str(python)))
