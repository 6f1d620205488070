"""`make run`, as somebody at a terminal meets it: what it prints, how it heals, what it leaves behind."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local.env import ROOT, read
from local.stack import SETTINGS, fresh
from tests.e2e.integrator import Integrator

PATIENCE = 90.0
MARKS = {
    "web": "granian",
    "worker": "--queues celery",
    "periodic": "--queues periodic",
    "recordings": "--queues recordings",
    "beat": "beat --loglevel",
    "redis": "valkey-server",
    "livekit": "livekit-server",
    "s3": "versitygw",
    "egress": "-m egress",
    "postgres": "postgres -D",
}


def wait_until(holds: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.1)


def is_there(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Run:
    """A started stack with its output; `command` may put something between it and this process."""

    def __init__(self, folder: Path, port: int, before: tuple[str, ...] = ()) -> None:
        self.folder, self.port = folder, port
        self.log = folder.with_name(f"{secrets.token_hex(4)}.log")
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*before, sys.executable, "-m", "local.run", str(folder)],
                cwd=ROOT,
                env={**plain_environment(), "PORT": str(port)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.log.read_text()

    def wait_for_start(self) -> None:
        wait_until(lambda: "LiveKit  ws://" in self.said() or self.is_gone(), "no start")
        assert not self.is_gone(), self.said()

    def is_gone(self) -> bool:
        return self.process.poll() is not None

    def programs(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def program(self, part: str) -> psutil.Process:
        """The first process under a part's leash."""
        for program in self.programs():
            words = " ".join(program.cmdline())
            if MARKS[part] in words and "leash.py" not in words:
                return program
        raise AssertionError(f"no {part} among {self.programs()}")

    def ready(self) -> dict[str, str]:
        """What /readyz shows; empty while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return dict(json.load(answer))
        except urllib.error.HTTPError as away:
            return dict(json.load(away))
        except OSError:
            return {}

    def wait_until_all_is_well(self) -> None:
        well = dict.fromkeys(("postgres", "livekit", "livekit_clock", "redis", "s3"), "ok")
        wait_until(lambda: self.ready() == well, f"still {self.ready()}")

    def integrator(self) -> Integrator:
        [key] = re.findall(r"upk_[a-z0-9]+_[a-z0-9]+", self.said())
        return Integrator(f"http://127.0.0.1:{self.port}", key)

    def end(self, number: int = signal.SIGTERM) -> None:
        """Send a signal and see that nothing is left."""
        programs = self.programs()
        os.kill(self.process.pid, number)
        self.process.wait(PATIENCE)
        wait_until(lambda: not any(map(is_there, programs)), "processes are left")


def plain_environment() -> dict[str, str]:
    """This process' environment without the settings of the parts that the tests themselves use."""
    return {name: value for name, value in os.environ.items() if name not in {*fresh(), *SETTINGS}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def port() -> int:
    return int(fresh()["PORT_LIVEKIT"])


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """One stack for the tests that leave it running."""
    started = Run(tmp_path_factory.mktemp("run") / "home", int(fresh()["PORT_LIVEKIT"]))
    started.wait_for_start()
    yield started
    started.end()


def test_a_first_start_prints_a_key_that_works_and_a_second_finds_the_meeting(
    folder: Path, port: int
) -> None:
    run = Run(folder, port)
    run.wait_for_start()
    integrator = run.integrator()
    made = integrator.create(topic="Kept")
    assert made["credits_balance"] == 150
    assert "admin /" in run.said()
    run.end(signal.SIGINT)
    assert run.process.returncode == 0

    again = Run(folder, port)
    again.wait_for_start()
    assert "upk_" not in again.said()
    assert integrator.get(f"meetings/{made['meeting_code']}/")["topic"] == "Kept"
    again.end()


def test_killed_without_a_word_it_leaves_no_process(folder: Path, port: int) -> None:
    run = Run(folder, port)
    run.wait_for_start()
    run.end(signal.SIGKILL)


def test_when_its_parent_dies_everything_stops(folder: Path, port: int) -> None:
    run = Run(folder, port, before=("sh", "-c", '"$@" & wait', "sh"))
    run.wait_for_start()
    run.end(signal.SIGKILL)


@pytest.mark.parametrize("part", MARKS)
def test_a_killed_part_comes_back(run: Run, part: str) -> None:
    run.wait_until_all_is_well()
    killed = run.program(part)
    killed.kill()
    wait_until(lambda: not is_there(killed), "still there")
    wait_until(lambda: is_new(run, part, killed), f"{part} did not come back")
    run.wait_until_all_is_well()
    run.integrator().create(topic=f"After {part}")


def is_new(run: Run, part: str, killed: psutil.Process) -> bool:
    try:
        return run.program(part) != killed
    except (AssertionError, psutil.NoSuchProcess):
        return False


def test_a_killed_worker_process_of_the_web_server_comes_back(run: Run) -> None:
    run.wait_until_all_is_well()
    [worker] = run.program("web").children()
    worker.kill()
    wait_until(lambda: not is_there(worker), "still there")
    run.wait_until_all_is_well()
    run.integrator().create()


def test_a_killed_leash_ends_its_program_too_and_both_come_back(run: Run) -> None:
    run.wait_until_all_is_well()
    program = run.program("livekit")
    leash = program.parent()
    assert leash
    leash.kill()
    wait_until(lambda: not is_there(program), "still there")
    run.wait_until_all_is_well()


def test_the_running_stack_is_not_started_twice(run: Run) -> None:
    second = Run(run.folder, run.port)
    assert second.process.wait(PATIENCE) == 1
    assert "runs already" in second.said()
    run.wait_until_all_is_well()


def test_a_port_in_use_is_named_with_what_to_do(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        run = Run(folder, port)
        assert run.process.wait(PATIENCE) == 1
    assert f"web cannot start: port {port} is taken" in run.said()
    assert "make run PORT=" in run.said()


def test_its_settings_lie_in_a_file_that_only_its_owner_reads(run: Run) -> None:
    path = run.folder / "env"
    assert path.stat().st_mode & 0o077 == 0
    assert read(path)["PORT"] == str(run.port)


def test_all_its_servers_listen_on_loopback_only(run: Run) -> None:
    run.wait_until_all_is_well()
    sockets = [used for program in run.programs() for used in program.net_connections("inet")]
    assert len(sockets) > 4
    assert {used.laddr.ip for used in sockets} == {"127.0.0.1"}
