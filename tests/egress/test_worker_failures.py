"""Every egress comes to one final state that LiveKit gets, whatever fails around it."""

import asyncio

import pytest

from egress.folders import EgressFolder
from egress.leases import Leases
from egress.messages import RpcError
from egress.state import Status
from tests.egress.buses import run, until
from tests.egress.harness import Gate, Harness, active
from tests.egress.server import Info
from tests.egress.start_requests import file, s3, start_request

NO_SPACE = OSError(28, "No space left on device")


def fill_the_disk(monkeypatch: pytest.MonkeyPatch, *states: Status) -> None:
    """Notes of an egress in these states cannot be written."""
    unbroken = EgressFolder.save_info

    def note(self: EgressFolder, info: Info) -> None:
        if info.status in states:
            raise NO_SPACE
        unbroken(self, info)

    monkeypatch.setattr(EgressFolder, "save_info", note)


def test_on_a_full_disk_a_recording_goes_on_to_its_end(
    harness: Harness, short_leases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_the_disk(monkeypatch, Status.EGRESS_ACTIVE, Status.EGRESS_ENDING)

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            await active(server, egress_id="EG_1")
            await server.stop("EG_1")
            await server.ended("EG_1")
            assert server.states("EG_1") == ["ACTIVE", "ENDING", "COMPLETE"]

    run(scenario)


def test_what_was_published_as_complete_is_not_reported_lost_after_a_restart(
    harness: Harness, short_leases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full when the end is written down."""
    fill_the_disk(monkeypatch, Status.EGRESS_COMPLETE)

    async def scenario() -> None:
        async with harness.livekit() as server:
            async with harness.worker():
                await active(server, egress_id="EG_1")
                await server.stop("EG_1")
                await server.ended("EG_1")
                await until(lambda: not harness.folders())
            async with harness.worker():
                await active(server, egress_id="EG_2")
            assert server.states("EG_1")[-1] == "COMPLETE"

    run(scenario)


def test_storage_that_has_no_address_is_refused_at_once(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            outputs = [file(s3=s3(endpoint="[bad"))]
            with pytest.raises(RpcError, match="endpoint that is no address") as refused:
                await server.start(start_request("EG_1", file_outputs=outputs))
            assert refused.value.code == "invalid_argument"
            assert server.created == []

    run(scenario)


def test_a_saved_request_that_cannot_be_read_is_reported_lost_and_moved_aside(
    harness: Harness, short_leases: None
) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            folder = harness.unfinished("EG_1")
            known = folder.load_info()
            assert known
            folder.request_file.write_bytes(b"")
            await harness.register(known)
            async with harness.worker() as worker:
                await server.ended("EG_1")
                assert server.states("EG_1") == ["FAILED"]
                assert (worker.context.aside / "EG_1").is_dir()
                assert harness.folders() == []

    run(scenario)


def test_a_worker_is_stopped_also_while_storage_does_not_answer(
    harness: Harness, short_leases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker() as worker:
            monkeypatch.setattr(worker.context.pending_uploads, "upload_all", gate.pass_through)
            await active(server, egress_id="EG_1")
            try:
                worker.stopping.set()
                await until(lambda: server.states("EG_1")[-1] != "ACTIVE")
            finally:
                gate.opened.set()

    run(scenario)


def test_a_request_that_is_being_accepted_when_the_worker_stops_comes_to_its_end(
    harness: Harness, short_leases: None
) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            async with harness.worker() as worker:
                server.open.clear()
                call = asyncio.ensure_future(server.start(start_request("EG_1", room_name="plain")))
                await until(harness.folders)
                worker.stopping.set()
                server.open.set()
                await asyncio.wait([call])
            await server.ended("EG_1")

    run(scenario)


def test_what_livekit_may_have_registered_is_reported_lost(harness: Harness, short_leases: None) -> None:
    """The request came through, the response did not."""

    async def scenario() -> None:
        async with harness.livekit() as server, harness.worker():
            server.is_away = True
            with pytest.raises(RpcError, match="away"):
                await server.start(start_request("EG_1", room_name="plain"))
            server.is_away = False
            await server.ended("EG_1")
            assert server.states("EG_1") == ["FAILED"]

    run(scenario)


def test_what_ends_at_the_moment_of_a_poll_is_not_lost(
    harness: Harness, short_leases: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with harness.livekit():
            mine, other = Leases(harness.redis, "mine"), Leases(harness.redis, "other")
            await mine.hold(Info(egress_id="EG_1", status=Status.EGRESS_ENDING))
            unbroken = other._acquire

            async def acquire_late(egress_id: str) -> bool:
                await mine.release(egress_id)
                return await unbroken(egress_id)

            monkeypatch.setattr(other, "_acquire", acquire_late)
            assert await other.take_expired(set()) == []
            assert await harness.redis.keys("egress_workers:*") == []

    run(scenario)
