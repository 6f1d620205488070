from itertools import permutations

import pytest

from meetings.models import Meeting
from participants.models import Participant
from recordings.models import Recording
from recordings.states import MAY_FOLLOW, RUNNING, UNFINISHED, Status, of_meeting
from tests.recordings.conftest import after, take_of

OVER = (Status.COMPLETED, Status.FAILED, Status.DROPPED)
WAYS = {
    (Status.PENDING, Status.RECORDING),
    (Status.PENDING, Status.PROCESSING),
    (Status.PENDING, Status.COMPLETED),
    (Status.PENDING, Status.FAILED),
    (Status.PENDING, Status.DROPPED),
    (Status.RECORDING, Status.PROCESSING),
    (Status.RECORDING, Status.COMPLETED),
    (Status.RECORDING, Status.FAILED),
    (Status.PROCESSING, Status.COMPLETED),
    (Status.PROCESSING, Status.FAILED),
}


@pytest.mark.parametrize("following", [status for status in Status if status is not Status.PENDING])
@pytest.mark.parametrize("status", list(Status))
def test_a_take_moves_on_and_never_back(
    call: Meeting, ann: Participant, status: Status, following: Status
) -> None:
    take = take_of(call, ann, status)
    moves = (status, following) in WAYS
    assert take.advance(following, details="news") is moves
    assert (take.status, take.details) == ((following, "news") if moves else (status, ""))
    assert after(take).status == take.status


def test_nothing_comes_after_the_end() -> None:
    assert set(OVER).isdisjoint(before for ways in MAY_FOLLOW.values() for before in ways)
    assert set(OVER) | set(UNFINISHED) == set(Status)
    assert RUNNING == (Status.PENDING, Status.RECORDING)


# What a meeting shows


@pytest.mark.parametrize(
    ("takes", "shown"),
    [
        ([], Status.PENDING),
        ([Status.DROPPED], Status.PENDING),
        ([Status.PENDING], Status.PENDING),
        ([Status.FAILED, Status.PENDING, Status.DROPPED], Status.FAILED),
        ([Status.COMPLETED, Status.FAILED, Status.PENDING], Status.COMPLETED),
        ([Status.PROCESSING, Status.COMPLETED, Status.FAILED, Status.PENDING], Status.PROCESSING),
        ([Status.RECORDING, Status.PROCESSING, Status.COMPLETED, Status.FAILED], Status.RECORDING),
    ],
)
def test_a_meeting_shows_what_comes_first(takes: list[Status], shown: Status) -> None:
    for ordered in permutations(takes):
        assert of_meeting([str(status) for status in ordered]) is shown


def test_before_the_first_take_a_recording_is_pending() -> None:
    assert Recording.of([]) == Recording(Status.PENDING, 0, 0, False)


def test_seconds_and_bytes_are_sums_over_the_completed_takes(call: Meeting, ann: Participant) -> None:
    for seconds, size in ((60, 1000), (30, 500)):
        take_of(call, ann, Status.COMPLETED, seconds=seconds, size_bytes=size)
    take_of(call, ann, Status.FAILED, seconds=7, size_bytes=7)
    take_of(call, ann, Status.DROPPED)
    assert Recording.of(call.takes.all()) == Recording(Status.COMPLETED, 90, 1500, True)


def test_a_part_of_a_failed_take_is_no_recording(call: Meeting, ann: Participant) -> None:
    take_of(call, ann, Status.FAILED, seconds=7, size_bytes=7)
    assert Recording.of(call.takes.all()) == Recording(Status.FAILED, 0, 0, False)
