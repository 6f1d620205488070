"""A face: skin and ears, then, on sheets of their own so that they can move, eyes, mouth and glasses."""

from tests.people.brush import (
    Colour,
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

EYE = (0.4, 0.0)
INK = (44, 30, 34)


def outline(look: Look) -> Shape:
    wide = look.jaw
    return both_sides(
        [
            (0, -1.34),
            (0.56, -1.22),
            (0.89, -0.78),
            (0.95, -0.1),
            (0.9 * (0.4 + 0.6 * wide), 0.45),
            (0.72 * wide, 0.92),
            (0.36 * wide, 1.24),
            (0, 1.31),
        ]
    )


def draw_head(sheet: Layer, look: Look) -> None:
    """Ears and skin, lit from the upper left."""
    skin, shade, face = look.skin, darker(look.skin, 0.24), outline(look)
    for ear in (ellipse(0.95, 0.12, 0.17, 0.29), ellipse(-0.95, 0.12, 0.17, 0.29)):
        sheet.fill(ear, darker(skin, 0.1))
        sheet.fill(moved(ear, 0, 0.04), shade, 0.5, blur=0.05, inside=ear)
    sheet.fill(face, lighter(skin, 0.08), below=darker(skin, 0.05))
    sheet.fill(smooth([(0.42, -1.5), (1.3, -1), (1.3, 1), (0.2, 1.6), (0.62, 0.9), (0.78, 0)]), shade, 0.42,
               blur=0.16, inside=face)  # fmt: skip
    sheet.fill(smooth([(-0.9, 1.0), (0, 1.2), (0.9, 1.0), (0.6, 1.7), (-0.6, 1.7)]), shade, 0.35, blur=0.1,
               inside=face)  # fmt: skip
    sheet.fill(ellipse(-0.34, -0.72, 0.42, 0.3), lighter(skin, 0.5), 0.28, blur=0.16, inside=face)
    for x in (-0.55, 0.55):
        sheet.fill(ellipse(x, 0.46, 0.24, 0.18), mix(skin, (214, 74, 74), 0.5), 0.26, blur=0.12, inside=face)
    if look.earrings:
        for x in (-0.97, 0.97):
            sheet.fill(ellipse(x, 0.46, 0.07, 0.07), (226, 184, 92))


def draw_lines(sheet: Layer, look: Look) -> None:
    """What the years add: beside the mouth, under the eyes, on the forehead."""
    if not look.age:
        return
    shade = darker(look.skin, 0.34)
    for flip in (1.0, -1.0):
        fold = stroke([(0.3, 0.42), (0.46, 0.6), (0.5, 0.8)], 0.035, 0.2) * (flip, 1)
        below = stroke([(0.22, 0.2), (0.4, 0.26), (0.56, 0.2)], 0.03, 0.1) * (flip, 1)
        beside = stroke([(0.68, 0.0), (0.8, -0.05)], 0.022, 0.2) * (flip, 1)
        for line in (fold, below, beside):
            sheet.fill(line, shade, 0.6 * look.age, blur=0.01)
    for y in (-0.66, -0.8):
        sheet.fill(stroke([(-0.4, y), (0, y - 0.03), (0.4, y)], 0.022, 0.1), shade, 0.4 * look.age, blur=0.01)


def draw_nose(sheet: Layer, look: Look) -> None:
    shade = darker(look.skin, 0.36)
    sheet.fill(
        smooth([(0.03, -0.1), (0.1, 0.2), (0.19, 0.4), (0.08, 0.46), (0.02, 0.3)]), shade, 0.32, blur=0.04
    )
    sheet.fill(
        stroke([(-0.15, 0.43), (-0.07, 0.49), (0.02, 0.48), (0.1, 0.49), (0.17, 0.43)], 0.045, 0.3),
        shade,
        0.8,
    )
    sheet.fill(ellipse(-0.04, 0.32, 0.06, 0.09), lighter(look.skin, 0.6), 0.4, blur=0.04)


def draw_brows(sheet: Layer, look: Look) -> None:
    colour = darker(mix(look.hair, look.skin, 0.12), 0.12)
    width = 0.095 if look.lashes else 0.13
    brow = stroke([(0.17, -0.3), (0.38, -0.38), (0.66, -0.29)], width, 0.35)
    for one in (brow, mirrored(brow)):
        sheet.fill(one, colour, 0.92)


# Eyes: from 0, closed, to 2, open


def draw_eyes(sheet: Layer, look: Look, openness: int) -> None:
    for flip in (1.0, -1.0):
        if openness == 0:
            _closed_eye(sheet, look, flip)
        else:
            _open_eye(sheet, look, flip, 1.0 if openness == 2 else 0.5)


def _closed_eye(sheet: Layer, look: Look, flip: float) -> None:
    sheet.fill(ellipse(EYE[0], 0.01, 0.25, 0.15) * (flip, 1), darker(look.skin, 0.1), 0.6, blur=0.03)
    lid = stroke([(0.19, 0.04), (0.4, 0.1), (0.62, 0.03)], 0.055, 0.3) * (flip, 1)
    sheet.fill(lid, mix(INK, look.skin, 0.15))


def _open_eye(sheet: Layer, look: Look, flip: float, share: float) -> None:
    x, y = EYE
    upper, lower = -0.105 * share, 0.1 * share
    corners = [
        (x - 0.23, y + 0.04),
        (x - 0.08, y + upper),
        (x + 0.09, y + upper),
        (x + 0.235, y),
        (x, y + lower),
    ]
    eye = smooth(corners) * (flip, 1)
    sheet.fill(ellipse(x * flip, y - 0.04, 0.28, 0.2), darker(look.skin, 0.2), 0.34, blur=0.05)
    sheet.fill(eye, (248, 244, 240))
    sheet.fill(
        smooth([(a, b - 0.1) for a, b in corners]) * (flip, 1), (120, 110, 120), 0.3, blur=0.03, inside=eye
    )
    sheet.fill(ellipse(x * flip, y - 0.015, 0.135, 0.135), darker(look.eyes, 0.45), inside=eye)
    sheet.fill(ellipse(x * flip, y, 0.112, 0.112), look.eyes, below=lighter(look.eyes, 0.25), inside=eye)
    sheet.fill(ellipse(x * flip, y - 0.012, 0.062, 0.062), (20, 16, 20), inside=eye)
    sheet.fill(ellipse(x * flip - 0.04, y - 0.05, 0.03, 0.03), (255, 255, 255), 0.95, inside=eye)
    end = (x + 0.27, y - 0.03) if look.lashes else (x + 0.25, y + 0.01)
    lid = [(x - 0.25, y + 0.05), (x - 0.09, y + upper - 0.02), (x + 0.1, y + upper - 0.02), end]
    sheet.fill(stroke(lid, 0.06 if look.lashes else 0.05, 0.3) * (flip, 1), INK)


# Mouths: from 0, closed with a smile, to 3, wide open


def draw_mouth(sheet: Layer, look: Look, openness: int) -> None:
    lips: Colour = look.lips or mix(darker(look.skin, 0.16), (178, 84, 80), 0.42)
    if openness == 0:
        (_grin if look.grins else _smile)(sheet, look, lips)
        return
    wide, drop = (0, 0.33, 0.31, 0.27)[openness], (0, 0.06, 0.11, 0.16)[openness]
    corner = 0.69 + drop / 3
    upper = [(-wide, corner), (-wide / 2, 0.72), (0, 0.735), (wide / 2, 0.72), (wide, corner)]
    below = [(wide * 0.6, 0.76 + drop), (0, 0.79 + drop), (-wide * 0.6, 0.76 + drop)]
    rim = smooth([(-wide - 0.06, corner - 0.02), (-wide / 2, 0.67), (0, 0.69), (wide / 2, 0.67),
                  (wide + 0.06, corner - 0.02), *((x * 1.12, y + 0.075) for x, y in below)])  # fmt: skip
    hollow = smooth([*upper, *below])
    sheet.fill(rim, lips, 1.0 if look.lips else 0.8)
    sheet.fill(hollow, (92, 30, 40))
    sheet.fill(ellipse(0, 0.8 + drop, wide * 0.55, drop * 0.5), (196, 92, 96), inside=hollow)
    teeth = smooth([*upper, (wide * 0.7, 0.755), (0, 0.785), (-wide * 0.7, 0.755)])
    sheet.fill(teeth, (250, 247, 242), inside=hollow)
    _below_lips(sheet, look, 0.93 + drop)


def _smile(sheet: Layer, look: Look, lips: Colour) -> None:
    side, strength = 0.43, 1.0 if look.lips else 0.7
    upper = both_sides([(0, 0.7), (0.05, 0.685), (0.16, 0.7), (side, 0.675), (0.2, 0.8), (0, 0.825)])
    lower = smooth([(0.05 - side, 0.7), (0, 0.81), (side - 0.05, 0.7), (0.2, 0.88), (0, 0.915), (-0.2, 0.88)])
    sheet.fill(lower, lighter(lips, 0.1), strength)
    sheet.fill(upper, darker(lips, 0.12), strength)
    line = stroke(
        [(-side - 0.03, 0.65), (-0.22, 0.775), (0, 0.81), (0.22, 0.775), (side + 0.03, 0.65)], 0.042, 0.35
    )
    sheet.fill(line, darker(lips, 0.6))
    sheet.fill(ellipse(-0.08, 0.865, 0.1, 0.02), lighter(lips, 0.6), 0.5, blur=0.02)
    _below_lips(sheet, look, 1.0)


def _grin(sheet: Layer, look: Look, lips: Colour) -> None:
    """A smile that shows teeth."""
    rim = both_sides([(0, 0.69), (0.2, 0.68), (0.43, 0.65), (0.32, 0.82), (0, 0.945)])
    teeth = both_sides([(0, 0.735), (0.2, 0.725), (0.36, 0.69), (0.26, 0.8), (0, 0.87)])
    sheet.fill(rim, lips, 1.0 if look.lips else 0.85)
    sheet.fill(teeth, (252, 249, 244), below=(232, 224, 218))
    sheet.fill(
        stroke([(-0.46, 0.63), (-0.22, 0.7), (0, 0.715), (0.22, 0.7), (0.46, 0.63)], 0.04, 0.3),
        darker(lips, 0.6),
    )
    _below_lips(sheet, look, 1.06)


def _below_lips(sheet: Layer, look: Look, y: float) -> None:
    sheet.fill(ellipse(0, y, 0.2, 0.04), darker(look.skin, 0.3), 0.35, blur=0.03)


# Glasses


def draw_glasses(sheet: Layer, look: Look) -> None:
    if not look.glasses:
        return
    frame = (58, 48, 46) if look.glasses == "square" else (138, 94, 54)
    for flip in (1.0, -1.0):
        lens = _lens(look) * (flip, 1)
        sheet.fill(lens, (255, 255, 255), 0.1)
        sheet.fill(stroke([(0.24, 0.2), (0.48, -0.16)], 0.09) * (flip, 1), (255, 255, 255), 0.16, inside=lens)
        ring = [tuple(point) for point in (lens[::4])]
        sheet.fill(stroke([*ring, ring[0]], 0.055), frame)
        sheet.fill(stroke([(0.74, -0.1), (0.97, -0.06)], 0.06) * (flip, 1), frame)
    sheet.fill(stroke([(-0.13, -0.03), (0, -0.09), (0.13, -0.03)], 0.055), frame)


def _lens(look: Look) -> Shape:
    if look.glasses == "round":
        return ellipse(0.42, 0.02, 0.315, 0.3)
    return smooth(
        [
            (0.14, -0.16),
            (0.42, -0.2),
            (0.73, -0.17),
            (0.74, 0.05),
            (0.65, 0.24),
            (0.4, 0.28),
            (0.18, 0.22),
            (0.11, 0),
        ]
    )
