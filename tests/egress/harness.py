"""What tests of workers share: a folder and Redis in which they run, LiveKit's server and storage."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from egress import state
from egress.bus import RpcError
from egress.folders import EgressFolder
from egress.leases import LEASE, Leases
from egress.messages import StartEgressRequest
from egress.settings import Settings
from egress.state import Status
from egress.worker import Worker
from tests.egress import start_requests
from tests.egress.buses import until
from tests.egress.server import Info, LiveKit, livekit
from tests.egress.start_requests import start_request
from tests.egress.storage import Storage

READY = "EgressInternal|StartEgress|REQ"


class Gate:
    """Blocks the threads that pass through it until it is opened."""

    def __init__(self) -> None:
        self.opened = threading.Event()

    def pass_through(self) -> int:
        return int(self.opened.wait(10))


@dataclass
class Harness:
    """The surroundings of a test's workers."""

    folder: Path
    redis_url: str
    storage: Storage

    def settings(self, **facts: Any) -> Settings:
        return start_requests.settings(**{"folder": self.folder, "redis_url": self.redis_url, **facts})

    async def nothing_is_lost(self, seconds: float) -> None:
        """To another worker, which polls all the time."""
        other = Leases(self.redis, "other")
        for _ in range(round(seconds * 10)):
            assert await other.take_expired(set()) == []
            await asyncio.sleep(0.1)

    @asynccontextmanager
    async def livekit(self) -> AsyncIterator[LiveKit]:
        async with Redis.from_url(self.redis_url) as redis:
            await redis.flushall()
            self.redis = redis
            async with livekit(self.redis_url) as server:
                yield server

    @asynccontextmanager
    async def worker(self, **facts: Any) -> AsyncIterator[Worker]:
        """Stopped at the end, when its recordings have ended as well."""
        worker = Worker(self.settings(**facts))
        running = asyncio.ensure_future(worker.run())
        await until(
            lambda: running.done() or (hasattr(worker, "bus") and READY in worker.bus.channels.confirmed)
        )
        try:
            yield worker
        finally:
            worker.stopping.set()
            await asyncio.wait_for(running, 8)

    def unfinished(self, egress_id: str, room: str = "plain") -> EgressFolder:
        """Of a worker that died while it recorded."""
        folder = EgressFolder.create(self.folder / "egresses", start_request(egress_id, room_name=room))
        info = state.initial_info(folder.load_request())
        info.status, info.started_at = Status.EGRESS_ACTIVE, 1_772_366_400_000_000_000
        folder.save_info(info)
        return folder

    async def register(self, info: Info) -> None:
        """In Redis, as a worker elsewhere does."""
        await Leases(self.redis, "elsewhere").hold(info)

    async def lease(self, egress_id: str) -> bytes | None:
        found: bytes | None = await self.redis.get(f"{LEASE}{egress_id}")  # type: ignore[assignment]
        return found

    def folders(self) -> list[str]:
        return [folder.path.name for folder in EgressFolder.unfinished(self.folder / "egresses")]


async def refused(server: LiveKit, request: StartEgressRequest) -> RpcError:
    with pytest.raises(RpcError) as raised:
        await server.start(request)
    return raised.value


async def active(server: LiveKit, room: str = "plain", egress_id: str = "") -> str:
    info = await server.start(start_request(egress_id, room_name=room))
    await server.became(info.egress_id, "ACTIVE")
    return info.egress_id
