"""What is written in the picture: name plates, and the plain tile of somebody who shows no picture.

Drawn once and kept, for drawing text at every frame would cost more than everything else.
"""

from functools import lru_cache

from PIL import Image, ImageDraw

from egress import i420
from egress.i420 import I420
from egress.layout import even
from egress.text import graphemes, shaped, shortened

BACKGROUND = (24, 27, 33)
TILE = (44, 49, 60)
DISC = (74, 84, 106)
PLATE = (16, 18, 22)
INK = (240, 242, 245)
MIDDLE = 0.38  # ems: so far a line's baseline lies below the middle of what is written on it
NON_JOINER = "\u200c"  # two Arabic initials are not a word
KEPT = 128  # patches; more people than that are not seen at once


def initials(name: str) -> str:
    """At most two letters: of the first and of the last word."""
    words = "".join(graphemes(name)).split()
    letters = [graphemes(word)[0] for word in (words[:1] + words[1:][-1:])]
    return "".join(letters).upper() or "?"


@lru_cache(KEPT)
def plate(name: str, width: int, height: int) -> I420 | None:
    """The name, as it is written over a tile of this size; None where nothing could be read."""
    size = max(10, min(22, height // 14))
    if height < size * 4 or width < size * 4:
        return None
    line = shortened(name, width / size - 2)
    if not line.glyphs:
        return None
    wide = even(min(width, (line.width + 1) * size + 1))
    image = Image.new("RGB", (wide, even(size * 1.7)), PLATE)
    line.draw(image, size, (size / 2, image.height / 2 + MIDDLE * size), INK)
    return i420.of_image(image)


@lru_cache(KEPT)
def plain_tile(name: str, width: int, height: int) -> I420:
    """A calm tile with the initials in a disc."""
    image = Image.new("RGB", (width, height), TILE)
    radius = min(width, height) // 5
    ImageDraw.Draw(image).circle((width // 2, height // 2), radius, DISC)
    line = shaped([letter + NON_JOINER for letter in graphemes(initials(name))])
    size, ink = max(8, radius * min(0.8, 1.5 / max(1, line.width))), line.ink()
    left, down = (ink.left + ink.right) / 2, (ink.bottom + ink.top) / 2
    line.draw(image, size, (width / 2 - left * size, height / 2 + down * size), INK)
    return i420.of_image(image)
