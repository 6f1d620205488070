"""What is seen in the call: who is large, who speaks, screens, and what is shown of the meeting."""

import re
from collections.abc import Callable
from pathlib import Path

from livekit import api
from playwright.sync_api import Browser, expect

from local.stack import Stack
from tests.e2e.conftest import Tabs
from tests.e2e.crowd import Crowd
from tests.e2e.drills import only_of_rooms
from tests.e2e.hardware import SCREENS, UPRIGHT, end_sharing, refuse_screen
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import visiting
from tests.e2e.person import Person
from tests.e2e.recordings import open_hall
from tests.e2e.seeing import anna_among, assert_in_order, becomes, comes, goes, large, names, tile, tiles
from tests.e2e.senders import Media
from tests.e2e.tab import Tab

WIDE = (1280, 720)  # of the window


# Who is large


def chosen(tab: Tab, what: str) -> None:
    """In the menu of the bar."""
    tab.click("More")
    tab.click(what)


def test_the_speaker_view_follows_who_speaks_and_a_pin_holds(
    integrator: Integrator, tabs: Tabs, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = tabs.open(made["join_url"])
    anna.enter("Anna")
    anna.click("Mute")
    people = crowd.fill(made["meeting_code"], 3)
    becomes(lambda: len(names(anna)), 4)
    assert large(anna) == []
    chosen(anna, "Speaker view")
    for number in (1, 2):
        people[number].speak()
        becomes(lambda: large(anna), [f"Person {number + 1}"])
        people[number].hush()
    anna.click("Pin Person 1")
    becomes(lambda: large(anna), ["Person 1"])
    people[1].speak()
    becomes(lambda: tile(anna, "Person 2").is_speaking, True)
    assert large(anna) == ["Person 1"]
    anna.click("Unpin Person 1")
    becomes(lambda: large(anna), ["Person 2"])
    anna.click("People")
    panel = anna.page.get_by_role("complementary", name="People")
    panel.get_by_role("button", name="Pin Person 3").click()
    becomes(lambda: large(anna), ["Person 3"])
    panel.get_by_role("button", name="Unpin Person 3").click()
    chosen(anna, "Grid view")
    becomes(lambda: large(anna), [])
    assert len(names(anna)) == 4


def test_marks_of_speaking_and_of_muted_and_initials_come_and_go(
    integrator: Integrator, tabs: Tabs, crowd: Crowd
) -> None:
    anna, [person] = anna_among(integrator, tabs, crowd, 1)

    def marks() -> tuple[bool, bool, str]:
        shown = tile(anna, "Person 1")
        return shown.is_muted, shown.is_speaking, shown.initial

    becomes(marks, (True, False, ""))
    person.speak()
    becomes(marks, (False, True, ""))
    person.hush()
    becomes(marks, (False, False, ""))
    person.mute()
    becomes(marks, (True, False, ""))
    person.hide()
    becomes(marks, (True, False, "P"))
    anna.wait_for_videos(1)
    person.show()
    becomes(marks, (True, False, ""))
    anna.wait_for_fresh_videos(2)


# Phones that are held upright


# Of each picture that is shown: its size, and which part of it is to be seen.
SEEN = """() => [...document.querySelectorAll("video")].filter((video) => video.videoWidth).map((video) => {
  const {width, height} = video.getBoundingClientRect();
  const stretch = (video.videoWidth / video.videoHeight) / (width / height);
  const isWhole = getComputedStyle(video).objectFit === "contain";
  return [video.videoHeight > video.videoWidth, isWhole ? 1 : Math.min(stretch, 1 / stretch)];
})"""


def seen_upright(tab: Tab) -> list[float]:
    """Of the pictures that are higher than wide, the part that is to be seen."""
    return [part for is_upright, part in tab.page.evaluate(SEEN) if is_upright]


def test_an_upright_picture_is_shown_whole_wherever_it_stands(
    integrator: Integrator, tabs: Tabs, stack: Stack
) -> None:
    made = integrator.create()
    anna = tabs.open(made["join_url"])
    anna.enter("Anna")
    phones = Crowd(stack.env, Media(width=360, height=640, framerate=5))
    try:
        people = phones.fill(made["meeting_code"], 2)
        anna.wait_for_fresh_videos(3)
        for width, height in (WIDE, (360, 740), (667, 375)):
            anna.page.set_viewport_size({"width": width, "height": height})
            becomes(lambda: seen_upright(anna), [1, 1])
        anna.page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
        people[0].share_screen()
        becomes(lambda: large(anna), ["Screen of Person 1"])
        becomes(lambda: seen_upright(anna), [1, 1])
    finally:
        phones.close()


def test_so_is_the_own_one_before_and_in_the_call(browser: Browser, integrator: Integrator) -> None:
    with visiting(browser, UPRIGHT) as visitor:
        anna = visitor.open(integrator.create()["join_url"])
        anna.to_preview("Anna")
        becomes(lambda: seen_upright(anna), [1])
        anna.enter()
        becomes(lambda: seen_upright(anna), [1])


def test_who_was_alone_in_the_speaker_view_sees_the_next_one(
    integrator: Integrator, tabs: Tabs, crowd: Crowd
) -> None:
    made = integrator.create()
    anna = tabs.open(made["join_url"])
    anna.enter("Anna")
    anna.page.keyboard.press("g")
    becomes(lambda: large(anna), ["Anna (you)"])
    crowd.fill(made["meeting_code"], 1)
    becomes(lambda: large(anna), ["Person 1"])


# Screens


def test_a_shared_screen_is_large_with_the_people_beside_it(
    integrator: Integrator, tabs: Tabs, crowd: Crowd
) -> None:
    anna, [person, _] = anna_among(integrator, tabs, crowd, 2)
    anna.wait_for_fresh_videos(3)
    person.share_screen()
    becomes(lambda: large(anna), ["Screen of Person 1"])
    anna.expect_text("Person 1 is sharing a screen.")
    anna.wait_for_fresh_videos(4)
    screen, *beside = sorted(tiles(anna), key=lambda one: -one.width * one.height)
    assert {one.name for one in beside} == {"Anna (you)", "Person 1", "Person 2"}
    assert all(one.left >= screen.left + screen.width and one.is_inside(*WIDE) for one in beside)
    assert screen.width > 3 * max(one.width for one in beside)
    person.stop_sharing()
    becomes(lambda: (large(anna), len(names(anna))), ([], 3))
    assert_in_order(tiles(anna), WIDE)
    anna.wait_for_fresh_videos(3)


def test_the_own_screen_is_seen_by_the_others_until_it_is_ended_by_either_way(
    browser: Browser, integrator: Integrator
) -> None:
    made = integrator.create()
    with visiting(browser, SCREENS) as visitor, visiting(browser) as other:
        anna, ben = visitor.open(made["join_url"]), other.open(made["join_url"])
        anna.enter("Anna")
        ben.enter("Ben")
        bar = anna.page.get_by_role("navigation", name="Call")
        notice = anna.page.get_by_text("You are showing your screen to everybody.")
        refuse_screen(anna)
        anna.click("Share screen")
        refuse_screen(anna, is_refused=False)
        comes(bar.get_by_role("button", name="Share screen"))
        stop = bar.get_by_role("button", name="Stop sharing")
        ends: list[Callable[[], None]] = [lambda: end_sharing(anna), stop.click]
        for end in ends:
            anna.click("Share screen")
            comes(stop)
            comes(notice)
            becomes(lambda: large(ben), ["Screen of Anna"])
            ben.wait_for_fresh_videos(3)
            assert names(anna) == ["Anna (you)", "Ben"]
            end()
            becomes(lambda: (large(ben), len(names(ben))), ([], 2))
            goes(notice)
            comes(bar.get_by_role("button", name="Share screen"))


# Marks of the meeting


def test_the_time_left_is_shown_when_it_is_near_and_counts(integrator: Integrator, tabs: Tabs) -> None:
    near, open_ended = (
        tabs.open(integrator.create(**facts)["join_url"])
        for facts in ({"expires_at": integrator.in_seconds(540)}, {})
    )
    near.enter("Anna")
    left = near.page.get_by_text(re.compile(r"^8:[0-5]\d left$"))
    first = left.inner_text()
    expect(left).not_to_have_text(first)
    assert left.inner_text() < first
    open_ended.enter("Anna")
    comes(open_ended.page.get_by_role("heading", level=1))
    goes(open_ended.page.get_by_text(re.compile(r"\d left")))


def test_that_the_meeting_is_recorded_is_shown_and_announced(
    stack: Stack, lines: list[str], integrator: Integrator, tabs: Tabs, tmp_path: Path
) -> None:
    with open_hall(stack, lines, integrator, tmp_path) as hall:
        call = hall.open()
        anna = tabs.open(call.join_url)
        anna.enter("Anna")
        mark = anna.page.get_by_text("Recording", exact=True)
        comes(mark)
        anna.expect_text("Recording has started.")
        ben = tabs.open(call.join_url)
        ben.enter("Ben")
        comes(ben.page.get_by_text("Recording", exact=True))
        [egress] = call.egresses()
        hall.studio.ask("stop_egress", api.StopEgressRequest(egress_id=egress.egress_id))
        goes(mark)
        anna.expect_text("Recording has stopped.")


@only_of_rooms
def test_a_weak_connection_is_marked_and_the_mark_goes_again(
    integrator: Integrator, tabs: Tabs, crowd: Crowd
) -> None:
    anna, [person] = anna_among(integrator, tabs, crowd, 1)
    anna.wait_for_fresh_videos(2)
    assert not tile(anna, "Person 1").is_weak
    stall(person)
    becomes(lambda: tile(anna, "Person 1").is_weak, True, seconds=40)
    person.hide()
    becomes(lambda: tile(anna, "Person 1").is_weak, False, seconds=40)


def stall(person: Person) -> None:
    """Their camera is on, and nothing of its picture arrives any more."""
    person.home.loop.call_soon_threadsafe(person.pumps["camera"].cancel)
