"""The product's main job, on real parts: an integrator makes a meeting, people meet, it ends."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import Tabs
from tests.e2e.hardware import camera
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import keep
from tests.e2e.sleeping import laptop

# Every picture has grown to its full size, as the browsers find out what the line bears.
SHARP = "() => [...document.querySelectorAll('video')].every(({videoHeight}) => videoHeight >= 540)"
SHOWN = {"two-people": "../two-people"}  # by README


@pytest.fixture
def faces(browser: Browser) -> Iterator[list[Tabs]]:
    """Anna's and Ben's browsers: all tabs of one see the same camera."""
    with ExitStack() as open_until_the_end:
        both = []
        for name in ("Anna", "Ben"):
            own = open_until_the_end.enter_context(laptop(browser, camera(name)))
            both.append(Tabs(own.browser))
            open_until_the_end.callback(both[-1].close)
        yield both


def test_two_guests_meet_in_an_open_meeting_until_it_is_ended(
    integrator: Integrator, faces: list[Tabs], tmp_path: Path
) -> None:
    made = integrator.create(topic="Sales demo")
    code = made["meeting_code"]
    anna, ben = (tabs.open(made["join_url"]) for tabs in faces)
    anna.page.set_viewport_size({"width": 1280, "height": 596})  # which two tiles fill
    anna.enter("Anna")
    ben.enter("Ben")
    for tab in (anna, ben):
        tab.wait_for_videos(2)
        tab.wait_for_sounds(1)
    if os.environ.get("UPDATE_PICTURES"):
        anna.page.wait_for_function(SHARP)
        expect(anna.page.locator(".toast")).to_have_count(0)
    keep(anna, tmp_path, "two-people", SHOWN)
    detail = integrator.wait_for(f"meetings/{code}/", lambda shown: shown["participant_count"] == 2)
    assert detail["status"] == "active"

    status, ended = integrator.call("DELETE", f"meetings/{code}/")
    assert (status, ended["message"]) == (200, "Meeting ended successfully")
    for tabs, tab in zip(faces, (anna, ben), strict=True):
        tab.expect_heading("has ended")
        again = tabs.open(made["join_url"], beside=tab)
        assert again.status == 410
        again.expect_heading("has ended")
    assert integrator.get(f"meetings/{code}/")["ended_at"] == ended["ended_at"]


def test_three_people_see_and_hear_each_other(integrator: Integrator, tabs: Tabs) -> None:
    made = integrator.create()
    people = [tabs.open(made["join_url"]) for _ in range(3)]
    for number, tab in enumerate(people):
        tab.enter(f"Guest {number}")
    for tab in people:
        tab.wait_for_videos(3)
        tab.wait_for_sounds(2)


def test_muting_and_switching_off_the_camera_is_seen_by_the_others(
    integrator: Integrator, tabs: Tabs
) -> None:
    made = integrator.create()
    anna, ben = tabs.open(made["join_url"]), tabs.open(made["join_url"])
    anna.enter("Anna")
    ben.enter("Ben")
    anna.wait_for_videos(2)
    ben.click("Mute")
    anna.wait_for_sounds(0)
    anna.expect_text("Ben · muted")
    ben.click("Camera off")
    anna.wait_for_videos(1)
    ben.click("Unmute")
    ben.click("Camera on")
    anna.wait_for_videos(2)
    anna.wait_for_sounds(1)


def test_people_can_join_muted_and_without_a_picture(integrator: Integrator, tabs: Tabs) -> None:
    made = integrator.create()
    anna, ben = tabs.open(made["join_url"]), tabs.open(made["join_url"])
    anna.enter("Anna")
    ben.to_preview("Ben")
    ben.click("Mute")
    ben.click("Camera off")
    ben.click("Join now")
    anna.expect_text("Ben · muted")
    anna.wait_for_videos(1)
    ben.click("Camera on")
    anna.wait_for_videos(2)


def test_somebody_without_camera_and_microphone_joins_all_the_same(
    integrator: Integrator, tabs: Tabs
) -> None:
    made = integrator.create()
    anna, ben = tabs.open(made["join_url"]), tabs.open(made["join_url"], devices=False)
    anna.enter("Anna")
    ben.to_preview("Ben")
    ben.expect_text("Your camera and microphone cannot be used")
    ben.click("Join now")
    anna.expect_text("Ben · muted")
    ben.wait_for_videos(1)
    ben.wait_for_sounds(1)


def test_a_guest_who_leaves_and_comes_back_is_the_same_person(integrator: Integrator, tabs: Tabs) -> None:
    made = integrator.create()
    anna = tabs.open(made["join_url"])
    anna.enter("Anna")
    anna.wait_for_videos(1)
    anna.leave()
    anna.click("Join again")
    anna.enter()
    anna.wait_for_videos(1)
    path = f"meetings/{made['meeting_code']}/"
    assert integrator.wait_for(path, lambda shown: shown["participant_count"] > 0)["participant_count"] == 1


def test_a_second_tab_takes_over_and_the_older_says_so(integrator: Integrator, tabs: Tabs) -> None:
    made = integrator.create()
    older = tabs.open(made["join_url"])
    older.enter("Anna")
    newer = tabs.open(made["join_url"], beside=older)
    newer.enter("Anna")
    older.expect_heading("joined elsewhere")
    newer.wait_for_videos(1)
    path = f"meetings/{made['meeting_code']}/"
    assert integrator.wait_for(path, lambda shown: shown["participant_count"] > 0)["participant_count"] == 1


def test_a_meeting_whose_time_is_over_puts_everybody_out(integrator: Integrator, tabs: Tabs) -> None:
    made = integrator.create(expires_at=integrator.in_seconds(12))
    anna = tabs.open(made["join_url"])
    anna.enter("Anna")
    anna.expect_heading("has expired", seconds=75)
    assert integrator.get(f"meetings/{made['meeting_code']}/")["status"] == "expired"
