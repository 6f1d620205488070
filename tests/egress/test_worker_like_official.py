"""A worker that behaves like LiveKit's official one: no claims without room, and two copies of each state."""

import asyncio
import json

import pytest

from egress.bus import RpcError
from egress.messages import StartEgressRequest
from egress.profile import OFFICIAL
from egress.worker import Worker
from tests.egress.buses import run, until
from tests.egress.harness import Gate, Harness, active, refused
from tests.egress.server import LiveKit
from tests.egress.start_requests import start_request

TWICE = ["ACTIVE", "ACTIVE", "ENDING", "ENDING", "COMPLETE", "COMPLETE"]


def raw(request: StartEgressRequest) -> bytes:
    return bytes(request.SerializeToString())


async def all_published(worker: Worker, egress_id: str) -> None:
    """Wait until no more updates are sent."""
    await until(lambda: egress_id not in worker.recordings)


async def assert_silence(server: LiveKit) -> None:
    refusal = await refused(server, start_request(room_name="plain"))
    assert (refusal.code, refusal.message) == ("unavailable", "no server would do it (0 answered)")


def test_without_room_it_sends_no_claim(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(profile=OFFICIAL, max_egresses=1) as worker:
            first = await active(server)
            await assert_silence(server)
            assert len(server.created) == 1
            await server.stop(first)
            await all_published(worker, first)
            await active(server)

    run(scenario)


def test_a_retried_request_gets_a_response_also_without_room(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(profile=OFFICIAL, max_egresses=1):
            request = start_request("EG_1", room_name="plain")
            await server.start(request)
            assert (await server.start(request)).egress_id == "EG_1"

    run(scenario)


def test_a_stopping_worker_sends_no_claim(harness: Harness, gate: Gate) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(profile=OFFICIAL) as worker:
            first = await active(server)
            worker.stopping.set()
            await server.became(first, "ENDING")
            await assert_silence(server)
            gate.opened.set()

    run(scenario)


def test_of_two_requests_for_the_last_place_one_is_unavailable(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(profile=OFFICIAL, max_egresses=1) as worker:
            first, second = (start_request(room_name="plain") for _ in range(2))
            await worker.start(raw(first))
            with pytest.raises(RpcError, match="no room") as raised:
                await worker.start(raw(second))
            assert raised.value.code == "unavailable"
            assert len(server.created) == 1

    run(scenario)


def test_each_state_is_published_twice_and_in_order(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(profile=OFFICIAL) as worker:
            await active(server, egress_id="EG_1")
            await server.stop("EG_1")
            await all_published(worker, "EG_1")
            assert [info.egress_id for info in server.created] == ["EG_1"]  # the first copy of STARTING
            assert server.states("EG_1") == ["STARTING", *TWICE]
            assert server.of("EG_1")[-1] == server.of("EG_1")[-2]
            assert harness.folders() == []

    run(scenario)


def test_by_default_each_state_is_published_once(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            await active(server, egress_id="EG_1")
            await server.stop("EG_1")
            await all_published(worker, "EG_1")
            assert server.states("EG_1") == TWICE[::2]

    run(scenario)


def test_without_media_the_end_comes_twice_without_the_middle(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(profile=OFFICIAL) as worker:
            await server.start(start_request("EG_1", room_name="silent"))
            await server.stop("EG_1")
            await all_published(worker, "EG_1")
            assert server.states("EG_1") == ["STARTING", "ABORTED", "ABORTED"]

    run(scenario)


def test_a_stop_during_the_end_publishes_nothing_after_it(harness: Harness, gate: Gate) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(profile=OFFICIAL) as worker:
            await active(server, "limit", "EG_1")
            await server.became("EG_1", "ENDING")
            calls = [asyncio.ensure_future(server.stop("EG_1")) for _ in range(3)]
            gate.opened.set()
            await asyncio.gather(*calls, return_exceptions=True)
            await all_published(worker, "EG_1")
            ends = ["LIMIT_REACHED", "LIMIT_REACHED"]
            assert server.states("EG_1") == ["STARTING", *TWICE[:4], *ends]

    run(scenario)


def test_what_a_dead_worker_left_is_reported_lost_twice(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            harness.unfinished("EG_1")
            async with harness.worker(profile=OFFICIAL):
                await until(lambda: not harness.folders())
            assert server.states("EG_1") == ["FAILED", "FAILED"]

    run(scenario)


def test_its_recordings_begin_late_and_stay_in_their_rooms(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker(profile=OFFICIAL) as worker:
            await active(server, egress_id="EG_1")
            job = json.loads(worker.recordings["EG_1"].job().to_json())
            assert 3 <= job["start_delay"] <= 9
            assert job["leaves_room"] is False

    run(scenario)


def test_by_default_recordings_begin_at_once_and_leave(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            await active(server, egress_id="EG_1")
            job = json.loads(worker.recordings["EG_1"].job().to_json())
            assert (job["start_delay"], job["leaves_room"]) == (0, True)

    run(scenario)
