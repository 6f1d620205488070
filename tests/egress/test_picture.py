"""What is drawn, and that nothing is drawn twice."""

import av
import numpy as np
import pytest

from egress import i420, names
from egress.i420 import StillFrame
from egress.layout import Box, arrange
from egress.picture import BACKGROUND, Picture, View, crop

RED, GREEN = (80, 90, 200), (110, 80, 70)
PLAIN = (61, 131, 126)
BOXES = arrange(640, 360, ["anna", "bert"])


def still(colour: tuple[int, int, int], width: int = 640, height: int = 360, rotation: int = 0) -> StillFrame:
    """A picture of one colour."""
    half = ((width + 1) // 2) * ((height + 1) // 2)
    counts = (width * height, half, half)
    data = b"".join(bytes([value]) * count for value, count in zip(colour, counts, strict=True))
    return StillFrame(width, height, data, rotation)


def colour(frame: av.VideoFrame, x: int, y: int) -> tuple[int, int, int]:
    luma, u, v = i420.of(frame)
    return int(luma[y, x]), int(u[y // 2, x // 2]), int(v[y // 2, x // 2])


def upper_left(frame: av.VideoFrame, box: Box) -> tuple[int, int, int]:
    return colour(frame, box.x + 8, box.y + 8)


def close(seen: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) <= 3


def test_each_person_is_in_their_tile() -> None:
    frame = Picture(640, 360).draw([View("anna", "Anna", still(RED)), View("bert", "Bert", still(GREEN))])
    assert close(upper_left(frame, BOXES["anna"]), RED)
    assert close(upper_left(frame, BOXES["bert"]), GREEN)
    assert colour(frame, 0, 0) == BACKGROUND


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (320, 180), (641, 361), (853, 479), (90, 160)])
def test_a_camera_fills_its_tile_whatever_its_size(size: tuple[int, int]) -> None:
    frame = Picture(640, 360).draw([View("anna", "Anna", still(RED, *size))])
    corners = [(1, 1), (638, 1), (638, 358), (320, 180)]
    assert all(close(colour(frame, *corner), RED) for corner in corners)


def test_a_screen_is_shown_whole() -> None:
    frame = Picture(640, 360).draw([View("screen", "Anna", still(RED, 400, 400), is_screen=True)])
    assert colour(frame, 100, 180) == BACKGROUND
    assert close(colour(frame, 150, 180), RED)
    assert close(colour(frame, 320, 2), RED)


def test_a_picture_on_its_side_is_turned_upright() -> None:
    data = bytearray(still(RED, 64, 32).data)
    data[: 64 * 16] = bytes([235]) * 64 * 16  # its upper half is bright
    turned = {
        rotation: StillFrame(64, 32, data, rotation).i420()[0].mean(axis=(0,))
        for rotation in (0, 90, 180, 270)
    }
    assert turned[90].shape == (32,)
    assert turned[90][0] == 80  # what was up is right, turned clockwise
    assert turned[90][-1] == 235
    assert turned[270][0] == 235
    assert StillFrame(64, 32, data, 180).i420()[0][-1, 0] == 235


def test_who_shows_no_picture_has_a_plain_tile_with_initials() -> None:
    frame = Picture(640, 360).draw([View("anna", "Anna Abel"), View("bert", "Bert", still(GREEN))])
    box = BOXES["anna"]
    assert close(upper_left(frame, box), PLAIN)
    luma = i420.part(i420.of(frame), box)[0]
    assert luma[box.height // 2 - 20 : box.height // 2 + 20].max() > 200  # there is something written
    assert names.initials("Anna Abel") == "AA"
    assert names.initials("anna maria abel") == "AA"
    assert names.initials("  ") == "?"


def test_names_are_written_over_pictures() -> None:
    box = BOXES["anna"]
    view = View("anna", "Anna", still(RED))
    luma = i420.part(i420.of(Picture(640, 360).draw([view, View("bert", "Bert")])), box)[0]
    corner = luma[-20:, :60]
    assert corner.max() > 200
    assert corner.min() < 40


@pytest.mark.parametrize("name", ["x" * 300, "", "名前", "a\nb", "👩‍🚀", "\x00"])
def test_any_name_can_be_written(name: str) -> None:
    Picture(640, 360).draw([View("anna", name, still(RED)), View("bert", name)])


def test_a_tile_follows_its_person_from_picture_to_plain_and_back() -> None:
    picture = Picture(640, 360)
    seen = []
    for shown in (still(RED), None, still(GREEN)):
        frame = picture.draw([View("anna", "Anna", shown), View("bert", "Bert")])
        seen.append(upper_left(frame, BOXES["anna"]))
    assert all(close(*pair) for pair in zip(seen, (RED, PLAIN, GREEN), strict=True))


def test_who_left_is_not_seen_any_more() -> None:
    picture = Picture(640, 360)
    picture.draw([View("anna", "Anna", still(RED)), View("bert", "Bert", still(GREEN))])
    frame = picture.draw([View("anna", "Anna", still(RED))])
    assert close(colour(frame, 600, 20), RED)
    frame = picture.draw([])
    assert np.all(i420.of(frame)[0] == BACKGROUND[0])


def test_a_frame_that_was_drawn_is_not_drawn_again() -> None:
    picture, shown = Picture(640, 360), still(RED)
    frame = picture.draw([View("anna", "Anna", shown)])
    i420.of(frame)[0][100, 100] = 7
    picture.draw([View("anna", "Anna", shown)])
    assert i420.of(frame)[0][100, 100] == 7
    picture.draw([View("anna", "Anna", still(RED))])
    assert i420.of(frame)[0][100, 100] == RED[0]


def test_the_bars_of_a_screen_are_clean_when_its_shape_changes() -> None:
    picture = Picture(640, 360)
    picture.draw([View("screen", "Anna", still(RED, 640, 360), is_screen=True)])
    frame = picture.draw([View("screen", "Anna", still(GREEN, 400, 400), is_screen=True)])
    assert colour(frame, 20, 20) == BACKGROUND


def test_the_middle_of_a_camera_is_kept() -> None:
    assert crop(640, 360, Box(0, 0, 316, 236)) == Box(78, 0, 482, 360)
