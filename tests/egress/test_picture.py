"""What is drawn, and that nothing is drawn twice."""

import av
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis.strategies import text

from egress import i420, names
from egress.i420 import StillFrame
from egress.layout import Box, arrange, show
from egress.picture import BACKGROUND, Picture, View

RED, GREEN = (80, 90, 200), (110, 80, 70)
PLAIN = (61, 131, 126)
BOXES = arrange(640, 360, ["anna", "bert"])
WHOLE = Box(0, 0, 640, 360)


def still(colour: tuple[int, int, int], width: int = 640, height: int = 360, rotation: int = 0) -> StillFrame:
    """A picture of one colour."""
    half = ((width + 1) // 2) * ((height + 1) // 2)
    counts = (width * height, half, half)
    data = b"".join(bytes([value]) * count for value, count in zip(colour, counts, strict=True))
    return StillFrame(width, height, data, rotation)


def banded(width: int, height: int, rotation: int = 0) -> StillFrame:
    """A grey picture whose outermost tenths are bright above, and dark below, left and right."""
    luma = np.full((height, width), 80, np.uint8)
    luma[:, : width // 10] = luma[:, -width // 10 :] = 40
    luma[-height // 10 :] = 40
    luma[: height // 10] = 200
    chroma = bytes([128]) * (width * height // 2)
    return StillFrame(width, height, luma.tobytes() + chroma, rotation)


def edges(frame: av.VideoFrame, place: Box) -> list[int]:
    """How bright a place of the picture is within its edges: above, below, left, right."""
    across, down = place.x + place.width // 2, place.y + place.height // 2
    right, bottom = place.x + place.width - 2, place.y + place.height - 2
    spots = [(across, place.y + 1), (across, bottom), (place.x + 1, down), (right, down)]
    return [colour(frame, *spot)[0] for spot in spots]


def colour(frame: av.VideoFrame, x: int, y: int) -> tuple[int, int, int]:
    luma, u, v = i420.of(frame)
    return int(luma[y, x]), int(u[y // 2, x // 2]), int(v[y // 2, x // 2])


def upper_left(frame: av.VideoFrame, box: Box) -> tuple[int, int, int]:
    return colour(frame, box.x + 8, box.y + box.height // 8)


def close(seen: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) <= 3


def test_each_person_is_in_their_tile() -> None:
    frame = Picture(640, 360).draw([View("anna", "Anna", still(RED)), View("bert", "Bert", still(GREEN))])
    assert close(upper_left(frame, BOXES["anna"]), RED)
    assert close(upper_left(frame, BOXES["bert"]), GREEN)
    assert colour(frame, 0, 0) == BACKGROUND


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (320, 180), (641, 361), (853, 479), (640, 400)])
def test_a_camera_of_nearly_its_shape_fills_its_tile_whatever_its_size(size: tuple[int, int]) -> None:
    frame = Picture(640, 360).draw([View("anna", "Anna", still(RED, *size))])
    corners = [(1, 1), (638, 1), (638, 358), (320, 180)]
    assert all(close(colour(frame, *corner), RED) for corner in corners)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (480, 640), (360, 360), (90, 160)])
def test_a_camera_held_upright_is_shown_whole(width: int, height: int) -> None:
    frame = Picture(640, 360).draw([View("anna", "Anna", banded(width, height))])
    wide = round(360 * width / height / 2) * 2
    place = Box((640 - wide) // 4 * 2, 0, wide // 2 * 2, 360)
    assert np.allclose(edges(frame, place), [200, 40, 40, 40], atol=12)
    assert [colour(frame, x, 180) for x in (place.x - 4, place.x + wide + 4)] == [BACKGROUND] * 2


def test_a_camera_turned_upright_is_shown_whole_in_the_grid() -> None:
    lying = StillFrame(64, 36, np.full(64 * 36 * 3 // 2, 128, np.uint8).tobytes(), 90)
    frame = Picture(640, 360).draw([View("anna", "", lying), View("bert", "")])
    luma = i420.part(i420.of(frame), BOXES["anna"])[0]
    seen = np.argwhere(luma == 128)
    assert seen.min(axis=0).tolist() == [0, 92]
    assert seen.max(axis=0).tolist() == [235, 223]


@pytest.mark.parametrize("size", [(640, 480), (640, 270), (400, 340), (960, 360)])
def test_of_a_camera_of_another_shape_a_sixteenth_is_cut_at_two_edges(size: tuple[int, int]) -> None:
    width, height = size
    cut, place = show(width, height, WHOLE)
    assert 7 / 8 - 0.02 < cut.width * cut.height / (width * height) < 7 / 8 + 0.02
    assert abs(cut.x + cut.width / 2 - width / 2) <= 2
    assert abs(cut.y + cut.height / 2 - height / 2) <= 2
    assert place.width == 640 or place.height == 360
    frame = Picture(640, 360).draw([View("anna", "", banded(width, height))])
    assert np.allclose(edges(frame, place), [200, 40, 40, 40], atol=12)  # something is left of each tenth
    assert colour(frame, 0, 0) == BACKGROUND


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
    _, place = show(640, 360, BOXES["anna"])
    view = View("anna", "Anna", still(RED))
    luma = i420.part(i420.of(Picture(640, 360).draw([view, View("bert", "Bert")])), place)[0]
    corner = luma[-20:, :60]
    assert corner.max() > 200
    assert corner.min() < 40


def test_a_name_begins_where_its_picture_does_unless_it_is_too_long() -> None:
    lefts = []
    for name in ("Anna", "Anna " * 9):
        frame = Picture(640, 360).draw([View("anna", name, still(RED, 360, 640)), View("bert", "")])
        bottom = i420.of(frame)[0][BOXES["anna"].y + 235, :320]
        lefts.append(np.flatnonzero(bottom != BACKGROUND[0])[0])
    assert lefts[0] == 94
    assert 2 <= lefts[1] < 40


@given(text())
@example("x" * 300)
@example("a\nb")
@example("\x00")
@settings(deadline=None)
def test_any_name_can_be_written(name: str) -> None:
    Picture(640, 360).draw([View("anna", name, still(RED)), View("bert", name)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Łęcka", "Żółty"),
        ("Dũng", "Hạnh"),
        ("Иван", "Пётр"),
        ("Ελένη", "Σοφία"),
        ("राम", "शिव"),
        ("রবি", "গণি"),
        ("ராஜ்", "மணி"),
        ("รัตน์", "สมชาย"),
        ("محمد", "احمد"),
        ("נועה", "משה"),
        ("王小明", "李大伟"),
        ("さくら", "ひかり"),
        ("김민준", "이서연"),
        ("🦊", "🐼"),
    ],
)
def test_names_in_any_script_can_be_told_apart(one: str, other: str) -> None:
    """Which boxes cannot."""
    plates = [names.plate(name, 316, 236) for name in (one, other)]
    assert plates[0] and plates[1]
    assert not np.array_equal(plates[0][0], plates[1][0])
    tiles = [names.plain_tile(name, 316, 236) for name in (one, other)]
    assert not np.array_equal(tiles[0][0], tiles[1][0])


def test_a_name_that_no_font_has_is_not_written_at_all() -> None:
    assert names.plate("\u0378\U00012000", 316, 236) is None
    assert names.initials("\u0378\U00012000") == "?"


def test_initials_are_whole_letters() -> None:
    assert names.initials("क्षितिज शर्मा") == "क्षिश"
    assert names.initials("👩‍🚀 Anna") == "👩‍🚀A"
    assert names.initials("e\u0301mile") == "E\u0301"


def test_a_plate_is_drawn_once() -> None:
    assert names.plate("राम", 316, 236) is names.plate("राम", 316, 236)


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
    assert show(640, 360, BOXES["anna"]) == (Box(40, 0, 560, 360), Box(2, 78, 316, 202))
    assert show(640, 360, BOXES["anna"], is_whole=True) == (WHOLE, Box(2, 92, 316, 176))
