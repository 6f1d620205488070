"""Which orders a worker takes."""

import asyncio
import os
from pathlib import Path

import psutil
import pytest

from egress import worker as worker_module
from egress.bus import RpcError
from egress.manners import OURS
from egress.messages import StartEgressRequest
from egress.state import Status
from tests.egress.buses import run, until
from tests.egress.orders import ordered
from tests.egress.place import Place, active, refused


def test_what_it_cannot_do_is_refused_without_a_trace(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(s3_bucket="") as worker:
            other = StartEgressRequest("EG_1", "RM_1", web=b"\n\x01a")
            for order in (ordered("EG_1", room_name=""), ordered("EG_1"), other):
                assert (await refused(server, order)).code == "invalid_argument"
            assert (server.created, server.told, worker.recordings) == ([], [], {})
            assert (worker.accepting, place.folders()) == ({}, [])

    run(scenario)


def test_one_more_than_its_number_is_refused(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(max_egresses=2) as worker:
            first = await active(server)
            await active(server)
            assert worker.affinity(b"") == OURS.full
            assert (await refused(server, ordered())).code == "resource_exhausted"
            assert len(server.created) == 2
            await server.stop(first)
            await until(lambda: first not in worker.recordings)
            assert worker.affinity(b"") == worker_module.FREE
            await active(server)

    run(scenario)


def test_orders_at_one_moment_are_no_more_than_its_number(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(max_egresses=2):
            server.open.clear()  # so that all are being begun at once
            asked = [asyncio.ensure_future(server.start(ordered(room_name="plain"))) for _ in range(5)]
            await asyncio.sleep(0.7)
            server.open.set()
            answers = await asyncio.gather(*asked, return_exceptions=True)
            refusals = [answer.code for answer in answers if isinstance(answer, RpcError)]
            assert refusals == ["resource_exhausted"] * 3
            assert len(server.created) == 2

    run(scenario)


def test_a_busy_machine_takes_no_more(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(cpu_per_egress=0.5) as worker:
            worker.admission.idle_cores = 0.4
            assert worker.affinity(b"") == OURS.full
            assert (await refused(server, ordered())).code == "resource_exhausted"
            worker.admission.idle_cores = 0.6
            assert worker.affinity(b"") == worker_module.FREE
            await active(server)

    run(scenario)


def test_a_core_is_promised_once(place: Place) -> None:
    """Between two looks at the processor, what was started is not seen in it yet."""

    async def scenario() -> None:
        async with place.livekit() as server, place.worker(cpu_per_egress=0.5) as worker:
            worker.admission.idle_cores = 1.0
            await server.start(ordered(room_name="plain"))
            await server.start(ordered(room_name="plain"))
            assert (await refused(server, ordered(room_name="plain"))).code == "resource_exhausted"

    run(scenario)


def test_the_processor_is_looked_at(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(psutil, "cpu_percent", lambda: 90.0)

    async def scenario() -> None:
        async with place.livekit(), place.worker(cpu_per_egress=0.5) as worker:
            cores = float(os.cpu_count() or 1)
            await until(lambda: worker.admission.idle_cores < cores)
            assert worker.admission.idle_cores == pytest.approx(cores / 10)

    run(scenario)


def test_who_is_free_gets_the_order(place: Place, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(max_egresses=1) as full:
            await active(server)
            async with place.worker(folder=tmp_path / "other") as free:
                await active(server, egress_id="EG_2")
                assert (len(full.recordings), list(free.recordings)) == (1, ["EG_2"])

    run(scenario)


def test_the_same_order_again_is_one_recording(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker() as worker:
            order = ordered("EG_1", room_name="plain")
            await server.start(order)
            await server.became("EG_1", "ACTIVE")
            assert (await server.start(order)).status == Status.EGRESS_ACTIVE
            assert len(server.created) == len(worker.recordings) == 1

    run(scenario)


def test_the_same_order_while_it_is_being_begun_is_one_recording(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(max_egresses=1) as worker:
            order = ordered("EG_1", room_name="plain")
            server.open.clear()
            first = asyncio.ensure_future(server.start(order))
            await until(place.folders)
            second = asyncio.ensure_future(server.start(order))
            await asyncio.sleep(0.3)
            server.open.set()
            answers = await asyncio.gather(first, second)
            assert [answer.egress_id for answer in answers] == ["EG_1", "EG_1"]
            assert len(server.created) == len(worker.recordings) == 1

    run(scenario)


def test_an_order_that_livekit_does_not_take_leaves_nothing(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(max_egresses=1) as worker:
            server.refusals.append(RpcError("internal", "no"))
            assert (await refused(server, ordered("EG_1", room_name="plain"))).code == "internal"
            assert (worker.recordings, place.folders()) == ({}, [])
            assert await place.redis.keys("egress_workers:*") == []
            await active(server, egress_id="EG_1")  # which its caller may ask for again

    run(scenario)
