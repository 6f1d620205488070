"""The updates of an egress, over a real bus."""

import asyncio
from datetime import UTC, datetime

import pytest
from livekit.protocol import egress as protocol

from egress import state
from egress.bus import Bus, RpcError
from egress.request import parse
from egress.state import Status, UpdateQueue
from tests.egress.buses import run, until
from tests.egress.server import livekit
from tests.egress.start_requests import SECRETS, file, s3, start_request

Info = protocol.EgressInfo
AWAY = RpcError("unavailable", "away")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "RETRY_PAUSE", 0.05)


def info_of(status: protocol.EgressStatus = Status.EGRESS_STARTING) -> Info:
    return Info(egress_id="EG_1", status=status)


def test_the_initial_state_has_no_secrets() -> None:
    request = parse(start_request("EG_1", file_outputs=[file("a.mp4", s3=s3())]), datetime.now(UTC))
    info = state.initial_info(request)
    assert (info.egress_id, info.room_id, info.room_name) == ("EG_1", "RM_1", "standup")
    assert info.status == Status.EGRESS_STARTING
    assert info.updated_at
    assert info.room_composite.file_outputs[0].s3.bucket == "theirs"
    assert [info.file.filename, *(result.filename for result in info.file_results)] == ["a.mp4", "a.mp4"]
    assert not any(secret in str(info) for secret in SECRETS)


def test_a_result_stands_where_callers_look_for_it() -> None:
    info = state.initial_info(parse(start_request("EG_1"), datetime.now(UTC)))
    for size in (1, 2):
        result = protocol.FileInfo(filename="recording.mp4", size=size, duration=7)
        state.set_file(info, result)
        assert info.file == result
        assert list(info.file_results) == [result]


def test_states_are_published_in_their_order(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            updates = UpdateQueue(bus)
            for status in (Status.EGRESS_ACTIVE, Status.EGRESS_ENDING, Status.EGRESS_COMPLETE):
                updates.publish(info_of(status))
            await updates.final_accepted()
            assert server.states("EG_1") == ["ACTIVE", "ENDING", "COMPLETE"]
            times = [info.updated_at for info in server.updates]
            assert times == sorted(times)
            assert all(times)

    run(scenario)


def test_later_changes_are_not_in_what_was_published_before(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            updates, info = UpdateQueue(bus), info_of(Status.EGRESS_ACTIVE)
            updates.publish(info)
            info.status, info.error = Status.EGRESS_FAILED, "later"
            updates.publish(info)
            await updates.final_accepted()
            assert server.states("EG_1") == ["ACTIVE", "FAILED"]
            assert [info.error for info in server.updates] == ["", "later"]
            assert not info.updated_at

    run(scenario)


@pytest.mark.parametrize("status", state.FINAL)
def test_a_final_state_is_retried_until_it_is_accepted(redis_url: str, status: protocol.EgressStatus) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            server.refusals = [AWAY, RpcError("internal", "ill"), RpcError("deadline_exceeded")]
            updates = UpdateQueue(bus)
            updates.publish(info_of(status))
            await updates.final_accepted()
            assert server.tries == 4
            assert [info.status for info in server.updates] == [status]

    run(scenario)


def test_a_state_before_the_final_one_is_not_retried(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            server.refusals = [AWAY, AWAY]
            updates = UpdateQueue(bus)
            for status in (Status.EGRESS_ACTIVE, Status.EGRESS_ENDING, Status.EGRESS_ABORTED):
                updates.publish(info_of(status))
            await updates.final_accepted()
            assert server.states("EG_1") == ["ABORTED"]
            assert server.tries == 3

    run(scenario)


def test_two_copies_of_each_state_are_sent_in_order_and_nothing_after_the_final_one(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            updates = UpdateQueue(bus, copies=2)
            updates.publish(info_of(), already_sent=1)
            for status in (
                Status.EGRESS_ACTIVE,
                Status.EGRESS_ENDING,
                Status.EGRESS_FAILED,
                Status.EGRESS_ENDING,
            ):
                updates.publish(info_of(status))
            assert await updates.final_accepted()
            ends = ["FAILED", "FAILED"]
            assert server.states("EG_1") == ["STARTING", "ACTIVE", "ACTIVE", "ENDING", "ENDING", *ends]
            assert server.tries == 7

    run(scenario)


def test_the_second_copy_of_a_final_state_is_sent_after_the_first_was_accepted(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            server.refusals = [AWAY, AWAY]
            updates = UpdateQueue(bus, copies=2)
            updates.publish(info_of(Status.EGRESS_COMPLETE))
            assert await updates.final_accepted()
            assert (server.states("EG_1"), server.tries) == (["COMPLETE", "COMPLETE"], 4)

    run(scenario)


def test_a_final_state_of_which_livekit_accepted_one_copy_is_accepted(redis_url: str) -> None:
    """It goes away before the second copy."""

    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            server.later_refusals.append(RpcError("internal", "ill"))
            updates = UpdateQueue(bus, copies=2)
            updates.publish(info_of(Status.EGRESS_COMPLETE))
            assert await updates.final_accepted()
            assert (server.states("EG_1"), server.tries) == (["COMPLETE"], 2)

    run(scenario)


def test_a_final_state_is_retried_until_livekit_is_there(redis_url: str) -> None:
    async def scenario() -> None:
        async with Bus(redis_url) as bus:
            updates = UpdateQueue(bus)
            updates.publish(info_of(Status.EGRESS_COMPLETE))
            await asyncio.sleep(0.3)
            async with livekit(redis_url) as server:
                await updates.final_accepted()
                assert server.states("EG_1") == ["COMPLETE"]

    run(scenario)


def test_before_its_final_state_a_queue_is_not_finished(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            updates = UpdateQueue(bus)
            updates.publish(info_of(Status.EGRESS_ACTIVE))
            await until(lambda: server.updates)
            assert not updates.task.done()
            updates.publish(info_of(Status.EGRESS_COMPLETE))
            await updates.final_accepted()

    run(scenario)


def test_one_egress_does_not_wait_for_another(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            stuck, free = UpdateQueue(bus), UpdateQueue(bus)
            server.is_away = True
            stuck.publish(info_of(Status.EGRESS_COMPLETE))
            await until(lambda: server.tries)
            server.is_away = False
            free.publish(Info(egress_id="EG_2", status=Status.EGRESS_COMPLETE))
            await free.final_accepted()
            await stuck.final_accepted()
            assert {info.egress_id for info in server.updates} == {"EG_1", "EG_2"}

    run(scenario)


def test_a_new_egress_is_registered_or_the_error_raised(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            await state.create_egress(bus, info_of())
            assert server.created == [info_of()]
            server.is_away = True
            with pytest.raises(RpcError, match="away"):
                await state.create_egress(bus, info_of())

    run(scenario)
