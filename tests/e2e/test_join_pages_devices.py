"""Camera, microphone and speaker before a call: tried, chosen, plugged in and out, missing."""

import re

import pytest
from playwright.sync_api import Browser, expect

from local.stack import Stack
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import BUSY, DENIED, HESITANT, INSECURE, MISSING, NO_CALLS, Appointments, visiting

NO_CAMERA = """{
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => wanted.video && !window.mended
    ? Promise.reject(new DOMException("", "NotFoundError")) : real(wanted);
}"""
NO_MICROPHONE = NO_CAMERA.replace("wanted.video", "wanted.audio")
# The browser asks, until `allow()`.
ASKING = """{
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const answer = new Promise((resolve) => { window.allow = resolve; });
  navigator.mediaDevices.getUserMedia = (wanted) => answer.then(() => real(wanted));
}"""
# What was played, and on which speaker.
LISTENING = """window.played = [];
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    if (this.src.startsWith("blob:")) window.played.push(this.sinkId);
    return play.call(this);
  }"""


@pytest.fixture(scope="module")
def appointments(stack: Stack, integrator: Integrator) -> Appointments:
    return Appointments(stack, integrator)


def test_camera_and_microphone_are_seen_to_work(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser, LISTENING) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        tab.wait_for_videos(1)
        level = tab.page.get_by_role("meter", name="Microphone level")
        expect(level).not_to_have_attribute("aria-valuenow", "0")  # the fake microphone beeps
        tab.click("Mute")
        expect(level).to_have_count(0)
        tab.click("Play a test sound")
        expect(tab.page.get_by_role("button", name="Playing …")).to_be_visible()
        expect(tab.page.get_by_role("button", name="Play a test sound")).to_be_visible()
        assert tab.page.evaluate("window.played") == ["default"]


def test_chosen_devices_are_used_and_remembered(browser: Browser, appointments: Appointments) -> None:
    made = appointments.open()
    with visiting(browser, LISTENING) as visitor:
        tab = visitor.open(made["join_url"])
        tab.to_preview("Anna")
        microphones = tab.page.get_by_role("combobox", name="Microphone")
        speakers = tab.page.get_by_role("combobox", name="Speaker")
        chosen = [menu.locator("option").last.get_attribute("value") for menu in (microphones, speakers)]
        microphones.select_option(chosen[0])
        speakers.select_option(chosen[1])
        tab.click("Play a test sound")
        expect(tab.page.get_by_role("button", name="Play a test sound")).to_be_visible()
        assert tab.page.evaluate("window.played") == [chosen[1]]
        again = visitor.open(made["join_url"])
        again.to_preview("Anna")
        expect(again.page.get_by_role("combobox", name="Microphone")).to_have_value(chosen[0] or "")
        expect(again.page.get_by_role("combobox", name="Speaker")).to_have_value(chosen[1] or "")
        again.enter()


def test_where_nothing_can_be_kept_nothing_fails(browser: Browser, appointments: Appointments) -> None:
    shut = """Object.defineProperty(window, "localStorage", {
      get() { throw new DOMException("", "SecurityError"); }
    })"""
    with visiting(browser, shut) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        microphones = tab.page.get_by_role("combobox", name="Microphone")
        microphones.select_option(microphones.locator("option").last.get_attribute("value"))
        tab.enter()


def test_a_camera_that_is_plugged_in_is_noticed(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser, NO_CAMERA) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        tab.expect_heading("Your camera cannot be used")
        tab.page.evaluate("window.mended = true")
        tab.page.evaluate("navigator.mediaDevices.dispatchEvent(new Event('devicechange'))")
        tab.wait_for_videos(1)
        expect(tab.page.get_by_text("cannot be used")).to_have_count(0)


def test_a_camera_that_is_pulled_out_is_noticed(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        tab.wait_for_videos(1)
        pulled_out = """() => {
          navigator.mediaDevices.enumerateDevices = async () => [];
          const [track] = document.querySelector("video").srcObject.getVideoTracks();
          track.stop();
          track.dispatchEvent(new Event("ended"));
        }"""
        tab.page.evaluate(pulled_out)
        tab.expect_heading("Your camera cannot be used")
        expect(tab.page.get_by_role("combobox", name="Camera")).to_have_count(0)
        tab.enter()


# What is missing


@pytest.mark.parametrize(
    ("script", "help"),
    [
        (DENIED, "Click the icon to the left of the address"),
        (MISSING, "None was found"),
        (BUSY, "Another program seems to be using it"),
        (INSECURE, "begins with https://"),
    ],
)
def test_what_keeps_devices_away_is_shown_and_people_join_all_the_same(
    browser: Browser, appointments: Appointments, script: str, help: str
) -> None:
    made = appointments.open()
    with visiting(browser, script) as visitor, visiting(browser) as other:
        tab = visitor.open(made["join_url"])
        tab.to_preview("Ben")
        tab.expect_heading("Your camera and microphone cannot be used")
        tab.expect_text(help)
        tab.enter()
        anna = other.open(made["join_url"])
        anna.enter("Anna")
        tab.wait_for_videos(1)
        anna.expect_text("Ben · muted")


@pytest.mark.parametrize(
    ("script", "missing", "kept"),
    [(NO_CAMERA, "camera", "Mute"), (NO_MICROPHONE, "microphone", "Camera off")],
)
def test_one_can_be_missing_while_the_other_works(
    browser: Browser, appointments: Appointments, script: str, missing: str, kept: str
) -> None:
    with visiting(browser, script) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        tab.expect_heading(f"Your {missing} cannot be used")
        expect(tab.page.get_by_role("button", name=kept)).to_be_enabled()
        tab.enter()


def test_what_was_denied_and_is_allowed_now_is_tried_again(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser, DENIED) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        tab.expect_heading("cannot be used")
        tab.page.evaluate("window.mended = true")
        tab.click("Try again")
        tab.wait_for_videos(1)


def test_while_the_browser_asks_the_page_says_what_to_do_and_goes_on_after_8_seconds(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser, HESITANT) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        join = tab.page.get_by_role("button", name=re.compile("^Join"))
        expect(join).to_be_disabled()
        tab.expect_text("choose “Allow”")
        expect(join).to_be_enabled()
        tab.expect_heading("Your camera and microphone cannot be used")
        tab.expect_text("There is no answer yet.")
        join.click()
        expect(tab.page.get_by_role("button", name="Leave", exact=True)).to_be_visible()


def test_who_does_not_want_to_wait_for_the_devices_goes_in_without_and_they_come_later_muted(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser, ASKING) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        tab.click("Go in without camera and microphone")
        expect(tab.page.get_by_role("button", name="Leave", exact=True)).to_be_visible()
        unmute = tab.page.get_by_role("button", name="Unmute", exact=True)
        expect(unmute).to_be_disabled()
        tab.page.evaluate("window.allow()")
        tab.expect_text("A microphone was found. It is muted.")
        expect(unmute).to_be_enabled()
        tab.click("Camera on")
        tab.wait_for_videos(1)


def test_a_browser_that_is_too_old_says_so(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser, NO_CALLS) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.expect_heading("Your browser is too old for calls")
        tab.expect_text("current version of Chrome, Edge, Firefox or Safari")


@pytest.mark.parametrize("missing", ["AbortSignal.timeout", "URL.canParse", "Array.prototype.findLast"])
def test_a_browser_without_newer_parts_that_can_be_done_without_is_no_obstacle(
    browser: Browser, appointments: Appointments, missing: str
) -> None:
    with visiting(browser, f"delete {missing}") as visitor:
        visitor.open(appointments.open()["join_url"]).enter("Anna")


def test_a_browser_that_lacks_others_is_told_so(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser, "delete window.ResizeObserver") as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.expect_heading("Your browser is too old for calls")


def test_a_page_that_cannot_be_drawn_says_what_may_be_the_reason(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(
        browser, "Element.prototype.setAttribute = () => { throw new TypeError('old') }"
    ) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.expect_text("Does nothing happen? Your browser may be too old.")
        assert visitor.wrong == ["old"]
        visitor.wrong.clear()
