"""A person's browser tab, by what they see and click."""

import re
import time

from playwright.sync_api import Page, expect

PATIENCE = 20.0  # seconds; what is waited for mostly comes within two

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

# Videos that show a picture which moves on.
MOVING = """async () => {
  const videos = [...document.querySelectorAll("video")];
  const before = videos.map((video) => video.currentTime);
  await new Promise((resolve) => setTimeout(resolve, 300));
  return videos.filter((video, i) =>
    video.videoWidth > 0 && video.readyState >= 2 && video.currentTime > before[i]).length;
}"""

# Videos that get new pictures: of one that was cut off, the time goes on all the same.
FRESH = """async () => {
  const count = (video) => video.getVideoPlaybackQuality().totalVideoFrames;
  const before = [...document.querySelectorAll("video")].map((video) => [video, count(video)]);
  await new Promise((resolve) => setTimeout(resolve, 700));
  return before.filter(([video, seen]) => video.isConnected && count(video) > seen).length;
}"""

# Sounds of others that are attached and play.
PLAYING = """() => [...document.querySelectorAll("audio")].filter((audio) =>
  !audio.paused && audio.srcObject?.getAudioTracks().some((track) => !track.muted)).length"""


class Tab:
    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        answer = page.goto(url, timeout=60_000)  # a busy machine takes its time
        assert answer
        self.status = answer.status

    def to_preview(self, name: str | None = None) -> None:
        """Go to the last step before the call; `name` is asked for by open meetings."""
        if name is not None:
            self.page.get_by_role("textbox", name="Your name").fill(name)
            self.click("Continue")

    def enter(self, name: str | None = None) -> None:
        """Join, and wait until the call is on."""
        self.to_preview(name)
        self.page.get_by_role("button", name=re.compile("^Join")).click(timeout=20_000)
        expect(self.page.get_by_role("button", name="Leave", exact=True)).to_be_visible(timeout=20_000)

    def click(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click(timeout=20_000)

    def expect_text(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible(timeout=20_000)

    def wait_for_videos(self, count: int) -> None:
        """Wait until exactly so many videos move."""
        self._wait_for(MOVING, count)

    def wait_for_fresh_videos(self, count: int) -> None:
        """Wait until exactly so many videos get new pictures; `wait_for_videos` also counts frozen ones."""
        self._wait_for(FRESH, count)

    def wait_for_sounds(self, count: int) -> None:
        """Wait until exactly so many others are heard."""
        self._wait_for(PLAYING, count)

    def _wait_for(self, script: str, count: int) -> None:
        until = time.monotonic() + PATIENCE
        while (seen := self.page.evaluate(script)) != count:
            assert time.monotonic() < until, f"{seen} instead of {count}"

    def expect_heading(self, words: str, seconds: float = 20.0) -> None:
        heading = self.page.get_by_role("heading", name=re.compile(words))
        expect(heading).to_be_visible(timeout=seconds * 1000)

    def leave(self) -> None:
        self.click("Leave")
        self.expect_heading("You left")
