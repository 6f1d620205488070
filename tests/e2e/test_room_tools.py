"""What tests of the room stand on: lines that break, laptops that sleep, screens, microphones.

Only with ROOM_LONG=1: `make drill` sets it.
"""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from local.stack import Stack
from tests.e2e import drills
from tests.e2e.conftest import Tabs
from tests.e2e.crowd import Crowd
from tests.e2e.hardware import (
    DEVICES,
    SCREENS,
    end_sharing,
    plug_in,
    pull_out,
    refuse_screen,
    voice,
)
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import visiting
from tests.e2e.networks import Way, can_cut_media, online, standing_still, without_media
from tests.e2e.person import eventually
from tests.e2e.sleeping import laptop

__test__ = drills.ROOM

# Shares a screen, and says how many pictures of it came within a second, or why not.
SHARE = """async () => {
  try {
    const stream = await navigator.mediaDevices.getDisplayMedia({video: true});
    const [track] = stream.getVideoTracks();
    track.onended = () => { window.isOver = true };
    const video = Object.assign(document.createElement("video"), {muted: true, srcObject: stream});
    await video.play();
    const before = video.getVideoPlaybackQuality().totalVideoFrames;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    return video.getVideoPlaybackQuality().totalVideoFrames - before;
  } catch (error) {
    return error.name;
  }
}"""
# Ten times a second, for four seconds: whether the microphone is loud, as "1", or not, as "0".
LISTEN = """async () => {
  const context = new AudioContext();
  const ear = new AnalyserNode(context, {fftSize: 4096});
  context.createMediaStreamSource(await navigator.mediaDevices.getUserMedia({audio: true})).connect(ear);
  const sampled = new Float32Array(4096);
  let found = "";
  for (let look = 0; look < 40; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    ear.getFloatTimeDomainData(sampled);
    found += sampled.some((sample) => Math.abs(sample) > 0.05) ? "1" : "0";
  }
  return found;
}"""


# The network


@pytest.mark.parametrize(("resumes", "is_same"), [("open", True), ("forgotten", False)])
def test_after_a_cut_the_session_goes_on_or_another_begins(
    browser: Browser, stack: Stack, integrator: Integrator, crowd: Crowd, resumes: Way, is_same: bool
) -> None:
    made = integrator.create()
    with online(browser, stack) as (visitor, line):
        anna = visitor.open(made["join_url"])
        anna.enter("Anna")
        crowd.fill(made["meeting_code"], 1)
        anna.wait_for_fresh_videos(2)
        before, moment = crowd.sids(made["meeting_code"])["Anna"], time.monotonic()
        line.resumes = resumes
        line.cut()
        wanted = [True] if is_same else [True, False]
        eventually(lambda: [one.is_resume for one in line.attempts_since(moment)] == wanted)
        eventually(lambda: "Anna" in crowd.sids(made["meeting_code"]))
        assert (crowd.sids(made["meeting_code"])["Anna"] == before) is is_same
        anna.wait_for_fresh_videos(2)


@pytest.mark.parametrize("way", ["refused", "silent"])
def test_while_the_line_is_down_nobody_gets_through_and_afterwards_they_do(
    browser: Browser, stack: Stack, integrator: Integrator, crowd: Crowd, way: Way
) -> None:
    made = integrator.create()
    with online(browser, stack) as (visitor, line):
        visitor.open(made["join_url"]).enter("Anna")
        before, moment = crowd.sids(made["meeting_code"]), time.monotonic()
        line.cut(way)
        eventually(lambda: bool(line.attempts_since(moment)))
        assert {attempt.was for attempt in line.attempts_since(moment)} == {way}
        line.cut("open")
        eventually(lambda: line.attempts_since(moment)[-1].was == "open")
        assert crowd.sids(made["meeting_code"]) == before


def test_a_session_that_is_denied_is_not_tried_again(
    browser: Browser, stack: Stack, integrator: Integrator
) -> None:
    with online(browser, stack) as (visitor, line):
        tab = visitor.open(integrator.create()["join_url"])
        tab.enter("Anna")
        moment = time.monotonic()
        line.resumes = "denied"
        line.cut()
        leave = tab.page.get_by_role("button", name="Leave")
        asked = line.attempts_since
        eventually(lambda: not leave.is_visible() or any(not one.is_resume for one in asked(moment)))
        assert [one.was for one in asked(moment) if one.is_resume] == ["denied"]


def test_a_line_can_be_down_for_pages_too(browser: Browser, stack: Stack, integrator: Integrator) -> None:
    made = integrator.create()
    with online(browser, stack) as (visitor, line):
        tab = visitor.open(made["join_url"])
        line.carries_pages = True
        line.cut("refused")
        assert not tab.page.evaluate("fetch(location.href).then(() => true, () => false)")
        line.way = "open"
        assert tab.page.evaluate("fetch(location.href).then(() => true, () => false)")


@pytest.mark.skipif(not can_cut_media(), reason="only root may change a network's rules")
def test_without_media_pictures_freeze_and_come_back(
    integrator: Integrator, stack: Stack, tabs: Tabs, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = tabs.open(made["join_url"])
    anna.enter("Anna")
    crowd.fill(made["meeting_code"], 1)
    anna.wait_for_fresh_videos(2)
    with without_media(stack):
        anna.wait_for_fresh_videos(1)
        anna.wait_for_videos(2)  # this is why there are two ways to ask
    anna.wait_for_fresh_videos(2)


def test_a_livekit_that_stands_still_goes_on_afterwards(
    integrator: Integrator, stack: Stack, tabs: Tabs, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = tabs.open(made["join_url"])
    anna.enter("Anna")
    crowd.fill(made["meeting_code"], 1)
    anna.wait_for_fresh_videos(2)
    with standing_still(stack):
        anna.wait_for_fresh_videos(1)
    anna.wait_for_fresh_videos(2)


# Sleep


def test_a_laptop_that_slept_too_long_comes_back_as_another_session(
    browser: Browser, integrator: Integrator, crowd: Crowd
) -> None:
    made = integrator.create()
    code = made["meeting_code"]
    crowd.fill(code, 1)
    with laptop(browser) as closed, visiting(closed.browser) as visitor:
        anna = visitor.open(made["join_url"])
        anna.enter("Anna")
        anna.wait_for_fresh_videos(2)
        before = crowd.sids(code)["Anna"]
        with closed.asleep():
            eventually(lambda: "Anna" not in crowd.sids(code), seconds=40)
        eventually(lambda: crowd.sids(code).get("Anna", before) != before)
        anna.wait_for_fresh_videos(2)


# Screens, sound, devices


def test_a_screen_is_shared_refused_and_ended_by_the_browser(
    browser: Browser, integrator: Integrator
) -> None:
    with visiting(browser, SCREENS) as visitor:
        tab = visitor.open(integrator.create()["join_url"])
        refuse_screen(tab)
        assert tab.page.evaluate(SHARE) == "NotAllowedError"
        refuse_screen(tab, is_refused=False)
        assert tab.page.evaluate(SHARE) > 5
        end_sharing(tab)
        assert tab.page.evaluate("window.isOver")


def test_devices_are_pulled_out_and_plugged_in(browser: Browser, integrator: Integrator) -> None:
    with visiting(browser, DEVICES) as visitor:
        tab = visitor.open(integrator.create()["join_url"])
        tab.to_preview("Anna")
        tab.wait_for_fresh_videos(1)
        microphones = tab.page.get_by_role("combobox", name="Microphone").get_by_role("option")
        every = microphones.count()
        pull_out(tab, "microphone", "Fake Audio Input 1")
        expect(microphones).to_have_count(every - 1)
        plug_in(tab, "microphone", "Fake Audio Input 1")
        expect(microphones).to_have_count(every)
        pull_out(tab, "camera")
        tab.expect_heading("Your camera cannot be used")
        plug_in(tab, "camera")
        tab.wait_for_fresh_videos(1)


def test_a_microphone_speaks_for_two_seconds_and_is_silent_for_two(
    browser: Browser, integrator: Integrator, tmp_path: Path
) -> None:
    with (
        laptop(browser, voice(tmp_path / "voice.wav", 2, 2)) as speaking,
        visiting(speaking.browser) as visitor,
    ):
        tab = visitor.open(integrator.create()["join_url"])
        tab.page.mouse.click(1, 1)
        sampled = tab.page.evaluate(LISTEN)
        assert "1" * 10 in sampled
        assert "0" * 10 in sampled
    with visiting(browser) as visitor:
        tab = visitor.open(integrator.create()["join_url"])
        tab.page.mouse.click(1, 1)
        assert "0" * 10 not in tab.page.evaluate(LISTEN)  # the usual one beeps twice a second


def test_a_laptop_can_have_no_camera_at_all(browser: Browser, integrator: Integrator) -> None:
    flag = "--use-fake-device-for-media-stream"
    with laptop(browser, without=(flag,)) as bare, visiting(bare.browser) as visitor:
        tab = visitor.open(integrator.create()["join_url"])
        tab.to_preview("Anna")
        tab.expect_heading("Your camera and microphone cannot be used")
