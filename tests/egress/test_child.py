"""A recording process as its worker runs it, in place of which stands a fake one."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from egress import child as child_module
from egress.child import MAX_LINE, Child
from egress.job import Job
from tests.egress import recorders
from tests.egress.buses import run, until


@pytest.fixture(autouse=True)
def fake(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "fake.mp4").write_bytes(b"content")
    monkeypatch.setenv("FAKE_MP4", str(tmp_path / "fake.mp4"))
    recorders.fake(monkeypatch, tmp_path)


@asynccontextmanager
async def started(folder: Path, room: str = "plain") -> AsyncIterator[Child]:
    child = await Child.start(
        Job(egress_id="EG_1", room=room, url="", token="the-token", file=f"{folder}/a.mp4")
    )
    try:
        yield child
    finally:
        if child.process.returncode is None:
            child.process.kill()
        await child.process.wait()


async def rest(child: Child) -> list[dict[str, Any]]:
    return [event async for event in child.events()]


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def writes(monkeypatch: pytest.MonkeyPatch, folder: Path, text: str) -> None:
    """The process writes this, and exits."""
    (folder / "text").write_text(text)
    script = folder / "says.py"
    script.write_text(f"import sys\nsys.stdout.write(open({str(folder / 'text')!r}).read())\n")
    recorders.fake(monkeypatch, folder, script)


def test_a_recording_reports_its_events(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with started(tmp_path, "limit") as child:
            events = await rest(child)
        assert kinds(events) == ["active", "ending", "ended"]
        assert events[2]["reason"] == events[1]["reason"] == "limit"
        assert (events[2]["duration"], events[2]["size"]) == (2_000_000_000, 7)
        assert child.process.returncode == 0

    run(scenario)


def test_it_ends_when_it_is_stopped(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with started(tmp_path) as child:
            events = child.events()
            assert (await anext(events))["event"] == "active"
            child.stop()
            ended = [event async for event in events]
            assert kinds(ended) == ["ending", "ended"]
            assert ended[-1]["reason"] == "stopped"
            assert child.killer and child.killer.cancelled()

    run(scenario)


def test_it_can_be_stopped_at_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with started(tmp_path, "silent") as child:
            child.stop()
            assert kinds(await rest(child)) == ["ending", "ended"]

    run(scenario)


def test_it_is_stopped_once(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with started(tmp_path) as child:
            child.stop()
            killer = child.killer
            child.stop()
            assert child.killer is killer
            assert kinds(await rest(child)) == ["active", "ending", "ended"]

    run(scenario)


def test_to_stop_it_after_its_end_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "STOP_TIMEOUT", 0.05)

    async def scenario() -> None:
        async with started(tmp_path, "limit") as child:
            await rest(child)
            child.stop()
            await asyncio.sleep(0.2)  # as long as until it would be killed

    run(scenario)


def test_what_does_not_end_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "STOP_TIMEOUT", 0.3)

    async def scenario() -> None:
        async with started(tmp_path, "stubborn") as child:
            child.stop()
            assert kinds(await rest(child)) == ["active"]
            assert child.process.returncode == -signal.SIGKILL

    run(scenario)


def test_what_was_not_stopped_is_not_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "STOP_TIMEOUT", 0.05)

    async def scenario() -> None:
        async with started(tmp_path) as child:
            events = child.events()
            await anext(events)
            await asyncio.sleep(0.3)
            assert child.process.returncode is None
            assert child.process.stdin
            child.process.stdin.close()  # as when the worker dies
            assert kinds([event async for event in events]) == ["ending", "ended"]

    run(scenario)


def test_a_recording_that_is_killed_ends_without_a_word(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with started(tmp_path) as child:
            events = asyncio.ensure_future(rest(child))
            await until((tmp_path / "a.mp4").exists)
            os.kill(child.process.pid, signal.SIGKILL)
            assert "ended" not in kinds(await events)
            assert child.process.returncode == -signal.SIGKILL

    run(scenario)


@pytest.mark.parametrize("bad", ["no JSON", "", '"text"', "5", "null", "true", "[1]", "[]", "\N{BELL}", "{"])
def test_a_line_that_is_no_event_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, bad: str
) -> None:
    writes(monkeypatch, tmp_path, f'{bad}\n{{"event": "ended"}}\n')

    async def scenario() -> None:
        async with started(tmp_path) as child:
            assert await rest(child) == [{"event": "ended"}]

    with caplog.at_level(logging.WARNING, "egress"):
        run(scenario)
    assert "EG_1: its recording says" in caplog.text


def test_an_event_without_its_kind_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes(monkeypatch, tmp_path, '{}\n{"at": 1}\n{"event": "ended"}\n')

    async def scenario() -> None:
        async with started(tmp_path) as child:
            assert await rest(child) == [{"event": "ended"}]

    run(scenario)


def test_a_line_that_does_not_end_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes(monkeypatch, tmp_path, "x" * (2 * MAX_LINE) + '\n{"event": "ended"}\n')

    async def scenario() -> None:
        async with started(tmp_path) as child:
            assert await rest(child) == [{"event": "ended"}]

    run(scenario)


def test_the_token_is_on_no_command_line(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with started(tmp_path) as child:
            await until((tmp_path / "a.mp4").exists)
            said = Path(f"/proc/{child.process.pid}/cmdline").read_bytes()
            said += Path(f"/proc/{child.process.pid}/environ").read_bytes()
            assert said
            assert b"the-token" not in said

    run(scenario)
