"""Redis dies, falls silent and comes back."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from google.protobuf.wrappers_pb2 import StringValue
from redis.asyncio import Redis

from egress import channels
from egress.bus import Bus, RpcError
from egress.messages import (
    new_id,
)
from local import ports, redis
from local.part import Running
from tests.egress.buses import (
    FIRST_CLAIM,
    invoke,
    refused,
    replies,
    run,
    until,
)


@pytest.fixture
def topic() -> str:
    """What no other test uses, for they share one Redis."""
    return new_id("EG_")


async def retried(bus: Bus, topic: str) -> str:
    while True:
        with suppress(RpcError):
            return await invoke(bus, topic, "Anna")


@pytest.fixture
def url() -> str:
    return redis.url(str(ports.choose(set())), "secret")


@pytest.fixture
def valkey(tmp_path: Path, url: str) -> Iterator[Running]:
    """A Redis that a test may kill."""
    running = Running(redis.part(tmp_path / "redis", url), lambda part, line: None)
    running.wait_ready()
    yield running
    running.let_go()
    running.wait_gone()


def kill(valkey: Running) -> None:
    """By -9, it and its leash."""
    os.killpg(valkey.process.pid, signal.SIGKILL)
    valkey.clean_up()


def test_after_a_restart_of_redis_serving_and_calling_go_on(
    valkey: Running, url: str, topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with Bus(url) as client, Bus(url) as server:
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            assert await invoke(client, topic, "Anna") == "hello Anna"
            kill(valkey)
            started = time.monotonic()
            assert (await refused(client, topic)).code == "unavailable"
            assert time.monotonic() - started < 5
            valkey.start()
            await asyncio.to_thread(valkey.wait_ready)
            async with asyncio.timeout(5):
                assert await retried(client, topic) == "hello Anna"
                assert await retried(server, topic) == "hello Anna"

    run(scenario)
    lost = [line for line in caplog.messages if "is lost" in line]
    assert 1 <= len(lost) <= 4 * 2  # a repeated warning is logged once, by each
    assert caplog.messages.count("connected to Redis again") == 2


def test_what_is_served_while_redis_is_away_is_subscribed_when_it_is_back(
    valkey: Running, url: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "SUBSCRIBE_TIMEOUT", 0.2)

    async def scenario() -> None:
        kill(valkey)
        async with Bus(url) as client, Bus(url) as server:
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            assert (await refused(client, topic)).code == "unavailable"
            valkey.start()
            async with asyncio.timeout(10):
                assert await retried(client, topic) == "hello Anna"

    run(scenario)


def test_an_answer_that_redis_does_not_take_ends_nothing(valkey: Running, url: str, topic: str) -> None:
    async def scenario() -> None:
        begun = asyncio.Event()

        async def handler(request: bytes) -> StringValue:
            if not begun.is_set():
                begun.set()
                await asyncio.to_thread(kill, valkey)
            return StringValue(value="hello Anna")

        async with Bus(url) as client, Bus(url) as server:
            await server.serve(*FIRST_CLAIM, handler, topic)
            assert (await refused(client, topic, timeout=2)).code == "deadline_exceeded"
            valkey.start()
            async with asyncio.timeout(10):
                assert await retried(client, topic) == "hello Anna"

    run(scenario)


def test_a_redis_that_falls_silent_is_left_and_found_again(
    valkey: Running, url: str, topic: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(channels, "PING_INTERVAL", 0.2)

    async def scenario() -> None:
        async with Bus(url) as client, Bus(url) as server, Redis.from_url(url) as other:
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            assert await invoke(client, topic, "Anna") == "hello Anna"
            await asyncio.sleep(1)
            assert not caplog.text  # a quiet Redis that answers pings is kept
            await other.client_pause(1500)
            await until(lambda: "is lost" in caplog.text)
            async with asyncio.timeout(15):
                assert await retried(client, topic) == "hello Anna"

    run(scenario)
