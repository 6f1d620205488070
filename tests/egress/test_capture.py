"""What is shown large. The rest is in tests/e2e/test_recording_child.py."""

import asyncio

import pytest

from egress.capture import Capture
from egress.job import STOPPED, Ended, Job
from egress.picture import View
from egress.room import Room

PEOPLE = [View("anna", "Anna"), View("bert", "Bert")]
SCREEN = View("TR_1 screen", "Bert", is_screen=True)


def focus(layout: str, views: list[View], speaker: str | None = None) -> str | None:
    async def scenario() -> str | None:
        job = Job(egress_id="EG_1", room="r", url="", token="", file="", width=641, height=361, layout=layout)
        capture = Capture(job, asyncio.Event(), print)
        capture.room.speaker = speaker
        assert (capture.job.width, capture.job.height) == (640, 360)
        return capture._focus(views)

    return asyncio.run(scenario())


@pytest.mark.parametrize(
    ("layout", "views", "speaker", "large"),
    [
        ("grid", PEOPLE, "bert", None),
        ("grid", [*PEOPLE, SCREEN], "anna", SCREEN.key),
        ("speaker", PEOPLE, "bert", "bert"),
        ("speaker", PEOPLE, None, "anna"),
        ("speaker", PEOPLE, "somebody who left", "anna"),
        ("speaker", [*PEOPLE, SCREEN], "anna", SCREEN.key),
        ("speaker", [], None, None),
    ],
)
def test_a_screen_is_large_and_the_speaker_where_the_layout_says_so(
    layout: str, views: list[View], speaker: str | None, large: str | None
) -> None:
    assert focus(layout, views, speaker) == large


@pytest.mark.parametrize("leaves_room", [True, False])
def test_it_leaves_the_room_if_its_job_says_so(monkeypatch: pytest.MonkeyPatch, leaves_room: bool) -> None:
    left: list[Room] = []

    async def leave(room: Room) -> None:
        left.append(room)

    monkeypatch.setattr(Room, "leave", leave)

    async def stopped() -> Ended:
        job = Job(egress_id="EG_1", room="r", url="", token="", file="", leaves_room=leaves_room)
        stop = asyncio.Event()
        stop.set()
        return await Capture(job, stop, print).run()

    assert asyncio.run(stopped()).reason == STOPPED
    assert len(left) == leaves_room
