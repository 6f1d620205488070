"""Beards and moustaches."""

import numpy as np

from tests.people.brush import Layer, Points, Shape, darker, lighter, mirrored, smooth
from tests.people.faces import outline
from tests.people.looks import Look


def draw_beard(sheet: Layer, look: Look) -> None:
    face = outline(look)
    if look.beard in ("full", "stubble"):
        opacity, blur = (0.96, 0.03) if look.beard == "full" else (0.4, 0.06)
        mass = _beard(look)
        sheet.fill(mass, lighter(look.hair, 0.05), opacity, below=darker(look.hair, 0.15), blur=blur,
                   inside=None if look.beard == "full" else face)  # fmt: skip
    if look.beard:
        opacity = 0.4 if look.beard == "stubble" else 0.95
        half = smooth([(0, 0.56), (0.24, 0.56), (0.44, 0.7), (0.48, 0.8), (0.26, 0.68), (0, 0.66)])
        for one in (half, mirrored(half)):
            sheet.fill(one, look.hair, opacity, blur=0.02)


def _beard(look: Look) -> Shape:
    """Along the jaw from ear to ear, open round the mouth."""
    low = 1.52 if look.beard == "full" else 1.4
    wide = look.jaw
    outer: Points = [(0.98, -0.05), (0.97, 0.4), (0.84 * wide, 0.98), (0.45 * wide, low - 0.1), (0, low)]
    inner: Points = [(0, 0.96), (0.26, 0.93), (0.5, 0.74), (0.68, 0.5), (0.86, 0.25)]
    right, gap = smooth(outer, closed=False), smooth(inner, closed=False)
    return np.vstack([right, mirrored(right)[::-1], mirrored(gap)[::-1], gap])
