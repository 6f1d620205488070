"""A person in front of a camera: drawn once, on several sheets, which then move against each other."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PIL import Image

from tests.people import beards, behind, clothes, faces, hair, rooms
from tests.people.brush import Layer
from tests.people.looks import Look

Draw = Callable[[Layer, Look], None]
Matrix = tuple[float, float, float, float, float, float]

UNITS_HIGH = 5.7  # of a picture
EYES_AT = 0.44  # of its height, from the top
NECK = 1.3  # below the eyes, in units: where a head turns
MARGIN = 4  # pixels round a sheet, so that its edges stay soft when it moves


@dataclass(frozen=True)
class Pose:
    """`x`, `y`, `breath` in units, `tilt` in degrees; `turn`: how far the face looks aside, in units.

    `eyes` from 0, closed, to 2; `mouth` from 0, closed, to 3.
    """

    x: float = 0.0
    y: float = 0.0
    tilt: float = 0.0
    turn: float = 0.0
    breath: float = 0.0
    eyes: int = 2
    mouth: int = 0


@dataclass(frozen=True)
class Sheet:
    """A drawing and its upper left corner in the picture; near things (`depth` above 0) turn further."""

    image: Image.Image
    left: int
    top: int
    depth: float


class Figure:
    """Of one look, in one size of picture."""

    def __init__(self, look: Look, width: int, height: int) -> None:
        self.look, self.size = look, (width, height)
        self.unit = height / UNITS_HIGH
        self.centre = (width / 2, height * EYES_AT)
        room = self._drawn(rooms.draw_room).crop((0, 0, width, height))
        self.room = rooms.out_of_focus(room, self.unit)
        self.behind = self._sheet(-0.5, behind.draw_behind)
        self.body = self._sheet(0.0, clothes.draw_body)
        self.head = self._sheet(0.0, faces.draw_head, faces.draw_lines, beards.draw_beard)
        self.mouths = [self._sheet(0.9, partial(faces.draw_mouth, openness=at)) for at in range(4)]
        self.eyes = [self._sheet(0.9, partial(faces.draw_eyes, openness=at)) for at in range(3)]
        self.features = self._sheet(1.1, faces.draw_nose, faces.draw_brows, faces.draw_glasses)
        self.top = self._sheet(0.25, hair.draw_on)

    def draw(self, pose: Pose) -> Image.Image:
        """A frame."""
        picture = self.room.copy()
        self._place(picture, self.behind, self._head_moves(pose, self.behind))
        self._place(picture, self.body, (1, 0, 0, 0, 1, pose.breath * self.unit))
        parts = (self.head, self.mouths[pose.mouth], self.eyes[pose.eyes], self.features, self.top)
        for sheet in parts:
            self._place(picture, sheet, self._head_moves(pose, sheet))
        return picture

    def _drawn(self, *draws: Draw) -> Image.Image:
        width, height = self.size
        layer = Layer(
            (width, height + MARGIN), self.unit, self.centre
        )  # below it, so that breath shows no gap
        for draw in draws:
            draw(layer, self.look)
        return layer.finished()

    def _sheet(self, depth: float, *draws: Draw) -> Sheet:
        image = self._drawn(*draws)
        left, top, right, bottom = image.getbbox() or (0, 0, 1, 1)
        area = (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
        return Sheet(image.crop(area), area[0], area[1], depth)

    def _head_moves(self, pose: Pose, sheet: Sheet) -> Matrix:
        """From where a pixel goes to where it comes from, as Pillow wants it."""
        across, down = (
            (pose.x + sheet.depth * pose.turn) * self.unit,
            (pose.y - pose.breath * 0.6) * self.unit,
        )
        x, y = self.centre[0] - sheet.left, self.centre[1] + NECK * self.unit - sheet.top
        cos, sin = float(np.cos(np.radians(pose.tilt))), float(np.sin(np.radians(pose.tilt)))
        return (
            cos,
            sin,
            x - cos * (x + across) - sin * (y + down),
            -sin,
            cos,
            y + sin * (x + across) - cos * (y + down),
        )

    @staticmethod
    def _place(picture: Image.Image, sheet: Sheet, moves: Matrix) -> None:
        image = sheet.image
        moved = image.transform(image.size, Image.Transform.AFFINE, moves, Image.Resampling.BICUBIC)
        picture.paste(moved, (sheet.left, sheet.top), moved)
