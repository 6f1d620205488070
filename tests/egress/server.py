"""LiveKit's server as a worker meets it on the bus: it calls StartEgress, and gets updates."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from google.protobuf.empty_pb2 import Empty
from livekit.protocol import egress as protocol

from egress.bus import Bus, RpcError
from egress.messages import StartEgressRequest
from egress.state import FINAL
from tests.egress.buses import until

Info = protocol.EgressInfo


class LiveKit:
    """`refusals` are the first responses, one an update; while `is_away`, all are errors.
    `open` blocks CreateEgress.

    `later_refusals` are the responses after the first update that was accepted.
    """

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.created: list[Info] = []
        self.updates: list[Info] = []
        self.refusals: list[RpcError] = []
        self.later_refusals: list[RpcError] = []
        self.tries = 0
        self.is_away = False
        self.open = asyncio.Event()
        self.open.set()

    async def on_create(self, request: bytes) -> Empty:
        await self.open.wait()
        self.refuse()
        self.created.append(Info.FromString(request))
        return Empty()

    async def on_update(self, request: bytes) -> Empty:
        self.tries += 1
        self.refuse()
        self.updates.append(Info.FromString(request))
        self.refusals, self.later_refusals = self.refusals + self.later_refusals, []
        return Empty()

    def refuse(self) -> None:
        if self.is_away:
            raise RpcError("unavailable", "away")
        if self.refusals:
            raise self.refusals.pop(0)

    # What it calls

    async def start(self, request: StartEgressRequest) -> Info:
        return await self.bus.call("EgressInternal", "StartEgress", request, Info, timeout=10)

    async def stop(self, egress_id: str) -> Info:
        request = protocol.StopEgressRequest(egress_id=egress_id)
        return await self.bus.call("EgressHandler", "StopEgress", request, Info, topic=egress_id)

    # Updates

    def of(self, egress_id: str) -> list[Info]:
        return [info for info in self.updates if info.egress_id == egress_id]

    def states(self, egress_id: str) -> list[str]:
        """Without EGRESS_ before them."""
        names = (protocol.EgressStatus.Name(info.status) for info in self.of(egress_id))
        return [name.removeprefix("EGRESS_") for name in names]

    async def ended(self, egress_id: str) -> Info:
        """Wait for a final state."""
        await until(lambda: any(info.status in FINAL for info in self.of(egress_id)))
        return self.of(egress_id)[-1]

    async def became(self, egress_id: str, state: str) -> None:
        await until(lambda: state in self.states(egress_id))


@asynccontextmanager
async def livekit(redis_url: str) -> AsyncIterator[LiveKit]:
    async with Bus(redis_url) as bus:
        server = LiveKit(bus)
        await bus.serve("IOInfo", "CreateEgress", server.on_create)
        await bus.serve("IOInfo", "UpdateEgress", server.on_update)
        yield server
