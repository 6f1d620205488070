"""Calls over a real Valkey; each side also against the other made by hand."""

import asyncio
import os
import re
import time

import pytest
from google.protobuf.empty_pb2 import Empty
from google.protobuf.wrappers_pb2 import StringValue

from egress.bus import Bus
from egress.messages import (
    ClaimRequest,
    ClaimResponse,
    Msg,
    Request,
    Response,
    channel,
    new_id,
    packed,
    unpacked,
)
from tests.egress.buses import (
    BY_AFFINITY,
    FIRST_CLAIM,
    invoke,
    refused,
    replies,
    request_of,
    run,
    two,
    until,
    wiretap,
)


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("EgressInternal", "StartEgress", "", "REQ"), "EgressInternal|StartEgress|REQ"),
        (("EgressHandler", "StopEgress", "EG_a9", "REQ"), "EgressHandler|StopEgress|EG_a9|REQ"),
        (("IOInfo", "CLI_x", "CLAIM"), "IOInfo|CLI_x|CLAIM"),
        (("S", "a-b.c|d e", "RES"), "S|au+002dbu+002ecu+007cdu+0020e|RES"),
        (("S", "é会", "RES"), "S|u+00e9u+4f1a|RES"),
        (("S", "🎥", "RES"), "S|U+0001f3a5|RES"),
    ],
)
def test_channels_are_named_as_psrpc_names_them(parts: tuple[str, ...], name: str) -> None:
    assert channel(*parts) == name


def test_ids_have_a_prefix_and_twelve_letters_or_digits() -> None:
    ids = {new_id("REQ_") for _ in range(100)}
    assert len(ids) == 100
    assert all(re.fullmatch(r"REQ_[A-Za-z0-9]{12}", made) for made in ids)


def test_a_call_is_answered(topic: str) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            assert await invoke(client, topic, "Anna") == "hello Anna"

    run(scenario)


def test_what_a_client_publishes_is_what_psrpc_expects(topic: str) -> None:
    async def scenario() -> None:
        where = channel(*FIRST_CLAIM, topic)
        async with two() as (client, _), wiretap(f"{where}|REQ", f"{where}|RCLAIM") as tap:
            before = time.time_ns()
            call = asyncio.create_task(invoke(client, topic, "Anna", timeout=5))
            name, data = await tap.next()
            envelope = Msg.FromString(data)
            request = Request.FromString(envelope.value)
            assert (name, envelope.type_url) == (f"{where}|REQ", "type.googleapis.com/internal.Request")
            assert (envelope.channel, request.client_id, request.multi) == ("", client.client_id, False)
            assert StringValue.FromString(request.raw_request).value == "Anna"
            assert before <= request.sent_at < request.expiry <= time.time_ns() + 5e9
            assert re.fullmatch(r"CLI_[A-Za-z0-9]{12}", request.client_id)

            claims, answers = (
                channel("IOInfo", request.client_id, "CLAIM"),
                channel("IOInfo", request.client_id, "RES"),
            )
            await tap.redis.publish(claims, packed(ClaimRequest("REQ_other", "SRV_0", 1)))
            await tap.redis.publish(claims, packed(ClaimRequest(request.request_id, "SRV_1", 0)))
            assert await tap.read(ClaimResponse) == ClaimResponse(request.request_id, "SRV_1")
            raw = StringValue(value="by hand").SerializeToString()
            await tap.redis.publish(answers, packed(Response("REQ_other", "SRV_1", before, raw_response=b"")))
            await tap.redis.publish(
                answers, packed(Response(request.request_id, "SRV_1", before, raw_response=raw))
            )
            assert await call == "by hand"

    run(scenario)


def test_what_a_server_publishes_is_what_psrpc_expects(topic: str) -> None:
    async def scenario() -> None:
        where = channel(*FIRST_CLAIM, topic)
        async with two() as (_, server), wiretap("IOInfo|CLI_hand|CLAIM", "IOInfo|CLI_hand|RES") as tap:
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            request = request_of(topic)
            await tap.redis.publish(f"{where}|REQ", packed(request))
            claim = await tap.read(ClaimRequest)
            assert (claim.request_id, claim.affinity) == (request.request_id, 1.0)
            assert re.fullmatch(r"SRV_[A-Za-z0-9]{12}", claim.server_id)
            await tap.redis.publish(
                f"{where}|RCLAIM", packed(ClaimResponse(request.request_id, claim.server_id))
            )
            name, data = await tap.next()
            response = unpacked(Response, data)
            assert response and name == "IOInfo|CLI_hand|RES"
            assert (response.request_id, response.server_id) == (request.request_id, claim.server_id)
            assert (response.error, response.code) == ("", "")
            assert StringValue.FromString(response.raw_response).value == f"hello {topic}"

    run(scenario)


def test_a_request_that_was_given_to_another_is_not_handled(topic: str) -> None:
    async def scenario() -> None:
        where = channel(*FIRST_CLAIM, topic)
        async with two() as (_, server), wiretap("IOInfo|CLI_hand|CLAIM", "IOInfo|CLI_hand|RES") as tap:
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            request = request_of(topic)
            await tap.redis.publish(f"{where}|REQ", packed(request))
            claim = await tap.read(ClaimRequest)
            await tap.redis.publish(f"{where}|RCLAIM", packed(ClaimResponse(request.request_id, "SRV_other")))
            await tap.redis.publish(
                f"{where}|RCLAIM", packed(ClaimResponse(request.request_id, claim.server_id))
            )
            assert await tap.quiet(0.3)

    run(scenario)


def test_a_request_past_its_expiry_is_dropped(topic: str) -> None:
    async def scenario() -> None:
        where = channel(*FIRST_CLAIM, topic)
        async with two() as (_, server), wiretap("IOInfo|CLI_hand|CLAIM", "IOInfo|CLI_hand|RES") as tap:
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            await tap.redis.publish(f"{where}|REQ", packed(request_of(topic, seconds=-0.001)))
            assert await tap.quiet(0.3)

    run(scenario)


def test_who_is_not_selected_until_the_expiry_forgets_the_request(topic: str) -> None:
    async def scenario() -> None:
        where = channel(*FIRST_CLAIM, topic)
        async with two() as (_, server), wiretap("IOInfo|CLI_hand|CLAIM", "IOInfo|CLI_hand|RES") as tap:
            serving = await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            request = request_of(topic, seconds=0.3)
            await tap.redis.publish(f"{where}|REQ", packed(request))
            claim = await tap.read(ClaimRequest)
            await until(lambda: not serving.claims)
            await tap.redis.publish(
                f"{where}|RCLAIM", packed(ClaimResponse(request.request_id, claim.server_id))
            )
            assert await tap.quiet(0.3)

    run(scenario)


def test_the_same_request_with_a_new_id_comes_again(topic: str) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            await server.serve(*FIRST_CLAIM, replies("hello"), topic, locked=True)
            assert [await invoke(client, topic, "Anna") for _ in range(2)] == ["hello Anna"] * 2

    run(scenario)


def test_a_hundred_calls_at_once_are_each_answered_rightly(topic: str) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            await server.serve(*FIRST_CLAIM, replies("hello"), topic)
            answers = await asyncio.gather(*(invoke(client, topic, f"{n}", timeout=20) for n in range(100)))
            assert answers == [f"hello {n}" for n in range(100)]
            assert not client.pending

    run(scenario)


def test_requests_do_not_wait_for_each_other(topic: str) -> None:
    async def scenario() -> None:
        both = asyncio.Barrier(2)

        async def handler(request: bytes) -> Empty:
            await both.wait()
            return Empty()

        async with two() as (client, server):
            await server.serve(*FIRST_CLAIM, handler, topic)
            await asyncio.gather(invoke(client, topic), invoke(client, topic))

    run(scenario)


def test_an_ended_serving_gets_no_more_requests_but_finishes_what_is_under_way(topic: str) -> None:
    async def scenario() -> None:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def handler(request: bytes) -> StringValue:
            begun.set()
            await go_on.wait()
            return StringValue(value="finished")

        async with two() as (client, server):
            serving = await server.serve(*FIRST_CLAIM, handler, topic)
            call = asyncio.create_task(invoke(client, topic))
            await begun.wait()
            await serving.end()
            await serving.end()
            assert (await refused(client, topic)).code == "unavailable"
            go_on.set()
            assert await call == "finished"
            assert not server.channels.listeners

    run(scenario)


def test_what_was_claimed_before_the_end_is_still_done(topic: str) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            serving = await server.serve(*BY_AFFINITY, replies("hello"), topic, affinity=lambda request: 0.5)
            call = asyncio.create_task(invoke(client, topic, "Anna", BY_AFFINITY))
            await until(lambda: serving.claims)
            await serving.end()
            assert await call == "hello Anna"
            assert not server.channels.listeners

    run(scenario)


def test_a_method_can_be_served_again_after_its_end(topic: str) -> None:
    async def scenario() -> None:
        async with two() as (client, server):
            for round in range(3):
                serving = await server.serve(*FIRST_CLAIM, replies(f"{round}"), topic)
                assert await invoke(client, topic, "Anna") == f"{round} Anna"
                await serving.end()

    run(scenario)


def test_a_bus_that_is_left_cancels_what_its_handlers_do(topic: str) -> None:
    async def scenario() -> None:
        begun, cancelled = asyncio.Event(), asyncio.Event()

        async def handler(request: bytes) -> Empty:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            raise AssertionError

        async with Bus(os.environ["REDIS_URL"]) as client:
            async with Bus(os.environ["REDIS_URL"]) as server:
                await server.serve(*FIRST_CLAIM, handler, topic)
                call = asyncio.create_task(refused(client, topic, timeout=1))
                await begun.wait()
            assert cancelled.is_set()
            assert (await call).code == "deadline_exceeded"

    run(scenario)
