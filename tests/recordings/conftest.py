from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant, Role
from recordings import launch, lifecycle, sweep
from recordings.follow_ups import Action, FollowUp
from recordings.models import Recording
from recordings.states import State, Status
from recordings.tasks import retried_by_sweep
from tests.conftest import NOON, connected, noon
from tests.recordings.fakes import FakeEgress
from upclass import egress
from upclass.egress import Egress, EgressState


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """It is noon until a test says otherwise."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def call(customer: Customer) -> Meeting:
    """An open meeting that is recorded."""
    return Meeting.objects.create(customer=customer, record_on_cloud=True, created_at=NOON)


@pytest.fixture
def lesson(customer: Customer) -> Meeting:
    """A secured meeting that is recorded."""
    facts = {"customer": customer, "record_on_cloud": True, "created_at": NOON}
    return Meeting.objects.create(is_secured=True, **facts)


def guest(meeting: Meeting, name: str = "Ann") -> Participant:
    return Participant.objects.create(meeting=meeting, display_name=name, created_at=NOON)


def registered(meeting: Meeting, user_id: str, role: Role = Role.HOST) -> Participant:
    facts = {"external_user_id": user_id, "display_name": user_id, "role": role, "created_at": NOON}
    return Participant.objects.create(meeting=meeting, **facts)


@pytest.fixture
def ann(call: Meeting) -> Participant:
    """A guest, in the open meeting since noon."""
    person = guest(call)
    connected(person, NOON)
    return person


@pytest.fixture
def recording(call: Meeting, ann: Participant) -> Recording:
    """Pending since noon, and nobody was asked yet."""
    return recording_of(call, ann)


def recording_of(
    meeting: Meeting, recorder: Participant, status: Status = Status.PENDING, **facts: Any
) -> Recording:
    """In the state that the status and the facts mean."""
    return recording_in(meeting, recorder, state_of(status, facts), **facts)


def recording_in(meeting: Meeting, recorder: Participant, state: State, **facts: Any) -> Recording:
    usual: dict[str, Any] = {"created_at": NOON, "try_after": NOON}
    if state == State.REQUESTED:
        usual["requested_at"] = NOON
    return Recording.objects.create(meeting=meeting, recorder=recorder, state=state, **{**usual, **facts})


def state_of(status: Status, facts: dict[str, Any]) -> State:
    if status == Status.PENDING:
        asked = State.REQUESTED if facts.get("requested_at") else State.QUEUED
        return State.STARTING if facts.get("egress_id") else asked
    if status == Status.PROCESSING:
        return State.STORING if facts.get("finished_at") else State.ENDING
    return State(status)


def asked(recording: Recording, now: datetime = NOON) -> Recording:
    """LiveKit was asked for it, and nothing was received since."""
    assert recording.mark_requested(now)
    return recording


def known(recording: Recording, now: datetime = NOON, egress_id: str = "EG_1") -> Recording:
    """LiveKit was asked for it, and its egress is known."""
    assert asked(recording, now).mark_starting(Egress(egress_id, recording.file, EgressState.STARTING))
    return recording


def after(recording: Recording) -> Recording:
    """What is written of it now."""
    return Recording.objects.select_related("meeting__customer").get(pk=recording.pk)


def status_of(recording: Recording) -> str:
    return after(recording).status


def starts(recording: Recording) -> FollowUp:
    return FollowUp(Action.REQUEST, recording.pk)


def stops(recording: Recording) -> FollowUp:
    return FollowUp(Action.STOP, recording.pk)


def saves(recording: Recording) -> FollowUp:
    return FollowUp(Action.CONFIRM, recording.pk)


# Sweeping


@pytest.fixture
def running(recording: Recording, fake_egress: FakeEgress) -> Recording:
    """Recording since 12:00:04."""
    fake_egress.begins(recording.meeting.code, known(recording).file, EgressState.ACTIVE, started_at=noon(4))
    recording.mark_recording(noon(4))
    return recording


def swept(second: float) -> list[FollowUp]:
    return list(sweep.follow_ups(noon(second)))


def do(follow_up: FollowUp, second: float) -> None:
    """What the task does."""
    if follow_up.action is Action.STOP_EGRESS:
        egress.stop_egress(str(follow_up.of))
        return
    recording = Recording.objects.select_related("meeting__customer").get(pk=follow_up.of)
    with retried_by_sweep():
        if follow_up.action is Action.REQUEST:
            launch.request_egress(recording, noon(second))
        elif follow_up.action is Action.STOP:
            lifecycle.stop_recording(recording, noon(second))
        else:
            lifecycle.confirm_stored(recording)


def beat(start: int, end: int) -> None:
    """Sweeps every 15 seconds, whose follow-ups are done."""
    for second in range(start, end, 15):
        for follow_up in swept(second):
            do(follow_up, second)
