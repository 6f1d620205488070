"""Hair that hangs behind the head."""

from collections.abc import Callable

import numpy as np

from tests.people.brush import (
    Layer,
    Points,
    both_sides,
    darker,
    ellipse,
    lighter,
    locks,
    shaded,
    smooth,
    stroke,
)
from tests.people.looks import Look


def draw_behind(sheet: Layer, look: Look) -> None:
    draw = BEHIND.get(look.style)
    if draw:
        draw(sheet, look)


def long_behind(sheet: Layer, look: Look) -> None:
    wave = 0.1 if look.style == "wavy" else 0.0
    mass = both_sides(
        [
            (0, -1.62),
            (0.74, -1.42),
            (1.12, -0.8),
            (1.17, 0.1),
            (1.2 + wave, 0.8),
            (1.12 - wave, 1.4),
            (1.24 + wave, 2.0),
            (0.92, 2.5),
            (0.5, 2.3),
            (0, 1.2),
        ]
    )
    shaded(sheet, mass, darker(look.hair, 0.12))
    lines: list[Points] = [
        [(side * x, 0.2), (side * (x + wave), 1.0), (side * (x - wave), 1.6), (side * x, 2.3)]
        for side in (1, -1)
        for x in (0.82, 0.96, 1.08)
    ]
    locks(sheet, look.hair, lines, mass)


def bob_behind(sheet: Layer, look: Look) -> None:
    mass = both_sides(
        [(0, -1.6), (0.76, -1.42), (1.14, -0.8), (1.22, 0.1), (1.26, 0.8), (1.12, 1.22), (0.7, 1.3), (0, 1.2)]
    )
    shaded(sheet, mass, darker(look.hair, 0.14))


def bun_behind(sheet: Layer, look: Look) -> None:
    knot = ellipse(0.1, -1.86, 0.46, 0.4)
    shaded(sheet, knot, look.hair)
    locks(
        sheet,
        look.hair,
        [[(-0.25, -1.8), (0.1, -2.05), (0.45, -1.8)], [(-0.3, -1.7), (0.1, -1.9), (0.5, -1.7)]],
        knot,
    )


def tail_behind(sheet: Layer, look: Look) -> None:
    tail = smooth([(0.5, -1.5), (1.05, -1.5), (1.4, -0.8), (1.42, 0.2), (1.2, 1.3), (1.05, 0.6), (1.0, -0.4)])
    shaded(sheet, tail, darker(look.hair, 0.1))
    locks(
        sheet,
        look.hair,
        [[(0.8, -1.3), (1.2, -0.6), (1.22, 0.8)], [(0.7, -1.2), (1.05, -0.6), (1.1, 0.4)]],
        tail,
    )


def curls(
    count: int, wide: float, high: float, beyond: float, radius: float
) -> list[tuple[float, float, float]]:
    """Round a head, from its left side over the top to the right one, and an angle `beyond`."""
    angles = np.linspace(np.pi - beyond, 2 * np.pi + beyond, count)
    return [
        (wide * np.cos(angle), -0.35 + high * np.sin(angle), radius * (0.9 + 0.2 * np.cos(7 * number)))
        for number, angle in enumerate(angles)
    ]


def curls_behind(sheet: Layer, look: Look) -> None:
    for x, y, radius in curls(21, 1.16, 1.2, 0.5, 0.36):
        sheet.fill(ellipse(x, y, radius, radius), darker(look.hair, 0.15))
    sheet.fill(ellipse(0, -0.35, 1.24, 1.26), darker(look.hair, 0.2))
    for x, y, radius in curls(23, 1.28, 1.32, 0.4, 0.13):
        sheet.fill(ellipse(x, y, radius, radius), lighter(look.hair, 0.16), 0.5, blur=0.05)


def braids_behind(sheet: Layer, look: Look) -> None:
    for side in (1, -1):
        for number, x in enumerate((0.62, 0.8, 0.97, 1.13)):
            line: Points = [
                (side * x * 0.7, -1.0),
                (side * (x + 0.04), 0.2),
                (side * (x + 0.1), 1.4),
                (side * (x + 0.02), 2.4),
            ]
            braid = stroke(line, 0.26, 0.7)
            sheet.fill(braid, lighter(look.hair, 0.05 + 0.05 * (number % 2)))
            for y in np.arange(-0.9, 2.4, 0.22):
                notch = stroke(
                    [(side * (x - 0.2), y), (side * (x + 0.08), y + 0.09), (side * (x + 0.3), y)], 0.04, 0.4
                )
                sheet.fill(notch, darker(look.hair, 0.6), 0.9, inside=braid)


BEHIND: dict[str, Callable[[Layer, Look], None]] = {
    "long": long_behind,
    "wavy": long_behind,
    "bob": bob_behind,
    "bun": bun_behind,
    "ponytail": tail_behind,
    "curls": curls_behind,
    "braids": braids_behind,
}
