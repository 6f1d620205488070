"""Leases in Redis: which egresses are under way, and whether the worker of each is alive.

A worker renews a lease for each of its egresses. An egress whose lease has expired has lost its worker; the
worker that acquires it reports it to LiveKit.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from livekit.protocol import egress as protocol
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = logging.getLogger("egress")

RUNNING = "egress_workers:running"  # a hash: egress id -> EgressInfo
LEASE = "egress_workers:lease:"
LEASE_SECONDS = 10
POLL_INTERVAL = RENEW_INTERVAL = 3.0


class Leases:
    """While Redis is away nothing is renewed and nothing taken; recordings go on."""

    def __init__(self, redis: Redis, worker: str) -> None:
        self.redis, self.worker = redis, worker
        self.held: set[str] = set()  # egress ids
        self.writing = asyncio.Lock()  # Redis keeps no order between two connections of one client

    async def hold(self, info: protocol.EgressInfo) -> None:
        """From now on, an egress of this worker."""
        self.held.add(info.egress_id)
        await self.renew(info)

    async def renew(self, info: protocol.EgressInfo) -> None:
        """Renew a lease that is held, with its state; one that was released meanwhile stays released."""
        async with self.writing:
            if info.egress_id not in self.held:
                return
            with _redis_may_be_away():
                await self.redis.set(f"{LEASE}{info.egress_id}", self.worker, ex=LEASE_SECONDS)
                await self.redis.hset(RUNNING, info.egress_id, info.SerializeToString())

    async def release(self, egress_id: str) -> None:
        self.held.discard(egress_id)
        async with self.writing:
            with _redis_may_be_away():
                await self.redis.hdel(RUNNING, egress_id)
                await self.redis.delete(f"{LEASE}{egress_id}")

    async def take_expired(self, mine: set[str]) -> list[protocol.EgressInfo]:
        """The egresses whose lease has expired, each given to one worker: the lease is now this one's."""
        found = []
        with _redis_may_be_away():
            running: list[Any] = await self.redis.hkeys(RUNNING)
            for key in running:
                egress_id = key.decode()
                if egress_id not in mine and await self._acquire(egress_id):
                    found += await self._still_running(egress_id)
        return found

    async def _still_running(self, egress_id: str) -> list[protocol.EgressInfo]:
        """Its state; nothing if it ended in the meantime."""
        kept: Any = await self.redis.hget(RUNNING, egress_id)
        if kept is None:
            await self.release(egress_id)
            return []
        return [protocol.EgressInfo.FromString(kept)]

    async def _acquire(self, egress_id: str) -> bool:
        return bool(await self.redis.set(f"{LEASE}{egress_id}", self.worker, nx=True, ex=LEASE_SECONDS))


@contextmanager
def _redis_may_be_away() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        log.warning("Redis is away: %s", type(error).__name__)
