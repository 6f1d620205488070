"""Redis' channels, heard over connections that come and go: what is subscribed stays subscribed.

What is published while Redis is away, or before a subscription is back, is lost: that is how pub/sub is.
"""

import asyncio
import hashlib
import logging
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Self

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.exceptions import ConnectionError as Disconnected

log = logging.getLogger("egress")

PATIENCE = 3.0  # seconds for which a new subscription is waited for
PAUSE = 0.25  # before the next try to connect
QUIET = 5.0  # seconds of silence after which Redis must answer a ping, in as many again
LOCKED = 5  # seconds

Listener = Callable[[bytes], None]


class Channels:
    def __init__(self, redis_url: str) -> None:
        self.reader = Redis.from_url(
            redis_url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=2, socket_timeout=5
        )
        pool = BlockingConnectionPool.from_url(
            redis_url,
            max_connections=4,
            timeout=5,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 3),
            socket_connect_timeout=2,
            socket_timeout=5,
        )
        self.writer = Redis.from_pool(pool)
        self.listeners: dict[str, list[Listener]] = {}
        self.changed = asyncio.Event()  # `listeners` is other than what was subscribed
        self.live: set[str] = set()  # what Redis has confirmed
        self.news = asyncio.Condition()  # of `live`
        self.told = ""  # last, in the log

    async def __aenter__(self) -> Self:
        self.keeper = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *problem: object) -> None:
        self.keeper.cancel()
        await asyncio.wait([self.keeper])
        await self.reader.aclose()
        await self.writer.aclose()

    async def hear(self, channel: str, listener: Listener) -> None:
        """From now on, `listener` gets what is published there; it must not raise.

        Returns when Redis has confirmed it, at the latest after PATIENCE: then it holds once Redis is back.
        """
        self.listeners.setdefault(channel, []).append(listener)
        self.changed.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), self.news:
                await self.news.wait_for(lambda: channel in self.live)

    def forget(self, channel: str, listener: Listener) -> None:
        self.listeners[channel].remove(listener)
        if not self.listeners[channel]:
            del self.listeners[channel]
            self.changed.set()

    async def publish(self, channel: str, data: bytes) -> None:
        """Raises RedisError."""
        await self.writer.publish(channel, data)

    async def lock(self, data: bytes) -> bool:
        """Whether this is the first look at a message that several servers hear. Raises RedisError."""
        key = b64encode(hashlib.sha256(data).digest())
        return bool(await self.writer.set(key, "1", nx=True, ex=LOCKED))

    # The connection

    async def _keep(self) -> None:
        while True:
            try:
                await self._connected()
            except* Exception as errors:  # noqa: BLE001  whatever it is, to be deaf for ever would be worse
                self._tell(f"the connection to Redis is lost: {type(errors.exceptions[0]).__name__}")
            self.live.clear()
            await asyncio.sleep(PAUSE)

    def _tell(self, news: str) -> None:
        """Log it, unless it was the last that was logged."""
        if news != self.told:
            log.warning(news)
        self.told = news

    async def _connected(self) -> None:
        """Serve one connection to its end."""
        async with self.reader.pubsub() as pubsub:
            await pubsub.connect()
            if self.told:
                self._tell("connected to Redis again")
            async with asyncio.TaskGroup() as both:
                both.create_task(self._subscribe(pubsub))
                both.create_task(self._read(pubsub))

    async def _subscribe(self, pubsub: PubSub) -> None:
        """Tell Redis what is wanted, at first and after each change."""
        told: set[str] = set()
        while True:
            self.changed.clear()
            wanted = set(self.listeners)
            if old := told - wanted:
                self.live -= old
                await pubsub.unsubscribe(*old)
            if new := wanted - told:
                await pubsub.subscribe(*new)
            told = wanted
            await self.changed.wait()

    async def _read(self, pubsub: PubSub) -> None:
        asked = False
        while True:
            message = await pubsub.get_message(timeout=QUIET)
            if message:
                asked = False
                await self._handle(message)
            elif asked:
                raise Disconnected("Redis is silent")
            else:
                asked = True
                await pubsub.ping()

    async def _handle(self, message: dict[str, Any]) -> None:
        if message["type"] == "message":
            for listener in tuple(self.listeners.get(message["channel"].decode(), ())):
                listener(message["data"])
        elif message["type"] == "subscribe":
            async with self.news:
                self.live.add(message["channel"].decode())
                self.news.notify_all()
