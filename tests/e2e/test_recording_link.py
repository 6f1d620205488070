"""A download link in a real browser, which fetches of a film what it is about to show."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from playwright.sync_api import Browser

from tests.s3 import Server, served
from upclass import storage

SECONDS, RATE = 30, 5
JUMP = """async (link) => {
  const video = document.querySelector("video")
  const happens = (name) => new Promise((done, fail) => {
    video.addEventListener(name, done, { once: true })
    video.addEventListener("error", () => fail(new Error(video.error.message)), { once: true })
  })
  video.src = link
  await happens("loadedmetadata")
  const jumped = happens("seeked")
  video.currentTime = 25
  await jumped
  return [video.duration, video.videoWidth, video.videoHeight, video.currentTime]
}"""


def write_film(path: Path) -> None:
    """Noise, so that it is large, with its index at the end: without Range nobody could jump in it."""
    random = np.random.default_rng(0)
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = 640, 360, "yuv420p", 4_000_000
        for tick in range(SECONDS * RATE):
            frame = av.VideoFrame.from_ndarray(random.integers(0, 256, (360, 640, 3), np.uint8))
            frame.pts, frame.time_base = tick, Fraction(1, RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.fixture
def server(tmp_path: Path, settings: Any) -> Iterator[Server]:
    with served(tmp_path / "s3") as started:
        for name, value in {**started.env, "S3_PUBLIC_URL": started.env["S3_ENDPOINT_URL"]}.items():
            setattr(settings, name, value)
        yield started


def test_a_browser_plays_it_from_any_second_on(server: Server, browser: Browser, tmp_path: Path) -> None:
    write_film(tmp_path / "film.mp4")
    film = (tmp_path / "film.mp4").read_bytes()
    assert film.rindex(b"moov") > len(film) * 0.9
    server.client().put_object(Bucket="upclass", Key="a/film.mp4", Body=film)
    context = browser.new_context()
    page = context.new_page()
    statuses: list[int] = []
    page.on("response", lambda response: statuses.append(response.status))
    page.set_content("<video muted></video>")
    duration, width, height, at = page.evaluate(JUMP, storage.link("a/film.mp4", "Film.mp4", 60))
    context.close()
    assert (round(duration), width, height, at) == (SECONDS, 640, 360, 25)
    assert len(statuses) > 1
    assert set(statuses) == {206}
