"""What workers know of each other: who lives, and what was lost with one that died."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from egress.leases import RUNNING
from egress.state import Status
from tests.egress.buses import run, until
from tests.egress.orders import ordered
from tests.egress.place import Gate, Place, active
from tests.egress.server import Info


def test_a_recording_is_not_lost_while_it_is_recorded(place: Place, brief: None) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker():
            await active(server, egress_id="EG_1")
            await place.nothing_is_lost(1.5)

    run(scenario)


def test_a_recording_is_not_lost_while_storage_is_slow(
    place: Place, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits for S3 is sent beside, which takes 10 seconds and more while S3 is away."""
    gate = Gate()

    async def scenario() -> None:
        async with place.livekit() as server, place.worker() as worker:
            await active(server, egress_id="EG_1")
            monkeypatch.setattr(worker.context.waiting, "send_all", gate.pass_through)
            try:
                await place.nothing_is_lost(2.0)
            finally:
                gate.opened.set()

    run(scenario)


def test_a_recording_is_not_lost_while_a_stopping_worker_uploads_it(
    place: Place, brief: None, gate: Gate
) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker() as worker:
            await active(server, egress_id="EG_1")
            worker.stopping.set()
            try:
                await place.nothing_is_lost(2.0)
            finally:
                gate.opened.set()

    run(scenario)


def test_nobody_hears_that_it_is_complete_before_its_file_is_in_storage(
    place: Place, brief: None, gate: Gate
) -> None:
    """Whoever finds it lost then would tell LiveKit of a file that is not there."""

    async def scenario() -> None:
        async with place.livekit() as server, place.worker() as worker:
            await server.start(ordered("EG_1", room_name="limit"))
            await server.became("EG_1", "ENDING")
            try:
                await asyncio.sleep(0.5)  # some looks
                running: dict[Any, Any] = await place.redis.hgetall(RUNNING)
                assert Info.FromString(running[b"EG_1"]).status == Status.EGRESS_ENDING
                assert (await server.stop("EG_1")).status == Status.EGRESS_ENDING
                assert worker.recordings["EG_1"].info.status == Status.EGRESS_ENDING
            finally:
                gate.opened.set()
            await server.ended("EG_1")

    run(scenario)


def test_what_a_worker_elsewhere_lost_is_told_of_once(place: Place, brief: None, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            await place.note(Info(egress_id="EG_1", status=Status.EGRESS_ACTIVE, started_at=7))
            async with place.worker(), place.worker(folder=tmp_path / "other"):
                ended = await server.ended("EG_1")
                assert (ended.error, ended.error_code) == ("The egress worker was lost", 500)
                assert ended.started_at == 7 and ended.ended_at
                await asyncio.sleep(0.5)
                assert server.states("EG_1") == ["FAILED"]
                assert await place.redis.keys("egress_workers:*") == []

    run(scenario)


def test_what_had_ended_when_its_worker_was_lost_is_told_as_it_ended(place: Place, brief: None) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker():
            known = Info(egress_id="EG_1", status=Status.EGRESS_COMPLETE, ended_at=9)
            await place.note(known)
            ended = await server.ended("EG_1")
            assert (server.states("EG_1"), ended.ended_at, ended.error) == (["COMPLETE"], 9, "")

    run(scenario)


def test_what_was_lost_is_told_of_once_also_if_livekit_is_away_for_long(place: Place, brief: None) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker() as worker:
            server.is_away = True
            await place.note(Info(egress_id="EG_1", status=Status.EGRESS_ACTIVE))
            await until(lambda: server.tries)
            await asyncio.sleep(2.5)  # some leases long
            telling = len(worker.tasks)
            server.is_away = False
            assert telling == 1
            await server.ended("EG_1")
            await until(lambda: not worker.tasks)
            assert server.states("EG_1") == ["FAILED"]

    run(scenario)
