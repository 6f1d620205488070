"""What a tab shows of the call, and what its browser sends and receives for it."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, expect

from tests.e2e.conftest import Tabs
from tests.e2e.crowd import Crowd
from tests.e2e.integrator import Integrator
from tests.e2e.person import Person
from tests.e2e.tab import PATIENCE, Tab

# Keeps every connection that the page makes; runs before the page's own scripts.
CONNECTIONS = """{
  const Real = RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      connections.push(this);
    }
  };
}"""
TILES = """() => [...document.querySelectorAll(".stage .tile")].map((tile) => {
  const {left, top, width, height} = tile.getBoundingClientRect();
  return {
    left, top, width, height,
    name: tile.querySelector(".name").textContent,
    initial: tile.querySelector(".initial")?.textContent ?? "",
    is_large: !!tile.closest(".large"),
    is_muted: !!tile.querySelector(".caption")?.textContent.includes("muted"),
    is_speaking: tile.classList.contains("speaking"),
    is_weak: !!tile.querySelector(".weak"),
  };
})"""
# Of which pictures more comes, or goes, within a second: "trackIdentifier" or "rid" of each.
GROWING = """async ({type, key, counter}) => {
  const read = async () => {
    const found = new Map();
    for (const connection of connections)
      for (const one of (await connection.getStats()).values())
        if (one.type === type && one.kind === "video") found.set(one[key], one[counter] ?? 0);
    return found;
  };
  const before = await read();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  return [...(await read())].filter(([name, count]) => count > (before.get(name) ?? 0)).map(([name]) => name);
}"""
INBOUND = {"type": "inbound-rtp", "key": "trackIdentifier", "counter": "framesReceived"}
OUTBOUND = {"type": "outbound-rtp", "key": "rid", "counter": "framesSent"}
SHOWN = """() => [...document.querySelectorAll("li .tile:has(.name) video")]
  .filter((video) => !video.classList.contains("mirrored"))
  .map((video) => video.srcObject?.getVideoTracks()[0]?.id)"""
SENT = """kind => connections.flatMap((connection) => connection.getSenders())
  .filter(({track}) => track?.kind === kind && track.readyState === "live").map(({track}) => track.label)"""
SPEAKERS = "() => [...document.querySelectorAll('audio')].map((audio) => audio.sinkId)"


@dataclass(frozen=True)
class Tile:
    """Of a person, or of a screen. Sizes are CSS pixels from the viewport's corner."""

    name: str
    left: float
    top: float
    width: float
    height: float
    initial: str
    is_large: bool
    is_muted: bool
    is_speaking: bool
    is_weak: bool

    def overlaps(self, other: "Tile") -> bool:
        apart = (
            self.left + self.width <= other.left
            or other.left + other.width <= self.left
            or self.top + self.height <= other.top
            or other.top + other.height <= self.top
        )
        return not apart

    def is_inside(self, width: int, height: int) -> bool:
        return (
            self.left >= 0
            and self.top >= 0
            and self.left + self.width <= width
            and self.top + self.height <= height
        )


def anna_among(integrator: Integrator, tabs: Tabs, crowd: Crowd, count: int) -> tuple[Tab, list[Person]]:
    """Anna's tab in a call, and so many others, who show a picture."""
    made = integrator.create()
    anna = tabs.open(made["join_url"])
    anna.enter("Anna")
    return anna, crowd.fill(made["meeting_code"], count)


def tiles(tab: Tab) -> list[Tile]:
    return [Tile(**found) for found in tab.page.evaluate(TILES)]


def tile(tab: Tab, name: str) -> Tile:
    """Somebody's, as soon as it is there."""
    becomes(lambda: name in names(tab), True)
    return next(one for one in tiles(tab) if one.name == name)


def names(tab: Tab) -> list[str]:
    """On all tiles of the page that is shown, in their order."""
    return [one.name for one in tiles(tab)]


def large(tab: Tab) -> list[str]:
    """Whose tile is large."""
    return [one.name for one in tiles(tab) if one.is_large]


def assert_in_order(shown: list[Tile], size: tuple[int, int]) -> None:
    """All inside, none on another, all of a size."""
    assert all(one.is_inside(*size) for one in shown), shown
    pairs = [(one, other) for one in shown for other in shown if one is not other]
    assert not [pair for pair in pairs if pair[0].overlaps(pair[1])]
    assert max(one.width for one in shown) - min(one.width for one in shown) <= 1
    assert max(one.height for one in shown) - min(one.height for one in shown) <= 1


def received(tab: Tab) -> set[str]:
    """Ids of the pictures of others that come in. Needs CONNECTIONS, as all that follow."""
    return set(tab.page.evaluate(GROWING, INBOUND))


def shown(tab: Tab) -> set[str]:
    """Ids of the pictures of others that are on the page."""
    return set(tab.page.evaluate(SHOWN))


def sent(tab: Tab) -> set[str]:
    """Which sizes of the camera's picture go out: of "q", "h", "f", from small to full."""
    return set(tab.page.evaluate(GROWING, OUTBOUND))


def sources(tab: Tab, kind: str) -> list[str]:
    """Labels of the devices whose "video" or "audio" is being sent."""
    return list(tab.page.evaluate(SENT, kind))


def speakers(tab: Tab) -> set[str]:
    """Ids of the devices on which others are heard."""
    return set(tab.page.evaluate(SPEAKERS))


def comes(part: Locator) -> None:
    """Wait until it is to be seen."""
    expect(part).to_be_visible(timeout=PATIENCE * 1000)


def goes(part: Locator) -> None:
    expect(part).to_have_count(0, timeout=PATIENCE * 1000)


def becomes(look: Callable[[], object], wanted: object, seconds: float = PATIENCE) -> None:
    """Look until it is so."""
    until = time.monotonic() + seconds
    while (seen := look()) != wanted:
        assert time.monotonic() < until, f"{seen} instead of {wanted}"
        time.sleep(0.1)
