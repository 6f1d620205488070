"""LiveKit is asked for a take once, whatever it answers and whoever is killed."""

import pytest
import time_machine

from meetings.models import Meeting
from participants.models import Participant, Role, Stay
from recordings import reasons, sweep
from recordings.models import Take
from recordings.starting import begin, refused, start
from recordings.states import Status
from tests.conftest import NOON, noon, stayed
from tests.recordings.conftest import (
    after,
    asked,
    guest,
    registered,
    starts,
    status_of,
    take_of,
)
from tests.recordings.fakes import FakeEgress
from upclass import livekit
from upclass.egress import NoRecorderFree, NoRoom


def test_livekit_is_asked_and_its_egress_known(take: Take, fake_egress: FakeEgress) -> None:
    start(take, NOON)
    file = f"your-company/{take.meeting.code}/{take.uid}-1.mp4"
    assert fake_egress.asked == [("start", take.meeting.code, file)]
    now = after(take)
    assert (now.status, now.asked_at, now.egress_id, now.file) == (Status.PENDING, NOON, "EG_1", file)


def test_again_it_is_not_asked(take: Take, fake_egress: FakeEgress) -> None:
    slow = after(take)
    start(take, NOON)
    start(take, NOON)
    start(slow, noon(1))
    start(after(take), noon(99))
    assert len(fake_egress.asked) == 1


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.PENDING])
def test_for_what_is_not_pending_nobody_is_asked(
    call: Meeting, ann: Participant, fake_egress: FakeEgress, status: Status
) -> None:
    take = take_of(call, ann, status)
    start(take, NOON)
    assert (fake_egress.asked, status_of(take)) == ([], status)


# Not wanted any more


def test_if_everybody_left_before_it_is_dropped(take: Take, fake_egress: FakeEgress) -> None:
    Stay.objects.left(NOON, NOON)
    start(take, NOON)
    assert (fake_egress.asked, status_of(take)) == ([], Status.DROPPED)


def test_if_the_meeting_ended_before_it_is_dropped(take: Take, fake_egress: FakeEgress) -> None:
    take.meeting.end(NOON)
    start(after(take), NOON)
    assert (fake_egress.asked, status_of(take)) == ([], Status.DROPPED)


def test_if_the_meeting_ends_while_it_is_asked_it_is_stopped_at_once(
    take: Take, fake_egress: FakeEgress
) -> None:
    fake_egress.meanwhile = lambda: take.meeting.end(NOON)
    start(take, NOON)
    assert fake_egress.asked_to("stop") == [("EG_1",)]


def test_if_the_meeting_expires_while_it_is_asked_it_is_stopped_at_once(
    take: Take, fake_egress: FakeEgress, clock: time_machine.Traveller
) -> None:
    Meeting.objects.update(expires_at=noon(5))
    fake_egress.meanwhile = lambda: clock.move_to(noon(9))
    start(after(take), NOON)
    assert fake_egress.asked_to("stop") == [("EG_1",)]


def test_if_everybody_leaves_while_it_is_asked_it_is_stopped_at_once(
    take: Take, fake_egress: FakeEgress, clock: time_machine.Traveller
) -> None:
    def leave() -> None:
        Stay.objects.left(noon(1), noon(1))
        clock.move_to(noon(61))

    fake_egress.meanwhile = leave
    start(take, NOON)
    assert fake_egress.asked_to("stop") == [("EG_1",)]


def test_if_the_host_leaves_while_it_is_asked_it_goes_on_for_the_others(
    lesson: Meeting, fake_egress: FakeEgress
) -> None:
    host = registered(lesson, "host")
    stayed(registered(lesson, "attendee", Role.ATTENDEE), NOON)
    stay = stayed(host, NOON)
    fake_egress.meanwhile = lambda: Stay.objects.filter(pk=stay.pk).left(NOON, NOON)
    take = take_of(lesson, host)
    start(take, NOON)
    assert (fake_egress.asked_to("stop"), after(take).egress_id) == ([], "EG_1")


def test_if_it_was_given_up_while_it_was_asked_its_egress_is_stopped(
    take: Take, fake_egress: FakeEgress
) -> None:
    fake_egress.meanwhile = lambda: after(take).fail("It took too long.", NOON)
    start(take, NOON)
    assert fake_egress.asked_to("stop") == [("EG_1",)]
    assert status_of(take) == Status.FAILED


# Refused


def test_with_no_recorder_free_it_is_put_off(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.refusals = [NoRecorderFree()]
    start(take, NOON)
    now = after(take)
    assert (now.status, now.asked_at, now.try_after, now.failures) == (Status.PENDING, None, noon(30), 1)
    assert now.failure_reason == ""


def test_five_times_without_a_recorder_and_it_gives_up(
    take: Take, fake_egress: FakeEgress, clock: time_machine.Traveller
) -> None:
    fake_egress.refusals = [NoRecorderFree() for _ in range(9)]
    tried = []
    for second in range(1000):
        clock.move_to(noon(second))
        for errand in sweep.errands(noon(second)):
            assert errand == starts(take)
            start(after(take), noon(second))
            tried.append(second)
    assert tried == [0, 30, 90, 210, 330]
    now = after(take)
    assert (now.status, now.failure_reason) == (
        Status.FAILED,
        "No recorder was free, however often we asked.",
    )
    assert (now.failures, now.tries, now.ended_at) == (5, 5, noon(330))
    assert len({key for _, key in fake_egress.asked_to("start")}) == 5
    assert Take.objects.count() == 1


def test_failures_of_earlier_takes_of_the_occupancy_count(
    call: Meeting, take: Take, fake_egress: FakeEgress
) -> None:
    take.fail("It broke.", NOON, failures=4)
    second = take_of(call, take.recorder)
    fake_egress.refusals = [NoRecorderFree()]
    start(second, NOON)
    assert (status_of(second), after(second).failure_reason) == (Status.FAILED, reasons.NO_RECORDER)


def test_a_recorder_that_is_free_again_takes_it(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.refusals = [NoRecorderFree()]
    start(take, NOON)
    start(after(take), noon(30))
    assert (after(take).egress_id, after(take).file[-6:]) == ("EG_1", "-2.mp4")


def test_what_livekit_says_when_it_refuses_is_kept_for_staff(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.refusals = [livekit.Refused("invalid_argument", "no such layout")]
    start(take, NOON)
    assert after(take).details == "invalid_argument: no such layout"
    fake_egress.refusals = [livekit.Refused("internal", "no") for _ in range(4)]
    for second in (30, 90, 210, 330):
        start(after(take), noon(second))
    assert (status_of(take), after(take).failure_reason) == (Status.FAILED, reasons.REFUSED)


def test_two_who_hear_of_one_refusal_count_it_once(take: Take) -> None:
    """The sweep, and staff who ask again."""
    first, second = after(asked(take)), after(take)
    refused(first, reasons.NOT_ANSWERED, noon(40))
    refused(second, reasons.NOT_ANSWERED, noon(41))
    assert after(take).failures == 1


def test_a_refusal_does_not_fail_a_take_whose_egress_is_known(take: Take) -> None:
    """LiveKit said no at last, and yet somebody does it: the news was faster."""
    Take.objects.update(failures=4, failed_at=NOON)
    slow = after(asked(take))
    assert take.known_as(FakeEgress().begins(take.meeting.code, take.file))
    refused(slow, reasons.NO_RECORDER, noon(23))
    assert status_of(take) == Status.PENDING


def test_a_take_of_an_earlier_occupancy_does_not_go_on_in_the_next(
    call: Meeting, take: Take, fake_egress: FakeEgress
) -> None:
    """No sweep ran while the room was empty: whoever came first since is the recorder."""
    Stay.objects.left(noon(5), noon(5))
    bert = guest(call, "Bert")
    stayed(bert, noon(100))
    start(after(take), noon(100))
    begin(call, noon(115))
    assert Take.objects.running().get().recorder == bert


def test_without_a_room_it_is_dropped(take: Take, fake_egress: FakeEgress) -> None:
    fake_egress.refusals = [NoRoom()]
    start(take, NOON)
    assert (status_of(take), after(take).failures) == (Status.DROPPED, 0)
