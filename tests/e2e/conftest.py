"""The real stack, and real browsers with a camera that shows a moving picture and a microphone that beeps."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from local import chromium
from local.stack import Stack, fresh
from tests.e2e.crowd import Crowd
from tests.e2e.hardware import camera
from tests.e2e.integrator import Integrator
from tests.e2e.sleeping import laptop
from tests.e2e.tab import CHROMIUM_FLAGS, Tab


@pytest.fixture(scope="session")
def lines() -> list[str]:
    """What the parts say, for the report of a failed test."""
    return []


@pytest.fixture(scope="session")
def stack(lines: list[str]) -> Iterator[Stack]:
    """PostgreSQL, Redis, LiveKit, web, worker and beat, on ports of their own."""
    folder = Path(tempfile.mkdtemp(prefix="upclass-e2e-"))
    port = fresh()["PORT_LIVEKIT"]
    given = {"PORT": port, "RATE_LIMIT_PER_SECOND": "100000", "RATE_LIMIT_BURST": "100000"}
    started = Stack(folder, given, lambda part, line: lines.append(f"{part:<9}| {line}"))
    try:
        started.start()
        yield started
    finally:
        started.stop()
        shutil.rmtree(folder)


@pytest.fixture(autouse=True)
def show_lines_of_failures(request: pytest.FixtureRequest, lines: list[str]) -> Iterator[None]:
    """pytest shows what is printed while a failed test ran."""
    before = len(lines)
    yield
    print("\n".join(lines[before:][-200:]))


@pytest.fixture(scope="session")
def integrator(stack: Stack) -> Integrator:
    """Somebody with a key of a customer who has credits."""
    key = stack.manage("issue_api_key", "--customer", "acme", "--credits", "150").strip()
    return Integrator(stack.env["PUBLIC_URL"], key)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    assert program, chromium.HOW_TO_GET
    expect.set_options(timeout=20_000)  # what is waited for mostly comes within two; on a busy machine later
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def mirror(browser: Browser) -> Iterator[Browser]:
    """One whose camera shows Jane: a drawn person, for pictures that are kept."""
    with laptop(browser, camera("Jane")) as own:
        yield own.browser


# A machine without camera and microphone: what browsers answer there.
NO_DEVICES = """navigator.mediaDevices.getUserMedia = () =>
  Promise.reject(new DOMException("Requested device not found", "NotFoundError"))"""


class Tabs:
    """Opens tabs, each in a context (a person's browser profile) of its own unless one is given."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.opened: list[Tab] = []

    def open(self, url: str, beside: Tab | None = None, devices: bool = True) -> Tab:
        context = beside.page.context if beside else self.browser.new_context()
        page = context.new_page()
        if not devices:
            page.add_init_script(NO_DEVICES)
        tab = Tab(page, url)
        self.opened.append(tab)
        return tab

    def close(self) -> None:
        for context in {tab.page.context for tab in self.opened}:
            context.close()  # lets the page say goodbye, which closing the browser would not


@pytest.fixture
def tabs(browser: Browser) -> Iterator[Tabs]:
    made = Tabs(browser)
    yield made
    made.close()


@pytest.fixture
def crowd(stack: Stack) -> Iterator[Crowd]:
    """People without a browser; all leave at the end."""
    made = Crowd(stack.env)
    yield made
    made.close()
