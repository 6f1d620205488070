"""Neck, shoulders and what is worn."""

from collections.abc import Callable

from tests.people.brush import (
    Layer,
    Shape,
    both_sides,
    darker,
    ellipse,
    lighter,
    mirrored,
    mix,
    moved,
    smooth,
    stroke,
)
from tests.people.looks import Look

NECK = both_sides([(0, 0.7), (0.5, 0.7), (0.49, 1.3), (0.56, 1.62), (0.9, 1.95), (0.6, 2.6), (0, 2.8)])
SHOULDERS = both_sides(
    [
        (0, 1.9),
        (0.5, 1.66),
        (0.8, 1.8),
        (1.25, 1.94),
        (1.95, 2.12),
        (2.42, 2.5),
        (2.7, 3.4),
        (2.8, 5.2),
        (0, 5.2),
    ]
)


def draw_body(sheet: Layer, look: Look) -> None:
    draw_neck(sheet, look)
    TOPS[look.top](sheet, look)


def draw_neck(sheet: Layer, look: Look) -> None:
    sheet.fill(NECK, darker(look.skin, 0.08))
    chin = ellipse(0.1, 1.05, 0.85, 0.72)
    sheet.fill(chin, darker(look.skin, 0.5), 0.55, blur=0.1, inside=NECK)


def cloth(sheet: Layer, look: Look, shape: Shape) -> None:
    """Cloth with folds at the arms, lit from the upper left."""
    sheet.fill(shape, lighter(look.cloth, 0.1), below=darker(look.cloth, 0.2))
    sheet.fill(
        smooth([(0.9, 1.6), (3, 2), (3, 5), (1.5, 5), (1.9, 3)]),
        darker(look.cloth, 0.5),
        0.4,
        blur=0.25,
        inside=shape,
    )
    sheet.fill(ellipse(-1.3, 2.35, 0.7, 0.25), lighter(look.cloth, 0.5), 0.28, blur=0.2, inside=shape)
    arm = stroke([(1.5, 2.9), (1.62, 3.4), (1.6, 4.2)], 0.09, 0.1)
    for one in (arm, mirrored(arm)):
        sheet.fill(one, darker(look.cloth, 0.5), 0.5, blur=0.04, inside=shape)
    sheet.fill(ellipse(0, 1.5, 0.95, 0.8), darker(look.cloth, 0.6), 0.35, blur=0.16, inside=shape)


def crew(sheet: Layer, look: Look) -> None:
    hole = both_sides([(0, 1.1), (0.48, 1.2), (0.53, 1.56), (0.72, 1.82), (0.42, 2.14), (0, 2.24)])
    cloth(sheet, look, SHOULDERS)
    sheet.fill(moved(hole, 0, 0.1), darker(look.cloth, 0.24))
    sheet.fill(hole, darker(look.skin, 0.05))
    sheet.fill(ellipse(0.1, 1.05, 0.85, 0.72), darker(look.skin, 0.5), 0.55, blur=0.1, inside=hole)


def shirt(sheet: Layer, look: Look) -> None:
    cloth(sheet, look, SHOULDERS)
    _opening(sheet, look, 2.55)
    flap = smooth(
        [(0.5, 1.62), (0.74, 1.74), (0.8, 2.1), (0.52, 2.62), (0.3, 2.45), (0.04, 2.5), (0.34, 2.1)]
    )
    for one in (flap, mirrored(flap)):
        sheet.fill(moved(one, 0, 0.07), darker(look.cloth, 0.6), 0.4, blur=0.05, inside=SHOULDERS)
        sheet.fill(one, lighter(look.cloth, 0.24), below=look.cloth)
    sheet.fill(stroke([(0, 2.5), (0.02, 3.4), (0, 5)], 0.045), darker(look.cloth, 0.4), 0.6)
    for y in (2.85, 3.45):
        sheet.fill(ellipse(0.09, y, 0.05, 0.05), lighter(look.cloth, 0.6))


def _opening(sheet: Layer, look: Look, low: float) -> None:
    hole = both_sides([(0, 1.1), (0.48, 1.2), (0.53, 1.56), (0.6, 1.75), (0.25, low - 0.25), (0, low)])
    sheet.fill(hole, darker(look.skin, 0.04))
    sheet.fill(ellipse(0.1, 1.05, 0.85, 0.72), darker(look.skin, 0.5), 0.55, blur=0.1, inside=hole)


def blazer(sheet: Layer, look: Look) -> None:
    cloth(sheet, look, SHOULDERS)
    front = both_sides([(0, 1.5), (0.7, 1.6), (0.74, 2.1), (0.5, 3.2), (0.2, 4.4), (0, 4.6)])
    sheet.fill(front, look.inner, below=darker(look.inner, 0.12))
    sheet.fill(ellipse(0, 1.6, 0.8, 0.75), darker(look.inner, 0.5), 0.3, blur=0.14, inside=front)
    hole = both_sides([(0, 1.1), (0.48, 1.2), (0.53, 1.56), (0.66, 1.8), (0.36, 2.08), (0, 2.18)])
    sheet.fill(hole, darker(look.skin, 0.05))
    sheet.fill(ellipse(0.1, 1.05, 0.85, 0.72), darker(look.skin, 0.5), 0.55, blur=0.1, inside=hole)
    lapel = smooth(
        [
            (0.56, 1.66),
            (0.82, 1.76),
            (1.16, 2.5),
            (0.92, 2.62),
            (1.02, 2.82),
            (0.3, 4.4),
            (0.5, 3.0),
            (0.7, 2.2),
        ]
    )
    for one in (lapel, mirrored(lapel)):
        sheet.fill(moved(one, 0, 0.06), darker(look.cloth, 0.7), 0.4, blur=0.06, inside=SHOULDERS)
        sheet.fill(one, lighter(look.cloth, 0.13), below=darker(look.cloth, 0.04))


def hoodie(sheet: Layer, look: Look) -> None:
    hood = both_sides([(0, 1.3), (0.8, 1.3), (1.12, 1.7), (1.1, 2.2), (0, 2.7)])
    sheet.fill(hood, darker(look.cloth, 0.3))
    draw_neck(sheet, look)
    cloth(sheet, look, SHOULDERS)
    _opening(sheet, look, 2.34)
    rim = smooth([(0.52, 1.5), (0.96, 1.55), (1.14, 1.9), (0.7, 2.4), (0.06, 2.62), (0, 2.4), (0.42, 2.1)])
    for one in (rim, mirrored(rim)):
        sheet.fill(moved(one, 0, 0.07), darker(look.cloth, 0.6), 0.4, blur=0.06, inside=SHOULDERS)
        sheet.fill(one, lighter(look.cloth, 0.16), below=look.cloth)
    for x in (-0.3, 0.3):
        sheet.fill(
            stroke([(x, 2.45), (x * 1.15, 2.9), (x * 1.1, 3.3)], 0.06), mix(look.cloth, (255, 255, 255), 0.75)
        )


def wrap(sheet: Layer, look: Look) -> None:
    """A blouse that crosses in front."""
    cloth(sheet, look, SHOULDERS)
    _opening(sheet, look, 2.7)
    over = smooth(
        [
            (-0.52, 1.68),
            (-0.78, 1.76),
            (-0.7, 2.2),
            (0.1, 3.1),
            (1.1, 4.0),
            (0.9, 3.4),
            (0.02, 2.62),
            (-0.42, 2.2),
        ]
    )
    under = smooth([(0.52, 1.68), (0.78, 1.76), (0.72, 2.1), (0.24, 2.75), (0.02, 2.62), (0.42, 2.2)])
    for one in (under, over):
        sheet.fill(moved(one, 0, 0.06), darker(look.cloth, 0.6), 0.35, blur=0.06, inside=SHOULDERS)
        sheet.fill(one, lighter(look.cloth, 0.2), below=lighter(look.cloth, 0.02))


TOPS: dict[str, Callable[[Layer, Look], None]] = {
    "crew": crew,
    "shirt": shirt,
    "blazer": blazer,
    "hoodie": hoodie,
    "wrap": wrap,
}
