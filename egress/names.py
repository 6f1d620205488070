"""What is written in the picture: name plates, and the plain tile of somebody who shows no picture.

Drawn once and kept, for drawing text at every frame would cost more than everything else.
"""

from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from egress import i420
from egress.i420 import I420
from egress.layout import even

BACKGROUND = (24, 27, 33)
TILE = (44, 49, 60)
DISC = (74, 84, 106)
PLATE = (16, 18, 22)
INK = (240, 242, 245)
KEPT = 128  # patches; more people than that are not seen at once


def initials(name: str) -> str:
    """At most two letters: of the first and of the last word."""
    words = name.split()
    letters = [word[0] for word in (words[:1] + words[1:][-1:])]
    return "".join(letters).upper() or "?"


@lru_cache(32)
def _font(size: int) -> FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _shortened(text: str, size: int, width: int) -> str:
    """The text, or as much of it as is not wider, with an ellipsis."""
    font = _font(size)
    if font.getbbox(text)[2] <= width:
        return text
    while text and font.getbbox(text + "…")[2] > width:
        text = text[:-1]
    return text + "…"


@lru_cache(KEPT)
def plate(name: str, width: int, height: int) -> I420 | None:
    """The name for the lower left corner of a tile of this size; None where it could not be read."""
    size = max(10, min(22, height // 14))
    if height < size * 4 or width < size * 4:
        return None
    text = _shortened(" ".join(name.split())[:100], size, width - 2 * size)
    wide = even(min(width, _font(size).getbbox(text)[2] + size + 1))
    image = Image.new("RGB", (wide, even(size * 1.7)), PLATE)
    ImageDraw.Draw(image).text((size // 2, image.height // 2), text, INK, font=_font(size), anchor="lm")
    return i420.of_image(image)


@lru_cache(KEPT)
def plain_tile(name: str, width: int, height: int) -> I420:
    """A calm tile with the initials in a disc."""
    image = Image.new("RGB", (width, height), TILE)
    draw = ImageDraw.Draw(image)
    radius = min(width, height) // 5
    middle = (width // 2, height // 2)
    draw.circle(middle, radius, DISC)
    draw.text(middle, initials(name), INK, font=_font(max(8, radius * 4 // 5)), anchor="mm")
    return i420.of_image(image)
