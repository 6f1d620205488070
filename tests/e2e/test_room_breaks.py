"""What people see and keep when their call breaks: each is said plainly, and goes on where it can."""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from local.stack import Stack
from tests.e2e.breaking import BACK, INTERRUPTED, LIVE, Call, expect_steady, knocks, wait_for_knocks
from tests.e2e.callers import LIVE_REGION, announced, button, expect_announced, texts, tile, write
from tests.e2e.crowd import Crowd
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import visiting
from tests.e2e.networks import Way
from tests.e2e.person import Person, eventually
from tests.e2e.stacks import kill


@pytest.fixture
def call(browser: Browser, stack: Stack, integrator: Integrator, crowd: Crowd) -> Call:
    return Call(browser, stack, integrator, crowd)


@pytest.fixture
def john(call: Call, crowd: Crowd) -> Person:
    """In the call, seen and heard; chat and hands reach him."""
    came = crowd.join(call.john, topics=["chat"])
    came.show()
    came.speak()
    return came


# For seconds


def test_without_the_signal_sound_and_pictures_go_on_and_it_comes_back(call: Call, john: Person) -> None:
    with call.entered() as (jane, line):
        jane.wait_for_fresh_videos(2)
        before = call.sid()
        line.cut("refused")
        jane.expect_text(INTERRUPTED)
        jane.wait_for_fresh_videos(2)
        jane.wait_for_sounds(1)
        line.cut("open")
        expect_steady(jane)
        assert call.sid() == before
        assert min(jane.page.evaluate("heldBack")) > 1_400  # milliseconds; mostly it is over before
        jane.wait_for_fresh_videos(2)


def test_a_session_that_is_made_anew_is_the_same_person_to_the_others(
    browser: Browser, call: Call, crowd: Crowd
) -> None:
    with call.entered() as (jane, line), visiting(browser, LIVE_REGION) as visitor:
        john = visitor.open(call.john)
        john.enter()
        expect_announced(jane, "John joined")
        button(jane, "Mute").click()
        john.expect_text("Jane · muted")
        john.wait_for_fresh_videos(2)
        before = call.sid()
        line.resumes = "forgotten"
        line.cut()
        eventually(lambda: call.is_back(before))
        expect_steady(jane)
        for tab in (john, jane):
            tab.wait_for_fresh_videos(2)
        expect(tile(john, "Jane")).to_have_count(1)
        john.expect_text("Jane · muted")
        button(jane, "Unmute").click()
        john.wait_for_sounds(1)
        [passer] = crowd.fill(call.code, 1)
        expect_announced(john, "Person 1 joined")
        passer.leave()
        for tab in (john, jane):  # who leaves is announced after a while: by now all who went before are, too
            expect_announced(tab, "Person 1 left")
        assert "Jane" not in " ".join(announced(john))
        assert "John left" not in announced(jane) and announced(jane).count("John joined") == 1


def test_whose_token_is_refused_asks_the_join_page_and_keeps_everything(call: Call, john: Person) -> None:
    with call.entered() as (jane, line):
        asked = knocks(jane)
        write(jane, "Before")
        button(jane, "Raise hand").click()
        eventually(lambda: john.texts("chat") == ["Before"])
        jane.wait_for_fresh_videos(2)
        before = call.sid()
        line.cut("denied")
        wait_for_knocks(jane, asked, 2)
        jane.expect_text(INTERRUPTED)
        expect(tile(jane, "John")).to_have_count(1)
        expect_announced(jane, INTERRUPTED)
        john.received.clear()
        line.way = "open"
        expect_steady(jane)
        expect_announced(jane, BACK)
        assert call.is_back(before)
        assert set(asked) == {call.jane}
        jane.wait_for_fresh_videos(2)
        jane.wait_for_sounds(1)
        eventually(lambda: john.is_heard("Jane"))
        eventually(lambda: any('"raised":true' in said for said in john.texts("hand")))
        expect(button(jane, "Lower hand")).to_be_visible()
        write(jane, "After")
        eventually(lambda: john.texts("chat") == ["After"])
        expect(texts(jane)).to_have_text(["Before", "After"])
        assert set(jane.page.evaluate("headings")) == {"Meeting"}  # nothing like "You left" between
        call.wait_for_sessions(True)
        assert call.integrator.get(call.path)["participant_count"] == 2


def test_whose_room_is_gone_comes_back_into_a_new_one(call: Call) -> None:
    with call.entered() as (jane, line):
        asked = knocks(jane)
        before = call.sid()
        line.cut("refused")
        call.close_room()
        line.way = "open"
        eventually(lambda: call.is_back(before))
        jane.wait_for_fresh_videos(1)
        expect_steady(jane)
        assert asked == [call.jane]
        call.wait_for_sessions(True)


def test_a_call_server_that_is_killed_loses_nobody(browser: Browser, stack: Stack, call: Call) -> None:
    with visiting(browser) as one, visiting(browser) as other:
        john, jane = one.open(call.john), other.open(call.jane)
        john.enter()
        jane.enter()
        for tab in (john, jane):
            tab.wait_for_fresh_videos(2)
        before = {None, call.sid("John"), call.sid()}
        kill(stack, "livekit")
        eventually(lambda: before.isdisjoint({call.sid("John"), call.sid()}))
        for tab in (john, jane):
            tab.wait_for_fresh_videos(2)
            tab.wait_for_sounds(1)
            expect_steady(tab)


# For good


def test_after_a_minute_of_trying_the_connection_is_lost_and_can_be_made_anew(call: Call) -> None:
    with call.entered(has_clock=True) as (jane, line):
        asked = knocks(jane)
        line.resumes, line.carries_pages = "denied", True  # so that LiveKit's own tries are over at once
        line.cut("refused")
        for number, pause in enumerate((1, 2, 4, 8, 15, 15, 15), start=1):
            wait_for_knocks(jane, asked, number)
            expect(button(jane, "Leave")).to_be_visible()
            jane.page.clock.fast_forward(pause * 1_000)
        jane.expect_heading("The connection was lost")
        assert len(asked) == 8
        assert jane.page.evaluate(LIVE) == 0
        line.resumes, line.carries_pages, line.way = None, False, "open"
        jane.click("Join again")
        jane.enter()
        jane.wait_for_fresh_videos(1)


def test_whoever_was_asleep_for_long_is_asked_before_they_are_seen_again(call: Call, john: Person) -> None:
    with call.entered(has_clock=True) as (jane, _):
        jane.wait_for_fresh_videos(2)
        assert jane.page.evaluate(LIVE) == 2
        jane.page.clock.fast_forward(11 * 60_000)
        jane.expect_heading("You were away")
        assert jane.page.evaluate(LIVE) == 0
        eventually(lambda: "Jane" not in john.names())
        jane.click("Join again")
        jane.enter()
        jane.wait_for_fresh_videos(2)


# What is done, how her first try after it fares, what she is shown, and with which status ever after
ACTIONS: dict[str, tuple[Callable[[Call], None], Way, str, int]] = {
    "ended": (Call.end, "open", "This meeting has ended", 410),
    "expired": (Call.expire, "denied", "This meeting has expired", 410),
    "removed": (Call.remove, "open", "You were removed", 403),
    "barred": (Call.bar, "open", "A host has removed you", 403),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_what_was_done_while_the_line_was_down_is_shown_afterwards(call: Call, name: str) -> None:
    act, way, words, status = ACTIONS[name]
    with call.entered() as (jane, line):
        line.cut("refused")
        act(call)
        line.way = way
        jane.expect_heading(words)
        expect(jane.page.get_by_role("button", name=re.compile("Join"))).to_have_count(0)
        line.way = "open"
        assert jane.page.request.get(jane.page.url).status == status


def test_who_joined_elsewhere_meanwhile_remains_and_the_older_says_so(browser: Browser, call: Call) -> None:
    with call.entered() as (older, line), visiting(browser) as visitor:
        line.cut("denied")
        newer = visitor.open(call.jane)
        newer.enter()
        line.way = "open"
        older.expect_heading("joined elsewhere")
        # Of one fake camera, which the older page has just closed, the newer may get no picture.
        expect_steady(newer)
        eventually(lambda: call.sid() is not None)
        expect(button(newer, "Leave")).to_be_visible()


# Gone


@pytest.mark.parametrize("way", ["refused", "denied"])
def test_whoever_leaves_while_it_reconnects_remains_away(call: Call, john: Person, way: Way) -> None:
    with call.entered() as (jane, line):
        before = call.sid()
        line.cut(way)
        jane.expect_text(INTERRUPTED)
        jane.leave()
        moment, seen = time.monotonic(), set()
        line.way = "open"

        def watch() -> bool:
            seen.add(call.sid())
            return time.monotonic() > moment + 5  # its next try would have come by then

        eventually(watch)
        assert seen <= {before, None}
        assert line.attempts_since(moment) == []
        assert jane.page.evaluate(LIVE) == 0
        jane.expect_heading("You left")


def test_a_tab_that_is_closed_is_gone_at_once(call: Call, john: Person) -> None:
    with call.entered() as (jane, _):
        eventually(lambda: "Jane" in john.names())
        jane.page.close()
        eventually(lambda: "Jane" not in john.names(), seconds=2)
        call.wait_for_sessions(False)
