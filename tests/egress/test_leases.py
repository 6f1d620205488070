"""Leases in a real Redis: who sees that a worker was lost, and what happens while Redis is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from livekit.protocol import egress as protocol
from redis.asyncio import Redis

from egress import leases as leases_module
from egress.leases import LEASE, LEASE_SECONDS, POLL_INTERVAL, RUNNING, Leases
from local import ports, redis
from tests.egress.buses import run

Info = protocol.EgressInfo
Status = protocol.EgressStatus


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases_module, "LEASE_SECONDS", 1)


@asynccontextmanager
async def two(url: str) -> AsyncIterator[tuple[Leases, Leases]]:
    """Two workers, at a Redis that is empty."""
    async with Redis.from_url(url) as one, Redis.from_url(url) as other:
        await one.flushall()
        yield Leases(one, "one"), Leases(other, "other")


async def expired_in_time(leases: Leases, mine: set[str]) -> list[Info]:
    while not (found := await leases.take_expired(mine)):
        await asyncio.sleep(0.05)
    return found


def test_an_egress_of_a_living_worker_is_not_lost(redis_url: str) -> None:
    async def scenario() -> None:
        async with two(redis_url) as (one, other):
            await one.hold(Info(egress_id="EG_1"))
            assert await other.take_expired(set()) == []
            assert await one.redis.get(f"{LEASE}EG_1") == b"one"
            assert 0 < await one.redis.ttl(f"{LEASE}EG_1") <= LEASE_SECONDS

    run(scenario)


def test_several_polls_are_made_while_a_lease_lasts() -> None:
    assert 3 * POLL_INTERVAL <= LEASE_SECONDS


def test_an_expired_lease_is_taken_with_its_state(redis_url: str, short_leases: None) -> None:
    async def scenario() -> None:
        async with two(redis_url) as (one, other):
            known = Info(egress_id="EG_1", room_name="standup", status=Status.EGRESS_ACTIVE, started_at=7)
            await one.hold(Info(egress_id="EG_1"))
            await one.renew(known)
            assert await expired_in_time(other, set()) == [known]

    run(scenario)


def test_it_is_taken_by_one_only(redis_url: str, short_leases: None) -> None:
    async def scenario() -> None:
        async with two(redis_url) as (one, other):
            names = {f"EG_{number}" for number in range(20)}
            for name in names:
                await one.redis.hset(RUNNING, name, Info(egress_id=name).SerializeToString())
            looks = await asyncio.gather(*(who.take_expired(set()) for who in (one, other, one, other)))
            assert sorted(info.egress_id for found in looks for info in found) == sorted(names)

    run(scenario)


def test_a_renewed_lease_does_not_expire(redis_url: str, short_leases: None) -> None:
    async def scenario() -> None:
        async with two(redis_url) as (one, other):
            for _ in range(6):
                await one.hold(Info(egress_id="EG_1"))
                await asyncio.sleep(0.3)
                assert await other.take_expired(set()) == []

    run(scenario)


def test_own_ones_are_never_lost(redis_url: str, short_leases: None) -> None:
    async def scenario() -> None:
        async with two(redis_url) as (one, other):
            await one.hold(Info(egress_id="EG_1"))
            await one.hold(Info(egress_id="EG_2"))
            await one.redis.delete(f"{LEASE}EG_1", f"{LEASE}EG_2")
            assert await one.take_expired({"EG_1", "EG_2"}) == []
            assert [info.egress_id for info in await other.take_expired({"EG_1"})] == ["EG_2"]

    run(scenario)


def test_what_was_released_is_not_lost(redis_url: str) -> None:
    async def scenario() -> None:
        async with two(redis_url) as (one, other):
            await one.hold(Info(egress_id="EG_1"))
            await one.release("EG_1")
            assert await other.take_expired(set()) == []
            assert await one.redis.keys("*") == []
            await one.release("EG_1")

    run(scenario)


def test_a_renewal_that_comes_after_the_release_does_not_bring_it_back(redis_url: str) -> None:
    """The worker renews what it listed a moment ago; some of it may have ended since."""

    async def scenario() -> None:
        async with two(redis_url) as (one, _other):
            known = Info(egress_id="EG_1")
            await one.hold(known)
            await asyncio.gather(one.renew(known), one.release("EG_1"), one.renew(known))
            await one.renew(known)
            assert await one.redis.keys("*") == []
            await one.hold(known)
            assert await one.redis.hkeys(RUNNING) == [b"EG_1"]

    run(scenario)


def test_who_took_it_and_dies_leaves_it_to_others(redis_url: str, short_leases: None) -> None:
    async def scenario() -> None:
        async with two(redis_url) as (one, other):
            await one.redis.hset(RUNNING, "EG_1", Info(egress_id="EG_1").SerializeToString())
            assert await one.take_expired(set())
            assert await other.take_expired(set()) == []
            assert await expired_in_time(other, set())

    run(scenario)


def test_while_redis_is_away_nothing_is_lost_and_nothing_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        away = redis.url(str(ports.choose(set())), "the-password")
        async with Redis.from_url(away) as client:
            leases = Leases(client, "one")
            await leases.hold(Info(egress_id="EG_1"))
            await leases.release("EG_1")
            assert await leases.take_expired(set()) == []

    run(scenario)
    assert caplog.text.count("Redis is away") == 3
    assert "the-password" not in caplog.text
