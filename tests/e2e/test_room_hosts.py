"""What hosts do from the page, what becomes of those to whom they do it, and that nobody else can."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.callers import (
    Callers,
    announced,
    button,
    expect_announced,
    expect_toast,
    opened,
    panel,
    row,
    tile,
)
from tests.e2e.crowd import Crowd
from tests.e2e.integrator import Integrator
from tests.e2e.person import eventually
from tests.e2e.tab import Tab

JOHN = {"display_name": "John", "external_user_id": "john", "role": "host"}
JANE = {"display_name": "Jane", "external_user_id": "jane"}
JOE = {"display_name": "Joe", "external_user_id": "joe"}
RAISED, LOWER = '{"raised": true, "since": 0}', '{"lower": true}'
# What LiveKit may let a token do; the rest is for servers.
GRANTS = {"roomJoin", "room", "canPublish", "canSubscribe", "canPublishData", "canUpdateOwnMetadata"}
# A host's action as the page would ask for it, whoever has the page.
FORGED = """async ([action, identity]) => {
  const {csrf, token} = JSON.parse(document.getElementById("page").textContent);
  const headers = {Accept: "application/json", "X-CSRFToken": csrf};
  const address = `${location.pathname}host/${action}/?token=${token}`;
  const answer = await fetch(address, {method: "POST", headers, body: new URLSearchParams({identity})});
  return [answer.status, (await answer.json()).code];
}"""


class Meeting:
    """A secured one with John, who is a host, Jane and Joe."""

    def __init__(self, integrator: Integrator) -> None:
        self.integrator = integrator
        made = integrator.create(is_secured=True, participants=[JOHN, JANE, JOE])
        self.path = f"meetings/{made['meeting_code']}/"
        self.john, self.jane, self.joe = (person["join_url"] for person in made["participants"])

    def shown(self) -> Any:
        return self.integrator.get(self.path)


@pytest.fixture
def meeting(integrator: Integrator) -> Meeting:
    return Meeting(integrator)


@pytest.fixture
def callers(browser: Browser) -> Iterator[Callers]:
    made = Callers(browser)
    with made.profiles:
        yield made


def claims_of(tab: Tab) -> dict[str, Any]:
    """Join, and return what LiveKit's token says."""
    with tab.page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        tab.enter()
    payload = answered.value.json()["token"].split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))))


def expect_no_host(tab: Tab) -> None:
    """Nothing is offered with which hosts act on others."""
    people = opened(tab, "People")
    expect(people.locator(".person")).not_to_have_count(1)
    actions = people.get_by_role("button")
    names = [action.inner_text() or action.get_attribute("aria-label") or "" for action in actions.all()]
    assert {name.split()[0] for name in names} == {"Close", "Copy", "Pin"}
    tab.click("More")
    expect(button(tab, "Settings")).to_be_visible()
    expect(button(tab, "End for everybody")).to_have_count(0)
    tab.page.keyboard.press("Escape")


# Who is a host


def test_only_a_hosts_page_offers_what_hosts_do(meeting: Meeting, callers: Callers) -> None:
    john, jane = callers.open(meeting.john), callers.open(meeting.jane)
    for tab, role in ((john, "host"), (jane, "attendee")):
        claims = claims_of(tab)
        assert set(claims["video"]) <= GRANTS
        assert not claims["video"].get("canUpdateOwnMetadata")
        assert claims["attributes"]["role"] == role
    for tab, host in ((john, "John (you)"), (jane, "John")):
        opened(tab, "People")
        expect(row(tab, host)).to_contain_text("Host")
        expect(panel(tab, "People").get_by_text("Host", exact=True)).to_have_count(1)
    expect_no_host(jane)
    for name in ("Mute Jane", "Remove Jane", "Mute everybody"):
        expect(button(john, name)).to_be_visible()
    expect(row(john, "John (you)").get_by_role("button")).to_have_count(1)  # one's own pin
    john.click("More")
    expect(button(john, "End for everybody")).to_be_visible()


def test_an_attendee_who_asks_all_the_same_is_refused_and_nothing_happens(
    meeting: Meeting, callers: Callers
) -> None:
    john, jane = callers.enter(meeting.john), callers.enter(meeting.jane)
    expect(tile(jane, "John")).to_be_visible()
    identity = tile(jane, "John").get_attribute("data-identity")
    for action in ("mute", "remove", "end"):
        assert jane.page.evaluate(FORGED, [action, identity]) == [403, "not_a_host"]
    jane.wait_for_sounds(1)
    jane.wait_for_fresh_videos(2)
    expect(button(john, "Mute")).to_be_visible()
    assert meeting.shown()["status"] == "active"


def test_in_an_open_meeting_nobody_is_a_host(integrator: Integrator, callers: Callers, crowd: Crowd) -> None:
    made = integrator.create()
    anna = callers.enter(made["join_url"], "Anna")
    ben = crowd.add(crowd.ticket(made["meeting_code"], "Ben"))
    expect(tile(anna, "Ben")).to_be_visible()
    expect_no_host(anna)
    expect(panel(anna, "People").get_by_text("Host", exact=True)).to_have_count(0)
    for action in ("mute", "remove", "end"):
        assert anna.page.evaluate(FORGED, [action, ben.identity])[0] == 403
    assert ben.names() == {"Anna"}


# What they do


def test_whoever_is_muted_by_a_host_is_notified_and_can_unmute_themselves(
    meeting: Meeting, callers: Callers, crowd: Crowd
) -> None:
    john, jane = callers.enter(meeting.john), callers.enter(meeting.jane)
    joe = crowd.join(meeting.joe)
    joe.speak()
    opened(john, "People")
    john.click("Mute Jane")
    expect(button(jane, "Unmute")).to_be_visible()
    expect_toast(jane, "A host muted you.")
    expect_announced(john, "Jane is muted.")
    expect(row(john, "Jane")).to_contain_text("muted")
    eventually(lambda: not joe.is_heard("Jane"))
    jane.click("Unmute")
    expect(button(john, "Mute Jane")).to_be_visible()
    eventually(lambda: joe.is_heard("Jane"))
    john.click("Mute everybody")
    expect_toast(john, "Everybody is muted.")
    expect(button(jane, "Unmute")).to_be_visible()
    expect(row(john, "Joe")).to_contain_text("muted")
    expect(button(john, "Mute")).to_be_visible()
    eventually(lambda: joe.is_heard("John") and not joe.is_heard("Jane"))


def test_only_a_host_lowers_the_hand_of_another(meeting: Meeting, callers: Callers, crowd: Crowd) -> None:
    john, jane = callers.enter(meeting.john), callers.enter(meeting.jane)
    joe = crowd.join(meeting.joe)
    jane.click("Raise hand")
    opened(john, "People")
    expect(button(john, "Lower Jane's hand")).to_be_visible()
    expect(tile(jane, "Joe")).to_be_visible()
    joe.send_data(LOWER, "hand", [str(tile(john, "Jane").get_attribute("data-identity"))])
    joe.send_data(RAISED, "hand")  # comes after that, on the same way
    expect(tile(jane, "Joe").locator(".up")).to_be_visible()
    expect(button(jane, "Lower hand")).to_be_visible()
    john.click("Lower Jane's hand")
    expect(button(jane, "Raise hand")).to_be_visible()
    expect_toast(jane, "A host lowered your hand.")
    expect(tile(john, "Jane").locator(".up")).to_have_count(0)


def test_whoever_is_removed_sees_by_whom_and_their_link_is_shut(meeting: Meeting, callers: Callers) -> None:
    john, jane, joe = (callers.enter(link) for link in (meeting.john, meeting.jane, meeting.joe))
    opened(john, "People")
    john.click("Remove Jane")
    asked = john.page.get_by_role("dialog", name="Remove Jane?")
    asked.get_by_role("button", name="Cancel").click()
    expect(asked).to_have_count(0)
    expect(button(john, "Remove Jane")).to_be_focused()
    john.click("Remove Jane")
    asked.get_by_role("button", name="Remove", exact=True).click()
    jane.expect_heading("A host has removed you from this meeting")
    expect(asked).to_have_count(0)
    expect(tile(john, "Jane")).to_have_count(0)
    expect_toast(john, "Jane was removed.")
    expect_toast(joe, "Jane was removed.")
    assert callers.open(meeting.jane).status == 403
    expect(button(john, "Leave")).to_be_visible()
    eventually(lambda: john.page.evaluate("document.activeElement.closest('.stage') !== null"))
    joe.leave()
    expect_toast(john, "Joe left")  # later than Jane's going would have been reported as leaving
    assert not [words for tab in (john, joe) for words in announced(tab) if "Jane left" in words]


def test_a_host_ends_the_meeting_for_everybody(meeting: Meeting, callers: Callers) -> None:
    john, jane = callers.enter(meeting.john), callers.enter(meeting.jane)
    john.click("More")
    john.click("End for everybody")
    asked = john.page.get_by_role("dialog", name="End the meeting for everybody?")
    asked.get_by_role("button", name="Cancel").click()
    expect(button(jane, "Leave")).to_be_visible()
    assert meeting.shown()["status"] == "active"
    john.click("More")
    john.click("End for everybody")
    asked.get_by_role("button", name="End for everybody").click()
    for tab in (john, jane):
        tab.expect_heading("has ended")
    assert meeting.shown()["status"] == "ended"
    assert callers.open(meeting.jane).status == 410
