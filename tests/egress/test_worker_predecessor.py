"""What a worker does at its start with what a killed one left behind."""

import asyncio

import pytest

from egress.folders import Folder
from egress.state import Status
from tests.egress.buses import run, until
from tests.egress.orders import ordered
from tests.egress.place import Gate, Place
from tests.egress.server import Info
from tests.egress.test_folders import locked


def test_what_was_left_behind_is_saved_and_told_of(place: Place, movie: bytes) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            folder = place.left_behind("EG_1")
            folder.movie.write_bytes(movie)
            async with place.worker():
                ended = await server.ended("EG_1")
                assert (server.states("EG_1"), ended.error) == (["FAILED"], "The egress worker was lost")
                assert place.storage.files == {"take.mp4": movie}
                assert ended.file_results[0].size == len(movie)
                assert ended.file_results[0].duration == pytest.approx(2e9, rel=0.1)
                await until(lambda: not place.folders())

    run(scenario)


def test_what_was_left_behind_without_a_movie_is_told_of(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            place.left_behind("EG_1")
            Folder.make(place.folder / "egresses", ordered("EG_2"))  # nothing is known of it
            async with place.worker():
                for egress_id in ("EG_1", "EG_2"):
                    await server.ended(egress_id)
                    assert server.states(egress_id) == ["FAILED"]
                await until(lambda: not place.folders())
            assert place.storage.files == {}

    run(scenario)


def test_an_end_that_was_known_is_told_as_it_was(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            folder = place.left_behind("EG_1")
            info = Info(egress_id="EG_1", status=Status.EGRESS_COMPLETE, ended_at=9)
            folder.note(info)
            async with place.worker():
                ended = await server.ended("EG_1")
                assert (ended.status, ended.ended_at) == (Status.EGRESS_COMPLETE, 9)
                await until(lambda: not place.folders())
            assert place.storage.files == {}

    run(scenario)


def test_a_recording_that_still_finishes_its_file_is_waited_for(place: Place, movie: bytes) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            folder = place.left_behind("EG_1")
            with locked(folder) as process:
                async with place.worker():
                    await asyncio.sleep(0.5)
                    assert server.told == []
                    folder.movie.write_bytes(movie)
                    process.kill()
                    ended = await server.ended("EG_1")
                    assert ended.file_results[0].size == len(movie)

    run(scenario)


def test_what_is_being_finished_is_lost_to_nobody_else(
    place: Place, brief: None, gate: Gate, movie: bytes
) -> None:
    """Another worker would tell of an end without the part that is saved here."""

    async def scenario() -> None:
        async with place.livekit() as server:
            folder = place.left_behind("EG_1")
            folder.movie.write_bytes(movie)
            known = folder.info()
            assert known
            await place.note(known)
            async with place.worker():
                try:
                    await place.nothing_is_lost(2.0)
                finally:
                    gate.opened.set()
                await server.ended("EG_1")

    run(scenario)


def test_one_that_cannot_be_finished_does_not_stop_the_others(place: Place) -> None:
    async def scenario() -> None:
        async with place.livekit() as server:
            broken = place.left_behind("EG_0")
            broken.order_file.write_bytes(b"\xff")
            place.left_behind("EG_1")
            async with place.worker():
                await server.ended("EG_1")
                assert (await server.start(ordered(room_name="limit"))).egress_id

    run(scenario)
