"""Moving pictures as files: a loop of frames in Y4M, which Chromium takes as a camera, drawn once and kept.

A Y4M file holds plain I420 frames, so that clients of LiveKit send them as they are.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

import PIL
from PIL import Image

from local.env import ROOT
from tests.people.figure import Figure
from tests.people.looks import named
from tests.people.motion import SECONDS, pose
from tests.people.slides import draw_slide

KEPT = ROOT / ".run" / "people"
FRAME = b"FRAME\n"

# From the full range of values to the one that video has (ITU-R BT.601).
LUMA = [round(16 + value * 219 / 255) for value in range(256)]
CHROMA = [round(128 + (value - 128) * 224 / 255) for value in range(256)]


def person(name: str, width: int, height: int, rate: int, folder: Path = KEPT) -> Path:
    """Somebody in front of a camera; `rate`: frames a second."""
    key = hashlib.sha256(repr(named(name)).encode()).hexdigest()[:8]

    def draw() -> Iterable[Image.Image]:
        figure = Figure(named(name), width, height)
        return (figure.draw(pose(named(name), number / rate)) for number in range(round(SECONDS * rate)))

    return _kept(folder, f"person-{key}", (width, height, rate), draw)


def slide(width: int, height: int, rate: int, folder: Path = KEPT) -> Path:
    """A screen that somebody shares."""

    def draw() -> Iterable[Image.Image]:
        still = draw_slide(width, height)
        count = round(SECONDS * rate)
        return (still.with_pointer(number / count) for number in range(count))

    return _kept(folder, "slide", (width, height, rate), draw)


def frames(file: Path) -> list[bytearray]:
    """Of a file from here: the I420 of each."""
    head, _, rest = file.read_bytes().partition(b"\n")
    wide, high = (int(head.split()[at][1:]) for at in (1, 2))
    size = wide * high * 3 // 2
    step = size + len(FRAME)
    return [bytearray(rest[at + len(FRAME) : at + step]) for at in range(0, len(rest), step)]


def i420(picture: Image.Image) -> bytes:
    luma, *chroma = picture.convert("YCbCr").split()
    channels = [luma.point(LUMA), *(plane.reduce(2).point(CHROMA) for plane in chroma)]
    return b"".join(plane.tobytes() for plane in channels)


def _kept(
    folder: Path, name: str, form: tuple[int, int, int], draw: Callable[[], Iterable[Image.Image]]
) -> Path:
    """The file, drawn unless it is there. Several processes may ask at once: each puts a whole one there."""
    width, height, rate = form
    file = _home(folder) / f"{name}-{width}x{height}-{rate}.y4m"
    if not file.exists():
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
            part.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
            for picture in draw():
                part.write(FRAME + i420(picture))
        os.replace(part.name, file)
    return file


def _home(folder: Path) -> Path:
    """For drawings of these very sources; those of earlier ones go."""
    home = folder / _version()
    if not home.exists():
        home.mkdir(parents=True, exist_ok=True)
        for other in folder.iterdir():
            if other != home:
                shutil.rmtree(other, ignore_errors=True)
    return home


@cache
def _version() -> str:
    """Of what draws."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    sources = b"".join(file.read_bytes() for file in files if not file.name.startswith("test_"))
    return hashlib.sha256(sources + PIL.__version__.encode()).hexdigest()[:12]
