"""What a worker recovers at its start of a killed one."""

import asyncio

import pytest

from egress.folders import EgressFolder
from egress.state import Status
from tests.egress.buses import run, until
from tests.egress.harness import Gate, Harness
from tests.egress.server import Info
from tests.egress.start_requests import start_request
from tests.egress.test_folders import locked


def test_what_was_left_behind_is_saved_and_reported(harness: Harness, mp4: bytes) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            folder = harness.unfinished("EG_1")
            folder.mp4.write_bytes(mp4)
            async with harness.worker():
                ended = await server.ended("EG_1")
                assert (server.states("EG_1"), ended.error) == (["FAILED"], "The egress worker was lost")
                assert harness.storage.files == {"recording.mp4": mp4}
                assert ended.file_results[0].size == len(mp4)
                assert ended.file_results[0].duration == pytest.approx(2e9, rel=0.1)
                await until(lambda: not harness.folders())

    run(scenario)


def test_what_was_left_behind_without_a_file_is_reported(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            harness.unfinished("EG_1")
            EgressFolder.create(harness.folder / "egresses", start_request("EG_2"))  # it has no state
            async with harness.worker():
                for egress_id in ("EG_1", "EG_2"):
                    await server.ended(egress_id)
                    assert server.states(egress_id) == ["FAILED"]
                await until(lambda: not harness.folders())
            assert harness.storage.files == {}

    run(scenario)


def test_a_saved_final_state_is_published_as_it_was(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            folder = harness.unfinished("EG_1")
            info = Info(egress_id="EG_1", status=Status.EGRESS_COMPLETE, ended_at=9)
            folder.save_info(info)
            async with harness.worker():
                ended = await server.ended("EG_1")
                assert (ended.status, ended.ended_at) == (Status.EGRESS_COMPLETE, 9)
                await until(lambda: not harness.folders())
            assert harness.storage.files == {}

    run(scenario)


def test_a_recording_that_still_finishes_its_file_is_waited_for(harness: Harness, mp4: bytes) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            folder = harness.unfinished("EG_1")
            with locked(folder) as process:
                async with harness.worker():
                    await asyncio.sleep(0.5)
                    assert server.updates == []
                    folder.mp4.write_bytes(mp4)
                    process.kill()
                    ended = await server.ended("EG_1")
                    assert ended.file_results[0].size == len(mp4)

    run(scenario)


def test_what_is_being_finished_is_lost_to_nobody_else(
    harness: Harness, short_leases: None, gate: Gate, mp4: bytes
) -> None:
    """Another worker would report it without the part that is saved here."""

    async def scenario() -> None:
        async with harness.livekit() as server:
            folder = harness.unfinished("EG_1")
            folder.mp4.write_bytes(mp4)
            known = folder.load_info()
            assert known
            await harness.register(known)
            async with harness.worker():
                try:
                    await harness.nothing_is_lost(2.0)
                finally:
                    gate.opened.set()
                await server.ended("EG_1")

    run(scenario)


def test_one_that_cannot_be_finished_does_not_stop_the_others(harness: Harness) -> None:
    async def scenario() -> None:
        async with harness.livekit() as server:
            broken = harness.unfinished("EG_0")
            broken.request_file.write_bytes(b"\xff")
            harness.unfinished("EG_1")
            async with harness.worker():
                await server.ended("EG_1")
                assert (await server.start(start_request(room_name="limit"))).egress_id

    run(scenario)
