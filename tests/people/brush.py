"""Smooth shapes with clean edges: what the people and their rooms are drawn with.

Shapes are arrays of points (x, y). One unit is half the width of a face, y goes down, and (0, 0) lies
between the eyes.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Shape = NDArray[np.float64]
Points = Sequence[tuple[float, float]]

FINER = 3  # drawn so many times larger, and reduced at the end
STEPS = 10  # of a curve, between two of its points


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two; `share` is the other's."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float) -> Colour:
    """Shade as in daylight: towards a warm dark, not towards black."""
    return mix(colour, (38, 16, 30), share)


def lighter(colour: Colour, share: float) -> Colour:
    return mix(colour, (255, 250, 240), share)


# Shapes


def smooth(points: Points, closed: bool = True) -> Shape:
    """A curve through all of the points (Catmull-Rom)."""
    given = np.array(points, float)
    if closed:
        around = np.vstack([given[-1:], given, given[:2]])
    else:
        around = np.vstack([given[:1], given, given[-1:]])
    t = np.linspace(0, 1, STEPS, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(around, around[1:], around[2:], around[3:], strict=False):
        curve = 2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
        pieces.append(curve / 2)
    return np.vstack(pieces if closed else [*pieces, given[-1:]])


def both_sides(right: Points) -> Shape:
    """A closed curve from its right half, which goes from the top to the bottom."""
    left = [(-x, y) for x, y in reversed(right) if x]
    return smooth([*right, *left])


def ellipse(x: float, y: float, wide: float, high: float) -> Shape:
    """By its middle and its two radii."""
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    return np.column_stack([x + wide * np.cos(angles), y + high * np.sin(angles)])


def box(left: float, top: float, right: float, bottom: float) -> Shape:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], float)


def stroke(points: Points, width: float, ends: float = 1.0) -> Shape:
    """A line of a brush along a curve; `ends`: how wide the ends are, as a share of the middle."""
    path = smooth(points, closed=False)
    along = np.gradient(path, axis=0)
    across = np.column_stack([-along[:, 1], along[:, 0]])
    across /= np.linalg.norm(across, axis=1, keepdims=True) + 1e-9
    swell = np.sin(np.linspace(0, np.pi, len(path)))[:, None]
    half = across * width / 2 * (ends + (1 - ends) * swell)
    return np.vstack([path + half, (path - half)[::-1]])


def moved(shape: Shape, x: float, y: float) -> Shape:
    return np.add(shape, (x, y))


def mirrored(shape: Shape) -> Shape:
    return np.multiply(shape, (-1.0, 1.0))


class Layer:
    """A transparent sheet that is drawn on. `unit` is in pixels of the finished picture."""

    def __init__(self, size: tuple[int, int], unit: float, centre: tuple[float, float]) -> None:
        self.size = size
        self.unit, self.centre = unit * FINER, np.array(centre) * FINER
        self.image = Image.new("RGBA", (size[0] * FINER, size[1] * FINER))

    def fill(
        self,
        shape: Shape,
        colour: Colour,
        opacity: float = 1.0,
        *,
        below: Colour | None = None,
        blur: float = 0.0,
        inside: Shape | None = None,
    ) -> None:
        """Paint a shape: in one colour or fading downwards to `below`, with soft edges, `inside` another."""
        pixels = shape * self.unit + self.centre
        spread = blur * self.unit * 3
        low, high = pixels.min(0) - spread - 1, pixels.max(0) + spread + 2
        left, top = (int(max(0, at)) for at in low)
        right, bottom = (int(min(at, most)) for at, most in zip(high, self.image.size, strict=True))
        if right <= left or bottom <= top:
            return
        area = (left, top, right, bottom)
        mask = self._mask(pixels, area, blur * self.unit)
        if inside is not None:
            mask = ImageChops.multiply(mask, self._mask(inside * self.unit + self.centre, area))
        sheet = self._sheet((right - left, bottom - top), colour, below or colour)
        sheet.putalpha(mask.point([round(value * opacity) for value in range(256)]))
        self.image.alpha_composite(sheet, (left, top))

    def _mask(self, pixels: Shape, area: tuple[int, int, int, int], blur: float = 0.0) -> Image.Image:
        left, top, right, bottom = area
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in pixels], fill=255)
        return mask.filter(ImageFilter.BoxBlur(blur)).filter(ImageFilter.BoxBlur(blur)) if blur else mask

    @staticmethod
    def _sheet(size: tuple[int, int], colour: Colour, below: Colour) -> Image.Image:
        if colour == below:
            return Image.new("RGB", size, colour)
        fading = Image.linear_gradient("L").resize(size)
        return Image.composite(Image.new("RGB", size, below), Image.new("RGB", size, colour), fading)

    def finished(self) -> Image.Image:
        """In its real size."""
        return self.image.reduce(FINER) if FINER > 1 else self.image


def shaded(sheet: Layer, shape: Shape, colour: Colour) -> None:
    """A mass of hair or cloth round a head: darker below and to the right, with a shine."""
    sheet.fill(shape, lighter(colour, 0.07), below=darker(colour, 0.22))
    sheet.fill(moved(shape, 0.75, 0.1), darker(colour, 0.5), 0.4, blur=0.2, inside=shape)
    sheet.fill(ellipse(-0.45, -1.25, 0.42, 0.16), lighter(colour, 0.5), 0.3, blur=0.12, inside=shape)


def locks(sheet: Layer, hair: Colour, lines: Sequence[Points], inside: Shape, opacity: float = 0.5) -> None:
    """Strands, lighter and darker in turn."""
    for number, line in enumerate(lines):
        tone = lighter(hair, 0.22) if number % 2 else darker(hair, 0.4)
        sheet.fill(stroke(line, 0.07, 0.1), tone, opacity, blur=0.02, inside=inside)
