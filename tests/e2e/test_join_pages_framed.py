"""The join pages inside a page of another site, which is allowed to show them, or is not."""

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from local import ports, web
from local.part import Running
from local.stack import Stack
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import DENIED, Appointments, visiting

PATIENCE = 20_000  # milliseconds


@dataclass
class Site:
    """A site of somebody else's: by its name it is another one than 127.0.0.1."""

    port: int
    html: str = ""

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"


@contextmanager
def serving(site: Site) -> Iterator[None]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(site.html.encode())

        def log_message(self, *said: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", site.port), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield
        server.shutdown()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = Site(ports.choose(set()))
    with serving(made):
        yield made


@pytest.fixture(scope="module")
def appointments(stack: Stack, integrator: Integrator) -> Appointments:
    return Appointments(stack, integrator)


@pytest.fixture(scope="module")
def framed(stack: Stack, site: Site) -> Iterator[str]:
    """The address of a second web server, which lets the other site show its pages."""
    port = str(ports.choose(set()))
    url = f"http://127.0.0.1:{port}"
    env = {**stack.env, "PORT": port, "PUBLIC_URL": url, "FRAME_ANCESTORS": site.origin}
    running = Running(web.part(env), stack.sink)
    try:
        running.wait_ready()
        yield url
    finally:
        running.let_go()
        running.wait_gone()


def frame(site: Site, url: str, allow: str = "camera; microphone; autoplay") -> None:
    shown = f'<iframe src="{url}" allow="{allow}" width="900" height="700"></iframe>'
    site.html = f"<!doctype html><title>School</title>{shown}"


def path(url: str) -> str:
    return "/" + url.split("/", 3)[3]


def click(inside: FrameLocator, name: str) -> None:
    inside.get_by_role("button", name=name, exact=True).click(timeout=PATIENCE)


def enter(inside: FrameLocator, name: str) -> None:
    inside.get_by_role("textbox", name="Your name").fill(name)
    click(inside, "Continue")
    expect(inside.get_by_role("button", name="Camera off")).to_be_enabled(timeout=PATIENCE)
    click(inside, "Join now")
    expect(inside.get_by_role("button", name="Leave")).to_be_visible(timeout=PATIENCE)


def test_a_guest_joins_leaves_and_comes_back_as_the_same_person(
    browser: Browser, appointments: Appointments, site: Site, framed: str
) -> None:
    made = appointments.open()
    frame(site, framed + path(made["join_url"]))
    with visiting(browser) as visitor:
        tab = visitor.open(site.origin)
        inside = tab.page.frame_locator("iframe")
        enter(inside, "Anna")
        click(inside, "Leave")
        click(inside, "Join again")
        click(inside, "Join now")
        expect(inside.get_by_role("button", name="Leave")).to_be_visible(timeout=PATIENCE)
        shown = appointments.integrator.wait_for(
            f"meetings/{made['meeting_code']}/", lambda shown: shown["participant_count"]
        )
        assert shown["participant_count"] == 1
        visitor.hosts.discard("localhost")


def test_a_language_and_a_code_are_kept_inside(
    browser: Browser, appointments: Appointments, site: Site, framed: str
) -> None:
    [person] = appointments.secured("user-framed")
    frame(site, framed + path(person["join_url"]).partition("?")[0])
    with visiting(browser) as visitor:
        tab = visitor.open(site.origin)
        inside = tab.page.frame_locator("iframe")
        inside.get_by_role("button", name="Language").click()
        click(inside, "Español")
        inside.get_by_role("textbox", name="Su código").fill(person["participant_code"])
        click(inside, "Continuar")
        expect(inside.get_by_role("button", name="Unirse ahora")).to_be_enabled(timeout=PATIENCE)
        visitor.hosts.discard("localhost")


def test_a_page_that_is_loaded_again_is_the_same_persons_inside(
    browser: Browser, appointments: Appointments, site: Site, framed: str
) -> None:
    [person] = appointments.secured("user-framed-again")
    frame(site, framed + path(person["join_url"]))
    with visiting(browser) as visitor:
        tab = visitor.open(site.origin)
        hello = tab.page.frame_locator("iframe").get_by_text("Hello, Jane user-framed-again")
        expect(hello).to_be_visible(timeout=PATIENCE)
        [_, inside] = tab.page.frames
        own = framed + path(person["join_url"]).partition("?")[0]
        assert inside.url == own
        with tab.page.expect_response(own):
            inside.evaluate("location.reload()")
        expect(hello).to_be_visible(timeout=PATIENCE)
        visitor.hosts.discard("localhost")


def test_feedback_that_is_owed_is_given_inside(
    browser: Browser, appointments: Appointments, site: Site, framed: str
) -> None:
    frame(site, framed + path(appointments.owing("user-framed-owing", "Algebra")))
    with visiting(browser) as visitor:
        inside = visitor.open(site.origin).page.frame_locator("iframe")
        inside.get_by_role("radio", name="5 stars").check(force=True)
        inside.get_by_role("textbox", name="Your comments").fill("Good.")
        click(inside, "Send feedback")
        expect(inside.get_by_role("heading", name="The next one")).to_be_visible(timeout=PATIENCE)
        visitor.hosts.discard("localhost")


def test_devices_that_the_other_page_holds_back_are_asked_for_in_a_window_of_its_own(
    browser: Browser, appointments: Appointments, site: Site, framed: str
) -> None:
    frame(site, framed + path(appointments.open()["join_url"]))
    with visiting(browser, DENIED) as visitor:
        tab = visitor.open(site.origin)
        inside = tab.page.frame_locator("iframe")
        inside.get_by_role("textbox", name="Your name").fill("Anna")
        click(inside, "Continue")
        expect(inside.get_by_text("This page stands inside another one")).to_be_visible(timeout=PATIENCE)
        with visitor.context.expect_page() as opened:
            inside.get_by_role("link", name="Open in a window of its own").click()
        expect(opened.value.get_by_role("textbox", name="Your name")).to_be_visible(timeout=PATIENCE)
        visitor.hosts.discard("localhost")


def test_a_site_that_is_not_allowed_shows_nothing(
    browser: Browser, appointments: Appointments, site: Site
) -> None:
    made = appointments.open()
    frame(site, made["join_url"])
    context = browser.new_context()
    page = context.new_page()
    with page.expect_event("console", lambda said: "frame-ancestors" in said.text):
        page.goto(site.origin)
    expect(page.frame_locator("iframe").get_by_role("textbox")).to_have_count(0)
    context.close()
