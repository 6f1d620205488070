"""What is worn on the head."""

import numpy as np

from tests.people.brush import Layer, Points, Shape, both_sides, darker, lighter, moved, shaded, stroke
from tests.people.faces import outline
from tests.people.looks import Look

TURBAN: Points = [
    (0, -1.98),
    (0.7, -1.86),
    (1.14, -1.4),
    (1.2, -0.75),
    (1.02, -0.3),
    (0.9, -0.5),
    (0.55, -0.72),
    (0, -0.98),
]


def headscarf(sheet: Layer, look: Look) -> None:
    cloth = look.cover
    ring = [(0, -1.06), (0.6, -0.92), (0.86, -0.45), (0.88, 0.2), (0.76, 0.75), (0.42, 1.14), (0, 1.24)]
    opening = both_sides(ring)
    around = both_sides(
        [(0, -1.62), (0.76, -1.42), (1.16, -0.7), (1.2, 0.3), (1.16, 1.1), (1.3, 1.9), (0.9, 2.35), (0, 2.5)]
    )
    hole = _between(around, opening)
    sheet.fill(hole, lighter(cloth, 0.1), below=darker(cloth, 0.14))
    sheet.fill(moved(hole, 0.6, 0.1), darker(cloth, 0.4), 0.35, blur=0.2, inside=hole)
    sheet.fill(_between(moved(opening * 1.07, 0, -0.005), opening), darker(cloth, 0.12))
    folds: list[Points] = [
        [(0.9, 0.5), (0.6, 1.25), (-0.2, 1.6), (-0.9, 1.7)],
        [(1.0, 0.8), (0.7, 1.55), (0, 1.9), (-0.8, 2.0)],
        [(-1.0, -0.6), (-0.7, -1.25), (0, -1.42), (0.6, -1.3)],
    ]
    for fold in folds:
        sheet.fill(stroke(fold, 0.09, 0.1), darker(cloth, 0.4), 0.45, blur=0.03, inside=hole)
        sheet.fill(
            moved(stroke(fold, 0.06, 0.1), -0.02, -0.09), lighter(cloth, 0.5), 0.4, blur=0.03, inside=hole
        )


def _between(outer: Shape, inner: Shape) -> Shape:
    """A ring: round the outside, and back along the inside."""
    return np.vstack([outer, outer[:1], inner[:1], inner[::-1], inner[:1], outer[:1]])


def turban(sheet: Layer, look: Look) -> None:
    cloth = look.cover
    mass = both_sides(TURBAN)
    sheet.fill(moved(mass, 0, 0.12), darker(look.skin, 0.5), 0.4, blur=0.07, inside=outline(look))
    shaded(sheet, mass, cloth)
    for side in (1.0, -1.0):
        for number in range(5):
            fold: Points = [
                (-0.15 * side, -0.98 - 0.2 * number),
                (0.5 * side, -1.0 - 0.19 * number),
                (1.15 * side, -0.45 - 0.26 * number),
            ]
            sheet.fill(stroke(fold, 0.07, 0.1), darker(cloth, 0.5), 0.55, blur=0.02, inside=mass)
            sheet.fill(
                moved(stroke(fold, 0.05, 0.1), 0, -0.07), lighter(cloth, 0.35), 0.4, blur=0.02, inside=mass
            )
