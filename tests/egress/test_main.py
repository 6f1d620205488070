"""`python -m egress`, as a supervisor starts and stops it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local import ports, redis

COMMAND = [sys.executable, "-m", "egress"]


def environ(folder: Path, redis_url: str, **facts: str) -> dict[str, str]:
    given = {
        "EGRESS_REDIS_URL": redis_url,
        "EGRESS_LIVEKIT_URL": "ws://127.0.0.1:1",
        "EGRESS_API_KEY": "devkey",
        "EGRESS_API_SECRET": "the-secret",
        "EGRESS_FOLDER": str(folder),
        **facts,
    }
    plain = {name: value for name, value in os.environ.items() if not name.startswith("EGRESS_")}
    return {**plain, **given}


@contextmanager
def running(env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        COMMAND, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_works_until_it_gets_a_signal(tmp_path: Path, redis_url: str, number: signal.Signals) -> None:
    with running(environ(tmp_path / "files", redis_url)) as process:
        assert line(process) == "egress: ready\n"
        process.send_signal(number)
        out, log = process.communicate(timeout=20)
        assert (process.returncode, out) == (0, "")
        assert "Traceback" not in log
    assert (tmp_path / "files" / "egresses").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"EGRESS_REDIS_URL": ""}, "EGRESS_REDIS_URL is not set."),
        ({"EGRESS_LIVEKIT_URL": "here"}, "EGRESS_LIVEKIT_URL must begin with ws:// or wss://."),
        ({"EGRESS_MAX_EGRESSES": "0"}, "EGRESS_MAX_EGRESSES must be a whole number from 1, not '0'."),
    ],
)
def test_wrong_settings_are_reported_in_one_sentence(
    tmp_path: Path, facts: dict[str, str], sentence: str
) -> None:
    env = environ(tmp_path / "files", "redis://127.0.0.1:1", **facts)
    ended = subprocess.run(COMMAND, env=env, capture_output=True, text=True, timeout=30)
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", f"egress: {sentence}\n")
    assert not (tmp_path / "files").exists()


def test_a_redis_that_is_away_is_waited_for_and_no_password_logged(tmp_path: Path) -> None:
    url = redis.url(str(ports.choose(set())), "the-password")
    with running(environ(tmp_path / "files", url)) as process:
        assert line(process) == "egress: ready\n"
        process.terminate()
        _, log = process.communicate(timeout=30)
        assert process.returncode == 0
    assert "connection to Redis is lost" in log
    assert "the-password" not in log
