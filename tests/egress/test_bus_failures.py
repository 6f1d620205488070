"""What goes wrong at either end is an error for the caller, ends nothing, and is logged without secrets."""

import asyncio
import logging

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from egress.bus import RpcError
from egress.messages import (
    ClaimRequest,
    ClaimResponse,
    Msg,
    Request,
    Response,
    channel,
    packed,
)
from tests.egress.buses import (
    FIRST_CLAIM,
    SECRET,
    invoke,
    raises,
    refused,
    replies,
    run,
    two,
    wiretap,
)


@pytest.mark.parametrize(
    ("raised", "code", "message"),
    [
        (RpcError("resource_exhausted", "this worker is full"), "resource_exhausted", "this worker is full"),
        (RpcError("not_found"), "not_found", "not_found"),
        (ValueError(SECRET), "internal", "UpdateEgress failed; the worker's log says where"),
        (TimeoutError(SECRET), "internal", "UpdateEgress failed; the worker's log says where"),
    ],
)
def test_what_a_handler_raises_is_the_response_and_the_next_request_is_handled(
    topic: str, raised: Exception, code: str, message: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            failing = await server.serve(*FIRST_CLAIM, raises(raised), topic)
            for _ in range(2):
                error = await refused(client, topic)
                assert (error.code, error.message, str(error)) == (code, message, message)
            await failing.end()
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            assert await invoke(client, topic, "Anna") == "hello Anna"

    run(scenario)
    assert SECRET not in caplog.text
    assert ("buses.py" in caplog.text) == (code == "internal")  # where, not what


def test_an_error_without_a_code_is_unknown(topic: str) -> None:
    async def scenario() -> None:
        where = channel(*FIRST_CLAIM, topic)
        async with two() as (client, _), wiretap(f"{where}|REQ", f"{where}|RCLAIM") as tap:
            call = asyncio.create_task(refused(client, topic))
            request = await tap.read(Request)
            claim = packed(ClaimRequest(request.request_id, "SRV_1", 1))
            await tap.redis.publish(channel("IOInfo", client.client_id, "CLAIM"), claim)
            await tap.read(ClaimResponse)
            answer = packed(Response(request.request_id, "SRV_1", error="so it is"))
            await tap.redis.publish(channel("IOInfo", client.client_id, "RES"), answer)
            error = await call
            assert (error.code, error.message) == ("unknown", "so it is")

    run(scenario)


def test_an_error_before_any_claim_is_raised(topic: str) -> None:
    """A Go server sends it when it cannot read the request."""

    async def scenario() -> None:
        where = channel(*FIRST_CLAIM, topic)
        async with two() as (client, _), wiretap(f"{where}|REQ") as tap:
            call = asyncio.create_task(refused(client, topic))
            request = await tap.read(Request)
            answer = packed(Response(request.request_id, "SRV_1", error="what?", code="malformed_request"))
            await tap.redis.publish(channel("IOInfo", client.client_id, "RES"), answer)
            assert (await call).code == "malformed_request"

    run(scenario)


class Unreadable:
    def SerializeToString(self) -> bytes:  # noqa: N802
        return b"\xff"


def test_an_unreadable_request_is_an_error(topic: str) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            with pytest.raises(RpcError) as raised:
                await client.call(*FIRST_CLAIM, Unreadable(), StringValue, topic)
            assert raised.value.code == "malformed_request"

    run(scenario)


def test_an_unreadable_response_is_an_error(topic: str) -> None:
    async def scenario() -> None:
        async def handler(request: bytes) -> Unreadable:
            return Unreadable()

        async with two() as (client, server):
            await server.serve(*FIRST_CLAIM, handler, topic)
            assert (await refused(client, topic)).code == "malformed_result"

    run(scenario)


GARBAGE = (
    b"",
    SECRET.encode(),
    b"\xff" * 9,
    packed(ClaimResponse(SECRET, SECRET)),
    Msg(value=b"\xff").SerializeToString(),
)


def test_garbage_on_a_channel_is_logged_and_ends_nothing(
    topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        where = channel(*FIRST_CLAIM, topic)
        async with two() as (client, server), wiretap("-") as tap:
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            assert await invoke(client, topic, "Anna") == "hello Anna"
            mine = [channel("IOInfo", client.client_id, kind) for kind in ("CLAIM", "RES")]
            for name in (f"{where}|REQ", f"{where}|RCLAIM", *mine):
                for garbage in (
                    *GARBAGE,
                    Msg("type.googleapis.com/internal.Stream", b"").SerializeToString(),
                ):
                    assert await tap.redis.publish(name, garbage) == 1
            assert await invoke(client, topic, "Ben") == "hello Ben"

    run(scenario)
    assert "that are no Request" in caplog.text and "that are no Response" in caplog.text
    assert SECRET not in caplog.text


def test_nothing_of_a_request_is_logged(topic: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            await invoke(client, topic, SECRET)

    with caplog.at_level(logging.DEBUG, logger="egress"):
        run(scenario)
    assert SECRET not in caplog.text
