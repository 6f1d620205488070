"""Every egress comes to one end that LiveKit is told, whatever fails around it."""

import asyncio

import pytest

from egress.folders import Folder
from egress.leases import Leases
from egress.messages import RpcError
from egress.state import Status
from tests.egress.buses import run, until
from tests.egress.orders import file, ordered, s3
from tests.egress.place import Gate, Place, active
from tests.egress.server import Info

NO_SPACE = OSError(28, "No space left on device")


def fill_the_disk(monkeypatch: pytest.MonkeyPatch, *states: Status) -> None:
    """Notes of an egress in these states cannot be written."""
    unbroken = Folder.note

    def note(self: Folder, info: Info) -> None:
        if info.status in states:
            raise NO_SPACE
        unbroken(self, info)

    monkeypatch.setattr(Folder, "note", note)


def test_on_a_full_disk_a_recording_goes_on_to_its_end(
    place: Place, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_the_disk(monkeypatch, Status.EGRESS_ACTIVE, Status.EGRESS_ENDING)

    async def scenario() -> None:
        async with place.livekit() as server, place.worker():
            await active(server, egress_id="EG_1")
            await server.stop("EG_1")
            await server.ended("EG_1")
            assert server.states("EG_1") == ["ACTIVE", "ENDING", "COMPLETE"]

    run(scenario)


def test_what_was_told_complete_is_not_told_lost_after_a_restart(
    place: Place, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the end is written down."""
    fill_the_disk(monkeypatch, Status.EGRESS_COMPLETE)

    async def scenario() -> None:
        async with place.livekit() as server:
            async with place.worker():
                await active(server, egress_id="EG_1")
                await server.stop("EG_1")
                await server.ended("EG_1")
                await until(lambda: not place.folders())
            async with place.worker():
                await active(server, egress_id="EG_2")
            assert server.states("EG_1")[-1] == "COMPLETE"

    run(scenario)


def test_storage_that_has_no_address_is_refused_at_once(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server, place.worker():
            outputs = [file(s3=s3(endpoint="[bad"))]
            with pytest.raises(RpcError, match="endpoint that is no address") as refused:
                await server.start(ordered("EG_1", file_outputs=outputs))
            assert refused.value.code == "invalid_argument"
            assert server.created == []

    run(scenario)


def test_an_order_that_cannot_be_read_any_more_is_told_lost_and_set_aside(place: Place, brief: None) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            folder = place.left_behind("EG_1")
            known = folder.info()
            assert known
            folder.order_file.write_bytes(b"")
            await place.note(known)
            async with place.worker() as worker:
                await server.ended("EG_1")
                assert server.states("EG_1") == ["FAILED"]
                assert (worker.context.aside / "EG_1").is_dir()
                assert place.folders() == []

    run(scenario)


def test_a_worker_is_stopped_also_while_storage_does_not_answer(
    place: Place, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()

    async def scenario() -> None:
        async with place.livekit() as server, place.worker() as worker:
            monkeypatch.setattr(worker.context.waiting, "send_all", gate.pass_through)
            await active(server, egress_id="EG_1")
            try:
                worker.stopping.set()
                await until(lambda: server.states("EG_1")[-1] != "ACTIVE")
            finally:
                gate.opened.set()

    run(scenario)


def test_an_order_that_is_being_accepted_when_the_worker_stops_comes_to_its_end(
    place: Place, brief: None
) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            async with place.worker() as worker:
                server.open.clear()
                asked = asyncio.ensure_future(server.start(ordered("EG_1", room_name="plain")))
                await until(place.folders)
                worker.stopping.set()
                server.open.set()
                await asyncio.wait([asked])
            await server.ended("EG_1")

    run(scenario)


def test_what_livekit_may_have_heard_of_is_told_lost(place: Place, brief: None) -> None:
    """The question came through, the answer did not."""

    async def scenario() -> None:
        async with place.livekit() as server, place.worker():
            server.is_away = True
            with pytest.raises(RpcError, match="away"):
                await server.start(ordered("EG_1", room_name="plain"))
            server.is_away = False
            await server.ended("EG_1")
            assert server.states("EG_1") == ["FAILED"]

    run(scenario)


def test_what_ends_at_the_moment_of_a_look_is_not_lost(
    place: Place, brief: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with place.livekit():
            mine, other = Leases(place.redis, "mine"), Leases(place.redis, "other")
            await mine.note(Info(egress_id="EG_1", status=Status.EGRESS_ENDING))
            unbroken = other._take

            async def take_late(egress_id: str) -> bool:
                await mine.release(egress_id)
                return await unbroken(egress_id)

            monkeypatch.setattr(other, "_take", take_late)
            assert await other.lost(set()) == []
            assert await place.redis.keys("egress_workers:*") == []

    run(scenario)
