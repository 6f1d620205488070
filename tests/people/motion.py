"""How people move who sit and listen or talk: a little, and round and round without a jump."""

from math import pi, sin

from tests.people.figure import Pose
from tests.people.looks import Look

SECONDS = 4.0  # until everything begins again
BLINK = 0.18  # seconds
SYLLABLES = 11  # of a loop


def pose(look: Look, moment: float) -> Pose:
    """At so many seconds of the loop. Everything is a wave that fits into it a whole number of times."""
    turn = moment / SECONDS % 1
    own = look.beat * 0.7

    def wave(times: int, shift: float = 0.0) -> float:
        return sin(2 * pi * times * turn + own + shift)

    lively = 1.4 if look.talks else 1.0
    return Pose(
        x=0.035 * wave(1) * lively,
        y=0.018 * wave(2, 1.0) * lively,
        tilt=1.5 * wave(1, 2.0) * lively + 0.4 * wave(3),
        turn=0.05 * wave(1, 0.6) + 0.02 * wave(2),
        breath=0.022 * wave(1, 4.0),
        eyes=_eyes(look, turn),
        mouth=_mouth(look, turn) if look.talks else 0,
    )


def _eyes(look: Look, turn: float) -> int:
    """One blink a loop, half-way and back."""
    since = (turn + look.beat * 0.13) % 1 * SECONDS
    if since > BLINK:
        return 2
    return 0 if BLINK / 3 < since < BLINK * 2 / 3 else 1


def _mouth(look: Look, turn: float) -> int:
    """Words, with a smile between two sentences."""
    if (turn + look.beat * 0.19) % 1 < 0.22:
        return 0
    loud = sin(2 * pi * SYLLABLES * turn) + 0.6 * sin(2 * pi * 7 * turn + look.beat)
    return max(1, min(3, round(1.6 + 1.1 * loud)))
