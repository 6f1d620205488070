"""Each change of a take is one statement that looks at the row as it is."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from meetings.models import Meeting
from participants.models import Participant
from recordings.models import Take
from recordings.states import Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import after, asked, known, take_of
from upclass.egress import Egress, State


def stale(take: Take) -> Take:
    """The same take, as somebody read it who is slow."""
    return after(take)


@pytest.mark.parametrize("first", [Status.PENDING, Status.RECORDING])
@pytest.mark.parametrize("second", [Status.PENDING, Status.RECORDING])
def test_a_meeting_has_one_running_take(
    call: Meeting, ann: Participant, first: Status, second: Status
) -> None:
    take_of(call, ann, first)
    with pytest.raises(IntegrityError), transaction.atomic():
        take_of(call, ann, second)


@pytest.mark.parametrize("before", [Status.PROCESSING, Status.COMPLETED, Status.FAILED, Status.DROPPED])
def test_what_does_not_run_does_not_block_the_next(call: Meeting, ann: Participant, before: Status) -> None:
    take_of(call, ann, before)
    assert take_of(call, ann).pk


def test_slow_news_does_not_move_a_take_back(take: Take) -> None:
    slow = stale(take)
    take.advance(Status.PROCESSING)
    assert not slow.advance(Status.RECORDING, started_at=NOON)
    assert (slow.status, slow.started_at) == (Status.PROCESSING, None)


# Failing


def test_a_take_fails_once_for_its_first_reason(take: Take) -> None:
    slow = stale(take)
    assert take.fail("It broke.", noon(5), seconds=3)
    assert not slow.fail("It broke again.", noon(6))
    assert (slow.status, slow.failure_reason, slow.failures) == (Status.FAILED, "It broke.", 1)
    assert (slow.failed_at, slow.ended_at, slow.seconds) == (noon(5), noon(5), 3)


def test_a_take_that_failed_keeps_when_it_ended(take: Take) -> None:
    take.fail("It broke.", noon(99), ended_at=noon(5))
    assert (take.ended_at, take.failed_at) == (noon(5), noon(99))


# Asking


def test_one_caller_asks_livekit_under_a_name_of_its_own(take: Take) -> None:
    slow = stale(take)
    assert take.claim(NOON)
    assert not slow.claim(NOON)
    assert (take.asked_at, take.tries) == (NOON, 1)
    assert take.file == f"your-company/{take.meeting.code}/{take.uid}-1.mp4"


def test_nobody_asks_before_it_is_due(take: Take) -> None:
    asked(take).put_off(noon(30), noon(5))
    assert not take.claim(noon(29))
    assert take.claim(noon(30))


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PENDING])
def test_nobody_asks_for_what_is_not_pending(call: Meeting, ann: Participant, status: Status) -> None:
    assert not take_of(call, ann, status).claim(NOON)


def test_each_try_has_a_file_of_its_own(take: Take) -> None:
    asked(take).put_off(noon(30), NOON)
    asked(take, noon(30))
    assert take.tries == 2
    assert take.file.endswith(f"/{take.uid}-2.mp4")


def test_nobody_asks_again_for_a_take_whose_egress_is_known(take: Take) -> None:
    """News of it came after LiveKit had said that it would not do it."""
    asked(take).put_off(noon(30), NOON)
    assert take.known_as(Egress("EG_1", take.file, State.STARTING))
    assert not take.claim(noon(30))
    assert take.file.endswith("-1.mp4")


# Putting off


def test_a_refusal_puts_it_off_and_counts(take: Take) -> None:
    assert asked(take).put_off(noon(30), noon(5))
    assert (take.status, take.asked_at, take.try_after) == (Status.PENDING, None, noon(30))
    assert (take.failures, take.failed_at, take.tries) == (1, noon(5), 1)


def test_a_refusal_counts_once(take: Take) -> None:
    slow = stale(asked(take))
    assert take.put_off(noon(30), noon(5))
    assert not slow.put_off(noon(35), noon(10))
    assert (slow.failures, slow.try_after) == (1, noon(30))


def test_what_is_not_asked_is_not_put_off(take: Take) -> None:
    assert not take.put_off(noon(30), NOON)
    assert (take.failures, take.try_after) == (0, NOON)


def test_the_refusal_of_an_earlier_try_does_not_put_off_the_next(take: Take) -> None:
    slow = stale(asked(take))
    take.put_off(noon(30), NOON)
    asked(take, noon(30))
    assert not slow.put_off(noon(60), noon(31))
    assert (slow.asked_at, slow.failures) == (noon(30), 1)


def test_a_take_whose_egress_is_known_is_not_put_off(take: Take) -> None:
    assert not known(take).put_off(noon(30), NOON)
    assert (take.asked_at, take.failures) == (NOON, 0)


# Being known


def test_an_egress_is_known_by_its_file(take: Take) -> None:
    asked(take)
    assert take.known_as(Egress("EG_1", take.file, State.ACTIVE))
    assert take.egress_id == "EG_1"


def test_another_egress_is_not_its(take: Take) -> None:
    assert not asked(take).known_as(Egress("EG_2", "your-company/elsewhere.mp4", State.ACTIVE))
    assert take.egress_id is None


def test_a_second_egress_for_the_same_file_is_not_its(take: Take) -> None:
    known(take)
    assert not take.known_as(Egress("EG_2", take.file, State.ACTIVE))
    assert take.known_as(Egress("EG_1", "", State.ACTIVE))
    assert after(take).egress_id == "EG_1"


def test_who_is_slow_learns_what_is_known_meanwhile(take: Take) -> None:
    slow = stale(asked(take))
    told = Egress("EG_1", take.file, State.ACTIVE)
    assert take.known_as(told)
    assert slow.known_as(told)
    assert not stale(take).known_as(Egress("EG_2", take.file, State.ACTIVE))


def test_the_egress_of_an_earlier_try_is_not_its(take: Take) -> None:
    first = asked(take).file
    take.put_off(noon(30), NOON)
    asked(take, noon(30))
    assert not take.known_as(Egress("EG_1", first, State.ACTIVE))


def test_a_take_that_is_over_becomes_no_egress_any_more(take: Take) -> None:
    asked(take).fail("It broke.", NOON)
    assert not take.known_as(Egress("EG_1", take.file, State.ACTIVE))


def test_the_take_of_an_egress_is_found_by_id_or_file(take: Take) -> None:
    known(take)
    assert Take.objects.told_of(Egress("EG_1", "", State.ACTIVE)) == take
    assert Take.objects.told_of(Egress("EG_9", take.file, State.ACTIVE)) == take
    assert Take.objects.told_of(Egress("EG_9", take.file.replace("-1.", "-2."), State.ACTIVE)) == take


@pytest.mark.parametrize("key", ["", "/", "-", "films/holiday.mp4", "holiday-1.mp4"])
def test_an_egress_of_somebody_else_has_no_take(take: Take, key: str) -> None:
    assert Take.objects.told_of(Egress("EG_9", key, State.ACTIVE)) is None


# Stopping


def test_a_stop_is_asked_for_once_in_half_a_minute(take: Take) -> None:
    assert take.claim_stop(NOON)
    assert not take.claim_stop(noon(29))
    assert take.claim_stop(noon(30))


def test_what_is_over_is_not_stopped(take: Take) -> None:
    take.fail("It broke.", NOON)
    assert not take.claim_stop(NOON)


# Learning


def test_what_is_over_learns_nothing_more(take: Take) -> None:
    assert take.note(seconds=5)
    take.fail("It broke.", NOON)
    assert not take.note(seconds=6)
    assert after(take).seconds == 5


def test_a_take_is_named_by_its_meeting(take: Take) -> None:
    assert str(take) == f"{take.meeting.code} at 2026-03-01 12:00"


def test_takes_come_oldest_first_and_dropped_ones_are_not_shown(call: Meeting, ann: Participant) -> None:
    later, first = (
        take_of(call, ann, Status.FAILED, created_at=NOON + timedelta(seconds=passed)) for passed in (5, 1)
    )
    take_of(call, ann, Status.DROPPED)
    assert list(Take.objects.of(call).shown()) == [first, later]
