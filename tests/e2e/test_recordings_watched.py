"""A recording from the first click to the saved file in Chromium: two people meet, somebody watches it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from egress import i420
from local.stack import Stack
from tests.e2e.conftest import Tabs
from tests.e2e.integrator import Integrator
from tests.e2e.recordings import Call, fetch, open_hall

TOPIC = 'Grüße / Q3: "plan"?'

# From the middle of the video on: when it plays, how long it is, how high, and what of it is buffered.
PLAYED = """async () => {
  const video = document.querySelector("video");
  if (video.readyState < 1) await new Promise((resolve) => { video.onloadedmetadata = resolve; });
  const middle = video.duration / 2;
  await new Promise((resolve) => { video.onseeked = resolve; video.currentTime = middle; });
  await new Promise((resolve) => {
    video.ontimeupdate = () => video.currentTime > middle + 0.2 && resolve();
    video.play();
  });
  return { duration: video.duration, height: video.videoHeight };
}"""
SAVE = """() => {
  const link = Object.assign(document.createElement("a"), { href: location.href, download: "" });
  document.body.append(link);
  link.click();
}"""


@pytest.fixture(scope="module")
def call(
    stack: Stack, lines: list[str], integrator: Integrator, browser: Browser, tmp_path_factory: Any
) -> Iterator[Call]:
    """Two people met in an open meeting for some seconds, and it was ended."""
    tabs = Tabs(browser)
    with open_hall(stack, lines, integrator, tmp_path_factory.mktemp("watched")) as hall:
        call = hall.open(topic=TOPIC)
        anna, ben = tabs.open(call.join_url), tabs.open(call.join_url)
        anna.enter("Anna")
        call.record(0)
        ben.enter("Ben")
        anna.wait_for_videos(2)
        call.record(5)
        call.end()
        call.reaches("completed")
        tabs.close()
        yield call


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_the_file_is_as_long_as_the_call_and_shows_and_sounds(call: Call) -> None:
    shown, film = call.look(), call.film()
    assert abs(shown.seconds - call.lasted()) <= 3
    assert abs(film.seconds - shown.seconds) <= 1
    assert film.codecs == ["h264", "aac"]
    seconds = range(2, int(film.seconds))
    bright = [(i420.of(film.at(second))[0] > 200).mean() for second in seconds]
    assert max(bright) > 0.03  # Chromium's camera shows a bright disc with a gap
    assert max(bright) - min(bright) > 0.01  # that grows and shrinks
    assert len(film.beeps()) >= 2


def test_the_api_shows_the_size_of_the_object(call: Call) -> None:
    shown = call.look()
    assert shown.size == shown.recordings[0]["size_bytes"] == call.size_stored()


def test_the_link_gives_any_part_of_the_file(call: Call) -> None:
    status, headers, content = fetch(call.link(), "bytes=100-199")
    assert (status, len(content)) == (206, 100)
    assert headers["content-range"] == f"bytes 100-199/{call.look().size}"
    assert headers["content-type"] == "video/mp4"


def test_the_link_plays_in_a_browser_from_the_middle(call: Call, page: Page) -> None:
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status))
    page.set_content(f'<video muted src="{call.link()}"></video>')
    played = page.evaluate(PLAYED)
    assert abs(played["duration"] - call.look().seconds) <= 1
    assert played["height"] == 720
    assert set(answers) == {206}


def test_the_link_is_saved_under_topic_and_time(call: Call, page: Page) -> None:
    page.goto(call.link())
    with page.expect_download() as saving:
        page.evaluate(SAVE)
    begun = call.look().recordings[0]["started_at"]
    assert (
        saving.value.suggested_filename == f"Grüße Q3 plan {begun[:10]} {begun[11:16].replace(':', '.')}.mp4"
    )
    assert Path(saving.value.path()).stat().st_size == call.look().size
