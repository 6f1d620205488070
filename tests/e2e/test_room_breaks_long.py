"""Calls that break for minutes, in real time.

Only with ROOM_LONG=1: `make drill` sets it.
"""

from datetime import datetime

import pytest
from livekit import api
from playwright.sync_api import Browser

from local.stack import Stack
from tests.e2e import drills
from tests.e2e.breaking import EYES, LIVE, Call, expect_steady, knocks
from tests.e2e.crowd import Crowd
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import visiting
from tests.e2e.person import eventually
from tests.e2e.sleeping import laptop

__test__ = drills.ROOM


@pytest.fixture
def call(browser: Browser, stack: Stack, integrator: Integrator, crowd: Crowd) -> Call:
    return Call(browser, stack, integrator, crowd)


def is_gone(call: Call) -> bool:
    """Whether LiveKit has given up the room itself."""
    return not call.ask("list_rooms", api.ListRoomsRequest(names=[call.code])).rooms


def test_a_laptop_that_slept_is_back_by_itself_with_others_there_and_alone(
    browser: Browser, stack: Stack, integrator: Integrator, crowd: Crowd, call: Call
) -> None:
    alone = Call(browser, stack, integrator, crowd)
    john = crowd.join(call.john)
    john.show()
    with laptop(browser) as closed, visiting(closed.browser, EYES) as visitor:
        tabs = [visitor.open(call.jane), visitor.open(alone.jane)]
        for tab in tabs:
            tab.enter()
        tabs[0].wait_for_fresh_videos(2)
        before = [call.sid(), alone.sid()]
        with closed.asleep():
            eventually(lambda: is_gone(alone), seconds=60)
            assert call.sid() is None
        eventually(lambda: call.is_back(before[0]) and alone.is_back(before[1]))
        for tab, count in zip(tabs, (2, 1), strict=True):
            tab.page.bring_to_front()
            tab.wait_for_fresh_videos(count)
            expect_steady(tab)
            assert set(tab.page.evaluate("headings")) == {"Meeting"}
        for one in (call, alone):
            first, second = one.wait_for_sessions(False, True)
            gap = datetime.fromisoformat(second["joined_at"]) - datetime.fromisoformat(first["left_at"])
            assert gap.total_seconds() >= 15
    assert "nothing wrong" in stack.manage("check_ledger", "--customer", "acme")


def test_after_minutes_without_any_network_the_connection_is_lost(call: Call) -> None:
    with call.entered() as (jane, line):
        asked = knocks(jane)
        line.carries_pages = True
        line.cut("refused")
        jane.expect_heading("The connection was lost", seconds=240)
        assert asked
        assert jane.page.evaluate(LIVE) == 0
        line.cut("open")
        jane.click("Join again")
        jane.enter()
        jane.wait_for_fresh_videos(1)


def test_of_two_pages_that_livekit_confuses_the_newer_remains(browser: Browser, call: Call) -> None:
    """LiveKit itself resumes a session by name alone, past the join page: then the two sort it out."""
    with call.entered() as (older, line), visiting(browser, EYES) as visitor:
        line.cut("refused")
        newer = visitor.open(call.jane)
        newer.enter()
        line.way = "open"
        older.expect_heading("joined elsewhere")
        newer.wait_for_fresh_videos(1)
