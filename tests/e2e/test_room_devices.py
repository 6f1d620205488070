"""Camera, microphone and speaker during the call: changed, pulled out, plugged in, busy; full screen."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.callers import button
from tests.e2e.crowd import Crowd
from tests.e2e.hardware import DEVICES, SOUND_HELD_BACK, plug_in, pull_out
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import visiting
from tests.e2e.seeing import CONNECTIONS, becomes, comes, sources, speakers, tile
from tests.e2e.sleeping import laptop
from tests.e2e.tab import Tab

ONE_CAMERA = "--use-fake-device-for-media-stream"
CAMERA = "fake_device_2"  # what the second of Chromium's cameras shows cannot be sent: only depths
FIRST, SECOND = "Fake Audio Input 1", "Fake Audio Input 2"
# Until `window.isInUse` is over, another program has the camera.
IN_USE = """{
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = (wanted) => window.isInUse && wanted.video
    ? Promise.reject(new DOMException("", "NotReadableError")) : real(wanted);
}"""

A_MINUTE_LATER = "{ const now = performance.now.bind(performance); performance.now = () => now() + 60_000; }"
# Devices that another program has, by their ids; what is not an input cannot be played on.
TAKEN = """(ids) => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const {video, audio} = wanted;
    if (ids.includes((video || audio).deviceId?.exact)) throw new DOMException("", "NotReadableError");
    return real(wanted);
  };
  const set = HTMLMediaElement.prototype.setSinkId;
  HTMLMediaElement.prototype.setSinkId = async function (id) {
    if (ids.includes(id)) throw new DOMException("", "NotFoundError");
    return set.call(this, id);
  };
}"""


@pytest.fixture
def ben(browser: Browser, integrator: Integrator) -> Iterator[Tab]:
    """Somebody who looks and listens; the meeting is where he is."""
    with visiting(browser) as visitor:
        tab = visitor.open(integrator.create()["join_url"])
        tab.enter("Ben")
        yield tab


def open_settings(tab: Tab) -> Callable[[str], Locator]:
    """The dialog's menus, by what they choose."""
    tab.click("More")
    tab.click("Settings")
    dialog = tab.page.get_by_role("dialog", name="Settings")
    return lambda kind: dialog.get_by_role("combobox", name=kind)


def close_settings(tab: Tab) -> None:
    tab.page.get_by_role("dialog").get_by_role("button", name="Close").click()


# Changed


def test_another_microphone_camera_and_speaker_are_used_at_once(browser: Browser, ben: Tab) -> None:
    with (
        laptop(browser, f"{ONE_CAMERA}=device-count=3", without=(ONE_CAMERA,)) as rich,
        visiting(rich.browser, CONNECTIONS) as visitor,
    ):
        anna = visitor.open(ben.page.url)
        anna.enter("Anna")
        ben.wait_for_fresh_videos(2)
        menu = open_settings(anna)
        menu("Microphone").select_option(label=SECOND)
        becomes(lambda: sources(anna, "audio"), [SECOND])
        assert sources(anna, "video") != [CAMERA]
        menu("Camera").select_option(label=CAMERA)
        becomes(lambda: sources(anna, "video"), [CAMERA])
        menu("Speaker").select_option(index=1)
        becomes(lambda: speakers(anna), {menu("Speaker").input_value()})
        close_settings(anna)
        ben.wait_for_fresh_videos(2)
        ben.wait_for_sounds(1)
        anna.wait_for_sounds(1)
        menu = open_settings(anna)
        expect(menu("Microphone").locator("option:checked")).to_have_text(SECOND)
        expect(menu("Camera").locator("option:checked")).to_have_text(CAMERA)


def test_a_device_that_is_chosen_and_cannot_be_used_leaves_the_one_in_use_running(
    browser: Browser, ben: Tab
) -> None:
    with (
        laptop(browser, f"{ONE_CAMERA}=device-count=3", without=(ONE_CAMERA,)) as rich,
        visiting(rich.browser, CONNECTIONS) as visitor,
    ):
        anna = visitor.open(ben.page.url)
        anna.enter("Anna")
        ben.wait_for_fresh_videos(2)
        becomes(lambda: len(sources(anna, "audio") + sources(anna, "video")), 2)
        before = sources(anna, "audio") + sources(anna, "video")
        menu = open_settings(anna)
        refused = anna.page.get_by_text("This one could not be started. The one before is still in use.")
        for kind in ("Microphone", "Camera", "Speaker"):
            options = menu(kind).locator("option:not(:checked)")
            anna.page.evaluate(TAKEN, [options.last.get_attribute("value")])
            used = menu(kind).input_value()
            menu(kind).select_option(options.last.get_attribute("value"))
            comes(refused)
            expect(menu(kind)).to_have_value(used)
            expect(refused).to_have_count(1)
        assert sources(anna, "audio") + sources(anna, "video") == before
        close_settings(anna)
        ben.wait_for_fresh_videos(2)
        ben.wait_for_sounds(1)
        for name in ("Mute", "Camera off"):
            expect(button(anna, name)).to_be_enabled()


# Pulled out and plugged in


def test_a_microphone_that_is_pulled_out_is_replaced_or_given_up_and_can_come_back(
    browser: Browser, ben: Tab
) -> None:
    with visiting(browser, DEVICES + CONNECTIONS) as visitor:
        anna = visitor.open(ben.page.url)
        anna.enter("Anna")
        open_settings(anna)("Microphone").select_option(label=FIRST)
        close_settings(anna)
        becomes(lambda: sources(anna, "audio"), [FIRST])
        ben.wait_for_sounds(1)

        pull_out(anna, "microphone", FIRST)
        anna.expect_text("Your microphone was disconnected. Now in use:")
        becomes(lambda: len(sources(anna, "audio")), 1)
        assert sources(anna, "audio") != [FIRST]
        ben.wait_for_sounds(1)

        pull_out(anna, "microphone")
        comes(anna.page.get_by_text("Your microphone was disconnected.", exact=True).first)
        expect(button(anna, "Unmute")).to_be_disabled(timeout=20_000)
        ben.wait_for_sounds(0)
        ben.expect_text("Anna · muted")

        anna.page.evaluate(A_MINUTE_LATER)  # else it is as if it had not been away
        plug_in(anna, "microphone")
        anna.expect_text("A microphone was found. It is muted.")
        ben.expect_text("Anna · muted")
        anna.click("Unmute")
        ben.wait_for_sounds(1)


def test_whoever_comes_without_a_camera_can_plug_one_in_and_lose_it_again(browser: Browser, ben: Tab) -> None:
    with visiting(browser, DEVICES + CONNECTIONS) as visitor:
        anna = visitor.open(ben.page.url)
        pull_out(anna, "camera")
        anna.enter("Anna")
        expect(button(anna, "Camera on")).to_be_disabled(timeout=20_000)
        becomes(lambda: tile(ben, "Anna").initial, "A")

        plug_in(anna, "camera")
        anna.expect_text("A camera was found. It is off.")
        assert tile(ben, "Anna").initial == "A"
        anna.click("Camera on")
        ben.wait_for_fresh_videos(2)

        pull_out(anna, "camera")
        comes(anna.page.get_by_text("Your camera was disconnected.", exact=True).first)
        expect(button(anna, "Camera on")).to_be_disabled(timeout=20_000)
        becomes(lambda: tile(ben, "Anna").initial, "A")
        ben.wait_for_sounds(1)


# In use elsewhere


def test_a_camera_that_another_program_uses_is_reported_and_can_be_tried_again(
    browser: Browser, ben: Tab
) -> None:
    with visiting(browser, IN_USE) as visitor:
        anna = visitor.open(ben.page.url)
        anna.enter("Anna")
        ben.wait_for_fresh_videos(2)
        anna.click("Camera off")
        anna.page.evaluate("window.isInUse = true")
        anna.click("Camera on")
        anna.expect_text("Your camera cannot be used")
        expect(button(anna, "Camera on")).to_be_disabled(timeout=20_000)
        open_settings(anna)
        anna.expect_text("Another program seems to be using it.")
        anna.page.evaluate("window.isInUse = false")
        anna.click("Try again")
        close_settings(anna)
        anna.click("Camera on")
        ben.wait_for_fresh_videos(2)
        ben.wait_for_sounds(1)


# Full screen


def test_the_call_fills_the_screen_by_its_button_and_by_its_key(ben: Tab) -> None:
    def is_full() -> object:
        return ben.page.evaluate("!!document.fullscreenElement")

    ben.click("More")
    ben.click("Full screen")
    becomes(is_full, True)
    ben.click("More")
    ben.click("Leave full screen")
    becomes(is_full, False)
    for wanted in (True, False):
        ben.page.keyboard.press("f")
        becomes(is_full, wanted)
    ben.click("More")
    ben.click("Full screen")
    becomes(is_full, True)
    ben.leave()
    becomes(is_full, False)


def test_sound_that_is_held_back_plays_after_a_click(
    browser: Browser, integrator: Integrator, crowd: Crowd
) -> None:
    made = integrator.create()
    with visiting(browser, SOUND_HELD_BACK) as visitor:
        anna = visitor.open(made["join_url"])
        anna.enter("Anna")
        [person] = crowd.fill(made["meeting_code"], 1)
        person.speak()
        held_back = anna.page.get_by_role("button", name="holds back the sound")
        expect(held_back).to_be_visible()
        anna.wait_for_sounds(0)
        held_back.click()
        anna.wait_for_sounds(1)
        expect(held_back).to_have_count(0)
