"""Calls that break: a meeting, somebody in it on a line that can be cut, and what her page showed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from livekit import api
from playwright.sync_api import Browser, expect

from local.stack import Stack
from tests.e2e.callers import LIVE_REGION
from tests.e2e.crowd import Crowd
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import Appointments, visiting
from tests.e2e.networks import Line, online
from tests.e2e.tab import PATIENCE, Tab

JOHN = {"display_name": "John", "external_user_id": "john", "role": "host"}
JANE = {"display_name": "Jane", "external_user_id": "jane"}
INTERRUPTED = "Connection interrupted, reconnecting …"
BACK = "You are connected again."
# Keeps all headings that the page ever showed; how long each word of a broken socket was held back, in
# milliseconds; and every track of camera and microphone.
EYES = """{
  window.headings = [];
  window.heldBack = [];
  window.tracks = [];
  const watch = (notice, since) => {
    if (!notice.isConnected) return;
    if (notice.checkVisibility({visibilityProperty: true})) window.heldBack.push(performance.now() - since);
    else requestAnimationFrame(() => watch(notice, since));
  };
  const look = (node) => {
    if (!node.querySelectorAll) return;
    const all = [node, ...node.querySelectorAll("h1, .late-notice")];
    for (const one of all) {
      if (one.matches("h1")) window.headings.push(one.textContent);
      if (one.matches(".late-notice")) watch(one, performance.now());
    }
  };
  new MutationObserver((changes) => {
    for (const {addedNodes} of changes) addedNodes.forEach(look);
  }).observe(document, {childList: true, subtree: true});
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    window.tracks.push(...stream.getTracks());
    return stream;
  };
}"""
LIVE = "tracks.filter((track) => track.readyState === 'live').length"


class Call:
    """A secured meeting with John, a host, and Jane, who will lose her connection."""

    def __init__(self, browser: Browser, stack: Stack, integrator: Integrator, crowd: Crowd) -> None:
        self.browser, self.stack, self.integrator, self.crowd = browser, stack, integrator, crowd
        made = integrator.create(is_secured=True, participants=[JOHN, JANE])
        self.code, self.path = made["meeting_code"], f"meetings/{made['meeting_code']}/"
        self.john, self.jane = (person["join_url"] for person in made["participants"])

    @contextmanager
    def entered(self, has_clock: bool = False) -> Iterator[tuple[Tab, Line]]:
        """Jane in the call, and the line that she is connected by.

        With `has_clock` her page's clock can be put forward, as when a laptop sleeps.
        """
        with online(self.browser, self.stack, LIVE_REGION + EYES) as (visitor, line):
            if has_clock:
                visitor.context.clock.install()
            tab = visitor.open(self.jane)
            tab.enter()
            yield tab, line

    def sid(self, name: str = "Jane") -> str | None:
        """Of somebody's session in LiveKit; None while they are not there."""
        return self.crowd.sids(self.code).get(name)

    def is_back(self, before: str | None) -> bool:
        """Whether Jane is there in another session than that one."""
        return self.sid() not in (before, None)

    def wait_for_sessions(self, *is_connected: bool) -> list[Any]:
        """Jane's in the API, once these are all of them."""
        shown = self.integrator.wait_for(
            f"{self.path}participants/jane/",
            lambda shown: [one["is_connected"] for one in shown["sessions"]] == [*is_connected],
        )
        return list(shown["sessions"])

    # What happens while Jane is cut off

    def end(self) -> None:
        assert self.integrator.call("DELETE", self.path)[0] == 200

    def remove(self) -> None:
        assert self.integrator.call("DELETE", f"{self.path}participants/jane/")[0] == 200

    def bar(self) -> None:
        """John removes her."""
        [jane] = self.ask("list_participants", api.ListParticipantsRequest(room=self.code)).participants
        with visiting(self.browser) as visitor:
            asks = visitor.context.request
            asks.get(self.john)
            [csrf] = [one["value"] for one in visitor.context.cookies() if one["name"] == "csrftoken"]
            action = self.john.replace("?", "host/remove/?")
            headers = {"X-CSRFToken": csrf, "Accept": "application/json"}
            assert asks.post(action, form={"identity": jane.identity}, headers=headers).ok

    def expire(self) -> None:
        Appointments(self.stack, self.integrator).change(self.code, "expires_at=timezone.now()")

    def close_room(self) -> None:
        """As LiveKit does when nobody has been there for a while."""
        self.ask("delete_room", api.DeleteRoomRequest(room=self.code))

    def ask(self, action: str, request: Any) -> Any:
        """One call of LiveKit's RoomService."""
        return self.crowd.home.run(self._ask(action, request))

    async def _ask(self, action: str, request: Any) -> Any:
        address = self.crowd.url.replace("ws", "http", 1)
        async with api.LiveKitAPI(address, self.crowd.key, self.crowd.secret) as service:
            return await getattr(service.room, action)(request)


def expect_steady(tab: Tab) -> None:
    """Nothing is said of a broken connection."""
    expect(tab.page.locator(".notice", has_text=INTERRUPTED)).to_have_count(0)


def knocks(tab: Tab) -> list[str]:
    """The addresses of the join page that the page asks, from now on."""
    asked: list[str] = []
    tab.page.on("request", lambda one: asked.append(one.url) if one.method == "POST" else None)
    return asked


def wait_for_knocks(tab: Tab, asked: list[str], times: int) -> None:
    """Playwright notices it only while it is asked something."""
    until = time.monotonic() + PATIENCE
    while len(asked) < times:
        assert time.monotonic() < until, f"{len(asked)} instead of {times}"
        tab.page.wait_for_timeout(50)
