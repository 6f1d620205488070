"""The egress worker as the stack starts it, with a stand-in for the program."""

import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from egress.settings import Settings
from local import egress
from local.part import PartFailed, Running
from tests.parts import silent

ENV = {
    "REDIS_URL": "redis://:password@127.0.0.1:1/0",
    "LIVEKIT_URL": "ws://127.0.0.1:2",
    "LIVEKIT_API_KEY": "livekit-key",
    "LIVEKIT_API_SECRET": "livekit-secret",
    "S3_ENDPOINT_URL": "http://127.0.0.1:3",
    "S3_BUCKET": "upclass",
    "S3_REGION": "eu-north-1",
    "S3_ACCESS_KEY_ID": "s3-key",
    "S3_SECRET_ACCESS_KEY": "s3-secret",
}

STAND_IN = """
import os, signal, time
def finish(*_):
    open("finished", "w").close()
    raise SystemExit
signal.signal(signal.SIGTERM, finish)
os.chdir(os.environ["EGRESS_FOLDER"])
print("2026-03-01 INFO egress: ready for", os.environ["EGRESS_S3_BUCKET"])
time.sleep(60)
"""


def started(folder: Path, program: str) -> Running:
    part = replace(egress.part(folder, ENV), command=[sys.executable, "-c", program])
    return Running(part, silent)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    started_one = started(tmp_path / "egress", STAND_IN)
    yield started_one
    started_one.let_go()
    started_one.wait_gone()


def test_how_busy_the_machine_may_be_is_for_its_owner_to_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EGRESS_CPU_PER_EGRESS", "1.5")
    assert Settings.read(egress.settings(tmp_path, ENV)).cpu_per_egress == 1.5


def test_the_worker_understands_the_stack_s_settings(tmp_path: Path) -> None:
    settings = Settings.read(egress.settings(tmp_path, ENV))
    assert settings == Settings(
        redis_url="redis://:password@127.0.0.1:1/0",
        livekit_url="ws://127.0.0.1:2",
        api_key="livekit-key",
        api_secret="livekit-secret",
        folder=tmp_path,
        cpu_per_egress=0,
        s3_endpoint_url="http://127.0.0.1:3",
        s3_bucket="upclass",
        s3_region="eu-north-1",
        s3_access_key_id="s3-key",
        s3_secret_access_key="s3-secret",
    )


def test_it_is_started_as_a_program_with_its_settings(tmp_path: Path) -> None:
    part = egress.part(tmp_path / "egress", ENV)
    assert part.command == [sys.executable, "-m", "egress"]
    assert egress.settings(tmp_path / "egress", ENV).items() <= part.env.items()
    assert (tmp_path / "egress").stat().st_mode & 0o077 == 0


def test_it_is_ready_when_it_says_so_without_being_asked_to_flush(running: Running) -> None:
    running.wait_ready()
    assert running.lines[0].endswith("egress: ready for upclass")


def test_asked_to_stop_it_can_finish(running: Running, tmp_path: Path) -> None:
    running.wait_ready()
    assert (running.part.stop_signal, running.part.grace) == ("SIGTERM", 10)
    running.let_go()
    running.wait_gone()
    assert (tmp_path / "egress" / "finished").exists()


def test_killed_it_comes_back_with_the_same_folder(running: Running) -> None:
    running.wait_ready()
    (Path(running.part.env["EGRESS_FOLDER"]) / "under-way.mp4").touch()
    [program] = psutil.Process(running.process.pid).children()
    program.send_signal(signal.SIGKILL)
    running.process.wait(10)
    running.lines.clear()
    while not running.alive():
        running.watch()
    running.wait_ready()
    assert (Path(running.part.env["EGRESS_FOLDER"]) / "under-way.mp4").exists()


def test_one_that_cannot_start_is_reported_with_its_last_words(tmp_path: Path) -> None:
    running = started(tmp_path, "raise SystemExit('EGRESS_REDIS_URL is not set.')")
    with pytest.raises(PartFailed, match=r"egress cannot start.*(?s:.*)EGRESS_REDIS_URL is not set"):
        running.wait_ready()
    running.clean_up()
