"""Which of several servers does a request."""

import asyncio
import base64
import hashlib
import time
from collections.abc import Awaitable, Callable

import pytest
from google.protobuf.empty_pb2 import Empty

from egress.bus import RpcError
from egress.messages import (
    ClaimRequest,
    channel,
    packed,
)
from tests.egress.buses import (
    BY_AFFINITY,
    FIRST_CLAIM,
    SECRET,
    invoke,
    refused,
    replies,
    request_of,
    run,
    two,
    wiretap,
)


@pytest.mark.parametrize("highest_first", [True, False])
def test_the_highest_affinity_is_selected(topic: str, highest_first: bool) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            offers = sorted([("low", 0.01), ("high", 0.9), ("middle", 0.5)], key=lambda offer: offer[1])
            for name, affinity in reversed(offers) if highest_first else offers:
                await server.serve(*BY_AFFINITY, replies(name), topic, affinity=lambda request, a=affinity: a)  # type: ignore[misc]
            assert await invoke(client, topic, method=BY_AFFINITY) == "high ?"

    run(scenario)


def test_an_affinity_of_one_is_selected_at_once_and_a_lower_one_waits_for_better(topic: str) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            low = await server.serve(*BY_AFFINITY, replies("low"), topic, affinity=lambda request: 0.5)
            started = time.monotonic()
            assert await invoke(client, topic, method=BY_AFFINITY) == "low ?"
            assert 0.5 <= time.monotonic() - started < 1
            await low.end()
            await server.serve(*BY_AFFINITY, replies("full"), topic, affinity=lambda request: 1.0)
            started = time.monotonic()
            assert await invoke(client, topic, method=BY_AFFINITY) == "full ?"
            assert time.monotonic() - started < 0.4

    run(scenario)


@pytest.mark.parametrize(("affinity", "answered"), [(0.0, "1 answered"), (-1.0, "0 answered")])
def test_an_affinity_of_zero_or_less_is_never_selected(topic: str, affinity: float, answered: str) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            await server.serve(*BY_AFFINITY, replies("never"), topic, affinity=lambda request: affinity)
            error = await refused(client, topic, BY_AFFINITY)
            assert error.code == "unavailable" and answered in error.message

    run(scenario)


def test_an_affinity_that_fails_is_no_claim_and_ends_nothing(
    topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    def affinity(request: bytes) -> float:
        if b"fail" in request:
            raise ValueError(SECRET)
        return 1.0

    async def scenario() -> None:
        async with two() as (client, server):
            await server.serve(*BY_AFFINITY, replies("hello"), topic, affinity=affinity)
            with pytest.raises(RpcError, match="no server"):
                await invoke(client, topic, "fail", BY_AFFINITY)
            assert await invoke(client, topic, "Anna", BY_AFFINITY) == "hello Anna"

    run(scenario)
    assert "ValueError" in caplog.text and SECRET not in caplog.text


def test_of_two_servers_of_a_locked_method_one_handles_a_request(topic: str) -> None:
    async def scenario() -> None:
        handled: list[str] = []

        def noting(name: str) -> Callable[[bytes], Awaitable[Empty]]:
            async def handler(request: bytes) -> Empty:
                handled.append(name)
                return Empty()

            return handler

        where = channel(*FIRST_CLAIM, topic)
        async with two() as (client, server), wiretap(channel("IOInfo", client.client_id, "CLAIM")) as tap:
            for bus, name in ((client, "one"), (server, "other")):
                await bus.serve(*FIRST_CLAIM, noting(name), topic, locked=True)
            for _ in range(5):
                await invoke(client, topic)
                await tap.read(ClaimRequest)
            assert len(handled) == 5
            assert await tap.quiet(0.2)  # one claim a request

            taken = packed(request_of(topic, client=client.client_id))
            key = base64.b64encode(hashlib.sha256(taken).digest())
            assert await tap.redis.set(key, "another server's", nx=True, ex=5)
            await tap.redis.publish(f"{where}|REQ", taken)
            assert await tap.quiet(0.3)

    run(scenario)


def test_without_a_server_a_call_fails_within_about_a_second(topic: str) -> None:
    async def scenario() -> None:
        async with two() as (client, _):
            for method in (FIRST_CLAIM, BY_AFFINITY):
                started = time.monotonic()
                assert (await refused(client, topic, method)).code == "unavailable"
                assert time.monotonic() - started < 1.5

    run(scenario)


def test_a_call_without_a_response_times_out(topic: str) -> None:
    async def scenario() -> None:
        async def handler(request: bytes) -> Empty:
            await asyncio.Event().wait()
            raise AssertionError

        async with two() as (client, server):
            await server.serve(*FIRST_CLAIM, handler, topic)
            started = time.monotonic()
            assert (await refused(client, topic, timeout=0.5)).code == "deadline_exceeded"
            assert time.monotonic() - started < 1
            assert not client.pending

    run(scenario)
