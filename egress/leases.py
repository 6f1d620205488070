"""Which egresses are under way, and whether the worker of each is alive: in Redis, for all workers to see.

A worker renews a lease for each of its egresses. An egress whose lease has run out has lost its worker, and
whoever sees it first tells LiveKit of its end.
"""

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
SECONDS = 10
LOOK_EVERY = RENEW_EVERY = 3.0


class Leases:
    """While Redis is away nothing is noted and nothing is lost; recordings go on."""

    def __init__(self, redis: Redis, worker: str) -> None:
        self.redis, self.worker = redis, worker

    async def note(self, info: protocol.EgressInfo) -> None:
        """Keep what is known of an egress of this worker, and that the worker lives."""
        with _redis_may_be_away():
            await self.redis.set(f"{LEASE}{info.egress_id}", self.worker, ex=SECONDS)
            await self.redis.hset(RUNNING, info.egress_id, info.SerializeToString())

    async def release(self, egress_id: str) -> None:
        with _redis_may_be_away():
            await self.redis.hdel(RUNNING, egress_id)
            await self.redis.delete(f"{LEASE}{egress_id}")

    async def lost(self, mine: set[str]) -> list[protocol.EgressInfo]:
        """The egresses without a worker, each given to one who asks: its lease is now this worker's."""
        found = []
        with _redis_may_be_away():
            running: list[Any] = await self.redis.hkeys(RUNNING)
            for key in running:
                egress_id = key.decode()
                if egress_id not in mine and await self._take(egress_id):
                    found += await self._still_running(egress_id)
        return found

    async def _still_running(self, egress_id: str) -> list[protocol.EgressInfo]:
        """What is known of it; nothing if it ended between the two looks."""
        kept: Any = await self.redis.hget(RUNNING, egress_id)
        if kept is None:
            await self.release(egress_id)
            return []
        return [protocol.EgressInfo.FromString(kept)]

    async def _take(self, egress_id: str) -> bool:
        return bool(await self.redis.set(f"{LEASE}{egress_id}", self.worker, nx=True, ex=SECONDS))


@contextmanager
def _redis_may_be_away() -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        log.warning("Redis is away: %s", type(error).__name__)
