"""Secured meetings on real parts: personal links, attendance, removal."""

from typing import Any

import pytest

from tests.e2e.conftest import Tabs
from tests.e2e.integrator import Integrator

JOHN = {"display_name": "John Doe", "external_user_id": "user-123", "role": "host"}
JANE = {"display_name": "Jane Smith", "external_user_id": "user-456"}


@pytest.fixture
def secured(integrator: Integrator) -> Any:
    return integrator.create(topic="Interview", is_secured=True, participants=[JOHN, JANE])


def sessions(shown: Any) -> list[bool]:
    return [session["is_connected"] for session in shown["sessions"]]


def test_a_registered_person_has_a_session_while_inside_and_afterwards(
    integrator: Integrator, tabs: Tabs, secured: Any
) -> None:
    john, jane = (tabs.open(person["join_url"]) for person in secured["participants"])
    john.enter()
    jane.enter()
    for tab in (john, jane):
        tab.wait_for_videos(2)
    jane.expect_text("John Doe")
    path = f"meetings/{secured['meeting_code']}/participants/user-123/"
    inside = integrator.wait_for(path, lambda shown: sessions(shown) == [True])
    assert inside["sessions"][0]["left_at"] is None

    john.leave()
    after = integrator.wait_for(path, lambda shown: sessions(shown) == [False])
    assert after["sessions"][0]["left_at"] >= after["sessions"][0]["joined_at"]
    assert after["sessions"][0]["id"] == inside["sessions"][0]["id"]
    assert after["session_count"] == 1


def test_a_removed_person_is_ejected_and_refused_from_then_on(
    integrator: Integrator, tabs: Tabs, secured: Any
) -> None:
    john, jane = (tabs.open(person["join_url"]) for person in secured["participants"])
    john.enter()
    jane.enter()
    path = f"meetings/{secured['meeting_code']}/participants/user-123/"
    integrator.wait_for(path, lambda shown: sessions(shown) == [True])
    status, removed = integrator.call("DELETE", path)
    assert (status, removed["message"]) == (200, "Participant removed successfully")
    john.expect_heading("removed")
    again = tabs.open(secured["participants"][0]["join_url"], beside=john)
    assert again.status == 403
    again.expect_heading("removed")
    jane.wait_for_videos(1)
    assert integrator.call("GET", path)[0] == 404


def test_coming_back_within_seconds_is_the_same_session(
    integrator: Integrator, tabs: Tabs, secured: Any
) -> None:
    john = tabs.open(secured["participants"][0]["join_url"])
    path = f"meetings/{secured['meeting_code']}/participants/user-123/"
    john.enter()
    first = integrator.wait_for(path, lambda shown: sessions(shown) == [True])
    john.leave()
    integrator.wait_for(path, lambda shown: sessions(shown) == [False])
    john.click("Join again")
    john.enter()
    again = integrator.wait_for(path, lambda shown: sessions(shown) == [True])
    assert again["sessions"][0]["session_id"] == first["sessions"][0]["session_id"]


@pytest.mark.parametrize("query", ["", "?token="])
def test_whoever_has_no_link_of_their_own_is_asked_for_their_code(
    tabs: Tabs, secured: Any, query: str
) -> None:
    tab = tabs.open(secured["join_url"] + query)
    assert tab.status == 200
    tab.expect_heading("Enter your code")


def test_a_link_that_is_none_lets_nobody_in(tabs: Tabs, secured: Any) -> None:
    tab = tabs.open(secured["join_url"] + "?token=x.y")
    assert tab.status == 403
    tab.expect_heading("does not work")


def test_somebody_with_an_old_token_cannot_return_to_an_ended_meeting(
    integrator: Integrator, tabs: Tabs, secured: Any
) -> None:
    john = tabs.open(secured["participants"][0]["join_url"])
    john.to_preview()
    integrator.call("DELETE", f"meetings/{secured['meeting_code']}/")
    john.click("Join now")
    john.expect_heading("has ended")


def test_a_cancelled_meeting_says_so(integrator: Integrator, tabs: Tabs, secured: Any) -> None:
    status, _ = integrator.call("POST", f"meetings/{secured['meeting_code']}/cancel/")
    assert status == 200
    tab = tabs.open(secured["participants"][0]["join_url"])
    assert tab.status == 410
    tab.expect_heading("was cancelled")


def test_a_meeting_that_somebody_was_in_cannot_be_cancelled(
    integrator: Integrator, tabs: Tabs, secured: Any
) -> None:
    john = tabs.open(secured["participants"][0]["join_url"])
    john.enter()
    status, refused = integrator.call("POST", f"meetings/{secured['meeting_code']}/cancel/")
    assert (status, refused["error"]) == (409, "Cannot cancel meeting")
    assert refused["started_at"].endswith("Z")
