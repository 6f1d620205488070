"""Where each tile lies in the picture: rectangles only, nothing is drawn here."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDEST = 16 / 9  # a tile is never wider than a camera's picture,
TALLEST = 4 / 3  # nor taller than one that lies
MOST_CUT = 1 / 8  # of a camera's picture: a sixteenth at each of two edges, where hardly ever a face is
STRIP = 5  # beside a large tile the others have a fifth of the width
MOST_TILES = 25  # more people than that are heard, not seen


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels. All four are even: chroma has half the resolution of luma."""

    x: int
    y: int
    width: int
    height: int


def even(number: float) -> int:
    return int(number) // 2 * 2


def within(space: Box, width: float, height: float) -> Box:
    """A box of this size in the middle of a space."""
    wide, high = even(min(width, space.width)), even(min(height, space.height))
    return Box(
        space.x + even((space.width - wide) / 2), space.y + even((space.height - high) / 2), wide, high
    )


def fit(space: Box, width: float, height: float) -> Box:
    """The largest box of the shape width:height in a space."""
    scale = min(space.width / width, space.height / height)
    return within(space, max(2, width * scale), max(2, height * scale))


def show(width: int, height: int, box: Box, is_whole: bool = False) -> tuple[Box, Box]:
    """Which part of a picture is seen, and where in its tile.

    One that lies is cut to fill the tile, but by MOST_CUT at the most; the rest of the tile is bars. One that
    stands, as phones send it, is never cut: the head is near its upper edge.
    """
    kept = 1.0 if is_whole or width <= height else 1 - MOST_CUT
    shapes = [(width * kept, height), (box.width, box.height), (width, height * kept)]
    _, seen, _ = sorted(shapes, key=lambda shape: shape[0] / shape[1])
    return fit(Box(0, 0, even(width), even(height)), *seen), fit(box, *seen)


def _tile(cell: Box) -> Box:
    """The tile in a cell, with a hair of background around it."""
    wide, high = max(2, cell.width - 4), max(2, cell.height - 4)
    return within(cell, min(wide, high * WIDEST), min(high, wide / TALLEST))


def _cells(space: Box, count: int, columns: int) -> list[Box]:
    """Row by row; the last row, when it is not full, stands in the middle."""
    rows = math.ceil(count / columns)
    wide, high = even(space.width / columns), even(space.height / rows)
    boxes = []
    for index in range(count):
        row, column = divmod(index, columns)
        missing = columns - min(columns, count - row * columns)
        left = even((column + missing / 2) * wide)
        boxes.append(Box(space.x + left, space.y + row * high, wide, high))
    return boxes


def grid(space: Box, count: int) -> list[Box]:
    """As many tiles, as large as they can be."""
    if count == 1:
        return [space]
    choices = ([_tile(cell) for cell in _cells(space, count, columns)] for columns in range(1, count + 1))
    return max(choices, key=lambda boxes: boxes[0].width * boxes[0].height, default=[])


def arrange(width: int, height: int, keys: Sequence[str], focus: str | None = None) -> dict[str, Box]:
    """The box of each key. With a `focus` (one of the keys) it is large and the others stand beside it."""
    others = [key for key in keys if key != focus][:MOST_TILES]
    if focus is None:
        return dict(zip(others, grid(Box(0, 0, width, height), len(others)), strict=True))
    strip = even(width / STRIP) if others else 0
    beside = grid(Box(width - strip, 0, strip, height), len(others))
    if len(others) == 1:
        beside = [_tile(beside[0])]
    return {focus: Box(0, 0, width - strip, height), **dict(zip(others, beside, strict=True))}
