"""A slide, and the pointer over it."""

import numpy as np
import pytest

from tests.people.brush import Colour
from tests.people.slides import AMBER, INK, PAPER, TEAL, draw_slide


@pytest.mark.parametrize("size", [(640, 360), (960, 540)])
def test_a_slide_has_its_size_and_colours(size: tuple[int, int]) -> None:
    still = draw_slide(*size).still
    assert still.size == size
    seen = {colour for _, colour in still.getcolors(size[0] * size[1]) or []}
    wanted: set[Colour] = {PAPER, INK, TEAL, AMBER}
    assert wanted <= seen


def test_a_pointer_moves_over_it_and_comes_back() -> None:
    slide = draw_slide(640, 360)
    first, half, again = (np.asarray(slide.with_pointer(share)).astype(int) for share in (0.0, 0.5, 1.0))
    assert (first == again).all()
    assert 0 < (first != half).any(2).sum() < 1500
