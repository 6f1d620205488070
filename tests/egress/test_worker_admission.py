"""Which requests a worker accepts."""

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from egress import worker as worker_module
from egress.bus import RpcError
from egress.messages import StartEgressRequest
from egress.profile import DEFAULT
from egress.state import Status
from tests.egress.buses import run, until
from tests.egress.harness import Harness, active, refused
from tests.egress.start_requests import start_request


def test_what_it_cannot_do_is_refused_without_a_trace(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(s3_bucket="") as worker:
            other = StartEgressRequest("EG_1", "RM_1", web=b"\n\x01a")
            for request in (start_request("EG_1", room_name=""), start_request("EG_1"), other):
                assert (await refused(server, request)).code == "invalid_argument"
            assert (server.created, server.updates, worker.recordings) == ([], [], {})
            assert (worker.accepting, harness.folders()) == ({}, [])

    run(scenario)


def test_one_more_than_its_number_is_refused(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(max_egresses=2) as worker:
            first = await active(server)
            await active(server)
            assert worker.affinity(b"") == DEFAULT.affinity_when_full
            assert (await refused(server, start_request())).code == "resource_exhausted"
            assert len(server.created) == 2
            await server.stop(first)
            await until(lambda: first not in worker.recordings)
            assert worker.affinity(b"") == worker_module.FREE
            await active(server)

    run(scenario)


def test_of_concurrent_requests_no_more_than_its_number_are_accepted(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(max_egresses=2):
            server.open.clear()  # so that all are being begun at once
            calls = [asyncio.ensure_future(server.start(start_request(room_name="plain"))) for _ in range(5)]
            await asyncio.sleep(0.7)
            server.open.set()
            answers = await asyncio.gather(*calls, return_exceptions=True)
            refusals = [answer.code for answer in answers if isinstance(answer, RpcError)]
            assert refusals == ["resource_exhausted"] * 3
            assert len(server.created) == 2

    run(scenario)


def idle(worker: worker_module.Worker, monkeypatch: pytest.MonkeyPatch, cores: float) -> None:
    """So many cores stand idle, whatever this machine does: measured now, and whenever the worker polls."""
    monkeypatch.setattr(psutil, "cpu_percent", lambda: 100 * (1 - cores / (os.cpu_count() or 1)))
    worker.admission.measure()


def test_a_busy_machine_takes_no_more(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(cpu_per_egress=0.5) as worker:
            idle(worker, monkeypatch, 0.4)
            assert worker.affinity(b"") == DEFAULT.affinity_when_full
            assert (await refused(server, start_request())).code == "resource_exhausted"
            idle(worker, monkeypatch, 0.6)
            assert worker.affinity(b"") == worker_module.FREE
            await active(server)

    run(scenario)


def test_a_core_is_reserved_once(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two measurements, a recording that was started does not show in the load yet."""

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(cpu_per_egress=0.5) as worker:
            idle(worker, monkeypatch, 1.01)  # rounding apart
            await server.start(start_request(room_name="plain"))
            await server.start(start_request(room_name="plain"))
            assert (await refused(server, start_request(room_name="plain"))).code == "resource_exhausted"

    run(scenario)


def test_the_processor_is_looked_at(harness: Harness, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "POLL_INTERVAL", 0.05)
    monkeypatch.setattr(psutil, "cpu_percent", lambda: 90.0)

    async def scenario() -> None:
        async with harness.livekit(), harness.worker(cpu_per_egress=0.5) as worker:
            cores = float(os.cpu_count() or 1)
            await until(lambda: worker.admission.idle_cores < cores)
            assert worker.admission.idle_cores == pytest.approx(cores / 10)

    run(scenario)


def test_a_free_worker_gets_the_request(harness: Harness, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(max_egresses=1) as full:
            await active(server)
            async with harness.worker(folder=tmp_path / "other") as free:
                await active(server, egress_id="EG_2")
                assert (len(full.recordings), list(free.recordings)) == (1, ["EG_2"])

    run(scenario)


def test_a_retried_request_is_one_recording(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            request = start_request("EG_1", room_name="plain")
            await server.start(request)
            await server.became("EG_1", "ACTIVE")
            assert (await server.start(request)).status == Status.EGRESS_ACTIVE
            assert len(server.created) == len(worker.recordings) == 1

    run(scenario)


def test_a_request_retried_while_it_is_being_accepted_is_one_recording(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(max_egresses=1) as worker:
            request = start_request("EG_1", room_name="plain")
            server.open.clear()
            first = asyncio.ensure_future(server.start(request))
            await until(harness.folders)
            second = asyncio.ensure_future(server.start(request))
            await asyncio.sleep(0.3)
            server.open.set()
            answers = await asyncio.gather(first, second)
            assert [answer.egress_id for answer in answers] == ["EG_1", "EG_1"]
            assert len(server.created) == len(worker.recordings) == 1

    run(scenario)


def test_an_egress_that_livekit_does_not_register_leaves_nothing(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(max_egresses=1) as worker:
            server.refusals.append(RpcError("internal", "no"))
            assert (await refused(server, start_request("EG_1", room_name="plain"))).code == "internal"
            assert (worker.recordings, harness.folders()) == ({}, [])
            assert await harness.redis.keys("egress_workers:*") == []
            await active(server, egress_id="EG_1")  # which its caller may retry

    run(scenario)
