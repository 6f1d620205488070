"""A personal link's token does not stay in the address bar, and what is offered to pass on is nobody's."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from local.stack import Stack
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import Appointments, rated, typed, visiting
from tests.e2e.tab import Tab

CLIPBOARD = "() => navigator.clipboard.readText()"
NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', {get: () => undefined})"


@pytest.fixture(scope="module")
def appointments(stack: Stack, integrator: Integrator) -> Appointments:
    return Appointments(stack, integrator)


def plain(url: str) -> str:
    return url.partition("?")[0]


def greeted(page: Page, name: str) -> None:
    expect(page.get_by_text(f"Hello, {name}")).to_be_visible()


def token_of(person: Any) -> str:
    return str(person["join_url"].partition("=")[2])


def test_the_token_is_gone_in_the_call_and_a_reload_and_the_way_back_find_the_person(
    browser: Browser, appointments: Appointments
) -> None:
    [person] = appointments.secured("user-bar")
    own = plain(person["join_url"])
    with visiting(browser) as visitor:
        tab = visitor.open(person["join_url"])
        greeted(tab.page, "Jane user-bar")
        expect(tab.page).to_have_url(own)
        tab.enter()
        expect(tab.page).to_have_url(own)
        tab.page.reload()
        greeted(tab.page, "Jane user-bar")
        tab.page.goto("about:blank")
        tab.page.go_back()
        greeted(tab.page, "Jane user-bar")
        tab.enter()
        tab.leave()
        expect(tab.page).to_have_url(own)


def test_of_two_people_at_one_browser_each_tab_stays_its_own(
    browser: Browser, appointments: Appointments
) -> None:
    ann, ben = appointments.secured("ann", "ben")
    with visiting(browser) as visitor:
        first = visitor.open(ann["join_url"])
        greeted(first.page, "Jane ann")
        second = visitor.open(ben["join_url"])
        greeted(second.page, "Jane ben")
        for _ in range(2):
            first.page.reload()
            greeted(first.page, "Jane ann")
            second.page.reload()
            greeted(second.page, "Jane ben")
        first.enter()
        second.enter()
        for tab in (first, second):
            tab.wait_for_videos(2)
            expect(tab.page).to_have_url(plain(ann["join_url"]))


def test_the_next_person_at_the_browser_comes_in_by_their_code(
    browser: Browser, appointments: Appointments
) -> None:
    ann, ben = appointments.secured("ann", "ben")
    with visiting(browser) as visitor:
        greeted(visitor.open(ann["join_url"]).page, "Jane ann")
        tab = visitor.open(plain(ann["join_url"]))
        greeted(tab.page, "Jane ann")
        tab.page.get_by_role("link", name="Not you? Enter your code").click()
        tab.expect_heading("Enter your code")
        typed(tab, ben["participant_code"])
        greeted(tab.page, "Jane ben")
        expect(tab.page).to_have_url(plain(ann["join_url"]))
        tab.page.reload()
        greeted(tab.page, "Jane ben")


def test_another_language_is_shown_to_the_same_person(browser: Browser, appointments: Appointments) -> None:
    [person] = appointments.secured("user-tongue")
    with visiting(browser) as visitor:
        tab = visitor.open(person["join_url"])
        greeted(tab.page, "Jane user-tongue")
        tab.page.get_by_role("button", name="Language").click()
        tab.click("Deutsch")
        expect(tab.page.get_by_text("Jane user-tongue")).to_be_visible()
        expect(tab.page.get_by_role("button", name="Jetzt beitreten")).to_be_enabled()
        expect(tab.page).to_have_url(plain(person["join_url"]))


def test_feedback_is_given_before_and_after_the_call(browser: Browser, appointments: Appointments) -> None:
    link = appointments.owing("user-rates", "Algebra")
    with visiting(browser) as visitor:
        tab = visitor.open(link)
        rated(tab, "5 stars", "Good.")
        tab.expect_heading("The next one")
        expect(tab.page).to_have_url(plain(link))
    [person] = appointments.secured("user-says", feedback_required=True)
    with visiting(browser) as visitor:
        tab = visitor.open(person["join_url"])
        tab.enter()
        tab.leave()
        rated(tab, "5 stars", "Good.")
        tab.expect_heading("Thank you")


def test_what_is_copied_in_the_call_has_no_token(browser: Browser, appointments: Appointments) -> None:
    [person] = appointments.secured("user-copies")
    made = appointments.open()
    for url, words in ((person["join_url"], "asked for a code"), (made["join_url"], "can join")):
        with visiting(browser, permissions=["clipboard-read", "clipboard-write"]) as visitor:
            tab = visitor.open(url)
            tab.enter("Anna" if url == made["join_url"] else None)
            tab.page.get_by_role("button", name=re.compile("^People")).click()
            tab.click("Copy link")
            tab.expect_text(words)
            assert tab.page.evaluate(CLIPBOARD) == plain(url)


def test_where_the_browser_copies_nothing_the_link_is_shown(
    browser: Browser, appointments: Appointments
) -> None:
    [person] = appointments.secured("user-by-hand")
    with visiting(browser, NO_CLIPBOARD) as visitor:
        tab = visitor.open(person["join_url"])
        tab.enter()
        tab.page.get_by_role("button", name=re.compile("^People")).click()
        tab.click("Copy link")
        field = tab.page.get_by_role("textbox", name="Link to this meeting")
        expect(field).to_have_value(plain(person["join_url"]))
        expect(field).to_be_focused()


def test_who_is_removed_reads_so_and_cannot_come_back_by_the_address(
    browser: Browser, appointments: Appointments
) -> None:
    [person] = appointments.secured("user-gone")
    path = f"meetings/{person['meeting_code']}/participants/user-gone/"
    with visiting(browser) as visitor:
        tab = visitor.open(person["join_url"])
        tab.enter()
        appointments.integrator.wait_for(path, lambda shown: shown["sessions"])
        assert appointments.integrator.call("DELETE", path)[0] == 200
        tab.expect_heading("You were removed")
        again = Tab(visitor.context.new_page(), tab.page.url)
        assert again.status == 403
        again.expect_heading("You were removed")
        assert token_of(person) not in again.page.url
