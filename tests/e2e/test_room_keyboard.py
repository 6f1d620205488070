"""The call by keys alone: the way in and out, shortcuts, where the focus goes; and without motion."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.callers import Callers, button, field, opened, panel, row, texts, tile, write
from tests.e2e.crowd import Crowd
from tests.e2e.hardware import SCREENS
from tests.e2e.integrator import Integrator
from tests.e2e.person import Person, eventually
from tests.e2e.tab import Tab

# What has the focus, unless it is in sight and marked.
FOCUS = """() => {
  const one = document.activeElement, {outlineStyle, outlineWidth} = getComputedStyle(one);
  const {width, height} = one.getBoundingClientRect();
  const isMarked = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  return one !== document.body && width && height && isMarked ? "" : `${one.outerHTML.slice(0, 200)}`;
}"""
IS_INSIDE = "document.activeElement !== document.body && !!document.activeElement.closest('.stage')"
# Every animation and transition with a duration is kept; a look now and then would miss most.
MOTION = """{
  window.moved = [];
  const note = () => {
    for (const {effect, animationName, transitionProperty} of document.getAnimations())
      if (effect.getTiming().duration > 0) window.moved.push(animationName ?? transitionProperty);
  };
  for (const name of ["animationstart", "transitionrun"]) document.addEventListener(name, note, true);
}"""

# Presses the key that opens the chat in the moment in which the call is in the page, before it is painted.
AT_ONCE = """{
  const observer = new MutationObserver(() => {
    if (!document.querySelector("main.stage")) return;
    observer.disconnect();
    document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "c", code: "KeyC", bubbles: true}));
  });
  observer.observe(document, {childList: true, subtree: true});
}"""


@pytest.fixture
def callers(browser: Browser) -> Iterator[Callers]:
    made = Callers(browser)
    with made.profiles:
        yield made


@pytest.fixture
def anna(integrator: Integrator, callers: Callers) -> Tab:
    """In an open meeting, alone."""
    tab = callers.enter(integrator.create()["join_url"], "Anna", SCREENS + MOTION)
    expect(tab.page.get_by_role("heading", level=1)).to_be_focused()
    return tab


def beside(anna: Tab, crowd: Crowd, name: str) -> Person:
    """Somebody without a browser in the same meeting, as Anna sees them."""
    code = anna.page.url.rstrip("/").rsplit("/", 1)[1]
    person = crowd.add(crowd.ticket(code, name), ["chat"])
    expect(tile(anna, name)).to_be_visible()
    return person


def tab_to(tab: Tab, role: str, name: str) -> None:
    """By the Tab key; at each stop the focus is seen. After the page's last stop comes its beginning."""
    part = tab.page.get_by_role(role, name=name, exact=True)  # type: ignore[arg-type]
    stops: list[str] = []
    while not part.evaluate("part => part === document.activeElement"):
        tab.page.keyboard.press("Tab")
        stops.append(tab.page.evaluate(FOCUS))
        assert len(stops) < 40, f"{name} is not reached by the keyboard"
    lost = [stop for stop in stops if stop]
    assert lost == [] or (len(lost) == 1 and lost[0].startswith("<body"))


def expect_inside(tab: Tab) -> None:
    """The focus is in the call, and remains there."""
    for _ in range(5):
        eventually(lambda: tab.page.evaluate(IS_INSIDE))


# The whole way


def test_keys_alone_lead_from_the_link_through_a_message_and_a_raised_hand_and_out_again(
    integrator: Integrator, callers: Callers, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = callers.open(made["join_url"])
    keys = anna.page.keyboard
    tab_to(anna, "textbox", "Your name")
    keys.type("Anna")
    keys.press("Enter")
    expect(button(anna, "Join now")).to_be_enabled()
    tab_to(anna, "button", "Join now")
    keys.press("Enter")
    expect(button(anna, "Leave")).to_be_visible()
    expect(anna.page.get_by_role("heading", level=1)).to_be_focused()
    ben = beside(anna, crowd, "Ben")
    tab_to(anna, "button", "Chat")
    keys.press("Enter")
    expect(field(anna)).to_be_focused()
    keys.type("Good morning")
    keys.press("Enter")
    eventually(lambda: ben.texts("chat") == ["Good morning"])
    keys.press("Escape")
    expect(button(anna, "Chat")).to_be_focused()
    tab_to(anna, "button", "Raise hand")
    keys.press("Enter")
    eventually(lambda: '"raised":true' in "".join(ben.texts("hand")))
    expect(button(anna, "Lower hand")).to_be_focused()
    keys.press("Enter")
    expect(button(anna, "Raise hand")).to_be_focused()
    tab_to(anna, "button", "Leave")
    keys.press("Enter")
    anna.expect_heading("You left")
    expect(anna.page.get_by_role("heading", level=1)).to_be_focused()


# Single keys


def test_single_keys_do_what_the_list_says_and_nothing_while_one_types(anna: Tab, crowd: Crowd) -> None:
    ben = beside(anna, crowd, "Ben")
    keys, more = anna.page.keyboard, anna.page.locator("#more-menu")
    eventually(lambda: ben.is_heard("Anna"))
    for key, before, after in (
        ("m", "Mute", "Unmute"),
        ("v", "Camera off", "Camera on"),
        ("h", "Raise hand", "Lower hand"),
        ("s", "Share screen", "Stop sharing"),
    ):
        expect(button(anna, before).first).to_be_visible()
        keys.press(key)
        expect(button(anna, after).first).to_be_visible()
    keys.press("s")
    expect(button(anna, "Share screen")).to_be_visible()
    keys.press("g")
    expect(more).to_contain_text("Grid view")
    keys.press("f")
    eventually(lambda: anna.page.evaluate("document.fullscreenElement !== null"))
    keys.press("f")
    eventually(lambda: anna.page.evaluate("document.fullscreenElement === null"))
    keys.down("Space")  # push to talk
    eventually(lambda: ben.is_heard("Anna"))
    keys.up("Space")
    expect(button(anna, "Unmute")).to_be_visible()
    eventually(lambda: not ben.is_heard("Anna"))
    keys.press("c")
    expect(field(anna)).to_be_focused()
    keys.type("mvshcpgf? ")
    expect(field(anna)).to_have_value("mvshcpgf? ")
    for name in ("Unmute", "Camera on", "Lower hand", "Share screen"):
        expect(button(anna, name)).to_be_visible()
    expect(more).to_contain_text("Grid view")
    keys.press("Escape")
    expect(panel(anna, "Chat")).to_have_count(0)
    expect(button(anna, "Chat")).to_be_focused()
    keys.press("p")
    expect(panel(anna, "People")).to_be_visible()


def test_a_key_works_from_the_moment_the_call_is_there(integrator: Integrator, callers: Callers) -> None:
    anna = callers.enter(integrator.create()["join_url"], "Anna", AT_ONCE)
    expect(panel(anna, "Chat")).to_be_visible()


def test_the_list_of_shortcuts_can_switch_them_off_for_good(anna: Tab) -> None:
    keys = anna.page.keyboard
    keys.press("?")
    listed = anna.page.get_by_role("dialog", name="Keyboard shortcuts")
    shown = ["M", "Space", "V", "S", "H", "C", "P", "G", "F", "?", "Esc"]
    expect(listed.locator("kbd")).to_have_text(shown)
    keys.press("h")  # what is behind the dialog waits
    switch = listed.get_by_role("checkbox", name="Use single keys as shortcuts")
    expect(switch).to_be_checked()
    tab_to(anna, "checkbox", "Use single keys as shortcuts")
    keys.press("Space")
    expect(switch).not_to_be_checked()
    keys.press("Escape")
    expect(listed).to_have_count(0)
    expect(anna.page.get_by_role("heading", level=1)).to_be_focused()
    keys.press("h")
    opened(anna, "People")
    keys.press("Escape")  # is no single key of these
    expect(panel(anna, "People")).to_have_count(0)
    expect(button(anna, "Raise hand")).to_be_visible()
    anna.page.reload()
    anna.enter("Anna")
    keys.press("h")
    anna.click("More")
    anna.click("Keyboard shortcuts")
    expect(switch).not_to_be_checked()
    switch.check()
    keys.press("Escape")
    expect(button(anna, "Raise hand")).to_be_visible()
    keys.press("h")
    expect(button(anna, "Lower hand")).to_be_visible()


# Where the focus goes


def test_what_closes_gives_the_focus_back_to_what_opened_it(anna: Tab) -> None:
    keys, more = anna.page.keyboard, anna.page.locator("#more-menu")
    tab_to(anna, "button", "More")
    keys.press("Enter")
    expect(more).to_be_visible()
    for name in ("Speaker view", "Full screen", "Settings", "Keyboard shortcuts"):
        keys.press("Tab")
        expect(button(anna, name)).to_be_focused()
        assert anna.page.evaluate(FOCUS) == ""
    keys.press("Escape")
    expect(more).to_be_hidden()
    expect(button(anna, "More")).to_be_focused()
    keys.press("Enter")
    tab_to(anna, "button", "Settings")
    keys.press("Enter")
    settings = anna.page.get_by_role("dialog", name="Settings")
    expect(settings).to_be_visible()
    assert anna.page.evaluate("document.activeElement.closest('dialog') !== null")
    keys.press("Escape")
    expect(settings).to_have_count(0)
    expect(button(anna, "More")).to_be_focused()
    for name in ("People", "Chat"):
        anna.click(name)
        expect(panel(anna, name)).to_be_visible()
        keys.press("Escape")
        expect(panel(anna, name)).to_have_count(0)
        expect(button(anna, name)).to_be_focused()


def test_the_focus_remains_in_the_call_when_what_has_it_goes(anna: Tab, crowd: Crowd) -> None:
    ben, carl, dora = (beside(anna, crowd, name) for name in ("Ben", "Carl", "Dora"))
    tile(anna, "Carl").get_by_role("button", name="Pin Carl").focus()
    carl.leave()
    expect(tile(anna, "Carl")).to_have_count(0)
    expect_inside(anna)
    opened(anna, "People")
    row(anna, "Ben").get_by_role("button", name="Pin Ben").focus()
    ben.leave()
    expect(row(anna, "Ben")).to_have_count(0)
    eventually(lambda: anna.page.evaluate("document.activeElement.closest('.person') !== null"))
    row(anna, "Dora").get_by_role("button", name="Pin Dora").focus()
    anna.page.keyboard.press("Enter")  # her tile goes elsewhere, her row remains
    expect(row(anna, "Dora").get_by_role("button", name="Unpin Dora")).to_be_focused()
    tile(anna, "Dora").get_by_role("button", name="Unpin Dora").focus()
    dora.leave()
    expect(row(anna, "Dora")).to_have_count(0)
    expect_inside(anna)


# Motion


def test_nothing_moves_in_the_call_for_those_who_asked_for_that(anna: Tab, crowd: Crowd) -> None:
    anna.page.emulate_media(reduced_motion="reduce")
    anna.page.evaluate("moved.length = 0")
    beside(anna, crowd, "Ben").send_text("Hello", "chat")
    shows_everything(anna, "Ben: Hello")
    assert anna.page.evaluate("moved") == []
    anna.page.emulate_media(reduced_motion="no-preference")
    beside(anna, crowd, "Carl").send_text("Hello", "chat")
    shows_everything(anna, "Carl: Hello")
    assert set(anna.page.evaluate("moved")) >= {"toast", "rise"}


def shows_everything(tab: Tab, toast: str) -> None:
    """A toast, panels, a menu and a dialog, one after the other."""
    eventually(lambda: toast in tab.page.evaluate("toasts"))
    write(tab, "Hello")
    expect(texts(tab).last).to_have_text("Hello")
    opened(tab, "People")
    tab.click("More")
    tab.click("Settings")
    expect(tab.page.get_by_role("dialog", name="Settings")).to_be_visible()
    tab.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    tab.page.keyboard.press("Escape")
    expect(tab.page.get_by_role("dialog", name="Settings")).to_have_count(0)
    tab.page.keyboard.press("Escape")
