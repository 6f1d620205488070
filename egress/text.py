"""A line of text in any script: shaped by HarfBuzz, and from right to left where it is read so.

Nothing is drawn as a box: what no font has is left out.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, groupby
from typing import NamedTuple
from unicodedata import bidirectional

import numpy as np
import regex
import uharfbuzz as hb
from bidi import get_display
from PIL import Image

from egress import fonts
from egress.fonts import Letter

ELLIPSIS = "…"
LONGEST = 200  # letters; more of a name are never shown
GRAPHEME = regex.compile(r"\X")
# These turn the letters of others around, and are never needed in a name.
EXPLICIT = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
# A Chinese character looks different in each of these languages.
LANGUAGES = {"ja": regex.compile(r"[\p{Hiragana}\p{Katakana}]"), "ko": regex.compile(r"\p{Hangul}")}
KEPT = 128


class Glyph(NamedTuple):
    """Where it is drawn: in ems from the left end of its line, and above the baseline."""

    font: hb.Font
    number: int
    x: float
    y: float


class Ink(NamedTuple):
    """The box of what is drawn, in ems as with Glyph."""

    left: float = 0
    bottom: float = 0
    right: float = 0
    top: float = 0


class Line(NamedTuple):
    glyphs: tuple[Glyph, ...]
    width: float  # ems

    def ink(self) -> Ink:
        if not self.glyphs:
            return Ink()
        left, bottom, right, top = zip(*map(_ink, self.glyphs), strict=True)
        return Ink(min(left), min(bottom), max(right), max(top))

    def draw(
        self, image: Image.Image, size: float, at: tuple[float, float], ink: tuple[int, int, int]
    ) -> None:
        """`size` pixels an em, the baseline beginning `at` this point of the image."""
        raster = hb.RasterDraw()
        for glyph in self.glyphs:
            scale = size / glyph.font.face.upem
            x, y = at[0] + glyph.x * size, image.height - at[1] + glyph.y * size
            raster.transform = (scale, 0, 0, scale, x, y)
            raster.draw_glyph(glyph.font, glyph.number)
        raster.extents = hb.RasterExtents(0, 0, image.width, image.height, 0)
        drawn = raster.render()
        rows = np.frombuffer(drawn.buffer, np.uint8).reshape(image.height, drawn.extents.stride)
        upright = np.ascontiguousarray(rows[::-1, : image.width])
        image.paste(ink, (0, 0), Image.fromarray(upright))


def _ink(glyph: Glyph) -> Ink:
    upem, box = glyph.font.face.upem, glyph.font.get_glyph_extents(glyph.number)
    left, top = glyph.x + box.x_bearing / upem, glyph.y + box.y_bearing / upem
    return Ink(left, top + box.height / upem, left + box.width / upem, top)


def graphemes(text: str) -> list[str]:
    """What people take for one letter each, of what can be drawn."""
    found = GRAPHEME.findall("".join(each for each in text if bidirectional(each) not in EXPLICIT))
    drawable = "".join(each for each in found if each.isspace() or fonts.letter(each))
    return list(GRAPHEME.findall(" ".join(drawable.split())))


@lru_cache(KEPT)
def shortened(text: str, width: float) -> Line:
    """The text, or as many of its graphemes as are not wider (in ems), with an ellipsis."""
    letters = graphemes(text)
    if len(letters) <= LONGEST and shaped(letters).width <= width:
        return shaped(letters)
    fits, too_many = 0, min(len(letters), LONGEST)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if shaped([*letters[:middle], ELLIPSIS]).width <= width:
            fits = middle
        else:
            too_many = middle
    return shaped([*letters[:fits], ELLIPSIS])


def shaped(letters: Sequence[str]) -> Line:
    """Graphemes that can be drawn, as one line."""
    language = _language("".join(letters))
    glyphs: list[Glyph] = []
    width = 0.0
    for run in _runs(letters):
        for glyph, advance in _glyphs(run, language):
            glyphs.append(glyph._replace(x=glyph.x + width))
            width += advance
    return Line(tuple(glyphs), width)


def _language(text: str) -> str:
    return next((name for name, letters in LANGUAGES.items() if letters.search(text)), "zh")


# From right to left


class Run(NamedTuple):
    """Letters that are shaped together, as they are read. Odd levels go from right to left."""

    level: int
    letters: list[Letter]


def _runs(letters: Sequence[str]) -> list[Run]:
    """In the order in which they are seen: rule L2 of the Unicode Bidirectional Algorithm."""
    pairs = zip(_levels(letters), filter(None, map(fonts.letter, letters)), strict=True)
    alike = groupby(pairs, lambda pair: (pair[0], id(pair[1].font)))
    runs = [Run(level, [letter for _, letter in group]) for (level, _), group in alike]
    for level in range(max((run.level for run in runs), default=0), 0, -1):
        runs = _turned(runs, level)
    return runs


def _turned(runs: list[Run], level: int) -> list[Run]:
    """With each sequence of runs at this level or higher reversed."""
    parts = [(is_in, list(part)) for is_in, part in groupby(runs, lambda run: run.level >= level)]
    return [run for is_in, part in parts for run in (reversed(part) if is_in else part)]


def _levels(letters: Sequence[str]) -> list[int]:
    """Each grapheme has that of its first character. python-bidi shows those of all bytes, for debugging."""
    firsts = [letter[0] for letter in letters]
    levels = re.findall(r"Level\(\s*(\d+)", str(get_display("".join(firsts), debug=True)))
    sizes = [len(first.encode()) for first in firsts]
    return [int(levels[end - size]) for size, end in zip(sizes, accumulate(sizes), strict=True)]


# Shaping


def _glyphs(run: Run, language: str) -> Iterator[tuple[Glyph, float]]:
    """From the run's left end, each with how far the next one stands from it, in ems."""
    font, buffer = run.letters[0].font, hb.Buffer()
    buffer.add_str("".join(letter.text for letter in run.letters))
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    buffer.language = language
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    upem = font.face.upem
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        glyph = Glyph(font, info.codepoint, position.x_offset / upem, position.y_offset / upem)
        yield glyph, position.x_advance / upem
