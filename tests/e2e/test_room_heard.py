"""What people are shown of themselves is what others get, whatever breaks, is pressed or is translated."""

import time

import pytest
from playwright.sync_api import Browser, Dialog, expect

from local.stack import Stack
from tests.e2e.breaking import Call, expect_steady
from tests.e2e.callers import LIVE_REGION, button, expect_announced, expect_toast, opened, tile, write
from tests.e2e.crowd import Crowd
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import visiting
from tests.e2e.person import Person, eventually
from tests.e2e.seeing import CONNECTIONS, sources
from tests.e2e.tab import PATIENCE, Tab

ALL_IN_USE = """() => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotReadableError"));
}"""
SENDER = """connections.flatMap((one) => one.getSenders()).find(({track}) => track?.kind === "audio")"""
IS_SENT = f"{SENDER}.track.enabled"
# As browsers that translate do: other nodes take the place of every text, also of those that come or change
# later; some put the text's own node into a new one. Here the words remain.
TRANSLATED = """(keepsNodes) => {
  const others = "font[data-translated], script, style, textarea, option";
  const isTranslated = (node) => node.parentNode?.closest(others);
  const translate = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = root.nodeType === 3 ? root : walker.nextNode(); node; node = walker.nextNode())
      found.push(node);
    for (const node of found) {
      if (!node.data.trim() || !node.isConnected || isTranslated(node)) continue;
      const [outer, inner] = [document.createElement("font"), document.createElement("font")];
      outer.dataset.translated = "";
      outer.append(inner);
      node.replaceWith(outer);
      inner.append(keepsNodes ? node : node.data);
    }
  };
  translate(document.body);
  new MutationObserver((changes) => {
    for (const {type, target, addedNodes} of changes)
      for (const node of type === "childList" ? addedNodes : [target]) translate(node);
  }).observe(document.body, {childList: true, subtree: true, characterData: true});
}"""


@pytest.fixture
def call(browser: Browser, stack: Stack, integrator: Integrator, crowd: Crowd) -> Call:
    return Call(browser, stack, integrator, crowd)


@pytest.fixture
def john(call: Call, crowd: Crowd) -> Person:
    return crowd.join(call.john)


def expect_heard(john: Person, is_heard: bool = True) -> None:
    eventually(lambda: john.is_heard("Jane") is is_heard)


# Reconnects


def test_who_reconnects_while_other_programs_have_the_devices_is_seen_and_heard_again(
    browser: Browser, call: Call
) -> None:
    with call.entered() as (jane, line), visiting(browser) as visitor:
        john = visitor.open(call.john)
        john.enter()
        john.wait_for_fresh_videos(2)
        before = call.sid()
        jane.page.evaluate(ALL_IN_USE)
        line.resumes = "forgotten"
        line.cut()
        eventually(lambda: call.is_back(before))
        expect_steady(jane)
        john.wait_for_fresh_videos(2)
        john.wait_for_sounds(1)
        for name in ("Mute", "Camera off"):
            expect(button(jane, name)).to_be_enabled()


# The two are compared


def test_who_is_shown_as_muted_and_is_sent_all_the_same_is_silenced_and_told(
    browser: Browser, call: Call, john: Person
) -> None:
    with visiting(browser, LIVE_REGION + CONNECTIONS) as visitor:
        jane = visitor.open(call.jane)
        jane.enter()
        expect_heard(john)
        button(jane, "Mute").click()
        eventually(lambda: not jane.page.evaluate(IS_SENT))
        jane.page.evaluate(f"{IS_SENT} = true")
        expect_toast(
            jane, "Attention: the others could still hear you although you were muted. They no longer can."
        )
        assert not jane.page.evaluate(IS_SENT)
        button(jane, "Unmute").click()
        expect_heard(john)
        assert jane.page.evaluate(IS_SENT)


def test_who_is_shown_as_unmuted_and_is_not_sent_is_told_and_sent_again(
    browser: Browser, call: Call, john: Person
) -> None:
    with visiting(browser, LIVE_REGION + CONNECTIONS) as visitor:
        jane = visitor.open(call.jane)
        jane.enter()
        expect_heard(john)
        eventually(lambda: len(sources(jane, "audio")) == 1)
        jane.page.evaluate(f"{SENDER}.replaceTrack(null)")
        expect_announced(
            jane, "The others cannot hear you at the moment. If that lasts, leave and join again."
        )
        expect_toast(jane, "You can be heard.")
        assert len(sources(jane, "audio")) == 1
        expect(button(jane, "Mute")).to_be_visible()


# Push to talk


def test_the_space_bar_lets_one_talk_while_it_is_held_also_on_a_button_that_was_clicked(
    call: Call, john: Person
) -> None:
    with call.entered() as (jane, _):
        keys = jane.page.keyboard
        expect_heard(john)
        for name in ("Mute", "Raise hand", "More"):  # each is clicked, and has the focus
            button(jane, name).click()
            expect_heard(john, False)
            keys.down("Space")
            expect_heard(john)
            keys.up("Space")
            expect_heard(john, False)
            expect(button(jane, "Unmute")).to_be_visible()
        expect(button(jane, "Lower hand")).to_be_visible()


def test_held_on_the_own_microphones_button_it_does_so_too_and_tapped_it_clicks(
    call: Call, john: Person
) -> None:
    with call.entered() as (jane, _):
        keys = jane.page.keyboard
        expect_heard(john)
        button(jane, "Mute").focus()
        keys.press("Space")
        expect_heard(john, False)
        keys.down("Space")
        expect_heard(john)
        keys.up("Space")
        expect_heard(john, False)
        keys.press("Space")
        expect_heard(john)
        expect(button(jane, "Mute")).to_be_visible()


# Coming back


def test_who_was_muted_and_unseen_still_is_after_joining_again_and_after_a_reload(
    call: Call, john: Person
) -> None:
    with call.entered() as (jane, _):
        expect_heard(john)
        for name in ("Mute", "Camera off"):
            button(jane, name).click()
        expect_heard(john, False)
        jane.leave()
        button(jane, "Join again").click()
        for again in (jane.enter, jane.page.reload, jane.enter):
            again()
            for name in ("Unmute", "Camera on"):
                expect(button(jane, name)).to_be_enabled()
            assert not john.is_heard("Jane")
        for name in ("Unmute", "Camera on"):
            button(jane, name).click()
        expect_heard(john)
        jane.page.reload()
        for name in ("Mute", "Camera off"):
            expect(button(jane, name)).to_be_enabled()


# Translated pages


@pytest.mark.parametrize("keeps_nodes", [False, True])
def test_in_a_page_that_the_browser_translates_every_word_remains_true(
    browser: Browser, integrator: Integrator, crowd: Crowd, keeps_nodes: bool
) -> None:
    made = integrator.create()
    with visiting(browser, LIVE_REGION) as visitor:
        jane = visitor.open(made["join_url"])
        jane.page.evaluate(TRANSLATED, keeps_nodes)
        jane.click("Continue")
        jane.expect_text("Please enter your name.")
        jane.to_preview("Jane")
        button(jane, "Mute").click()
        expect(button(jane, "Unmute")).to_be_visible()
        jane.enter()
        jane.expect_text("Nobody else is here yet.")
        [john] = crowd.fill(made["meeting_code"], 1)
        expect(tile(jane, "Person 1")).to_be_visible()
        expect(jane.page.get_by_text("Nobody else is here yet.")).to_have_count(0)
        for _ in range(2):
            for before, after, is_heard in (("Unmute", "Mute", True), ("Mute", "Unmute", False)):
                button(jane, before).click()
                expect(button(jane, after)).to_be_visible()
                expect(button(jane, before)).to_have_count(0)
                expect_heard(john, is_heard)
        for before, after in (("Camera off", "Camera on"), ("Raise hand", "Lower hand")):
            button(jane, before).click()
            expect(button(jane, after)).to_be_visible()
        expect_panels_true(jane, john)
        jane.leave()
        button(jane, "Join again").click()
        expect(button(jane, "Unmute")).to_be_visible()


def expect_panels_true(jane: Tab, john: Person) -> None:
    people = opened(jane, "People")
    expect(people.get_by_role("heading")).to_have_text("People (2)")
    write(jane, "Hello")
    john.send_text("Good morning", "chat")
    expect(jane.page.locator(".chat .text")).to_have_text(["Hello", "Good morning"])
    opened(jane, "People")
    john.leave()
    expect(people.get_by_role("heading")).to_have_text("People (1)")
    expect(tile(jane, "Person 1")).to_have_count(0)


# Gone by accident


def test_a_reload_asks_first_during_the_call_and_not_after_it(browser: Browser, call: Call) -> None:
    with visiting(browser) as visitor:
        jane = visitor.open(call.jane)
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        jane.page.on("dialog", stay)
        jane.enter()
        for count, away in enumerate(("location.reload()", "history.back()"), start=1):
            jane.page.evaluate(f"setTimeout(() => {away})")
            while_waiting = time.monotonic() + PATIENCE
            while len(asked) < count and time.monotonic() < while_waiting:
                jane.page.wait_for_timeout(50)  # Playwright notices it only while it is asked something
            assert asked == ["beforeunload"] * count
            expect(button(jane, "Leave")).to_be_visible()
        jane.leave()
        jane.page.reload()
        expect(button(jane, "Join now")).to_be_enabled()
        assert len(asked) == 2


def test_a_clock_that_is_set_during_the_call_does_not_end_it(call: Call, john: Person) -> None:
    with call.entered() as (jane, _):
        expect_heard(john)
        jane.page.evaluate("{ const now = Date.now; Date.now = () => now() + 11 * 60_000; }")
        ticks = (
            "new Promise((resolve) => setTimeout(resolve, 3_000))"  # its clocks are looked at every second
        )
        jane.page.evaluate(ticks)
        expect(button(jane, "Leave")).to_be_visible()
        assert john.is_heard("Jane")
