"""People as they are drawn: everybody another, and what moves of them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.people.figure import Figure, Pose
from tests.people.looks import CAST

SIZE = (160, 90)


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return {name: Figure(look, *SIZE) for name, look in CAST.items()}


def drawn(figure: Figure, **pose: float) -> NDArray[np.int16]:
    return np.asarray(figure.draw(Pose(**pose))).astype(np.int16)  # type: ignore[arg-type]


def changed(figure: Figure, **pose: float) -> tuple[float, float, float, float]:
    """Where something is different than at rest: left, right, top and bottom, as shares of the picture."""
    rows, columns = np.nonzero(np.abs(drawn(figure, **pose) - drawn(figure)).max(2) > 12)
    wide, high = SIZE
    return columns.min() / wide, columns.max() / wide, rows.min() / high, rows.max() / high


def test_a_picture_has_the_size_that_was_asked_for(figures: dict[str, Figure]) -> None:
    assert {figure.draw(Pose()).size for figure in figures.values()} == {SIZE}


def test_everybody_looks_another_way(figures: dict[str, Figure]) -> None:
    faces = [drawn(figure) for figure in figures.values()]
    pairs = [(one, other) for one in faces for other in faces if one is not other]
    assert min(np.abs(one - other).mean() for one, other in pairs) > 8


def test_a_face_is_where_a_narrow_tile_shows_it(figures: dict[str, Figure]) -> None:
    left, right, top, bottom = changed(figures["Anna"], turn=0.1)
    assert 0.3 < left < right < 0.7
    assert 0.1 < top < bottom < 0.9


@pytest.mark.parametrize("name", CAST)
def test_eyes_and_mouth_move_by_themselves(figures: dict[str, Figure], name: str) -> None:
    *_, eyes_top, eyes_bottom = changed(figures[name], eyes=0)
    *_, mouth_top, mouth_bottom = changed(figures[name], mouth=3)
    assert eyes_top < eyes_bottom < mouth_top < mouth_bottom


def test_a_nod_leaves_the_room_as_it_is(figures: dict[str, Figure]) -> None:
    corner = np.s_[:20, :20]
    moved = drawn(figures["Dev"], tilt=3, x=0.1, breath=0.05)
    assert (moved[corner] == drawn(figures["Dev"])[corner]).all()
