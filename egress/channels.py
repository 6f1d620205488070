"""Subscriptions to Redis' channels that survive lost connections.

What is published while Redis is away, or before a subscription is back, is lost, as always with pub/sub.
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

SUBSCRIBE_TIMEOUT = 3.0  # seconds
RECONNECT_PAUSE = 0.25  # seconds
PING_INTERVAL = 5.0  # seconds of silence after which Redis must respond to a ping, in as many again
LOCK_SECONDS = 5

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
        self.changed = asyncio.Event()  # `listeners` differs from what was subscribed
        self.confirmed: set[str] = set()  # channels, by Redis
        self.confirmation = asyncio.Condition()  # notified when `confirmed` grows
        self.last_warning = ""

    async def __aenter__(self) -> Self:
        self.keeper = asyncio.create_task(self._stay_connected())
        return self

    async def __aexit__(self, *problem: object) -> None:
        self.keeper.cancel()
        await asyncio.wait([self.keeper])
        await self.reader.aclose()
        await self.writer.aclose()

    async def subscribe(self, channel: str, listener: Listener) -> None:
        """From now on, `listener` gets what is published there; it must not raise.

        Returns when Redis has confirmed it, or after SUBSCRIBE_TIMEOUT: then it holds once Redis is back.
        """
        self.listeners.setdefault(channel, []).append(listener)
        self.changed.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(SUBSCRIBE_TIMEOUT), self.confirmation:
                await self.confirmation.wait_for(lambda: channel in self.confirmed)

    def unsubscribe(self, channel: str, listener: Listener) -> None:
        self.listeners[channel].remove(listener)
        if not self.listeners[channel]:
            del self.listeners[channel]
            self.changed.set()

    async def publish(self, channel: str, data: bytes) -> None:
        """Raises RedisError."""
        await self.writer.publish(channel, data)

    async def lock(self, data: bytes) -> bool:
        """Whether this server is the first of all subscribers to lock a message. Raises RedisError."""
        key = b64encode(hashlib.sha256(data).digest())
        return bool(await self.writer.set(key, "1", nx=True, ex=LOCK_SECONDS))

    # The connection

    async def _stay_connected(self) -> None:
        while True:
            try:
                await self._connected()
            except* Exception as errors:  # noqa: BLE001  whatever it is, a worker without bus would be worse
                self._warn(f"the connection to Redis is lost: {type(errors.exceptions[0]).__name__}")
            self.confirmed.clear()
            await asyncio.sleep(RECONNECT_PAUSE)

    def _warn(self, warning: str) -> None:
        """Log it, unless it was the last that was logged."""
        if warning != self.last_warning:
            log.warning(warning)
        self.last_warning = warning

    async def _connected(self) -> None:
        """Serve one connection to its end."""
        async with self.reader.pubsub() as pubsub:
            await pubsub.connect()
            if self.last_warning:
                self._warn("connected to Redis again")
            async with asyncio.TaskGroup() as both:
                both.create_task(self._write_subscriptions(pubsub))
                both.create_task(self._read(pubsub))

    async def _write_subscriptions(self, pubsub: PubSub) -> None:
        """At first, and after each change."""
        subscribed: set[str] = set()
        while True:
            self.changed.clear()
            wanted = set(self.listeners)
            if old := subscribed - wanted:
                self.confirmed -= old
                await pubsub.unsubscribe(*old)
            if new := wanted - subscribed:
                await pubsub.subscribe(*new)
            subscribed = wanted
            await self.changed.wait()

    async def _read(self, pubsub: PubSub) -> None:
        is_pinged = False
        while True:
            message = await pubsub.get_message(timeout=PING_INTERVAL)
            if message:
                is_pinged = False
                await self._handle(message)
            elif is_pinged:
                raise Disconnected("Redis is silent")
            else:
                is_pinged = True
                await pubsub.ping()

    async def _handle(self, message: dict[str, Any]) -> None:
        if message["type"] == "message":
            for listener in tuple(self.listeners.get(message["channel"].decode(), ())):
                listener(message["data"])
        elif message["type"] == "subscribe":
            async with self.confirmation:
                self.confirmed.add(message["channel"].decode())
                self.confirmation.notify_all()
