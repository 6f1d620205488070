"""Cameras, microphones, screens and speakers of a browser: pulled out, plugged in, refused, held back.

The scripts run before the page's own (`visiting(browser, DEVICES + SCREENS)`); the functions act on a tab.
"""

import wave
from pathlib import Path
from typing import Literal

import numpy as np

from tests.e2e.tab import Tab
from tests.people import reels

Kind = Literal["camera", "microphone"]
RATE = 48_000  # samples a second
PITCHES = (140, 280, 420, 700, 1120)  # Hz: a voice's tone and some of its overtones
SYLLABLE = 0.25  # seconds; what is steady is taken for noise and filtered out

# Devices that can be pulled out, one by one, by a part of their label.
DEVICES = """{
  const media = navigator.mediaDevices;
  const real = {list: media.enumerateDevices.bind(media), open: media.getUserMedia.bind(media)};
  const pulled = new Set(), open = new Set();
  const isThere = (device) => ![...pulled].some((label) => device.label.includes(label));
  media.enumerateDevices = async () => (await real.list()).filter(isThere);
  const chosen = (wanted) => wanted?.deviceId?.exact ?? wanted?.deviceId?.ideal ?? wanted?.deviceId;
  const resolve = async (wanted, kind) => {
    if (!wanted || !pulled.size) return wanted;
    const left = (await media.enumerateDevices()).filter((device) => device.kind === kind);
    if (!left.length) throw new DOMException("", "NotFoundError");
    if (left.some((device) => device.deviceId === chosen(wanted))) return wanted;
    if (wanted.deviceId?.exact) throw new OverconstrainedError("deviceId");
    return {...(wanted === true ? {} : wanted), deviceId: {exact: left[0].deviceId}};
  };
  media.getUserMedia = async ({video, audio}) => {
    const wanted = {video: await resolve(video, "videoinput"), audio: await resolve(audio, "audioinput")};
    const stream = await real.open(wanted);
    for (const track of stream.getTracks()) open.add(track);
    return stream;
  };
  window.pullOut = (label) => {
    pulled.add(label);
    for (const track of [...open].filter((one) => !isThere(one))) {
      open.delete(track);
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
    media.dispatchEvent(new Event("devicechange"));
  };
  window.plugIn = (label) => {
    pulled.delete(label);
    media.dispatchEvent(new Event("devicechange"));
  };
}"""

# A phone that is held upright.
UPRIGHT = """{
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (!wanted.video) return real(wanted);
    const canvas = Object.assign(document.createElement("canvas"), {width: 360, height: 640});
    const brush = canvas.getContext("2d");
    setInterval(() => {
      brush.fillStyle = `hsl(${performance.now() / 20} 50% 50%)`;
      brush.fillRect(0, 0, 360, 640);
    }, 100);
    return canvas.captureStream(10);
  };
}"""

# Chromium shares a moving screen with sound of its own; it can be refused, and ended by the browser.
SCREENS = """{
  const real = navigator.mediaDevices.getDisplayMedia.bind(navigator.mediaDevices);
  const shared = new Set();
  navigator.mediaDevices.getDisplayMedia = async (wanted) => {
    if (window.refusesScreen) throw new DOMException("Permission denied", "NotAllowedError");
    const stream = await real(wanted);
    for (const track of stream.getTracks()) shared.add(track);
    return stream;
  };
  window.endSharing = () => {
    const count = shared.size;
    for (const track of shared) {
      track.stop();
      track.dispatchEvent(new Event("ended"));
    }
    shared.clear();
    return count;
  };
}"""

# No sound of others plays until, after a first try, something is clicked.
SOUND_HELD_BACK = """{
  let isTried = false, isAllowed = false;
  addEventListener("click", (event) => { isAllowed ||= isTried && event.isTrusted; }, true);
  const real = HTMLMediaElement.prototype.play;
  HTMLAudioElement.prototype.play = function () {
    isTried = true;
    return isAllowed ? real.call(this) : Promise.reject(new DOMException("", "NotAllowedError"));
  };
  Object.defineProperty(HTMLAudioElement.prototype, "autoplay", {get: () => false, set: () => {}});
}"""

# Chromium calls its devices fake, and a camera that shows a file by the file: people's have names.
NAMED = """if (navigator.mediaDevices) {
  const names = {
    audioinput: ["Default microphone", "Built-in microphone", "Headset microphone"],
    audiooutput: ["Default speakers", "Built-in speakers", "Headset"],
    videoinput: ["Built-in camera"],
  };
  const real = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
  navigator.mediaDevices.enumerateDevices = async () => {
    const left = structuredClone(names);
    return (await real()).map(({deviceId, groupId, kind, label}) =>
      ({deviceId, groupId, kind, label: label && (left[kind].shift() ?? label)}));
  };
}
"""

LABELS: dict[Kind, str] = {"camera": "fake_device", "microphone": "Fake"}


def pull_out(tab: Tab, kind: Kind, label: str = "") -> None:
    """Unplug the devices of a kind whose label has a word in it; without one, all of the kind."""
    tab.page.evaluate("label => pullOut(label)", label or LABELS[kind])


def plug_in(tab: Tab, kind: Kind, label: str = "") -> None:
    """Undo a `pull_out`, in the same words."""
    tab.page.evaluate("label => plugIn(label)", label or LABELS[kind])


def refuse_screen(tab: Tab, is_refused: bool = True) -> None:
    """The person says no when the browser asks what to share."""
    tab.page.evaluate("is => { window.refusesScreen = is }", is_refused)


def end_sharing(tab: Tab) -> None:
    """As the browser's own "Stop sharing"."""
    assert tab.page.evaluate("endSharing()"), "nothing is shared"


def voice(file: Path, speaks: float, is_silent: float) -> str:
    """A microphone that speaks and is silent in turn, in seconds: the flag of Chromium's that has it."""
    moments = np.arange(int(RATE * speaks)) / RATE
    sound = sum(np.sin(2 * np.pi * pitch * moments) / number for number, pitch in enumerate(PITCHES, start=1))
    sound = sound * (0.5 - 0.5 * np.cos(2 * np.pi * moments / SYLLABLE))
    samples = np.concatenate([sound * 9000, np.zeros(int(RATE * is_silent))]).astype(np.int16)
    with wave.open(str(file), "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(RATE)
        written.writeframes(samples.tobytes())
    return f"--use-file-for-fake-audio-capture={file}"


def camera(name: str) -> str:
    """A camera in front of which a drawn person sits: the flag of Chromium's that has it."""
    return f"--use-file-for-fake-video-capture={reels.person(name, 960, 540, rate=12)}"
