"""The process around a recording. Rooms are in tests/e2e/test_recording_child.py."""

import fcntl
import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

from egress.job import Job
from egress.recorder import RedactingFormatter


def run(line: str) -> dict[str, Any]:
    """The last line of a child that is given this line, and the end of its standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "egress.recorder"], input=line, capture_output=True, text=True, timeout=60
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def job(file: Path) -> Job:
    return Job(egress_id="EG_1", room="r", url="ws://127.0.0.1:1", token="a-secret", file=str(file))


def test_the_token_is_left_out_of_the_log() -> None:
    record = logging.makeLogRecord({"msg": "ws://host/rtc?access_token=%s", "args": ("a-secret",)})
    assert "a-secret" not in RedactingFormatter("a-secret").format(record)


def test_a_line_that_is_no_job_is_an_error() -> None:
    assert run("no job\n")["error"] == "the job cannot be read"


def test_a_file_that_somebody_is_recording_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "a.mp4"
    with Path(f"{file}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "cannot be written" in run(job(file).to_json())["error"]


def test_a_child_without_a_worker_ends_and_leaves_nothing(tmp_path: Path) -> None:
    ended = run(f"{job(tmp_path / 'a.mp4').to_json()}\n")
    assert (ended["event"], ended["duration"]) == ("ended", 0)
    assert list(tmp_path.iterdir()) == []
