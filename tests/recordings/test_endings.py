"""How takes fail, come to nothing, and are stopped."""

from datetime import datetime

import pytest

from participants.models import Stay
from recordings import reasons
from recordings.course import hear, save, stop
from recordings.models import Take
from recordings.states import Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import after, asked, known, saves, status_of, stops
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass import livekit, storage
from upclass.egress import Egress, State

ALIVE = (State.STARTING, State.ACTIVE)
ENDED = (State.ENDING, State.COMPLETE, State.FAILED, State.ABORTED)
OVER = (Status.COMPLETED, Status.FAILED, Status.DROPPED)


def told(take: Take, state: State, **facts: object) -> Egress:
    """News of the take's egress."""
    times: dict[str, datetime] = (
        {"started_at": noon(4)} if state not in (State.STARTING, State.ABORTED) else {}
    )
    return Egress("EG_1", take.file, state, **{**times, **facts})  # type: ignore[arg-type]


def missed(take: Take) -> Take:
    """One whose recorder was not found in its room before."""
    take.note(missed_at=NOON)
    return take


def empty_the_room() -> None:
    Stay.objects.left(noon(-60), NOON)


# Not wanted any more


def test_what_becomes_active_after_the_meeting_was_over_is_stopped(take: Take) -> None:
    known(take).meeting.end(NOON)
    assert hear(told(take, State.ACTIVE), noon(5)) == stops(take)
    assert status_of(take) == Status.RECORDING


def test_what_becomes_active_in_an_empty_room_is_stopped(take: Take) -> None:
    known(take)
    empty_the_room()
    assert hear(told(take, State.ACTIVE), noon(5)) == stops(take)


# Failing


@pytest.mark.parametrize(
    ("error", "reason"),
    [("process died", reasons.BROKE_OFF), ("upload failed: s3 said no", reasons.NO_STORAGE)],
)
def test_a_recording_that_broke_off_failed_for_a_reason(take: Take, error: str, reason: str) -> None:
    hear(told(known(take), State.ACTIVE), noon(5))
    errand = hear(told(take, State.FAILED, error=error, ended_at=noon(60), seconds=50), noon(70))
    now = after(take)
    assert errand == saves(take)
    assert (now.status, now.failure_reason, now.details) == (Status.FAILED, reason, error)
    assert (now.ended_at, now.seconds, now.failures, now.failed_at) == (noon(60), 50, 1, noon(70))


def test_a_part_of_a_failed_take_can_be_fetched(take: Take, fake_storage: FakeStorage) -> None:
    hear(told(known(take), State.FAILED, seconds=50), noon(70))
    fake_storage.objects[take.file] = 999
    save(after(take))
    assert (status_of(take), after(take).size_bytes) == (Status.FAILED, 999)


def test_without_a_part_there_is_nothing_to_fetch(take: Take) -> None:
    hear(told(known(take), State.FAILED), noon(70))
    save(after(take))
    assert not after(take).has_file


def test_a_recorder_that_fails_before_it_began_failed(take: Take) -> None:
    hear(told(known(take), State.FAILED, error="no such room"), noon(5))
    now = after(take)
    assert (now.status, now.failure_reason, now.seconds) == (Status.FAILED, reasons.NEVER_BEGAN, None)


def test_a_recorder_that_fails_before_it_began_is_dropped_when_nobody_is_there(take: Take) -> None:
    """Whoever it was started for has left, less than a minute ago, and the room was closed."""
    known(take)
    Stay.objects.left(noon(3), NOON)
    hear(told(take, State.FAILED, error="requested room does not exist"), noon(5))
    assert (status_of(take), after(take).failures) == (Status.DROPPED, 0)


def test_a_recorder_that_fails_before_it_began_is_dropped_after_the_end(take: Take) -> None:
    known(take).meeting.end(NOON)
    assert hear(told(take, State.FAILED, error="no such room"), noon(5)) is None
    assert (status_of(take), after(take).failures) == (Status.DROPPED, 0)


def test_a_recorder_that_fails_with_media_is_not_dropped_after_the_end(take: Take) -> None:
    known(take).meeting.end(NOON)
    hear(told(take, State.FAILED, seconds=50), noon(60))
    assert status_of(take) == Status.FAILED


def test_a_take_that_never_saw_media_is_dropped(take: Take) -> None:
    assert hear(told(known(take), State.ABORTED, error="Start signal not received"), noon(5)) is None
    now = after(take)
    assert (now.status, now.failures, now.details) == (Status.DROPPED, 0, "Start signal not received")


# Stopping


def test_livekit_is_asked_to_end_it(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.begins(take.meeting.code, known(take).file, State.ACTIVE)
    stop(take, NOON)
    stop(after(take), noon(29))
    assert fake_egress.asked == [("stop", "EG_1")]
    assert status_of(take) == Status.PENDING


def test_a_stop_that_livekit_did_not_hear_is_asked_again(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.begins(take.meeting.code, known(take).file, State.ACTIVE)
    fake_egress.is_away = True
    with pytest.raises(livekit.Unreachable):
        stop(take, NOON)
    fake_egress.is_away = False
    stop(after(take), noon(30))
    assert fake_egress.asked == [("stop", "EG_1")]


def test_what_nobody_runs_and_has_no_file_broke_off(take: Take) -> None:
    hear(told(known(take), State.ACTIVE), noon(5))
    stop(missed(after(take)), noon(60))
    now = after(take)
    assert (now.status, now.failure_reason, now.ended_at) == (Status.FAILED, reasons.BROKE_OFF, noon(60))


def test_what_nobody_runs_and_has_a_file_is_complete(take: Take, fake_storage: FakeStorage) -> None:
    hear(told(known(take), State.ACTIVE), noon(5))
    fake_storage.objects[take.file] = 12_345
    stop(missed(after(take)), noon(60))
    now = after(take)
    assert (now.status, now.size_bytes, now.seconds) == (Status.COMPLETED, 12_345, 56)


def test_what_nobody_runs_and_never_began_failed_while_it_is_wanted(take: Take) -> None:
    stop(missed(known(take)), noon(60))
    assert (status_of(take), after(take).failure_reason) == (Status.FAILED, reasons.NEVER_BEGAN)


def test_what_nobody_runs_and_never_began_is_dropped_when_it_is_not_wanted(take: Take) -> None:
    known(take)
    empty_the_room()
    stop(missed(after(take)), noon(60))
    assert status_of(take) == Status.DROPPED


def test_with_the_storage_away_what_nobody_runs_does_not_block_the_next(
    take: Take, fake_storage: FakeStorage
) -> None:
    hear(told(known(take), State.ACTIVE), noon(5))
    fake_storage.is_away = True
    with pytest.raises(storage.Unreachable):
        stop(missed(after(take)), noon(60))
    assert status_of(take) == Status.PROCESSING


def test_what_was_there_a_moment_ago_is_asked_a_second_time(take: Take) -> None:
    """LiveKit's bus may be away for a moment."""
    hear(told(known(take), State.ACTIVE), noon(5))
    stop(after(take), noon(60))
    assert (status_of(take), after(take).missed_at) == (Status.RECORDING, noon(60))
    stop(after(take), noon(90))
    assert status_of(take) == Status.FAILED


def test_what_has_no_egress_is_not_stopped(take: Take, fake_egress: FakeEgress) -> None:
    stop(asked(take), NOON)
    assert (fake_egress.asked, after(take).stop_asked_at) == ([], None)
