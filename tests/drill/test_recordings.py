"""The drill's judge of recordings: a sound world, and whatever is changed in it is found."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.drill import recordings as judge
from tests.drill.record import End, ObservedConnection
from tests.drill.service import Recording

WHOLE = Recording("AAAA", "one", "completed", "acme/AAAA/one-1.mp4", "EG_1", "", "", 100, 5000, 1000.0)
PART = Recording(
    "AAAA", "two", "failed", "acme/AAAA/two-1.mp4", "EG_2", "It broke off.", "killed", 40, 900, 1200.0
)
NOTHING = Recording("AAAA", "six", "dropped", "", None, "", "", None, None, None)
RECORDINGS = [WHOLE, PART, NOTHING]
MEETINGS = [
    {"meeting_code": "AAAA", "record_on_cloud": True},
    {"meeting_code": "B", "record_on_cloud": False},
]


@dataclass
class Answers:
    """The API and the storage of a sound world."""

    recording: dict[str, Any] = field(
        default_factory=lambda: {
            "status": "completed",
            "duration_seconds": 100,
            "size_bytes": 5000,
            "has_recording": True,
        }
    )
    sizes: dict[str, int] = field(default_factory=lambda: {WHOLE.file: 5000, PART.file: 900})

    def get(self, path: str) -> Any:
        assert path == "meetings/AAAA/"
        return {"recording": self.recording}

    def wrong(self, *recordings: Recording) -> list[str]:
        return list(judge.wrong(recordings, MEETINGS, self, self.sizes.get))


def test_a_sound_world_has_nothing_wrong() -> None:
    assert Answers().wrong(*RECORDINGS) == []


@pytest.mark.parametrize(
    ("recording", "words"),
    [
        (replace(WHOLE, size_bytes=4999), "but 5000 are stored"),
        (replace(WHOLE, size_bytes=None), "but 5000 are stored"),
        (replace(WHOLE, seconds=0), "is completed with 0 s"),
        (replace(WHOLE, file="acme/AAAA/other.mp4"), "but None are stored"),
        (replace(PART, failure_reason=""), "failed without a reason"),
        (replace(PART, status="dropped"), "was dropped, but 900 bytes are stored"),
    ],
)
def test_a_recording_that_is_not_what_it_says_is_found(recording: Recording, words: str) -> None:
    assert any(words in sentence for sentence in Answers().wrong(recording))


@pytest.mark.parametrize(
    "change", [{"duration_seconds": 140}, {"size_bytes": 5900}, {"has_recording": False}]
)
def test_a_sum_that_is_not_of_the_completed_recordings_is_found(change: dict[str, Any]) -> None:
    world = Answers()
    world.recording.update(change)
    [sentence] = world.wrong(*RECORDINGS)
    assert sentence.startswith("AAAA: the API shows")


def observed(began: float, ended: float) -> ObservedConnection:
    return ObservedConnection("ann", "AAAA", "ann", "PA_1", (began, began), (ended, ended), End.LEFT, True, 0)


def test_it_says_how_much_of_the_calls_is_in_files() -> None:
    calls = [observed(1000, 1150), observed(1100, 1200), observed(1200, 1300)]
    summary = judge.summary(RECORDINGS, calls)
    assert (
        summary
        == "recordings: 1 completed, 1 dropped, 1 failed; 47 % of 300 s of recorded calls are in files"
    )


def test_without_recordings_it_says_so() -> None:
    assert judge.summary([], [observed(1000, 1150)]) == "recordings: none; "


def test_time_in_two_recordings_counts_once() -> None:
    assert judge.both([(0, 10)], [(0, 6), (4, 8)]) == 8
