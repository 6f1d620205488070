"""What a browser really loads until the preview shows, and that this is enough."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Response, Route, expect

from tests import built
from tests.e2e.integrator import Integrator
from tests.e2e.join_pages import HESITANT, visiting

PREFIX = "/static/room/"
CODE = re.compile(r"\.(js|css)$")


def name(url: str) -> str:
    return urlsplit(url).path.removeprefix(PREFIX)


def listen(context: BrowserContext) -> dict[str, Response]:
    """Scripts and styles by name, as they come."""
    come: dict[str, Response] = {}

    def keep(answer: Response) -> None:
        if CODE.search(name(answer.url)):
            come[name(answer.url)] = answer

    context.on("response", keep)
    return come


def test_while_the_camera_is_waited_for_only_the_first_part_is_loaded(
    browser: Browser, integrator: Integrator
) -> None:
    made = integrator.create()
    with visiting(browser, HESITANT) as visitor:
        come = listen(visitor.context)
        tab = visitor.open(made["join_url"])
        tab.to_preview("Anna")
        tab.expect_text("Starting your camera")
        tab.page.wait_for_load_state("networkidle")
        assert set(come) == built.first_part(built.manifest())
        assert all(answer.ok for answer in come.values())
        assert built.packed(answer.body() for answer in come.values()) <= built.BUDGET


def test_the_preview_needs_no_more_than_the_first_part(browser: Browser, integrator: Integrator) -> None:
    made = integrator.create()
    first = built.first_part(built.manifest())

    def only_first(route: Route) -> None:
        if name(route.request.url) in first:
            route.continue_()
        else:
            route.abort()

    with visiting(browser) as visitor:
        visitor.context.route(CODE, only_first)
        tab = visitor.open(made["join_url"])
        tab.to_preview("Anna")
        tab.wait_for_videos(1)
        expect(tab.page.get_by_role("button", name="Join now")).to_be_enabled()
