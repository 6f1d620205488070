"""What tests of the join pages share: people with browsers of their own, and meetings in every state."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from local.env import ROOT
from local.stack import Stack
from tests.e2e.integrator import Integrator
from tests.e2e.tab import Tab

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text
FINDINGS = """async () => (await axe.run(document)).violations.map(({id, nodes}) =>
  `${id}: ${nodes.map((node) => node.html + " " + node.failureSummary).join(" | ")}`)"""
SCROLLS_SIDEWAYS = "document.documentElement.scrollWidth > innerWidth"
SMALL_TARGETS = """() => [...document.querySelectorAll("button, a.button, select, input, textarea, summary")]
  .filter((part) => part.checkVisibility() && !part.matches(".link, [type=hidden]"))
  .filter((part) => {
    const box = (part.closest("label") ?? part).getBoundingClientRect(); // its words can be clicked, too
    return box.height < 44 || box.width < 44;
  })
  .map((part) => part.outerHTML)"""

# Buttons that are shown and that nobody can get at, even by scrolling what they stand in.
OUT_OF_SIGHT = """() => [...document.querySelectorAll("button, input, textarea, select")]
  .filter((part) => part.checkVisibility({visibilityProperty: true}))
  .filter((part) => {
    for (let box = part.parentElement; box !== document.body; box = box.parentElement) {
      const canScroll = /auto|scroll/.test(getComputedStyle(box).overflowY);
      if (canScroll && box.scrollHeight > box.clientHeight) return false;
    }
    const {left, top, right, bottom} = part.getBoundingClientRect();
    return left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
  })
  .map((part) => part.outerHTML)"""


def devices_that(error: str) -> str:
    """A browser whose camera and microphone fail in one way, until `window.mended` is set."""
    return f"""(() => {{
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wanted) => window.mended
        ? real(wanted) : Promise.reject(new DOMException("", {json.dumps(error)}));
    }})()"""


DENIED, MISSING, BUSY = map(devices_that, ("NotAllowedError", "NotFoundError", "NotReadableError"))
HESITANT = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {})"
NO_CALLS = "delete window.RTCPeerConnection; delete window.webkitRTCPeerConnection"
INSECURE = """Object.defineProperty(window, "isSecureContext", {get: () => false});
  Object.defineProperty(navigator, "mediaDevices", {get: () => undefined})"""


class Visitor:
    """A person with a browser profile: what goes wrong in it, and whom it speaks to, is kept."""

    def __init__(self, context: BrowserContext, script: str = "") -> None:
        self.context, self.script = context, script
        self.wrong: list[str] = []
        self.hosts: set[str] = set()

    def open(self, url: str) -> Tab:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("console", lambda said: self._listen(said.text))
        page.on("request", lambda request: self.hosts.add(str(urlsplit(request.url).hostname)))
        if self.script:
            page.add_init_script(self.script)
        return Tab(page, url)

    def _listen(self, said: str) -> None:
        if "Content Security Policy" in said or "Refused to" in said:
            self.wrong.append(said)


@contextmanager
def visiting(browser: Browser, script: str = "", **options: Any) -> Iterator[Visitor]:
    """`script` runs before the page's own; `options` are Playwright's of a browser context."""
    context = browser.new_context(**{"timezone_id": "Europe/Berlin", "locale": "en-GB", **options})
    visitor = Visitor(context, script)
    try:
        yield visitor
        assert visitor.wrong == []
        assert visitor.hosts <= {"127.0.0.1", "None"}, "somebody else was asked for something"
    finally:
        context.close()


def findings(page: Page) -> list[str]:
    """What axe-core has to say against the page as it stands."""
    page.evaluate(AXE())
    return list(page.evaluate(FINDINGS))


class Appointments:
    """Meetings in every state in which a person can find one."""

    def __init__(self, stack: Stack, integrator: Integrator) -> None:
        self.stack, self.integrator = stack, integrator

    def open(self, **facts: Any) -> Any:
        return self.integrator.create(**{"topic": "Interview with Jane Smith", **facts})

    def secured(self, *users: str, **facts: Any) -> list[Any]:
        """Their registrations; the meeting's code is in each."""
        people = [
            {"display_name": f"Jane {user}", "external_user_id": user, "role": "host"} for user in users
        ]
        made = self.open(is_secured=True, participants=people, **facts)
        return [{**person, "meeting_code": made["meeting_code"]} for person in made["participants"]]

    def ended(self) -> str:
        made = self.open()
        assert self.integrator.call("DELETE", f"meetings/{made['meeting_code']}/")[0] == 200
        return str(made["join_url"])

    def expired(self) -> str:
        made = self.open()
        self.change(made["meeting_code"], "expires_at=timezone.now()")
        return str(made["join_url"])

    def cancelled(self) -> str:
        made = self.open()
        assert self.integrator.call("POST", f"meetings/{made['meeting_code']}/cancel/")[0] == 200
        return str(made["join_url"])

    def removed(self, user: str) -> str:
        [person] = self.secured(user)
        path = f"meetings/{person['meeting_code']}/participants/{user}/"
        assert self.integrator.call("DELETE", path)[0] == 200
        return str(person["join_url"])

    def barred(self, user: str) -> str:
        [person] = self.secured(user)
        self.run_code(
            "from participants.models import Participant",
            f"Participant.objects.filter(external_user_id={user!r}).update(barred_at=timezone.now())",
        )
        return str(person["join_url"])

    def poor(self) -> str:
        """Of a customer without credits."""
        key = self.stack.manage("issue_api_key", "--customer", "poor", "--credits", "1").strip()
        made = Integrator(self.integrator.base, key).create(topic="Interview")
        self.run_code(
            "from billing.models import CreditAccount",
            "CreditAccount.objects.filter(customer__slug='poor').update(balance=0)",
        )
        return str(made["join_url"])

    def full(self, browser: Browser) -> str:
        """As many are expected in it as it has seats."""
        made = self.open(max_participants=2)
        for name in ("Anna", "Ben"):
            with visiting(browser) as guest:
                assert admitted(guest.context, made["join_url"], name) == 200
        return str(made["join_url"])

    def owing(self, user: str, *topics: str) -> str:
        """The link of somebody to their next meeting, who was in others, oldest first, and said nothing."""
        for days, topic in enumerate(reversed(topics), start=1):
            [person] = self.secured(user, topic=topic, feedback_required=True)
            self.run_code(*BEEN_IN.format(code=person["meeting_code"], days=days).strip().splitlines())
        [person] = self.secured(user, topic="The next one")
        return str(person["join_url"])

    def rendered(self, view: str) -> str:
        """The HTML of a page of join/error_pages.py that nobody can be led to."""
        asked = f"error_pages.{view}(RequestFactory().get('/'))"
        known = ("from django.test import RequestFactory", "from join import error_pages")
        return self.run_code(*known, f"print({asked}.content.decode())")

    def change(self, code: str, facts: str) -> None:
        self.run_code(f"Meeting.objects.filter(code={code!r}).update({facts})")

    def forget_wrong_codes(self) -> None:
        self.run_code("from join.models import FailedAttempt", "FailedAttempt.objects.all().delete()")

    def run_code(self, *lines: str) -> str:
        """What only staff or time could do: some lines of Python in the service; what they print."""
        known = ("from datetime import timedelta", "from django.utils import timezone")
        code = "\n".join((*known, "from meetings.models import Meeting", *lines))
        return self.stack.manage("shell", "--no-imports", "-c", code)


BEEN_IN = """
from participants.connections import Connection
from feedback.models import FeedbackRequest
meeting = Meeting.objects.get(code={code!r})
person = meeting.participants.get()
at = timezone.now() - timedelta(days={days})
same = dict(meeting=meeting, participant=person, created_at=at)
left = at + timedelta(minutes=5)
facts = dict(sid="PA_" + meeting.code, joined_at=at, left_at=left, last_seen_at=left, unsettled_since=at)
Connection.objects.create(**same, **facts)
FeedbackRequest.objects.create(**same, customer=meeting.customer, external_user_id=person.external_user_id)
"""


def admitted(context: BrowserContext, url: str, name: str) -> int:
    """The status of the click, without a page."""
    context.request.get(url)
    [csrf] = [cookie["value"] for cookie in context.cookies() if cookie["name"] == "csrftoken"]
    clicked = context.request.post(url, form={"name": name}, headers={"X-CSRFToken": csrf})
    return clicked.status


def typed(tab: Tab, code: str) -> None:
    """Type a code and go on."""
    tab.page.get_by_role("textbox", name="Your code").fill(code)
    tab.click("Continue")


def rated(tab: Tab, stars: str, comments: str) -> None:
    """Fill in the form about a meeting and send it."""
    tab.page.get_by_role("radio", name=stars).check(force=True)
    tab.page.get_by_role("textbox", name="Your comments").fill(comments)
    tab.click("Send feedback")


# Width and height in pixels, and what the person's system is set to.
LOOKS: dict[str, tuple[int, int, Literal["light", "dark"]]] = {
    "light": (1280, 800, "light"),
    "dark": (1280, 800, "dark"),
    "phone": (360, 740, "light"),
    "small": (320, 568, "dark"),
}


def snap(tab: Tab, folder: Path, name: str) -> None:
    tab.page.screenshot(path=folder / f"{name}.png", full_page=True, animations="disabled")


# Every picture goes to this folder, if pictures are to be kept.
ALL = ROOT / ".run" / "pictures"


def keep(tab: Tab, folder: Path, name: str, shown: Mapping[str, str]) -> None:
    """A picture of a failed test, to look at; with UPDATE_PICTURES, those that docs show are written anew.

    `shown`: under which name docs/pictures has a picture.
    """
    is_kept = bool(os.environ.get("UPDATE_PICTURES"))
    if is_kept:
        ALL.mkdir(parents=True, exist_ok=True)
    snap(tab, ALL if is_kept else folder, name)
    if is_kept and name in shown:
        snap(tab, ROOT / "docs" / "pictures", shown[name])
        shrink(ROOT / "docs" / "pictures" / f"{shown[name]}.png")


def shrink(file: Path) -> None:
    """To 256 colours, a third of the bytes: nobody sees the difference, and pages load sooner."""
    with Image.open(file) as picture:
        every = picture.convert("RGB")
    palette = every.quantize(256, Image.Quantize.MEDIANCUT, kmeans=1)
    every.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG).save(file, optimize=True)
