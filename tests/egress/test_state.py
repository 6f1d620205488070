"""What LiveKit is told of an egress, over a real bus."""

import asyncio
from datetime import UTC, datetime

import pytest
from livekit.protocol import egress as protocol

from egress import state
from egress.bus import Bus, RpcError
from egress.request import read
from egress.state import Reports, Status
from tests.egress.buses import run, until
from tests.egress.orders import SECRETS, file, ordered, s3
from tests.egress.server import livekit

Info = protocol.EgressInfo
AWAY = RpcError("unavailable", "away")


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "PAUSE", 0.05)


def info_of(status: protocol.EgressStatus = Status.EGRESS_STARTING) -> Info:
    return Info(egress_id="EG_1", status=status)


def test_what_begins_is_told_without_its_secrets() -> None:
    order = read(ordered("EG_1", file_outputs=[file("a.mp4", s3=s3())]), datetime.now(UTC))
    info = state.begun(order)
    assert (info.egress_id, info.room_id, info.room_name) == ("EG_1", "RM_1", "standup")
    assert info.status == Status.EGRESS_STARTING
    assert info.updated_at
    assert info.room_composite.file_outputs[0].s3.bucket == "theirs"
    assert [info.file.filename, *(result.filename for result in info.file_results)] == ["a.mp4", "a.mp4"]
    assert not any(secret in str(info) for secret in SECRETS)


def test_a_result_stands_where_callers_look_for_it() -> None:
    info = state.begun(read(ordered("EG_1"), datetime.now(UTC)))
    for size in (1, 2):
        result = protocol.FileInfo(filename="take.mp4", size=size, duration=7)
        state.set_file(info, result)
        assert info.file == result
        assert list(info.file_results) == [result]


def test_states_are_told_in_their_order(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            reports = Reports(bus)
            for status in (Status.EGRESS_ACTIVE, Status.EGRESS_ENDING, Status.EGRESS_COMPLETE):
                reports.tell(info_of(status))
            await reports.told()
            assert server.states("EG_1") == ["ACTIVE", "ENDING", "COMPLETE"]
            times = [info.updated_at for info in server.told]
            assert times == sorted(times)
            assert all(times)

    run(scenario)


def test_later_changes_are_not_in_what_was_told_before(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            reports, info = Reports(bus), info_of(Status.EGRESS_ACTIVE)
            reports.tell(info)
            info.status, info.error = Status.EGRESS_FAILED, "later"
            reports.tell(info)
            await reports.told()
            assert server.states("EG_1") == ["ACTIVE", "FAILED"]
            assert [info.error for info in server.told] == ["", "later"]
            assert not info.updated_at

    run(scenario)


@pytest.mark.parametrize("status", state.FINAL)
def test_the_end_is_told_until_it_is_accepted(redis_url: str, status: protocol.EgressStatus) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            server.refusals = [AWAY, RpcError("internal", "ill"), RpcError("deadline_exceeded")]
            reports = Reports(bus)
            reports.tell(info_of(status))
            await reports.told()
            assert server.tries == 4
            assert [info.status for info in server.told] == [status]

    run(scenario)


def test_what_comes_before_the_end_is_told_once(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            server.refusals = [AWAY, AWAY]
            reports = Reports(bus)
            for status in (Status.EGRESS_ACTIVE, Status.EGRESS_ENDING, Status.EGRESS_ABORTED):
                reports.tell(info_of(status))
            await reports.told()
            assert server.states("EG_1") == ["ABORTED"]
            assert server.tries == 3

    run(scenario)


def test_what_is_told_twice_is_told_twice_in_order_and_nothing_after_the_end(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            reports = Reports(bus, tellings=2)
            reports.tell(info_of(), already=1)
            for status in (
                Status.EGRESS_ACTIVE,
                Status.EGRESS_ENDING,
                Status.EGRESS_FAILED,
                Status.EGRESS_ENDING,
            ):
                reports.tell(info_of(status))
            assert await reports.told()
            ends = ["FAILED", "FAILED"]
            assert server.states("EG_1") == ["STARTING", "ACTIVE", "ACTIVE", "ENDING", "ENDING", *ends]
            assert server.tries == 7

    run(scenario)


def test_an_end_is_told_again_only_when_it_was_accepted(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            server.refusals = [AWAY, AWAY]
            reports = Reports(bus, tellings=2)
            reports.tell(info_of(Status.EGRESS_COMPLETE))
            assert await reports.told()
            assert (server.states("EG_1"), server.tries) == (["COMPLETE", "COMPLETE"], 4)

    run(scenario)


def test_an_end_that_livekit_has_heard_once_was_told(redis_url: str) -> None:
    """It goes away before it hears it again."""

    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            server.later_refusals.append(RpcError("internal", "ill"))
            reports = Reports(bus, tellings=2)
            reports.tell(info_of(Status.EGRESS_COMPLETE))
            assert await reports.told()
            assert (server.states("EG_1"), server.tries) == (["COMPLETE"], 2)

    run(scenario)


def test_the_end_waits_for_a_livekit_that_is_not_there_yet(redis_url: str) -> None:
    async def scenario() -> None:
        async with Bus(redis_url) as bus:
            reports = Reports(bus)
            reports.tell(info_of(Status.EGRESS_COMPLETE))
            await asyncio.sleep(0.3)
            async with livekit(redis_url) as server:
                await reports.told()
                assert server.states("EG_1") == ["COMPLETE"]

    run(scenario)


def test_before_its_end_an_egress_is_not_told(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            reports = Reports(bus)
            reports.tell(info_of(Status.EGRESS_ACTIVE))
            await until(lambda: server.told)
            assert not reports.task.done()
            reports.tell(info_of(Status.EGRESS_COMPLETE))
            await reports.told()

    run(scenario)


def test_one_egress_does_not_wait_for_another(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            stuck, free = Reports(bus), Reports(bus)
            server.is_away = True
            stuck.tell(info_of(Status.EGRESS_COMPLETE))
            await until(lambda: server.tries)
            server.is_away = False
            free.tell(Info(egress_id="EG_2", status=Status.EGRESS_COMPLETE))
            await free.told()
            await stuck.told()
            assert {info.egress_id for info in server.told} == {"EG_1", "EG_2"}

    run(scenario)


def test_a_new_egress_is_made_known_or_its_caller_hears_why(redis_url: str) -> None:
    async def scenario() -> None:
        async with livekit(redis_url) as server, Bus(redis_url) as bus:
            await state.create(bus, info_of())
            assert server.created == [info_of()]
            server.is_away = True
            with pytest.raises(RpcError, match="away"):
                await state.create(bus, info_of())

    run(scenario)
