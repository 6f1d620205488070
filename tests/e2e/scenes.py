"""Every page, and every state of it that a person can meet before and after a call: how to get there."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.e2e.join_pages import (
    BUSY,
    DENIED,
    HESITANT,
    INSECURE,
    MISSING,
    NO_CALLS,
    Appointments,
    Visitor,
    rated,
    typed,
)
from tests.e2e.tab import Tab

Act = Callable[[Visitor, Appointments], Tab]
START = "2030-03-05T18:30:00Z"


@dataclass(frozen=True)
class Scene:
    act: Act
    script: str = ""
    has_script: bool = True


def name(visitor: Visitor, all: Appointments) -> Tab:
    return visitor.open(all.open(start_date_time=START, record_on_cloud=True)["join_url"])


def nameless(visitor: Visitor, all: Appointments) -> Tab:
    tab = name(visitor, all)
    tab.click("Continue")
    tab.expect_text("Please enter your name.")
    return tab


def preview(visitor: Visitor, all: Appointments) -> Tab:
    [person] = all.secured("Smith", start_date_time=START, record_on_cloud=True)
    tab = visitor.open(person["join_url"])
    tab.wait_for_videos(1)
    return tab


def guest_preview(visitor: Visitor, all: Appointments) -> Tab:
    tab = visitor.open(all.open()["join_url"])
    tab.to_preview("Anna")
    tab.expect_text("You join as Anna.")
    return tab


def helpless(visitor: Visitor, all: Appointments) -> Tab:
    tab = guest_preview(visitor, all)
    tab.expect_heading("cannot be used")
    return tab


def hesitating(visitor: Visitor, all: Appointments) -> Tab:
    tab = guest_preview(visitor, all)
    tab.expect_text("choose “Allow”")
    return tab


def languages(visitor: Visitor, all: Appointments) -> Tab:
    tab = visitor.open(all.open()["join_url"])
    tab.page.get_by_role("button", name="Language").click()
    return tab


def code(visitor: Visitor, all: Appointments) -> Tab:
    [person] = all.secured("user-code")
    return visitor.open(person["join_url"].partition("?")[0])


def wrong_code(visitor: Visitor, all: Appointments) -> Tab:
    tab = code(visitor, all)
    typed(tab, "AAAAAA")
    tab.expect_text("Check it and try again.")
    return tab


def no_code(visitor: Visitor, all: Appointments) -> Tab:
    tab = code(visitor, all)
    for _ in range(11):
        typed(tab, "AAAAAA")
    tab.expect_heading("Too many wrong codes")
    return tab


def left(visitor: Visitor, all: Appointments) -> Tab:
    [person] = all.secured("user-left", feedback_required=True)
    tab = visitor.open(person["join_url"])
    tab.enter()
    tab.leave()
    return tab


def left_wrong(visitor: Visitor, all: Appointments) -> Tab:
    tab = left(visitor, all)
    tab.click("Send feedback")
    tab.expect_text("Write a few words.")
    return tab


def left_for_good(visitor: Visitor, all: Appointments) -> Tab:
    tab = left(visitor, all)
    tab.click("Skip")
    return tab


def elsewhere(visitor: Visitor, all: Appointments) -> Tab:
    [person] = all.secured("user-elsewhere")
    older = visitor.open(person["join_url"])
    older.enter()
    visitor.open(person["join_url"]).enter()
    older.expect_heading("joined elsewhere")
    return older


def closed(visitor: Visitor, all: Appointments) -> Tab:
    """Of a meeting that asks for feedback, in which somebody was when it was ended."""
    [person] = all.secured("user-closed", feedback_required=True)
    path = f"meetings/{person['meeting_code']}/"
    tab = visitor.open(person["join_url"])
    tab.enter()
    all.integrator.wait_for(path, lambda shown: shown["participant_count"])
    all.integrator.call("DELETE", path)
    tab.expect_heading("has ended")
    return tab


def thanked(visitor: Visitor, all: Appointments) -> Tab:
    tab = closed(visitor, all)
    rated(tab, "5 stars", "Good.")
    tab.expect_heading("Thank you")
    return tab


def gate(visitor: Visitor, all: Appointments) -> Tab:
    tab = visitor.open(all.owing("user-gate", "Interview with John Doe"))
    tab.page.get_by_role("radio", name="4 stars").check(force=True)
    return tab


def gate_wrong(visitor: Visitor, all: Appointments) -> Tab:
    tab = visitor.open(all.owing("user-gate-wrong", "Interview with John Doe"))
    rated(tab, "4 stars", "   ")
    tab.expect_text("Write a few words.")
    return tab


def thanks(visitor: Visitor, all: Appointments) -> Tab:
    tab = visitor.open(all.owing("user-thanks", "Algebra"))
    rated(tab, "5 stars", "Good.")
    tab.expect_heading("The next one")
    return tab


def refused(visitor: Visitor, all: Appointments) -> Tab:
    tab = guest_preview(visitor, all)
    visitor.context.clear_cookies()
    tab.click("Join now")
    tab.expect_heading("did not let us remember you")
    return tab


def at(make: Callable[[Appointments], str]) -> Scene:
    return Scene(lambda visitor, all: visitor.open(make(all)))


def full(visitor: Visitor, all: Appointments) -> Tab:
    assert visitor.context.browser
    return visitor.open(all.full(visitor.context.browser))


SCENES = {
    "name": Scene(name),
    "name-missing": Scene(nameless),
    "preview": Scene(preview),
    "denied": Scene(helpless, DENIED),
    "missing": Scene(helpless, MISSING),
    "busy": Scene(helpless, BUSY),
    "insecure": Scene(helpless, INSECURE),
    "asking": Scene(hesitating, HESITANT),
    "too-old": Scene(name, NO_CALLS),
    "no-script": Scene(name, has_script=False),
    "languages": Scene(languages),
    "code": Scene(code),
    "code-wrong": Scene(wrong_code),
    "code-closed": Scene(no_code),
    "left": Scene(left),
    "left-wrong": Scene(left_wrong),
    "left-plain": Scene(left_for_good),
    "elsewhere": Scene(elsewhere),
    "closed": Scene(closed),
    "thanks": Scene(thanked),
    "gate": Scene(gate),
    "gate-wrong": Scene(gate_wrong),
    "after-gate": Scene(thanks),
    "refused": Scene(refused),
    "ended": at(Appointments.ended),
    "expired": at(Appointments.expired),
    "cancelled": at(Appointments.cancelled),
    "unknown": at(lambda all: f"{all.integrator.base}/ZZZZ-ZZZZ-ZZZZ/"),
    "removed": at(lambda all: all.removed("user-removed")),
    "barred": at(lambda all: all.barred("user-barred")),
    "no-credits": at(Appointments.poor),
    "full": Scene(full),
}
