"""Calm rooms to sit in, a little out of focus as a good camera shows them."""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from tests.people.brush import Colour, Layer, box, darker, ellipse, lighter, mix, smooth, stroke
from tests.people.looks import Look

WIDE, HIGH = 6.2, 4.2  # a room reaches so far to each side, and up and down
GREENS: tuple[Colour, ...] = ((74, 118, 84), (96, 142, 98), (58, 98, 76), (116, 156, 108))
BOOKS: tuple[Colour, ...] = (
    (176, 92, 74),
    (62, 96, 118),
    (214, 182, 120),
    (98, 126, 104),
    (128, 84, 96),
    (226, 214, 194),
    (84, 88, 104),
)
WOOD = (164, 118, 80)


def draw_room(sheet: Layer, look: Look) -> None:
    wall = look.wall
    sheet.fill(box(-WIDE, -HIGH, WIDE, HIGH), lighter(wall, 0.2), below=darker(wall, 0.16))
    sheet.fill(ellipse(-3.4, -2.6, 3.2, 2.4), lighter(wall, 0.8), 0.5, blur=0.9)
    ROOMS[look.room](sheet, look)


def out_of_focus(room: Image.Image, unit: float) -> Image.Image:
    return room.convert("RGB").filter(ImageFilter.GaussianBlur(unit * 0.05))


def plant(sheet: Layer, look: Look) -> None:
    picture(sheet, -4.7, -2.6, (206, 138, 106))
    leaves(sheet, 3.7, 1.9, 2.4, 11)
    pot = smooth([(3.0, 1.7), (4.4, 1.7), (4.3, 2.9), (4.1, 4.4), (3.3, 4.4), (3.1, 2.9)])
    sheet.fill(pot, (232, 224, 212), below=(188, 170, 154))


def leaves(sheet: Layer, x: float, y: float, length: float, count: int) -> None:
    """A fan of long leaves that grow out of one place."""
    for number, angle in enumerate(np.linspace(-2.75, -0.4, count)):
        reach = length * (0.8 + 0.3 * np.sin(number * 2.3))
        tip = (x + reach * np.cos(angle), y + reach * np.sin(angle))
        middle = (x + 0.6 * reach * np.cos(angle + 0.14), y + 0.62 * reach * np.sin(angle + 0.14))
        green = GREENS[number % len(GREENS)]
        sheet.fill(stroke([(x, y), middle, tip], 0.56, 0.06), green, below=darker(green, 0.3))
        sheet.fill(stroke([(x, y), middle, tip], 0.05, 0.3), lighter(green, 0.4), 0.5)


def picture(sheet: Layer, left: float, top: float, colour: Colour) -> None:
    """A framed print."""
    sheet.fill(box(left + 0.08, top + 0.12, left + 1.78, top + 2.22), (60, 46, 40), 0.3, blur=0.1)
    sheet.fill(box(left, top, left + 1.7, top + 2.1), darker(WOOD, 0.2))
    sheet.fill(box(left + 0.09, top + 0.09, left + 1.61, top + 2.01), (246, 241, 232))
    inner = box(left + 0.3, top + 0.32, left + 1.4, top + 1.78)
    sheet.fill(inner, mix(colour, (250, 236, 214), 0.65))
    sheet.fill(ellipse(left + 0.95, top + 0.86, 0.3, 0.3), colour, inside=inner)
    hill = smooth(
        [
            (left, top + 1.5),
            (left + 0.6, top + 1.15),
            (left + 1.5, top + 1.45),
            (left + 1.5, top + 2),
            (left, top + 2),
        ]
    )
    sheet.fill(hill, darker(colour, 0.4), inside=inner)


def shelf(sheet: Layer, look: Look) -> None:
    left, right = 1.9, 5.6
    sheet.fill(box(left - 0.1, -3.6, right, HIGH), darker(look.wall, 0.18), 0.6, blur=0.12)
    sheet.fill(box(left, -3.7, right, HIGH), darker(WOOD, 0.36))
    for row, y in enumerate((-2.1, -0.6, 0.9, 2.4)):
        books(sheet, left + 0.15, right, y, row)
        sheet.fill(box(left, y, right, y + 0.12), lighter(WOOD, 0.1))
    sheet.fill(box(left, -3.7, left + 0.12, HIGH), WOOD)
    picture(sheet, -4.6, -2.5, (96, 134, 142))


def books(sheet: Layer, left: float, right: float, floor: float, row: int) -> None:
    x, number = left, row * 3
    while x < right - 0.2:
        number += 1
        wide, high = 0.2 + 0.05 * (number * 7 % 4), 0.86 + 0.09 * (number * 5 % 5)
        if number % 9 == 4:
            sheet.fill(ellipse(x + 0.42, floor - 0.3, 0.26, 0.32), (222, 206, 186), below=(176, 148, 124))
            x += 0.9
            continue
        colour = BOOKS[(number * 3 + row) % len(BOOKS)]
        sheet.fill(box(x, floor - high, x + wide - 0.02, floor), colour, below=darker(colour, 0.2))
        x += wide


def window(sheet: Layer, look: Look) -> None:
    left, top, right, bottom = -5.3, -3.4, -1.5, 1.5
    sheet.fill(
        box(left - 0.16, top - 0.16, right + 0.16, bottom + 0.16), (250, 247, 240), below=(226, 218, 206)
    )
    pane = box(left, top, right, bottom)
    sheet.fill(pane, (190, 216, 232), below=(244, 240, 224))
    for x, y, size, green in ((-4.6, 1.4, 1.2, 0), (-3.1, 1.7, 1.3, 3), (-1.9, 1.2, 0.9, 1)):
        sheet.fill(ellipse(x, y, size, size * 0.9), lighter(GREENS[green], 0.45), blur=0.1, inside=pane)
    sheet.fill(box(-3.46, top, -3.34, bottom), (250, 247, 240))
    sheet.fill(box(left, -0.9, right, -0.8), (250, 247, 240))
    curtain = smooth(
        [(-1.5, -3.8), (-0.7, -3.8), (-0.9, -1), (-0.75, 2), (-0.8, 4.4), (-1.7, 4.4), (-1.5, 1), (-1.65, -1)]
    )
    sheet.fill(curtain, lighter(look.wall, 0.6), below=darker(look.wall, 0.1))
    leaves(sheet, 3.9, 2.5, 1.9, 9)
    sheet.fill(smooth([(3.4, 2.3), (4.4, 2.3), (4.3, 4.4), (3.5, 4.4)]), (196, 126, 94), below=(150, 90, 68))


def wall(sheet: Layer, look: Look) -> None:
    picture(sheet, 2.5, -2.5, (210, 146, 96))
    picture(sheet, 4.5, -2.0, (92, 128, 124))
    sheet.fill(box(-WIDE, 1.7, -2.0, HIGH), WOOD, below=darker(WOOD, 0.3))
    sheet.fill(box(-WIDE, 1.6, -1.9, 1.8), lighter(WOOD, 0.2))
    sheet.fill(
        smooth([(-4.1, 0.75), (-3.4, 0.75), (-3.5, 1.6), (-4.0, 1.6)]), (238, 232, 222), below=(196, 184, 172)
    )
    leaves(sheet, -3.75, 0.8, 1.3, 9)


def lamp(sheet: Layer, look: Look) -> None:
    sheet.fill(ellipse(-3.6, -0.9, 2.6, 2.4), (255, 226, 166), 0.55, blur=0.8)
    sheet.fill(stroke([(-3.6, 0), (-3.6, 4.4)], 0.09), (92, 76, 68))
    shade = smooth([(-4.1, -1.5), (-3.1, -1.5), (-2.8, 0.0), (-4.4, 0.0)])
    sheet.fill(shade, (255, 236, 196), below=(246, 206, 144))
    sheet.fill(
        smooth([(1.7, 2.0), (5.6, 1.9), (6.4, 2.6), (6.4, 4.4), (1.5, 4.4)]),
        (122, 136, 142),
        below=(84, 96, 104),
    )
    picture(sheet, 2.8, -2.7, (174, 112, 118))


def kitchen(sheet: Layer, look: Look) -> None:
    for number in range(9):
        for row in range(3):
            x, y = -WIDE + number * 1.4 + 0.7 * (row % 2), -0.4 + row * 0.62
            sheet.fill(box(x, y, x + 1.36, y + 0.58), lighter(look.wall, 0.5), 0.8)
    sheet.fill(box(-WIDE, 1.5, WIDE, 1.75), (214, 196, 174))
    sheet.fill(box(-WIDE, 1.75, WIDE, HIGH), (120, 138, 132), below=(92, 110, 106))
    sheet.fill(box(2.0, -1.5, 5.6, -1.32), WOOD)
    for x, colour in (
        (2.4, (206, 132, 100)),
        (3.1, (238, 230, 218)),
        (3.8, (112, 140, 150)),
        (4.5, (226, 190, 120)),
    ):
        sheet.fill(
            smooth([(x, -2.2), (x + 0.5, -2.2), (x + 0.46, -1.5), (x + 0.04, -1.5)]),
            colour,
            below=darker(colour, 0.2),
        )
    leaves(sheet, -3.9, 1.2, 1.5, 9)
    sheet.fill(
        smooth([(-4.3, 0.9), (-3.5, 0.9), (-3.6, 1.6), (-4.2, 1.6)]), (228, 218, 204), below=(182, 166, 150)
    )


ROOMS: dict[str, Callable[[Layer, Look], None]] = {
    "plant": plant,
    "shelf": shelf,
    "window": window,
    "wall": wall,
    "lamp": lamp,
    "kitchen": kitchen,
}
