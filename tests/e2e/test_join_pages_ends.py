"""Where people do not get in, how a call ends for them, and what they are asked about it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from local.stack import Stack
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import Appointments, rated, visiting
from tests.e2e.stacks import away

Make = Callable[[Appointments], str]


@pytest.fixture(scope="module")
def appointments(stack: Stack, integrator: Integrator) -> Appointments:
    return Appointments(stack, integrator)


def nowhere(appointments: Appointments) -> str:
    return f"{appointments.integrator.base}/ZZZZ-ZZZZ-ZZZZ/"


def copied_in_part(appointments: Appointments) -> str:
    [person] = appointments.secured("user-part")
    return str(person["join_url"])[:-5]


DEAD_ENDS: dict[str, tuple[Make, int, str]] = {
    "ended": (Appointments.ended, 410, "has ended"),
    "expired": (Appointments.expired, 410, "has expired"),
    "cancelled": (Appointments.cancelled, 410, "was cancelled"),
    "unknown": (nowhere, 404, "no such meeting"),
    "link": (copied_in_part, 403, "link does not work"),
    "removed": (lambda all: all.removed("user-removed"), 403, "removed"),
    "barred": (lambda all: all.barred("user-barred"), 403, "removed you"),
    "no-credits": (Appointments.poor, 402, "cannot start now"),
}


@pytest.mark.parametrize("name", DEAD_ENDS)
def test_an_error_page_says_what_happened_with_its_status(
    browser: Browser, appointments: Appointments, name: str
) -> None:
    make, status, words = DEAD_ENDS[name]
    with visiting(browser) as visitor:
        tab = visitor.open(make(appointments))
        assert tab.status == status
        tab.expect_heading(words)
        expect(tab.page.get_by_role("button", name="Join")).to_have_count(0)


def test_a_full_meeting_says_so_and_can_be_tried_again(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.full(browser))
        assert tab.status == 409
        tab.expect_heading("is full")
        tab.page.get_by_role("link", name="Try again").click()
        tab.expect_heading("is full")


def test_what_ends_between_page_and_click_is_shown_by_the_servers_own_page(
    browser: Browser, appointments: Appointments
) -> None:
    made = appointments.open()
    with visiting(browser) as visitor:
        tab = visitor.open(made["join_url"])
        tab.to_preview("Anna")
        appointments.integrator.call("DELETE", f"meetings/{made['meeting_code']}/")
        tab.click("Join now")
        tab.expect_heading("has ended")
        expect(tab.page.get_by_role("button", name="Try again")).to_have_count(0)


def test_while_the_call_server_is_away_people_can_try_again(
    browser: Browser, appointments: Appointments, stack: Stack
) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        with away(stack, "livekit"):
            tab.click("Join now")
            tab.expect_heading("The call cannot be reached")
        tab.click("Try again")
        tab.enter()


def test_a_browser_that_keeps_no_cookies_gets_that_reason(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        visitor.context.clear_cookies()
        tab.click("Join now")
        tab.expect_heading("did not let us remember you")
        expect(tab.page.get_by_role("link", name="Open in a window of its own")).to_be_visible()


# After the call


def met(appointments: Appointments, user: str) -> str:
    [person] = appointments.secured(user, topic="Algebra", feedback_required=True)
    return str(person["join_url"])


def test_after_the_call_people_are_asked_once_how_it_was(
    browser: Browser, appointments: Appointments
) -> None:
    link = met(appointments, "user-asked")
    with visiting(browser) as visitor:
        tab = visitor.open(link)
        tab.enter()
        appointments.integrator.wait_for(f"meetings/{code(link)}/", lambda shown: shown["participant_count"])
        tab.leave()
        tab.click("Send feedback")
        tab.expect_text("Choose one to five stars.")
        tab.expect_text("Write a few words.")
        expect(tab.page.get_by_role("radio", name="1 star")).to_be_focused()
        tab.page.get_by_role("radio", name="4 stars").check(force=True)
        tab.page.get_by_role("textbox", name="Your comments").fill("Clear answers.")
        tab.page.get_by_role("button", name="Send feedback").dblclick()
        tab.expect_heading("Thank you")
        shown = appointments.integrator.get(f"meetings/{code(link)}/feedback/")
        assert [(one["rating"], one["comments"]) for one in shown["feedback"]] == [(4, "Clear answers.")]
        again = visitor.open(link)
        again.enter()
        again.leave()
        expect(again.page.get_by_role("radio")).to_have_count(0)


def test_feedback_after_the_call_can_be_skipped_for_a_way_back(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(met(appointments, "user-skips"))
        tab.enter()
        tab.leave()
        tab.click("Skip")
        expect(tab.page.get_by_role("radio")).to_have_count(0)
        tab.click("Join again")
        tab.enter()


def test_whoever_was_in_a_meeting_that_is_ended_is_still_asked(
    browser: Browser, appointments: Appointments
) -> None:
    link = met(appointments, "user-ended")
    with visiting(browser) as visitor:
        tab = visitor.open(link)
        tab.enter()
        appointments.integrator.wait_for(f"meetings/{code(link)}/", lambda shown: shown["participant_count"])
        appointments.integrator.call("DELETE", f"meetings/{code(link)}/")
        tab.expect_heading("has ended")
        expect(tab.page.get_by_role("button", name="Join again")).to_have_count(0)
        rated(tab, "5 stars", "Good.")
        tab.expect_heading("Thank you")
        assert appointments.integrator.get(f"meetings/{code(link)}/feedback/")["rating_average"] == 5


def test_whoever_skips_after_the_end_sees_that_it_has_ended(
    browser: Browser, appointments: Appointments
) -> None:
    link = met(appointments, "user-ended-skips")
    with visiting(browser) as visitor:
        tab = visitor.open(link)
        tab.enter()
        appointments.integrator.call("DELETE", f"meetings/{code(link)}/")
        tab.click("Skip")
        tab.expect_heading("has ended")


def test_what_the_server_says_against_feedback_is_shown(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(met(appointments, "user-refused"))
        tab.enter()
        tab.leave()
        tab.page.get_by_role("textbox", name="Your comments").evaluate("field => field.maxLength = 9999")
        rated(tab, "1 star", "x" * 2001)
        tab.expect_text("Write at most 2,000 characters.")


# At the join page of the next meeting


def test_feedback_that_is_owed_comes_before_the_next_meeting_oldest_first(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.owing("user-owing", "Algebra", "Biology"))
        assert tab.status == 403
        tab.expect_heading("How was your last meeting?")
        tab.expect_text("Algebra")
        rated(tab, "5 stars", "Good.")
        tab.expect_text("Biology")
        rated(tab, "2 stars", "Too long.")
        tab.expect_heading("The next one")
        tab.enter()


def test_the_gate_works_without_javascript_and_says_what_is_missing(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser, java_script_enabled=False) as visitor:
        tab = visitor.open(appointments.owing("user-plain-owing", "Algebra"))
        tab.page.get_by_role("radio", name="3 stars").check(force=True)
        tab.page.get_by_role("textbox", name="Your comments").fill("   ")
        tab.click("Send feedback")
        tab.expect_text("Write a few words.")
        expect(tab.page.get_by_role("radio", name="3 stars")).to_be_checked()
        tab.page.get_by_role("button", name="Language").click()
        tab.click("Deutsch")
        tab.expect_text("Algebra")
        tab.page.get_by_role("radio", name="3 Sterne").check(force=True)
        tab.page.get_by_role("textbox").fill("Gut.")
        tab.click("Feedback senden")
        tab.expect_heading("JavaScript ist ausgeschaltet")


def test_feedback_that_became_owed_since_the_page_was_loaded_is_asked_for(
    browser: Browser, appointments: Appointments
) -> None:
    [person] = appointments.secured("user-late")
    with visiting(browser) as visitor:
        tab = visitor.open(person["join_url"])
        tab.to_preview()
        appointments.owing("user-late", "Algebra")
        tab.click("Join now")
        tab.expect_heading("How was your last meeting?")


def code(link: str) -> str:
    return link.split("/")[3]
