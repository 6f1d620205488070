"""Leases between workers: who lives, and what was lost with one that died."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from egress.leases import RUNNING
from egress.state import Status
from tests.egress.buses import run, until
from tests.egress.harness import Gate, Harness, active
from tests.egress.server import Info
from tests.egress.start_requests import start_request


def test_a_recording_is_not_lost_while_it_is_recorded(harness: Harness, short_leases: None) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            await active(server, egress_id="EG_1")
            await harness.nothing_is_lost(1.5)

    run(scenario)


def test_a_recording_is_not_lost_while_storage_is_slow(
    harness: Harness, short_leases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pending uploads run beside it, which take 10 seconds and more while S3 is away."""
    gate = Gate()

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            await active(server, egress_id="EG_1")
            monkeypatch.setattr(worker.context.pending_uploads, "upload_all", gate.pass_through)
            try:
                await harness.nothing_is_lost(2.0)
            finally:
                gate.opened.set()

    run(scenario)


def test_a_recording_is_not_lost_while_a_stopping_worker_uploads_it(
    harness: Harness, short_leases: None, gate: Gate
) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            await active(server, egress_id="EG_1")
            worker.stopping.set()
            try:
                await harness.nothing_is_lost(2.0)
            finally:
                gate.opened.set()

    run(scenario)


def test_complete_is_not_published_before_the_file_is_in_storage(
    harness: Harness, short_leases: None, gate: Gate
) -> None:
    """Whoever took its lease then would publish a file that is not there."""

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            await server.start(start_request("EG_1", room_name="limit"))
            await server.became("EG_1", "ENDING")
            try:
                await asyncio.sleep(0.5)  # some polls
                running: dict[Any, Any] = await harness.redis.hgetall(RUNNING)
                assert Info.FromString(running[b"EG_1"]).status == Status.EGRESS_ENDING
                assert (await server.stop("EG_1")).status == Status.EGRESS_ENDING
                assert worker.recordings["EG_1"].info.status == Status.EGRESS_ENDING
            finally:
                gate.opened.set()
            await server.ended("EG_1")

    run(scenario)


def test_an_egress_of_another_lost_worker_is_reported_once(
    harness: Harness, short_leases: None, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            await harness.register(Info(egress_id="EG_1", status=Status.EGRESS_ACTIVE, started_at=7))
            async with harness.worker(), harness.worker(folder=tmp_path / "other"):
                ended = await server.ended("EG_1")
                assert (ended.error, ended.error_code) == ("The egress worker was lost", 500)
                assert ended.started_at == 7 and ended.ended_at
                await asyncio.sleep(0.5)
                assert server.states("EG_1") == ["FAILED"]
                assert await harness.redis.keys("egress_workers:*") == []

    run(scenario)


def test_what_had_ended_when_its_worker_was_lost_is_reported_as_it_ended(
    harness: Harness, short_leases: None
) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            known = Info(egress_id="EG_1", status=Status.EGRESS_COMPLETE, ended_at=9)
            await harness.register(known)
            ended = await server.ended("EG_1")
            assert (server.states("EG_1"), ended.ended_at, ended.error) == (["COMPLETE"], 9, "")

    run(scenario)


def test_what_was_lost_is_reported_once_also_if_livekit_is_away_for_long(
    harness: Harness, short_leases: None
) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            server.is_away = True
            await harness.register(Info(egress_id="EG_1", status=Status.EGRESS_ACTIVE))
            await until(lambda: server.tries)
            await asyncio.sleep(2.5)  # some leases long
            tasks = len(worker.tasks)
            server.is_away = False
            assert tasks == 1
            await server.ended("EG_1")
            await until(lambda: not worker.tasks)
            assert server.states("EG_1") == ["FAILED"]

    run(scenario)
