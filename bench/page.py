"""`python -m bench.page`: how long people wait for the call page, beside one with livekit-client alone.

Each visit is by a new browser profile: nothing is in its cache. Ours and the bare page take turns, so that
whatever else the machine does hits both alike.
"""

import json
import logging
import os
import re
import shutil
import statistics
import sys
import tempfile
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

import django
from django.conf import settings
from django.core.management import call_command
from livekit import api
from playwright.sync_api import Browser, sync_playwright

from bench import bare
from bench.ground import silent
from local import chromium
from local.stack import Stack, fresh
from tests.e2e.integrator import Integrator
from tests.e2e.rooms import Rooms
from tests.e2e.tab import CHROMIUM_FLAGS

VISITS = 7  # of each page that count; a first one of each warms up
LIMIT = 1.5  # times the bare page
JOIN = re.compile("^Join")
ELSEWHERE = "data:text/html,"  # links are clicked on other sites, from where a browser begins a new process

# Writes down, in milliseconds since the visit began: when one's own picture moves beside a button that can be
# clicked, when that is clicked, and when somebody else's picture moves.
WATCH = """(() => {
  const times = (window.times = {});
  const button = () => [...document.querySelectorAll("button")].find(isJoin);
  const isJoin = (part) => part.textContent.trim().startsWith("Join") && !part.disabled;
  const isOwn = (video) => video.srcObject?.getVideoTracks()[0]?.label.startsWith("fake_device");
  const look = () => {
    const moving = [...document.querySelectorAll("video")]
      .filter((video) => video.getVideoPlaybackQuality().totalVideoFrames > 1);
    if (!times.preview && moving.some(isOwn) && button()) times.preview = performance.now();
    if (times.click && !moving.every(isOwn)) times.remote = performance.now();
    else requestAnimationFrame(look);
  };
  document.addEventListener("click", ({target}) => {
    if (button()?.contains(target)) times.click = performance.now();
  }, true);
  look();
})()"""

# Waits for one of these times, and returns it.
REACHED = """(name) => new Promise((done, fail) => {
  const look = () => times[name] ? done(times[name]) : setTimeout(look, 20);
  setTimeout(() => fail(new Error(name + " is not reached")), 20000);
  look();
})"""


class Visit(NamedTuple):
    """Milliseconds until the preview shows, and from the click to somebody else's picture."""

    preview: float
    remote: float


class Call:
    """A meeting in which somebody already is, and as many links into it as there are visits."""

    def __init__(self, rooms: Rooms) -> None:
        key = StringIO()
        call_command("issue_api_key", "--customer", "page", "--credits", "100", stdout=key)
        people = [{"display_name": f"Guest {n}", "external_user_id": f"{n}"} for n in range(1 + VISITS)]
        us = Integrator(settings.PUBLIC_URL, key.getvalue().strip())
        made = us.create(is_secured=True, participants=people)
        self.rooms, self.code = rooms, made["meeting_code"]
        self.links = [person["join_url"] for person in made["participants"]]
        rooms.ask("create_room", api.CreateRoomRequest(name=self.code))
        rooms.send(self.code, "ann")

    def bare_links(self, address: str) -> list[str]:
        """The same for the bare page, which asks nothing of our server."""
        known = [[self.rooms.url, self.rooms.token(self.code, f"bare {n}")] for n in range(len(self.links))]
        return [f"{address}#{quote(json.dumps(each))}" for each in known]


def bench() -> bool:
    """Whether both stay within the limit."""
    logging.getLogger("livekit").setLevel(logging.WARNING)
    rooms = Rooms(os.environ)
    try:
        with bare.served() as address:
            call = Call(rooms)
            taken = visit_in_turns(list(zip(call.links, call.bare_links(address), strict=True)))
    finally:
        rooms.close()
    ours, plain = (Visit(*map(statistics.median, zip(*visits[1:], strict=True))) for visits in taken)
    held = [
        within(LIMIT, "the preview, nothing cached", ours.preview, "a bare page", plain.preview),
        within(LIMIT, "from the click to somebody's picture", ours.remote, "a bare page", plain.remote),
    ]
    return all(held)


def within(limit: float, what: str, took: float, plain: str, plain_took: float) -> bool:
    """A line: what it took, as so many times something plain; and whether it was at most `limit` times."""
    print(f"{what}: {took:.2f} ms, {took / plain_took:.2f} x {plain} ({plain_took:.2f} ms)", flush=True)
    is_held = took <= limit * plain_took
    if not is_held:
        print(f"TOO SLOW: {what} must take at most {limit} x {plain}", flush=True)
    return is_held


def visit_in_turns(links: list[tuple[str, str]]) -> tuple[list[Visit], list[Visit]]:
    """Our page and the bare one, again and again."""
    program = chromium.find()
    assert program, chromium.HOW_TO_GET
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        pairs = [(visit(browser, ours), visit(browser, plain)) for ours, plain in links]
        browser.close()
    return [ours for ours, _ in pairs], [plain for _, plain in pairs]


def visit(browser: Browser, url: str) -> Visit:
    """Somebody comes, looks at the preview until all that is loaded is there, joins, sees, and leaves."""
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(WATCH)
    page.goto(ELSEWHERE)
    page.goto(url)
    preview = page.evaluate(REACHED, "preview")
    page.wait_for_load_state("networkidle")
    page.get_by_role("button", name=JOIN).click()
    remote = page.evaluate(REACHED, "remote") - page.evaluate(REACHED, "click")
    context.close()
    return Visit(preview, remote)


def main() -> int:
    """The exit status: 1 if something took longer than it may."""
    folder = Path(tempfile.mkdtemp(prefix="upclass-bench-"))
    stack = Stack(folder, {"PORT": fresh()["PORT_LIVEKIT"]}, silent)
    try:
        stack.start()
        os.environ.update(stack.env, DJANGO_SETTINGS_MODULE="upclass.settings")
        django.setup()
        return 0 if bench() else 1
    finally:
        stack.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
