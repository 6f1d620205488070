"""More of what tests/e2e/scenes.py has: what a person sees when something fails, and the plain pages."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Frame, Route, expect

from tests.e2e.join_pages import DENIED, Appointments, Visitor, admitted, rated, typed
from tests.e2e.scenes import Scene, at, code, guest_preview, left, name
from tests.e2e.tab import Tab

Answer = Callable[[Route], None]

AWAY = {
    "error": "The call cannot be reached",
    "detail": "Our call server does not answer at the moment. Wait a little and try again.",
    "code": "call_server_unreachable",
}

FULL = {"error": "This meeting is full", "detail": "Try again.", "code": "meeting_full"}

# At the click


def at_posts(tab: Tab, answer: Answer) -> None:
    """From now on, what the page posts is answered so, and never reaches the service."""

    def posted(route: Route) -> None:
        if route.request.method == "POST":
            answer(route)
        else:
            route.fallback()

    tab.page.route("**/*", posted)


def clicked(answer: Answer, words: str) -> Scene:
    """How the click is answered, and what is said then."""

    def act(visitor: Visitor, all: Appointments) -> Tab:
        tab = guest_preview(visitor, all)
        at_posts(tab, answer)
        tab.click("Join now")
        tab.expect_text(words)
        return tab

    return Scene(act)


def answered(status: int, said: Any) -> Answer:
    """By JSON."""
    return lambda route: route.fulfill(status=status, json=said)


def never(route: Route) -> None:
    """The answer comes later than anybody waits."""


def no_call(visitor: Visitor, all: Appointments) -> Tab:
    """LiveKit does not accept the token."""
    ticket = {"url": all.stack.env["LIVEKIT_PUBLIC_URL"], "token": "none"}
    return clicked(answered(200, ticket), "A firewall may be in the way").act(visitor, all)


def no_cookies(visitor: Visitor, all: Appointments) -> Tab:
    """For a form without script: the server's own page."""
    tab = code(visitor, all)
    visitor.context.clear_cookies()
    typed(tab, "AAAAAA")
    tab.expect_heading("did not let us remember you")
    return tab


# In the call

LINES = """window.lines = []; window.WebSocket = class extends WebSocket {
  constructor(...given) { super(...given); window.lines.push(this); } }"""
# LiveKit's message that somebody is ejected: field 8 of its signals, and in it the reason, field 2.
DISCONNECT = """(reason) => window.lines.at(-1).dispatchEvent(
  new MessageEvent("message", {data: new Uint8Array([0x42, 2, 0x10, reason]).buffer}))"""
CLIENT_INITIATED, SERVER_SHUTDOWN, PARTICIPANT_REMOVED, ROOM_DELETED = 1, 3, 4, 5  # DisconnectReason


def eject(reason: int, words: str) -> Scene:
    """In a meeting that goes on, and asks for feedback."""

    def act(visitor: Visitor, all: Appointments) -> Tab:
        [person] = all.secured(f"user-out-{reason}", feedback_required=True)
        tab = visitor.open(person["join_url"])
        tab.enter()
        at_posts(tab, answered(409, FULL))  # or it would come back by itself
        tab.page.evaluate(DISCONNECT, reason)
        tab.expect_heading(words)
        return tab

    return Scene(act, LINES)


# Feedback


def unsent(visitor: Visitor, all: Appointments) -> Tab:
    tab = left(visitor, all)
    at_posts(tab, Route.abort)
    rated(tab, "4 stars", "Good.")
    tab.expect_text("is interrupted")
    return tab


def form_of(link: str) -> str:
    """The page of feedback on a meeting."""
    return link.replace("?", "feedback/?") if "?" in link else f"{link}feedback/"


def asked(visitor: Visitor, all: Appointments) -> Tab:
    """The form without script, of somebody who was let in."""
    [person] = all.secured("user-form", feedback_required=True)
    assert admitted(visitor.context, person["join_url"], "") == 200
    return visitor.open(form_of(person["join_url"]))


def asked_again(visitor: Visitor, all: Appointments) -> Tab:
    tab = asked(visitor, all)
    rated(tab, "4 stars", "   ")
    tab.expect_text("Write a few words.")
    return tab


def thanked(visitor: Visitor, all: Appointments) -> Tab:
    tab = asked(visitor, all)
    rated(tab, "5 stars", "Good.")
    tab.expect_heading("Thank you")
    return tab


def not_there(all: Appointments) -> str:
    [person] = all.secured("user-absent", feedback_required=True)
    return form_of(person["join_url"])


# What nobody can be led to, or where axe-core, a script that reads whole pages, cannot follow


def served(visitor: Visitor, all: Appointments, html: str) -> Tab:
    url = f"{all.integrator.base}/served/"
    visitor.context.route(url, lambda route: route.fulfill(body=html, content_type="text/html"))
    return visitor.open(url)


def rendered(view: str) -> Scene:
    return Scene(lambda visitor, all: served(visitor, all, all.rendered(view)))


PLAIN = """() => { const plain = document.querySelector("noscript"); plain.outerHTML = plain.textContent;
  document.querySelector("#room").remove(); }"""


def without_script(visitor: Visitor, all: Appointments) -> Tab:
    """What stands there for browsers without script."""
    tab = name(visitor, all)
    tab.page.evaluate(PLAIN)
    tab.expect_heading("JavaScript is switched off")
    return tab


def without_start(visitor: Visitor, all: Appointments) -> Tab:
    """The page's script does not come, or is not understood."""
    visitor.context.route("**/*.js", lambda route: route.abort())
    tab = name(visitor, all)
    tab.page.evaluate("document.getAnimations().forEach((one) => one.finish())")  # which last 4 s
    tab.expect_text("Does nothing happen?")
    return tab


AS_IT_STANDS = """() => { document.querySelectorAll("script").forEach((script) => script.remove());
  return "<!doctype html>" + document.documentElement.outerHTML; }"""


def framed(visitor: Visitor, all: Appointments) -> Tab:
    """Another page around ours holds the devices back."""
    inside = in_a_frame(visitor, all.open()["join_url"])
    inside.get_by_role("textbox", name="Your name").fill("Anna")
    inside.get_by_role("button", name="Continue").click()
    expect(inside.get_by_text("This page stands inside another one")).to_be_visible()
    return served(visitor, all, inside.evaluate(AS_IT_STANDS))


def in_a_frame(visitor: Visitor, url: str) -> Frame:
    around = f"{url}around/"
    shown = f'<iframe src="{url}" width="900" height="700"></iframe>'
    visitor.context.route(around, lambda route: route.fulfill(body=shown, content_type="text/html"))
    visitor.context.route(url, unguarded)
    return visitor.open(around).page.frames[1]


def unguarded(route: Route) -> None:
    """The page without what keeps it out of frames."""
    page = route.fetch()
    kept = ("content-type", "set-cookie")
    route.fulfill(response=page, headers={one: page.headers[one] for one in kept if one in page.headers})


TROUBLES = {
    "joining": clicked(never, "Joining …"),
    "call-server-away": clicked(answered(503, AWAY), "Our call server does not answer"),
    "unreachable": clicked(Route.abort, "We cannot be reached"),
    "failed": clicked(answered(502, {}), "This did not work"),
    "no-call": Scene(no_call),
    "no-cookies": Scene(no_cookies),
    "lost": eject(SERVER_SHUTDOWN, "The connection was lost"),
    "asleep": eject(CLIENT_INITIATED, "You were away"),
    "put-out": eject(PARTICIPANT_REMOVED, "You were removed"),
    "call-closed": eject(ROOM_DELETED, "The call was closed"),
    "left-unsent": Scene(unsent),
    "form": Scene(asked),
    "form-wrong": Scene(asked_again),
    "form-thanks": Scene(thanked),
    "form-not-there": at(not_there),
    "form-not-asked": at(lambda all: form_of(all.open()["join_url"])),
    "link": at(lambda all: all.secured("user-part")[0]["join_url"][:-5]),
    "server-error": rendered("crashed"),
    "bad-request": rendered("bad_request"),
    "without-script": Scene(without_script),
    "without-start": Scene(without_start),
    "framed": Scene(framed, DENIED),
}
