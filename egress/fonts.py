"""Noto's fonts, and which of them has a letter.

They are mapped into memory, not read: 30 MB of Chinese, Japanese and Korean cost nothing until one is needed.
"""

from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple
from unicodedata import normalize

import regex
import uharfbuzz as hb

LATIN = "NotoSans[wght].ttf"  # and Greek and Cyrillic; whatever it has is drawn in it
LEFT_OUT = "NotoSans-Italic[wght].ttf"
CJK = "NotoSansCJK-VF.otf.ttc"
HIDDEN = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}\p{Cc}]"
)  # joiners and such, which no font need have
WEIGHT = 500  # a little more than regular: most names are read in small
KEPT = 4096


class Letter(NamedTuple):
    """A grapheme as it can be drawn."""

    text: str
    font: hb.Font


def _open(package: str, name: str) -> hb.Font:
    font = hb.Font(hb.Face(hb.Blob.from_file_path(str(files(package) / name))))
    font.set_variations({"wght": WEIGHT})
    return font


@cache
def _fonts() -> list[hb.Font]:
    """Every font; the first that has a letter draws it."""
    names = sorted(file.name for file in files("manimgx_fonts").iterdir() if file.name.endswith(".ttf"))
    others = [name for name in names if name not in (LATIN, LEFT_OUT)]
    others.sort(key=lambda name: name.startswith(("NotoEmoji", "NotoSansSymbols")))  # these at the end
    scripts = [_open("manimgx_fonts", name) for name in others]
    return [_open("manimgx_fonts", LATIN), *scripts, _open("manimgx_fonts_cjk", CJK)]


@lru_cache(KEPT)
def letter(grapheme: str) -> Letter | None:
    """The grapheme, or if no font has it, its plainest form that one has. None: it cannot be drawn."""
    for form in (grapheme, normalize("NFKC", grapheme), grapheme[0]):
        codes = [ord(character) for character in HIDDEN.sub("", form)]
        for font in _fonts() if codes else ():
            if all(font.get_nominal_glyph(code) for code in codes):
                return Letter(form, font)
    return None
