"""A worker that behaves like LiveKit's official one: silent where it has no room, and telling all twice."""

import asyncio
import json

import pytest

from egress.bus import RpcError
from egress.manners import OFFICIAL
from egress.messages import StartEgressRequest
from egress.worker import Worker
from tests.egress.buses import run, until
from tests.egress.orders import ordered
from tests.egress.place import Gate, Place, active, refused
from tests.egress.server import LiveKit

TWICE = ["ACTIVE", "ACTIVE", "ENDING", "ENDING", "COMPLETE", "COMPLETE"]


def raw(order: StartEgressRequest) -> bytes:
    return bytes(order.SerializeToString())


async def told_all(worker: Worker, egress_id: str) -> None:
    """Wait until nothing more is told."""
    await until(lambda: egress_id not in worker.recordings)


async def assert_silence(server: LiveKit) -> None:
    refusal = await refused(server, ordered(room_name="plain"))
    assert (refusal.code, refusal.message) == ("unavailable", "no server would do it (0 answered)")


def test_without_room_it_says_nothing(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(manners=OFFICIAL, max_egresses=1) as worker:
            first = await active(server)
            await assert_silence(server)
            assert len(server.created) == 1
            await server.stop(first)
            await told_all(worker, first)
            await active(server)

    run(scenario)


def test_the_same_order_again_is_answered_also_without_room(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(manners=OFFICIAL, max_egresses=1):
            order = ordered("EG_1", room_name="plain")
            await server.start(order)
            assert (await server.start(order)).egress_id == "EG_1"

    run(scenario)


def test_who_stops_says_nothing(place: Place, gate: Gate) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(manners=OFFICIAL) as worker:
            first = await active(server)
            worker.stopping.set()
            await server.became(first, "ENDING")
            await assert_silence(server)
            gate.opened.set()

    run(scenario)


def test_of_two_who_were_promised_the_last_place_one_hears_that_nobody_is_there(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(manners=OFFICIAL, max_egresses=1) as worker:
            first, second = (ordered(room_name="plain") for _ in range(2))
            await worker.start(raw(first))
            with pytest.raises(RpcError, match="no room") as raised:
                await worker.start(raw(second))
            assert raised.value.code == "unavailable"
            assert len(server.created) == 1

    run(scenario)


def test_each_state_is_told_twice_and_in_order(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(manners=OFFICIAL) as worker:
            await active(server, egress_id="EG_1")
            await server.stop("EG_1")
            await told_all(worker, "EG_1")
            assert [info.egress_id for info in server.created] == ["EG_1"]  # the first telling of STARTING
            assert server.states("EG_1") == ["STARTING", *TWICE]
            assert server.of("EG_1")[-1] == server.of("EG_1")[-2]
            assert place.folders() == []

    run(scenario)


def test_ours_tells_that_it_starts_only_once(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker() as worker:
            await active(server, egress_id="EG_1")
            await server.stop("EG_1")
            await told_all(worker, "EG_1")
            assert server.states("EG_1") == TWICE[::2]

    run(scenario)


def test_without_media_the_end_comes_twice_without_the_middle(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(manners=OFFICIAL) as worker:
            await server.start(ordered("EG_1", room_name="silent"))
            await server.stop("EG_1")
            await told_all(worker, "EG_1")
            assert server.states("EG_1") == ["STARTING", "ABORTED", "ABORTED"]

    run(scenario)


def test_who_asks_for_the_end_while_it_comes_hears_nothing_after_it(place: Place, gate: Gate) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(manners=OFFICIAL) as worker:
            await active(server, "limit", "EG_1")
            await server.became("EG_1", "ENDING")
            asked = [asyncio.ensure_future(server.stop("EG_1")) for _ in range(3)]
            gate.opened.set()
            await asyncio.gather(*asked, return_exceptions=True)
            await told_all(worker, "EG_1")
            ends = ["LIMIT_REACHED", "LIMIT_REACHED"]
            assert server.states("EG_1") == ["STARTING", *TWICE[:4], *ends]

    run(scenario)


def test_what_a_predecessor_left_is_told_lost_twice(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            place.left_behind("EG_1")
            async with place.worker(manners=OFFICIAL):
                await until(lambda: not place.folders())
            assert server.states("EG_1") == ["FAILED", "FAILED"]

    run(scenario)


def test_its_recordings_begin_late_and_stay_in_their_rooms(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker(manners=OFFICIAL) as worker:
            await active(server, egress_id="EG_1")
            job = json.loads(worker.recordings["EG_1"].job().to_json())
            assert 3 <= job["start_delay"] <= 9
            assert job["says_goodbye"] is False

    run(scenario)


def test_ours_begin_at_once_and_leave(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker() as worker:
            await active(server, egress_id="EG_1")
            job = json.loads(worker.recordings["EG_1"].job().to_json())
            assert (job["start_delay"], job["says_goodbye"]) == (0, True)

    run(scenario)
