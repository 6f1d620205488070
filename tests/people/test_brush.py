"""Shapes, and the sheets that they are painted on."""

import numpy as np

from tests.people.brush import Layer, both_sides, box, darker, ellipse, lighter, mix, moved, smooth, stroke

RED, BLUE = (200, 0, 0), (0, 0, 200)


def sheet() -> Layer:
    """40 by 20 pixels, of which ten are a unit."""
    return Layer((40, 20), 10, (20, 10))


def test_colours_are_mixed_darkened_and_lightened() -> None:
    assert mix((0, 0, 0), (200, 100, 50), 0.5) == (100, 50, 25)
    assert sum(darker(RED, 0.5)) < sum(RED) < sum(lighter(RED, 0.5))


def test_a_curve_goes_through_its_points() -> None:
    points = [(0.0, 0.0), (1.0, 2.0), (3.0, 1.0)]
    for curve in (smooth(points), smooth(points, closed=False)):
        assert all(np.abs(curve - point).sum(1).min() < 1e-9 for point in points)


def test_both_sides_of_a_shape_are_alike() -> None:
    shape = both_sides([(0, -1), (1, 0), (0, 1)])
    assert np.allclose(shape[:, 0].max(), -shape[:, 0].min())


def test_a_stroke_is_thinner_at_its_ends() -> None:
    line = stroke([(0, 0), (1, 0), (2, 0)], 0.4, ends=0.1)
    middle = np.abs(line[np.abs(line[:, 0] - 1) < 0.1][:, 1]).max()
    end = np.abs(line[line[:, 0] < 0.01][:, 1]).max()
    assert middle > 3 * end


def test_a_shape_covers_its_own_area_with_soft_edges() -> None:
    layer = sheet()
    layer.fill(ellipse(0, 0, 0.73, 0.73), RED)
    done = layer.finished()
    assert done.size == (40, 20)
    assert done.getpixel((20, 10)) == (*RED, 255)
    assert done.getpixel((1, 1)) == (0, 0, 0, 0)
    assert set(done.getchannel("A").tobytes()) - {0, 255}


def test_a_shape_can_fade_be_thin_and_stay_inside_another() -> None:
    layer = sheet()
    layer.fill(box(-2, -1, 2, 1), RED, below=BLUE)
    layer.fill(box(-2, -1, 2, 1), (255, 255, 255), 0.5, inside=box(0, -1, 2, 1))
    done = np.asarray(layer.finished())
    assert done[0, 5, 0] > 150 > done[19, 5, 0]
    assert done[10, 5, 1] == 0
    assert done[10, 35, 1] > 100


def test_what_lies_beside_the_sheet_is_not_painted() -> None:
    layer = sheet()
    layer.fill(moved(box(0, 0, 1, 1), 50, 50), RED, blur=0.1)
    assert layer.finished().getbbox() is None
