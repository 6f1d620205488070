"""Pictures in I420 (yuv420p): luma, and two of chroma at half the resolution."""

from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from egress.layout import Box

Plane = NDArray[np.uint8]
I420 = tuple[Plane, Plane, Plane]


@dataclass(frozen=True, eq=False)
class StillFrame:
    """One frame of a track as it came: I420 without padding, to be turned clockwise by `rotation` degrees."""

    width: int
    height: int
    data: bytes | bytearray | memoryview
    rotation: int = 0

    def i420(self) -> I420:
        """Views of the data, upright."""
        wide, high = (self.width + 1) // 2, (self.height + 1) // 2
        bytes_ = np.frombuffer(self.data, np.uint8)
        cut = self.width * self.height
        y = bytes_[:cut].reshape(self.height, self.width)
        u = bytes_[cut : cut + wide * high].reshape(high, wide)
        v = bytes_[cut + wide * high : cut + 2 * wide * high].reshape(high, wide)
        turns = -self.rotation // 90
        return np.rot90(y, turns), np.rot90(u, turns), np.rot90(v, turns)


def of(frame: av.VideoFrame) -> I420:
    """Writable views of a yuv420p frame."""
    y, u, v = (_plane(plane) for plane in frame.planes)
    return y, u, v


def _plane(plane: av.video.plane.VideoPlane) -> Plane:
    rows = np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)
    cut: Plane = rows[: plane.height, : plane.width]
    return cut


def of_image(image: Image.Image) -> I420:
    """Of an image of even size."""
    rgb = av.VideoFrame.from_ndarray(np.asarray(image.convert("RGB")), format="rgb24")
    return of(rgb.reformat(format="yuv420p"))


def part(source: I420, box: Box) -> I420:
    """Views of a rectangle."""
    y, u, v = source
    rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
    half_rows = slice(box.y // 2, (box.y + box.height) // 2)
    half_columns = slice(box.x // 2, (box.x + box.width) // 2)
    return y[rows, columns], u[half_rows, half_columns], v[half_rows, half_columns]


def copy(source: I420, target: I420) -> None:
    for from_, to in zip(source, target, strict=True):
        np.copyto(to, from_)


def fill(target: I420, colour: tuple[int, int, int]) -> None:
    """With one colour, as Y, U and V."""
    for plane, value in zip(target, colour, strict=True):
        plane.fill(value)
