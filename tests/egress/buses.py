"""What tests of the bus share: a client, a server, and the other side made by hand."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
from google.protobuf.wrappers_pb2 import StringValue
from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from egress.bus import Bus, RpcError
from egress.messages import (
    Request,
    new_id,
    unpacked,
)

FIRST_CLAIM = ("IOInfo", "UpdateEgress")  # the first claim is taken
BY_AFFINITY = ("EgressInternal", "StartEgress")  # by affinity
SECRET = "hush-hush"
Scenario = Callable[[], Coroutine[Any, Any, None]]


def run(scenario: Scenario) -> None:
    async def in_time() -> None:
        async with asyncio.timeout(30):
            await scenario()

    asyncio.run(in_time())


@asynccontextmanager
async def two() -> AsyncIterator[tuple[Bus, Bus]]:
    """A client and a server."""
    async with Bus(os.environ["REDIS_URL"]) as client, Bus(os.environ["REDIS_URL"]) as server:
        yield client, server


def replies(text: str) -> Callable[[bytes], Awaitable[StringValue]]:
    async def handler(request: bytes) -> StringValue:
        return StringValue(value=f"{text} {StringValue.FromString(request).value}")

    return handler


def raises(error: Exception) -> Callable[[bytes], Awaitable[StringValue]]:
    async def handler(request: bytes) -> StringValue:
        raise error

    return handler


async def invoke(
    bus: Bus, topic: str, text: str = "?", method: tuple[str, str] = FIRST_CLAIM, timeout: float = 5
) -> str:
    return (await bus.call(*method, StringValue(value=text), StringValue, topic, timeout)).value


async def refused(
    bus: Bus, topic: str, method: tuple[str, str] = FIRST_CLAIM, timeout: float = 5
) -> RpcError:
    with pytest.raises(RpcError) as raised:
        await invoke(bus, topic, method=method, timeout=timeout)
    return raised.value


async def until(true: Callable[[], object]) -> None:
    while not true():
        await asyncio.sleep(0.01)


@dataclass
class Wiretap:
    """The other side, by hand: what is published on some channels."""

    redis: Redis
    pubsub: PubSub

    async def next(self) -> tuple[str, bytes]:
        while True:
            message = await self.pubsub.get_message(ignore_subscribe_messages=True, timeout=1)
            if message:
                return message["channel"].decode(), message["data"]

    async def read[W: Any](self, kind: type[W]) -> W:
        read = unpacked(kind, (await self.next())[1])
        assert read
        return read

    async def quiet(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.next()
            return False
        return True


@asynccontextmanager
async def wiretap(*names: str) -> AsyncIterator[Wiretap]:
    async with Redis.from_url(os.environ["REDIS_URL"]) as redis, redis.pubsub() as pubsub:
        await pubsub.subscribe(*names)
        for _ in names:
            assert await pubsub.get_message(timeout=5)
        yield Wiretap(redis, pubsub)


def request_of(topic: str, seconds: float = 5, client: str = "CLI_hand") -> Request:
    now = time.time_ns()
    raw = StringValue(value=topic).SerializeToString()
    return Request(new_id("REQ_"), client, now, now + int(seconds * 1e9), raw_request=raw)
