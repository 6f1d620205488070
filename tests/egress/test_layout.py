"""Where the tiles lie."""

from itertools import combinations

import pytest

from egress.layout import MOST_TILES, Box, arrange, fit


def keys(count: int) -> list[str]:
    return [f"person {number}" for number in range(count)]


def overlap(a: Box, b: Box) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


def test_one_person_has_the_whole_picture() -> None:
    assert arrange(640, 360, ["anna"]) == {"anna": Box(0, 0, 640, 360)}


def test_two_people_are_beside_each_other() -> None:
    boxes = arrange(640, 360, ["anna", "bert"])
    assert boxes == {"anna": Box(2, 62, 316, 236), "bert": Box(322, 62, 316, 236)}


def test_five_people_stand_in_two_rows_the_second_in_the_middle() -> None:
    boxes = list(arrange(1280, 720, keys(5)).values())
    assert len({box.y for box in boxes}) == 2
    assert len({(box.width, box.height) for box in boxes}) == 1
    left, right = boxes[3].x, 1280 - (boxes[4].x + boxes[4].width)
    assert abs(left - right) <= 4


@pytest.mark.parametrize("focus", [None, "person 0"])
@pytest.mark.parametrize("count", range(1, MOST_TILES + 1))
@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (360, 640), (322, 182)])
def test_no_tile_is_cut_overlaps_another_or_has_an_odd_place(
    size: tuple[int, int], count: int, focus: str | None
) -> None:
    boxes = arrange(*size, keys(count), focus)
    assert list(boxes) == keys(count)
    for box in boxes.values():
        assert min(box.width, box.height) >= 2
        assert 0 <= box.x <= box.x + box.width <= size[0]
        assert 0 <= box.y <= box.y + box.height <= size[1]
        assert not any(number % 2 for number in (box.x, box.y, box.width, box.height))
    assert not any(overlap(a, b) for a, b in combinations(boxes.values(), 2))


def test_what_is_in_focus_is_large_and_the_others_are_beside_it() -> None:
    boxes = arrange(640, 360, ["anna", "screen", "bert"], "screen")
    assert boxes["screen"] == Box(0, 0, 512, 360)
    assert boxes["anna"].x >= 512
    assert boxes["anna"].y < boxes["bert"].y


def test_more_people_than_can_be_seen_have_no_tile() -> None:
    assert list(arrange(640, 360, keys(40))) == keys(MOST_TILES)


def test_nobody_has_no_tile() -> None:
    assert arrange(640, 360, []) == {}


def test_a_shape_is_fitted_whole_into_the_middle() -> None:
    assert fit(Box(0, 0, 512, 360), 1024, 768) == Box(16, 0, 480, 360)
    assert fit(Box(10, 10, 100, 100), 200, 100) == Box(10, 34, 100, 50)
