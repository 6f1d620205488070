"""A call of 25: all on one page of a laptop, in pages on a phone; nothing is sent that nobody looks at."""

from collections.abc import Iterator

import pytest
from livekit import api
from livekit.protocol.models import TrackSource
from playwright.sync_api import Browser

from local.stack import Stack
from tests.e2e.crowd import Crowd
from tests.e2e.drills import only_of_rooms
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import visiting
from tests.e2e.person import Person
from tests.e2e.rooms import Rooms
from tests.e2e.seeing import (
    CONNECTIONS,
    assert_in_order,
    becomes,
    comes,
    goes,
    names,
    received,
    sent,
    shown,
    tile,
    tiles,
)
from tests.e2e.stacks import wait_for
from tests.e2e.tab import Tab

WIDE, UPRIGHT, LYING = (1280, 720), (360, 640), (640, 360)
PRESS = "found => found.filter(one => one.ariaDisabled !== 'true').map(one => one.click()).length"
LEAST = (112, 84)  # of a tile, in CSS pixels


class Full:
    """A meeting of 25: Anna looks, 24 others are there."""

    def __init__(self, anna: Tab, others: list[Person]) -> None:
        self.anna, self.others = anna, others
        self.names = {"Anna (you)", *(f"Person {number}" for number in range(1, 25))}

    def person(self, name: str) -> Person:
        return self.others[int(name.split()[1]) - 1]

    def at(self, size: tuple[int, int]) -> Tab:
        """Anna's tab in a window of this size, on its first page."""
        self.anna.page.set_viewport_size({"width": size[0], "height": size[1]})
        becomes(lambda: all(one.is_inside(*size) for one in tiles(self.anna)), True)
        back = self.anna.page.get_by_role("button", name="Previous page")
        becomes(lambda: back.evaluate_all(PRESS), 0)  # it may go away between a look and a click
        return self.anna


@pytest.fixture(scope="module")
def full(browser: Browser, stack: Stack, integrator: Integrator) -> Iterator[Full]:
    crowd = Crowd(stack.env)
    made = integrator.create()
    with visiting(browser, CONNECTIONS) as visitor:
        anna = visitor.open(made["join_url"])
        anna.enter("Anna")
        anna.click("Mute")  # her fake microphone beeps
        yield Full(anna, crowd.fill(made["meeting_code"], 24))
    crowd.close()


def turned(anna: Tab, pages: int) -> list[list[str]]:
    """The names on each page, from the first to the last."""
    found = []
    for page in range(1, pages + 1):
        comes(anna.page.get_by_text(f"{page} of {pages}", exact=True))
        found.append(names(anna))
        if page < pages:
            anna.click("Next page")
    return found


def pages_of(anna: Tab) -> int:
    return int(anna.page.locator(".pager span").inner_text().split(" of ")[1])


def test_25_people_are_on_one_page_and_all_of_them_move(full: Full) -> None:
    anna = full.at(WIDE)
    becomes(lambda: set(names(anna)), full.names)
    assert len(names(anna)) == 25
    assert_in_order(tiles(anna), WIDE)
    anna.wait_for_fresh_videos(25)
    goes(anna.page.get_by_role("button", name="Next page"))


@pytest.mark.parametrize("size", [UPRIGHT, LYING])
def test_on_a_phone_they_are_on_pages_and_nobody_is_lost(full: Full, size: tuple[int, int]) -> None:
    anna = full.at(size)
    pages = pages_of(anna)
    assert pages > 1
    assert_in_order(tiles(anna), size)
    assert all(one.width >= LEAST[0] and one.height >= LEAST[1] for one in tiles(anna))
    found = [name for page in turned(anna, pages) for name in page]
    assert sorted(found) == sorted(full.names)
    anna.page.get_by_role("button", name="Next page").click(force=True)  # there is none
    comes(anna.page.get_by_text(f"{pages} of {pages}", exact=True))


def test_who_speaks_comes_to_the_first_page_and_is_heard_from_any(full: Full) -> None:
    anna = full.at(UPRIGHT)
    on = turned(anna, pages_of(anna))
    speaking = [full.person(on[1][0]), full.person(on[-1][-1])]
    full.at(UPRIGHT)
    speaking[0].speak()
    becomes(lambda: on[1][0] in names(anna), True)
    assert tile(anna, on[1][0]).is_speaking
    anna.click("Next page")
    speaking[1].speak()
    anna.wait_for_sounds(2)
    full.at(UPRIGHT)
    becomes(lambda: {on[1][0], on[-1][-1]} <= set(names(anna)), True)
    for person in speaking:
        person.mute()
    anna.wait_for_sounds(0)


def test_no_picture_comes_in_that_is_not_shown(full: Full) -> None:
    anna = full.at(WIDE)
    becomes(lambda: len(received(anna)), 24)
    full.at(UPRIGHT)
    becomes(lambda: (len(shown(anna)) < 24, received(anna) ^ shown(anna)), (True, set()))
    first = shown(anna)
    anna.click("Next page")
    becomes(lambda: received(anna) ^ shown(anna), set())
    assert not first & shown(anna)


def test_tiles_grow_when_people_leave(full: Full) -> None:  # the last one: they do not come back
    anna = full.at(WIDE)
    before = tiles(anna)[0]
    for person in full.others[6:]:
        person.leave()
    becomes(lambda: len(names(anna)), 7)
    after = tiles(anna)
    assert_in_order(after, WIDE)
    assert after[0].width * after[0].height > 2 * before.width * before.height


# What goes out


@only_of_rooms
def test_the_camera_goes_out_in_several_sizes_and_only_as_large_as_somebody_looks(
    browser: Browser, stack: Stack, integrator: Integrator, crowd: Crowd
) -> None:
    made = integrator.create()
    crowd.fill(made["meeting_code"], 1)  # does not look
    with visiting(browser, CONNECTIONS) as visitor, visiting(browser) as other:
        anna = visitor.open(made["join_url"])
        anna.enter("Anna")
        camera = wait_for(lambda: camera_of(stack, made["meeting_code"], "Anna"), 20, "no camera is sent")
        assert camera.simulcast
        assert [layer.width for layer in camera.layers] == sorted({layer.width for layer in camera.layers})
        assert len(camera.layers) == 3
        becomes(lambda: sent(anna), set(), seconds=40)
        ben = other.open(made["join_url"])
        ben.enter("Ben")
        becomes(lambda: "h" in sent(anna), True)
        ben.page.set_viewport_size({"width": 640, "height": 360})
        ben.click("Pin Ben (you)")
        becomes(lambda: sent(anna), {"q"}, seconds=40)
        ben.leave()
        becomes(lambda: sent(anna), set(), seconds=40)


def camera_of(stack: Stack, room: str, name: str) -> api.TrackInfo | None:
    """As LiveKit knows it, once it does."""
    rooms = Rooms(stack.env)
    people = rooms.ask("list_participants", api.ListParticipantsRequest(room=room)).participants
    rooms.close()
    tracks = [track for one in people if one.name == name for track in one.tracks]
    return next((track for track in tracks if track.source == TrackSource.CAMERA), None)
