"""How people move: gently, all the time, and without a jump where the loop begins again."""

from itertools import pairwise

import pytest

from tests.people.looks import CAST, Look
from tests.people.motion import BLINK, SECONDS, pose

EVERYBODY = list(CAST.values())
MOMENTS = [number / 50 for number in range(round(SECONDS * 50))]


@pytest.mark.parametrize("look", EVERYBODY)
def test_after_a_loop_everything_is_as_at_its_beginning(look: Look) -> None:
    first, again = pose(look, 0.0), pose(look, SECONDS)
    assert vars(first) == pytest.approx(vars(again))


@pytest.mark.parametrize("look", EVERYBODY)
def test_nobody_jumps(look: Look) -> None:
    poses = [pose(look, moment) for moment in [*MOMENTS, SECONDS]]
    for before, after in pairwise(poses):
        assert abs(after.x - before.x) < 0.01
        assert abs(after.y - before.y) < 0.01
        assert abs(after.tilt - before.tilt) < 0.2


@pytest.mark.parametrize("look", EVERYBODY)
def test_everybody_blinks_for_a_moment(look: Look) -> None:
    shut = [moment for moment in MOMENTS if pose(look, moment).eyes < 2]
    assert 0.5 * BLINK < len(shut) / 50 < 1.5 * BLINK
    assert any(pose(look, moment).eyes == 0 for moment in shut)


@pytest.mark.parametrize("look", EVERYBODY)
def test_only_who_talks_opens_the_mouth_and_pauses(look: Look) -> None:
    seen = {pose(look, moment).mouth for moment in MOMENTS}
    assert seen == ({0, 1, 2, 3} if look.talks else {0})


def test_no_two_people_nod_in_step() -> None:
    assert len({look.beat for look in EVERYBODY}) == len(EVERYBODY)
