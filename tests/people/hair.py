"""Hair that lies on the head."""

from collections.abc import Callable

import numpy as np

from tests.people.behind import curls
from tests.people.brush import (
    Layer,
    Points,
    Shape,
    darker,
    ellipse,
    lighter,
    locks,
    mirrored,
    moved,
    shaded,
    smooth,
)
from tests.people.faces import outline
from tests.people.headwear import headscarf, turban
from tests.people.looks import Look


def draw_on(sheet: Layer, look: Look) -> None:
    """Casts a little shade on the forehead, and lies over it."""
    ON[look.style](sheet, look)


def cap(sheet: Layer, look: Look, edge: Points, top: float = -1.6, side: float = 0.35) -> Shape:
    """Hair over the skull down to `edge`, its line on the forehead from right to left."""
    right = [(1.0, side), (1.08, -0.35), (1.02, -0.92), (0.66, -1.42)]
    left = [(-x, y) for x, y in right]
    mass = smooth([*left, (0, top), *reversed(right), *edge])
    sheet.fill(moved(mass, 0, 0.1), darker(look.skin, 0.5), 0.4, blur=0.07, inside=outline(look))
    shaded(sheet, mass, look.hair)
    return mass


PARTED: Points = [
    (0.92, -0.1),
    (0.86, -0.5),
    (0.66, -0.86),
    (0.3, -1.08),
    (-0.2, -1.14),
    (-0.62, -0.84),
    (-0.84, -0.5),
    (-0.92, -0.1),
]
SIDE_PART: Points = [
    (0.93, 0.3),
    (0.9, -0.3),
    (0.78, -0.62),
    (0.3, -0.82),
    (-0.2, -1.0),
    (-0.42, -1.14),
    (-0.66, -0.86),
    (-0.86, -0.4),
    (-0.93, 0.3),
]
FRINGE: Points = [
    (0.93, 0.4),
    (0.9, -0.3),
    (0.76, -0.5),
    (0.3, -0.46),
    (-0.3, -0.48),
    (-0.76, -0.52),
    (-0.9, -0.3),
    (-0.93, 0.4),
]
CLOSE: Points = [
    (0.93, 0.05),
    (0.88, -0.5),
    (0.76, -0.76),
    (0.5, -0.86),
    (0, -0.92),
    (-0.5, -0.86),
    (-0.76, -0.76),
    (-0.88, -0.5),
    (-0.93, 0.05),
]


def long_on(sheet: Layer, look: Look) -> None:
    mass = cap(sheet, look, SIDE_PART if look.style == "wavy" else PARTED, side=0.6)
    parting = -0.4 if look.style == "wavy" else 0.0
    lines: list[Points] = [
        [
            (parting + 0.05 * side, -1.5),
            (side * (0.35 + 0.12 * number), -1.2 + 0.1 * number),
            (side * (0.8 + 0.06 * number), -0.3),
        ]
        for number in range(3)
        for side in (1, -1)
    ]
    locks(sheet, look.hair, lines, mass, 0.4)


def bob_on(sheet: Layer, look: Look) -> None:
    mass = cap(sheet, look, FRINGE, side=0.8)
    lines: list[Points] = [
        [(x * 0.5, -1.5), (x * 0.9, -1.0), (x, -0.5)] for x in (-0.7, -0.45, -0.2, 0.05, 0.3, 0.55, 0.75)
    ]
    locks(sheet, look.hair, lines, mass, 0.4)


def pulled_on(sheet: Layer, look: Look) -> None:
    """Drawn back, as for a bun or a tail."""
    mass = cap(sheet, look, PARTED, side=-0.05)
    lines: list[Points] = [
        [(x, -0.75 - 0.3 * (1 - abs(x))), (x * 0.8, -1.2), (0.1, -1.6)]
        for x in (-0.8, -0.5, -0.2, 0.2, 0.5, 0.8)
    ]
    locks(sheet, look.hair, lines, mass, 0.45)


def curls_on(sheet: Layer, look: Look) -> None:
    cap(sheet, look, CLOSE, top=-1.7, side=-0.1)
    for x, y, radius in curls(15, 0.9, 0.66, 0.1, 0.19):
        sheet.fill(ellipse(x, y, radius, radius), look.hair)
        sheet.fill(
            ellipse(x - 0.05, y - 0.06, radius * 0.45, radius * 0.4), lighter(look.hair, 0.25), 0.5, blur=0.04
        )
    for x, y, radius in curls(15, 1.04, 1.0, 0.2, 0.19):
        sheet.fill(ellipse(x, y, radius, radius), lighter(look.hair, 0.05), 0.7, blur=0.03)
        sheet.fill(
            ellipse(x - 0.05, y - 0.06, radius * 0.5, radius * 0.4), lighter(look.hair, 0.25), 0.4, blur=0.05
        )


def short_on(sheet: Layer, look: Look) -> None:
    mass = cap(sheet, look, CLOSE, top=-1.5, side=-0.02)
    sheet.fill(
        smooth([(0.8, -0.2), (1.2, -0.8), (1.2, 0.3), (0.9, 0.3)]), look.skin, 0.4, blur=0.1, inside=mass
    )
    sheet.fill(
        smooth([(-0.8, -0.2), (-1.2, -0.8), (-1.2, 0.3), (-0.9, 0.3)]), look.skin, 0.4, blur=0.1, inside=mass
    )


def quiff_on(sheet: Layer, look: Look) -> None:
    cap(sheet, look, CLOSE, top=-1.5, side=0.05)
    crest = smooth(
        [
            (0.84, -0.8),
            (1.0, -1.2),
            (0.7, -1.64),
            (0.1, -1.78),
            (-0.5, -1.66),
            (-0.9, -1.3),
            (-0.86, -0.9),
            (-0.4, -0.98),
            (0.2, -0.9),
            (0.6, -0.78),
        ]
    )
    shaded(sheet, crest, look.hair)
    lines: list[Points] = [
        [(x + 0.1, -0.9), (x - 0.1, -1.3), (x + 0.25, -1.65)] for x in (-0.6, -0.35, -0.1, 0.15, 0.4, 0.6)
    ]
    locks(sheet, look.hair, lines, crest, 0.45)


def sides_on(sheet: Layer, look: Look) -> None:
    """What is left round a bald head."""
    tuft = smooth(
        [(0.9, 0.1), (0.84, -0.4), (0.8, -0.8), (0.98, -0.86), (1.12, -0.5), (1.1, 0.0), (1.02, 0.24)]
    )
    for one in (tuft, mirrored(tuft)):
        sheet.fill(one, lighter(look.hair, 0.1), below=darker(look.hair, 0.16))
    sheet.fill(ellipse(-0.25, -1.05, 0.3, 0.12), (255, 255, 255), 0.3, blur=0.1, inside=outline(look))


def braids_on(sheet: Layer, look: Look) -> None:
    mass = cap(sheet, look, PARTED, side=0.1)
    lines: list[Points] = [
        [(x, -0.7 - 0.38 * (1 - abs(x))), (x * 0.75, -1.3), (x * 0.3, -1.66)]
        for x in np.linspace(-0.9, 0.9, 9)
    ]
    locks(sheet, look.hair, lines, mass, 0.8)


ON: dict[str, Callable[[Layer, Look], None]] = {
    "long": long_on,
    "wavy": long_on,
    "bob": bob_on,
    "bun": pulled_on,
    "ponytail": pulled_on,
    "curls": curls_on,
    "short": short_on,
    "quiff": quiff_on,
    "sides": sides_on,
    "braids": braids_on,
    "headscarf": headscarf,
    "turban": turban,
}
