"""The way into a call: what people are shown, asked and greeted with."""

import re

import pytest
from playwright.sync_api import Browser, expect

from local.stack import Stack
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import Appointments, typed, visiting

START = "2030-03-05T18:30:00Z"


@pytest.fixture(scope="module")
def appointments(stack: Stack, integrator: Integrator) -> Appointments:
    return Appointments(stack, integrator)


# Who comes, and when it begins


def test_topic_and_start_are_shown_in_the_persons_own_time_zone(
    browser: Browser, appointments: Appointments
) -> None:
    made = appointments.open(topic="Algebra", start_date_time=START)
    for zone, said in (("Europe/Berlin", "19:30"), ("Asia/Kolkata", "00:00"), ("America/New_York", "13:30")):
        with visiting(browser, timezone_id=zone) as visitor:
            tab = visitor.open(made["join_url"])
            tab.expect_heading("Algebra")
            tab.expect_text(said)


@pytest.mark.parametrize("locale", ["en-GB", "en-US", "hi"])
def test_the_day_of_an_earlier_meeting_is_written_as_days_are_in_the_preview(
    browser: Browser, appointments: Appointments, locale: str
) -> None:
    with visiting(browser, locale=locale, timezone_id="UTC") as visitor:
        day = visitor.open(appointments.owing(f"user-day-{locale}", "Algebra")).page.locator("time")
        written = day.get_attribute("datetime")
        preview = visitor.open(appointments.open(start_date_time=f"{written}T12:00:00Z")["join_url"])
        start = preview.page.locator("time").inner_text()
        expect(day).to_have_text(re.compile(r"\w"))
        assert start.startswith(day.inner_text()), (start, day.inner_text())


def test_a_guest_gives_a_name_and_can_change_it(browser: Browser, appointments: Appointments) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.click("Continue")
        tab.expect_text("Please enter your name.")
        expect(tab.page.get_by_role("textbox", name="Your name")).to_be_focused()
        tab.to_preview("Ana")
        tab.expect_text("You join as Ana.")
        tab.click("Change name")
        tab.to_preview("Anna")
        tab.expect_text("You join as Anna.")
        tab.enter()
        tab.expect_text("Anna (you)")


def test_a_registered_person_is_greeted_and_asked_for_nothing(
    browser: Browser, appointments: Appointments
) -> None:
    [person] = appointments.secured("user-greeted")
    with visiting(browser) as visitor:
        tab = visitor.open(person["join_url"])
        tab.expect_text("Hello, Jane user-greeted")
        tab.enter()


def test_that_it_is_recorded_is_said_before_anybody_comes_in(
    browser: Browser, appointments: Appointments
) -> None:
    made = appointments.open(record_on_cloud=True)
    with visiting(browser) as visitor:
        tab = visitor.open(made["join_url"])
        tab.expect_heading("This meeting is recorded")
        tab.to_preview("Anna")
        tab.expect_heading("This meeting is recorded")
        tab.enter()
    noted_at = "Admission.objects.get(participant__meeting__code={!r}).recording_told_at".format(
        made["meeting_code"]
    )
    assert (
        appointments.run_code(
            "from participants.models import Admission", f"print({noted_at} is not None)"
        ).strip()
        == "True"
    )


def test_of_a_meeting_that_is_not_recorded_nothing_is_said(
    browser: Browser, appointments: Appointments
) -> None:
    with visiting(browser) as visitor:
        tab = visitor.open(appointments.open()["join_url"])
        tab.to_preview("Anna")
        expect(tab.page.get_by_text("recorded")).to_have_count(0)


# The code


def test_without_a_link_the_code_lets_people_in(browser: Browser, appointments: Appointments) -> None:
    [person] = appointments.secured("user-code", topic="Secret matters")
    with visiting(browser) as visitor:
        tab = visitor.open(person["join_url"].partition("?")[0])
        assert tab.status == 200
        tab.expect_heading("Enter your code")
        expect(tab.page.get_by_text("Secret matters")).to_have_count(0)
        typed(tab, "AAAAAA")
        tab.expect_text("Check it and try again.")
        expect(tab.page.get_by_role("textbox", name="Your code")).to_be_focused()
        code = person["participant_code"].lower()
        typed(tab, f" {code[:3]}-{code[3:]} ")
        tab.expect_text("Hello, Jane user-code")
        tab.enter()
    appointments.forget_wrong_codes()


def test_after_too_many_wrong_codes_only_links_work(browser: Browser, appointments: Appointments) -> None:
    [person] = appointments.secured("user-tries")
    with visiting(browser) as visitor:
        tab = visitor.open(person["join_url"].partition("?")[0])
        for _ in range(10):
            typed(tab, "AAAAAA")
        typed(tab, person["participant_code"])
        tab.expect_heading("Too many wrong codes")
        expect(tab.page.get_by_role("textbox")).to_have_count(0)
        tab.expect_text("The personal link in your invitation still works.")
        visitor.open(person["join_url"]).expect_text("Hello, Jane user-tries")
    appointments.forget_wrong_codes()


def test_code_and_language_work_without_javascript(browser: Browser, appointments: Appointments) -> None:
    [person] = appointments.secured("user-plain")
    with visiting(browser, java_script_enabled=False) as visitor:
        tab = visitor.open(person["join_url"].partition("?")[0])
        tab.page.get_by_role("button", name="Language").click()
        tab.click("Deutsch")
        tab.expect_heading("Geben Sie Ihren Code ein")
        tab.page.get_by_role("textbox").fill(person["participant_code"])
        tab.click("Weiter")
        tab.expect_heading("JavaScript ist ausgeschaltet")
        assert "token=" in tab.page.url
