"""People in the call with a browser: what they do there, and what their page announces."""

from contextlib import ExitStack
from typing import Any

from playwright.sync_api import Browser, Locator

from tests.e2e.join_pages import visiting
from tests.e2e.person import eventually
from tests.e2e.tab import Tab

# Keeps what comes into the region that screen readers read, not what comes together with it; and toasts.
LIVE_REGION = """{
  window.announced = [];
  window.toasts = [];
  const texts = (nodes) => [...nodes].map((node) => node.textContent);
  new MutationObserver((changes) => {
    for (const {target, addedNodes} of changes) {
      if (target.matches?.("[role=status][aria-live=polite]")) window.announced.push(...texts(addedNodes));
      if (target.matches?.(".toasts")) window.toasts.push(...texts(addedNodes));
    }
  }).observe(document, {childList: true, subtree: true});
}"""


class Callers:
    """Everybody with a browser profile of their own. What goes wrong in a page fails the test at the end."""

    def __init__(self, browser: Browser) -> None:
        self.browser, self.profiles = browser, ExitStack()

    def open(self, url: str, script: str = "", **options: Any) -> Tab:
        """`script` runs before the page's own; `options` are Playwright's of a browser context."""
        return self.profiles.enter_context(visiting(self.browser, LIVE_REGION + script, **options)).open(url)

    def enter(self, url: str, name: str | None = None, script: str = "", **options: Any) -> Tab:
        """Into the call; open meetings ask for a name."""
        tab = self.open(url, script, **options)
        tab.enter(name)
        return tab


def button(tab: Tab, name: str) -> Locator:
    return tab.page.get_by_role("button", name=name, exact=True)


def panel(tab: Tab, name: str) -> Locator:
    """ "Chat" or "People", whether it is open or not."""
    return tab.page.get_by_role("complementary", name=name, exact=True)


def opened(tab: Tab, name: str) -> Locator:
    """The panel, open now."""
    if not panel(tab, name).is_visible():
        tab.page.locator(f"#open-{name.lower()}").click()
    panel(tab, name).wait_for(timeout=20_000)
    return panel(tab, name)


def field(tab: Tab) -> Locator:
    return tab.page.get_by_role("textbox", name="Message")


def write(tab: Tab, text: str) -> None:
    """Into the chat, and send it."""
    opened(tab, "Chat")
    field(tab).fill(text)
    field(tab).press("Enter")


def texts(tab: Tab) -> Locator:
    """The messages in the open chat."""
    return panel(tab, "Chat").locator(".text")


def tile(tab: Tab, name: str) -> Locator:
    return tab.page.locator(".tile", has=tab.page.get_by_text(name, exact=True))


def row(tab: Tab, name: str) -> Locator:
    """Of somebody in the open list of people; oneself is "Anna (you)"."""
    return panel(tab, "People").locator(".person", has=tab.page.get_by_text(name, exact=True))


def announced(tab: Tab) -> list[str]:
    """What was announced so far to those who do not look."""
    return list(tab.page.evaluate("announced"))


def expect_announced(tab: Tab, words: str) -> None:
    eventually(lambda: words in announced(tab))


def expect_toast(tab: Tab, words: str) -> None:
    """By a toast, and announced."""
    eventually(lambda: words in tab.page.evaluate("toasts"))
    expect_announced(tab, words)
