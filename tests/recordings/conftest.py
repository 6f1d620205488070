from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine

from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant, Role
from recordings import course, starting, sweep
from recordings.errands import Deed, Errand
from recordings.models import Take
from recordings.states import Status
from recordings.tasks import left_to_the_sweep
from tests.conftest import NOON, noon, stayed
from tests.recordings.fakes import FakeEgress
from upclass import egress
from upclass.egress import Egress, State


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
    stayed(person, NOON)
    return person


@pytest.fixture
def take(call: Meeting, ann: Participant) -> Take:
    """Pending since noon, and nobody was asked yet."""
    return take_of(call, ann)


def take_of(meeting: Meeting, recorder: Participant, status: Status = Status.PENDING, **facts: Any) -> Take:
    usual: dict[str, Any] = {"created_at": NOON, "try_after": NOON}
    return Take.objects.create(meeting=meeting, recorder=recorder, status=status, **{**usual, **facts})


def asked(take: Take, now: datetime = NOON) -> Take:
    """LiveKit was asked for it, and nothing was heard since."""
    assert take.claim(now)
    return take


def known(take: Take, now: datetime = NOON, egress_id: str = "EG_1") -> Take:
    """LiveKit was asked for it, and told the egress."""
    assert asked(take, now).known_as(Egress(egress_id, take.file, State.STARTING))
    return take


def after(take: Take) -> Take:
    """What is written of it now."""
    return Take.objects.select_related("meeting__customer").get(pk=take.pk)


def status_of(take: Take) -> str:
    return after(take).status


def starts(take: Take) -> Errand:
    return Errand(Deed.START, take.pk)


def stops(take: Take) -> Errand:
    return Errand(Deed.STOP, take.pk)


def saves(take: Take) -> Errand:
    return Errand(Deed.SAVE, take.pk)


# Sweeping


@pytest.fixture
def running(take: Take, fake_egress: FakeEgress) -> Take:
    """Recording since 12:00:04."""
    fake_egress.begins(take.meeting.code, known(take).file, State.ACTIVE, started_at=noon(4))
    take.advance(Status.RECORDING, started_at=noon(4))
    return take


def swept(second: float) -> list[Errand]:
    return list(sweep.errands(noon(second)))


def do(errand: Errand, second: float) -> None:
    """What the task does."""
    if errand.deed is Deed.STOP_EGRESS:
        egress.stop(str(errand.of))
        return
    take = Take.objects.select_related("meeting__customer").get(pk=errand.of)
    with left_to_the_sweep():
        if errand.deed is Deed.START:
            starting.start(take, noon(second))
        elif errand.deed is Deed.STOP:
            course.stop(take, noon(second))
        else:
            course.save(take)


def beat(start: int, end: int) -> None:
    """Sweeps every 15 seconds, whose errands are done."""
    for second in range(start, end, 15):
        for errand in swept(second):
            do(errand, second)
