"""The recorder's bus and the real livekit-server: a made-up worker is asked through LiveKit's public API."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any

import psutil
import psycopg2
import pytest
from google.protobuf.empty_pb2 import Empty
from livekit import api
from livekit.protocol import egress as protocol

from egress.bus import Bus, RpcError
from egress.messages import StartEgressRequest
from local.stack import Stack
from upclass.codes import random_string

Status = protocol.EgressStatus
Info = protocol.EgressInfo


@pytest.fixture(scope="module", autouse=True)
def real_worker_frozen(stack: Stack) -> Iterator[None]:
    """So that only the made-up one answers, and nobody misses its leases."""
    frozen = psutil.Process(stack.part("egress").process.pid).children(recursive=True)
    for process in frozen:
        process.suspend()
    yield
    for process in frozen:
        process.resume()


class Worker:
    """Recordings every order, and records nothing. `failures` are raised first, one a request."""

    def __init__(self, bus: Bus, *failures: RpcError) -> None:
        self.bus, self.failures = bus, list(failures)
        self.orders: list[StartEgressRequest] = []
        self.infos: dict[str, Info] = {}

    async def start(self, request: bytes) -> Info:
        ordered = StartEgressRequest.FromString(request)
        self.orders.append(ordered)
        if self.failures:
            raise self.failures.pop(0)
        asked = protocol.RoomCompositeEgressRequest.FromString(ordered.room_composite)
        info = Info(egress_id=ordered.egress_id, room_id=ordered.room_id, room_name=asked.room_name)
        info.room_composite.CopyFrom(asked)
        self.infos[info.egress_id] = info
        for method, handler in (("StopEgress", self.stop), ("UpdateStream", self.refuse)):
            await self.bus.serve("EgressHandler", method, handler, topic=info.egress_id, locked=True)
        await self.bus.call("IOInfo", "CreateEgress", info, Empty)
        return info

    async def stop(self, request: bytes) -> Info:
        info = self.infos[protocol.StopEgressRequest.FromString(request).egress_id]
        if info.status >= Status.EGRESS_COMPLETE:
            raise RpcError("failed_precondition", "has ended")
        await self.report(info, Status.EGRESS_ENDING)
        return info

    async def refuse(self, request: bytes) -> Info:
        raise RpcError("invalid_argument", "there is no stream")

    async def report(self, info: Info, status: protocol.EgressStatus) -> None:
        info.status, info.updated_at = status, time.time_ns()
        if status >= Status.EGRESS_COMPLETE:
            info.ended_at = info.updated_at
        await self.bus.call("IOInfo", "UpdateEgress", info, Empty)


class Scene:
    """A room, LiveKit's API, and a worker on the bus."""

    def __init__(self, stack: Stack, client: api.LiveKitAPI, bus: Bus, worker: Worker) -> None:
        self.stack, self.client, self.bus, self.worker = stack, client, bus, worker
        self.room = random_string("bcdfghjklmnp", 12)

    async def start(self) -> Info:
        return await self.client.egress.start_room_composite_egress(self.order())

    def order(self) -> protocol.RoomCompositeEgressRequest:
        output = protocol.EncodedFileOutput(filepath=f"{self.room}.mp4")
        return protocol.RoomCompositeEgressRequest(room_name=self.room, layout="grid", file_outputs=[output])

    async def listed(self) -> list[Info]:
        found = await self.client.egress.list_egress(protocol.ListEgressRequest(room_name=self.room))
        return list(found.items)

    async def stop(self, info: Info) -> Info:
        return await self.client.egress.stop_egress(protocol.StopEgressRequest(egress_id=info.egress_id))

    async def events(self, *wanted: tuple[str, str]) -> list[dict[str, Any]]:
        """What LiveKit reported of this room's egress, once all that is wanted is there: event and status."""
        while True:
            bodies = await asyncio.to_thread(self._event)
            shown = [(body["event"], body["egressInfo"].get("status", "")) for body in bodies]
            if len(shown) >= len(wanted):
                assert sorted(set(shown)) == sorted(wanted)
                return bodies
            await asyncio.sleep(0.1)

    def _event(self) -> list[dict[str, Any]]:
        connection = psycopg2.connect(self.stack.env["DATABASE_URL"])
        with connection, connection.cursor() as cursor:
            where = "body->'egressInfo'->>'roomName' = %s"
            cursor.execute(f"SELECT body FROM inbox_inboundwebhook WHERE {where} ORDER BY id", [self.room])
            rows = cursor.fetchall()
        connection.close()
        return [body for (body,) in rows]


@asynccontextmanager
async def scene(stack: Stack, *failures: RpcError) -> AsyncIterator[Scene]:
    env = stack.env
    async with Bus(env["REDIS_URL"]) as bus:
        worker = Worker(bus, *failures)
        await bus.serve("EgressInternal", "StartEgress", worker.start)
        async with api.LiveKitAPI(
            env["LIVEKIT_URL"], env["LIVEKIT_API_KEY"], env["LIVEKIT_API_SECRET"]
        ) as client:
            made = Scene(stack, client, bus, worker)
            await client.room.create_room(api.CreateRoomRequest(name=made.room))
            yield made


def play(stack: Stack, *failures: RpcError) -> Callable[[Callable[[Scene], Coroutine[Any, Any, None]]], None]:
    """Run a scenario with its scene; in a thread, for Playwright keeps a loop in this one."""

    async def in_time(scenario: Callable[[Scene], Coroutine[Any, Any, None]]) -> None:
        async with asyncio.timeout(60), scene(stack, *failures) as made:
            await scenario(made)

    def run(scenario: Callable[[Scene], Coroutine[Any, Any, None]]) -> None:
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(in_time(scenario))).result()

    return run


def test_an_egress_is_started_listed_stopped_and_reported(stack: Stack) -> None:
    async def scenario(scene: Scene) -> None:
        info = await scene.start()
        [ordered] = scene.worker.orders
        assert protocol.RoomCompositeEgressRequest.FromString(ordered.room_composite) == scene.order()
        assert (ordered.token, ordered.ws_url) == ("", "")
        assert ordered.room_id.startswith("RM_")
        assert info == scene.worker.infos[ordered.egress_id]
        assert await scene.listed() == [info]
        await scene.events(("egress_started", ""))

        kept = scene.worker.infos[info.egress_id]
        await scene.worker.report(kept, Status.EGRESS_ACTIVE)
        assert [shown.status for shown in await scene.listed()] == [Status.EGRESS_ACTIVE]
        assert (await scene.stop(info)).status == Status.EGRESS_ENDING
        await scene.worker.report(kept, Status.EGRESS_COMPLETE)
        assert await scene.listed() == [kept]

        bodies = await scene.events(
            ("egress_ended", "EGRESS_COMPLETE"),
            ("egress_started", ""),
            ("egress_updated", "EGRESS_ACTIVE"),
            ("egress_updated", "EGRESS_ENDING"),
        )
        assert {body["egressInfo"]["egressId"] for body in bodies} == {info.egress_id}

    play(stack)(scenario)


def test_what_the_worker_refuses_the_caller_is_answered(stack: Stack) -> None:
    async def scenario(scene: Scene) -> None:
        with pytest.raises(api.ServerError) as refused:
            await scene.start()
        assert refused.value.code == "invalid_argument"
        assert refused.value.message.endswith("no such layout")
        assert len(scene.worker.orders) == 1
        assert await scene.listed() == []

    play(stack, RpcError("invalid_argument", "no such layout"))(scenario)


def test_that_a_worker_is_full_is_answered_within_seconds(stack: Stack) -> None:
    async def scenario(scene: Scene) -> None:
        started = time.monotonic()
        with pytest.raises(api.ServerError) as refused:
            await scene.start()
        assert refused.value.code == "resource_exhausted"
        assert time.monotonic() - started < 10

    play(stack, *[RpcError("resource_exhausted", "full")] * 9)(scenario)


def test_the_server_asks_again_with_the_same_egress_id(stack: Stack) -> None:
    async def scenario(scene: Scene) -> None:
        info = await scene.start()
        assert [ordered.egress_id for ordered in scene.worker.orders] == [info.egress_id] * 2

    play(stack, RpcError("unavailable", "not now"))(scenario)


def test_of_two_workers_the_one_with_the_higher_affinity_is_chosen(stack: Stack) -> None:
    async def scenario(scene: Scene) -> None:
        async with Bus(stack.env["REDIS_URL"]) as other_bus:
            other = Worker(other_bus)
            await other_bus.serve("EgressInternal", "StartEgress", other.start, affinity=lambda request: 0.1)
            await scene.start()
            await scene.start()
        assert (len(scene.worker.orders), len(other.orders)) == (2, 0)

    play(stack)(scenario)


def test_what_has_ended_cannot_be_stopped(stack: Stack) -> None:
    async def scenario(scene: Scene) -> None:
        info = await scene.start()
        await scene.worker.report(scene.worker.infos[info.egress_id], Status.EGRESS_FAILED)
        with pytest.raises(api.ServerError) as refused:
            await scene.stop(info)
        assert refused.value.code == "failed_precondition"
        assert "EGRESS_FAILED cannot be stopped" in refused.value.message

    play(stack)(scenario)


def test_streams_are_refused_by_the_worker_and_layouts_never_reach_it(stack: Stack) -> None:
    """LiveKit writes a layout into the metadata of the recorder as a participant; here there is none."""

    async def scenario(scene: Scene) -> None:
        info = await scene.start()
        with pytest.raises(api.ServerError) as refused:
            await scene.client.egress.update_stream(protocol.UpdateStreamRequest(egress_id=info.egress_id))
        assert refused.value.code == "invalid_argument"
        assert refused.value.message.endswith("there is no stream")
        asked = protocol.UpdateLayoutRequest(egress_id=info.egress_id, layout="speaker")
        with pytest.raises(api.ServerError) as refused:
            await scene.client.egress.update_layout(asked)
        assert refused.value.code in ("not_found", "unavailable")

    play(stack)(scenario)


def test_what_the_server_refuses_the_worker_is_answered(stack: Stack) -> None:
    async def scenario(scene: Scene) -> None:
        asked = protocol.ListEgressRequest(egress_id="EG_unknown")
        with pytest.raises(RpcError, match="egress does not exist") as refused:
            await scene.bus.call("IOInfo", "ListEgress", asked, protocol.ListEgressResponse)
        assert refused.value.code == "not_found"

    play(stack)(scenario)


def test_after_a_restart_of_redis_the_worker_is_asked_again(stack: Stack) -> None:
    async def scenario(scene: Scene) -> None:
        redis = stack.part("redis")
        killed = redis.process.pid
        os.killpg(killed, signal.SIGKILL)
        async with asyncio.timeout(20):
            info = None
            while not info:
                with suppress(api.ServerError):
                    info = await scene.start()
            kept = scene.worker.infos[info.egress_id]
            with suppress(RpcError):
                await scene.worker.report(kept, Status.EGRESS_ACTIVE)
            assert (await scene.stop(info)).status == Status.EGRESS_ENDING
        assert redis.process.pid != killed

    play(stack)(scenario)
