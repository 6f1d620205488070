"""How every page looks and reads: light, dark and on a phone, by ear, by keyboard, in five languages."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from local.stack import Stack
from tests.e2e.contrast import FAINT_ICONS
from tests.e2e.hardware import NAMED
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import (
    LOOKS,
    SCROLLS_SIDEWAYS,
    SMALL_TARGETS,
    Appointments,
    Visitor,
    findings,
    keep,
    visiting,
)
from tests.e2e.scenes import SCENES
from tests.e2e.tab import Tab
from tests.e2e.troubles import TROUBLES

EVERYTHING = {**SCENES, **TROUBLES}

SHOWN = {  # by docs/joining.md
    "preview-light": "way-in",
    "preview-phone": "way-in-phone",
    "denied-dark": "no-devices",
    "code-light": "code",
    "gate-light": "feedback",
    "full-phone": "dead-end-phone",
}
HEADINGS = {
    "hi": "अपना कोड डालें",
    "de": "Geben Sie Ihren Code ein",
    "fr": "Saisissez votre code",
    "es": "Introduzca su código",
}


@pytest.fixture(scope="module")
def appointments(stack: Stack, integrator: Integrator) -> Appointments:
    return Appointments(stack, integrator)


@pytest.mark.parametrize("name", EVERYTHING)
def test_every_page_in_every_state_reads_well(
    mirror: Browser, appointments: Appointments, tmp_path: Path, name: str
) -> None:
    scene = EVERYTHING[name]
    with visiting(mirror, NAMED + scene.script, java_script_enabled=scene.has_script) as visitor:
        tab = scene.act(visitor, appointments)
        expect(tab.page.get_by_role("heading", level=1)).to_be_visible()
        for look, (width, height, scheme) in LOOKS.items():
            tab.page.set_viewport_size({"width": width, "height": height})
            tab.page.emulate_media(color_scheme=scheme)
            keep(tab, tmp_path, f"{name}-{look}", SHOWN)
            assert not tab.page.evaluate(SCROLLS_SIDEWAYS), look
            assert tab.page.evaluate(SMALL_TARGETS) == [], look
            if scene.has_script:  # which axe-core itself needs
                assert findings(tab.page) == [], look
    appointments.forget_wrong_codes()


def test_what_would_be_found_is_found(browser: Browser) -> None:
    with visiting(browser) as visitor:
        page = visitor.context.new_page()
        page.set_content("<button></button><div class=wide><input></div>")
        page.add_style_tag(content=".wide { width: 200vw }")
        assert page.evaluate(SCROLLS_SIDEWAYS)
        assert page.evaluate(SMALL_TARGETS)
        assert any(found.startswith("button-name") for found in findings(page))


def test_what_would_be_faint_is_found(browser: Browser) -> None:
    with visiting(browser) as visitor:
        page = visitor.context.new_page()
        page.set_content("<i class=faint><svg class=icon></svg></i><i><svg class=icon></svg></i>")
        page.add_style_tag(content=".faint { color: #ffd479 } .icon { width: 1em; height: 1em }")
        [found] = page.evaluate(FAINT_ICONS)
        assert "faint" in found


# Phones


@pytest.mark.parametrize("size", [(844, 390), (667, 375), (568, 320)])
def test_the_way_in_is_seen_at_once_on_a_phone_that_lies(
    mirror: Browser, appointments: Appointments, size: tuple[int, int]
) -> None:
    """And that the meeting is recorded."""
    topic = "Interview with Jane Smith about everything that a topic can be about, and some more"
    facts = {"topic": topic, "start_date_time": "2030-03-05T18:30:00Z", "record_on_cloud": True}
    [person] = appointments.secured("Smith", **facts)
    with visiting(mirror, NAMED, viewport={"width": size[0], "height": size[1]}) as visitor:
        tab = visitor.open(person["join_url"])
        tab.wait_for_videos(1)
        for part in (
            tab.page.get_by_role("button", name="Join now"),
            tab.page.get_by_role("button", name="Camera off"),
            tab.page.get_by_role("heading", name="This meeting is recorded"),
        ):
            box = part.bounding_box()
            assert box
            assert box["y"] + box["height"] <= size[1], part
        assert not tab.page.evaluate(SCROLLS_SIDEWAYS)


# Languages


def fetched_fonts(visitor: Visitor) -> set[str]:
    """Whose files were fetched, as they come."""
    found: set[str] = set()

    def note(request: Request) -> None:
        if name := re.search(r"/(inter|noto-sans-devanagari)-[^/]*woff2$", request.url):
            found.add(name[1])

    visitor.context.on("request", note)
    return found


def used_fonts(tab: Tab, selector: str) -> dict[str, bool]:
    """By which fonts the text of a part is drawn, and whether each came from the service."""
    session = tab.page.context.new_cdp_session(tab.page)
    session.send("DOM.enable")
    session.send("CSS.enable")
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    used = session.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    return {font["familyName"]: font["isCustomFont"] for font in used}


def test_hindi_is_drawn_by_a_font_of_ours_on_every_machine(
    browser: Browser, appointments: Appointments
) -> None:
    [person] = appointments.secured("user-reads")
    with visiting(browser, locale="hi") as visitor:
        fetched = fetched_fonts(visitor)
        tab = visitor.open(person["join_url"].partition("?")[0])
        tab.page.evaluate("document.fonts.ready.then(() => true)")
        assert "noto-sans-devanagari" in fetched
        used = used_fonts(tab, "h1")
        assert used.pop("Noto Sans Devanagari")
        assert used in ({}, {"Inter": True})  # the spaces


def test_other_languages_do_without_it(browser: Browser, appointments: Appointments) -> None:
    [person] = appointments.secured("user-reads-not")
    with visiting(browser) as visitor:
        fetched = fetched_fonts(visitor)
        tab = visitor.open(person["join_url"])
        tab.wait_for_videos(1)
        tab.enter()
        tab.page.wait_for_load_state("networkidle")
        assert fetched == {"inter"}


@pytest.mark.parametrize("language", HEADINGS)
def test_the_browsers_language_is_spoken(browser: Browser, appointments: Appointments, language: str) -> None:
    [person] = appointments.secured("user-speaks")
    with visiting(browser, locale=language) as visitor:
        tab = visitor.open(person["join_url"].partition("?")[0])
        tab.expect_heading(HEADINGS[language])
        assert tab.page.locator("html").get_attribute("lang") == language


def test_another_language_can_be_chosen_and_stays(browser: Browser, appointments: Appointments) -> None:
    made = appointments.open(start_date_time="2030-03-05T18:30:00Z")
    with visiting(browser) as visitor:
        tab = visitor.open(made["join_url"])
        tab.page.get_by_role("button", name="Language").click()
        tab.click("Français")
        tab.expect_text("mardi 5 mars 2030")
        tab.page.get_by_role("textbox", name="Votre nom").fill("Anna")
        tab.click("Continuer")
        expect(tab.page.get_by_role("button", name="Rejoindre maintenant")).to_be_visible()
        assert (
            visitor.open(appointments.ended()).page.locator("h1").inner_text() == "Cette réunion est terminée"
        )


def test_the_way_into_the_call_and_out_is_spoken_in_hindi(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser, locale="hi") as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.page.get_by_role("textbox", name="आपका नाम").fill("अनन्या")
        tab.click("आगे बढ़ें")
        tab.click("अभी शामिल हों")
        tab.click("बाहर निकलें")
        tab.expect_heading("आप मीटिंग से बाहर आ गए हैं")


# By keyboard, and without motion


def test_a_keyboard_alone_gets_a_guest_in_and_out(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        press_until(tab, "textbox", "Your name")
        tab.page.keyboard.type("Anna")
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_role("heading", level=1)).to_be_focused()
        expect(tab.page.get_by_role("button", name="Join now")).to_be_enabled()
        press_until(tab, "button", "Join now")
        tab.page.keyboard.press("Enter")
        expect(tab.page.get_by_role("button", name="Leave")).to_be_visible(timeout=20_000)
        press_until(tab, "button", "Leave")
        tab.page.keyboard.press("Enter")
        tab.expect_heading("You left")
        expect(tab.page.get_by_role("heading", level=1)).to_be_focused()


def press_until(tab: Tab, role: str, name: str) -> None:
    """Press Tab until a part of the page has the focus, which must be seen."""
    part = tab.page.get_by_role(role, name=name)  # type: ignore[arg-type]
    for _ in range(30):
        tab.page.keyboard.press("Tab")
        if part.evaluate("part => part === document.activeElement"):
            assert part.evaluate("part => getComputedStyle(part).outlineStyle") == "solid"
            return
    raise AssertionError(f"{name} is not reached by the keyboard")


def test_stars_are_chosen_by_keyboard(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.owing("user-keys", "Algebra"))
        tab.page.get_by_role("radio", name="1 star").focus()
        for _ in range(3):
            tab.page.keyboard.press("ArrowRight")
        expect(tab.page.get_by_role("radio", name="4 stars")).to_be_checked()


def test_nothing_moves_for_those_who_asked_for_that(browser: Browser, appointments: Appointments) -> None:
    moving = """() => document.getAnimations().filter((one) => one.effect.getTiming().duration > 0).length"""
    with visiting(browser, reduced_motion="reduce") as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        assert tab.page.evaluate(moving) == 0
        tab.to_preview("Anna")
        assert tab.page.evaluate(moving) == 0
