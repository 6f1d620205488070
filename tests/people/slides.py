"""A slide for shared screens: a heading, three points and a chart, over which a pointer moves."""

from dataclasses import dataclass
from math import cos, pi, sin

from PIL import Image, ImageDraw, ImageFont

from tests.people.brush import FINER, Colour

PAPER, INK, GREY, LINE = (252, 251, 248), (32, 44, 48), (104, 116, 120), (224, 226, 224)
TEAL, AMBER = (24, 124, 114), (226, 160, 74)
TITLE, SUBTITLE = "Spring launch: where we stand", "Weekly sign-ups, in thousands"
POINTS = ("Sign-ups doubled since March", "Trials turn into teams in 9 days", "Next: invitations by link")
BARS = (0.26, 0.33, 0.3, 0.44, 0.52, 0.61, 0.74, 0.92)
HIGH = 540  # what the measures below are of
POINTER = ((0, 0), (0, 17), (4, 13.4), (6.6, 19.4), (9.2, 18.3), (6.6, 12.4), (11.8, 12))


@dataclass(frozen=True)
class Slide:
    still: Image.Image
    scale: float

    def with_pointer(self, share: float) -> Image.Image:
        """At a share of its way round."""
        picture = self.still.copy()
        x, y = 690 + 70 * cos(2 * pi * share), 250 + 34 * sin(4 * pi * share)
        box = [round(at * self.scale) for at in (x, y, x + 16, y + 24)]
        size = (box[2] - box[0], box[3] - box[1])
        mask = Image.new("L", (size[0] * FINER, size[1] * FINER))
        points = [(a * self.scale * FINER, b * self.scale * FINER) for a, b in POINTER]
        ImageDraw.Draw(mask).polygon(points, fill=255)
        picture.paste(INK, (box[0], box[1]), mask.reduce(FINER))
        return picture


class Pen:
    """Draws in pixels of a slide that is 540 high."""

    def __init__(self, width: int, height: int) -> None:
        self.scale = height / HIGH * FINER
        self.picture = Image.new("RGB", (width * FINER, height * FINER), PAPER)
        self.draw = ImageDraw.Draw(self.picture)

    def box(
        self, left: float, top: float, right: float, bottom: float, colour: Colour, round_by: float = 0
    ) -> None:
        area = [at * self.scale for at in (left, top, right, bottom)]
        self.draw.rounded_rectangle(area, round_by * self.scale, fill=colour)

    def text(self, x: float, y: float, words: str, size: float, colour: Colour) -> None:
        font = ImageFont.load_default(size * self.scale)
        self.draw.text((x * self.scale, y * self.scale), words, colour, font, anchor="ls")


def draw_slide(width: int, height: int) -> Slide:
    pen = Pen(width, height)
    pen.box(0, 0, 12, HIGH, TEAL)
    pen.text(64, 104, TITLE, 38, INK)
    pen.text(64, 140, SUBTITLE, 19, GREY)
    for number, words in enumerate(POINTS):
        y = 236 + 76 * number
        pen.box(64, y - 20, 84, y, (TEAL, TEAL, AMBER)[number], 10)
        pen.text(100, y - 1, words, 20, INK)
    _chart(pen)
    pen.text(64, 500, "Upclass Meet", 15, GREY)
    return Slide(pen.picture.reduce(FINER), height / HIGH)


def _chart(pen: Pen) -> None:
    left, floor, high = 500, 430, 240
    for step in range(5):
        y = floor - high * step / 4
        pen.box(left, y - 1, 900, y, LINE)
        pen.text(left - 28, y + 5, f"{step * 5}", 14, GREY)
    for number, value in enumerate(BARS):
        x = left + 14 + number * 49
        pen.box(x, floor - high * value, x + 30, floor, AMBER if number == len(BARS) - 1 else TEAL, 4)
        pen.text(x + 2, floor + 24, f"w{number + 10}", 14, GREY)
