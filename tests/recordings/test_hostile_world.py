"""Recording in a hostile world: webhooks lost, doubled, late, out of order, workers and recorders killed.

Hypothesis chooses what happens. Whatever it was, five quiet minutes later each recording is what its egress
really was, and what is to be recorded is being recorded. `make test` runs some steps, SOAK_STEPS sets how
many.
"""

import os
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.billing.test_hostile_world import killed_at
from tests.conftest import noon
from tests.recordings.fakes import FakeStorage
from tests.recordings.machine import WHICH, RecordedWorld
from tests.recordings.world import MOODS
from upclass.egress import EgressState

STEPS = int(os.environ.get("SOAK_STEPS", "300"))
ANY = st.integers(0, 99)
QUERY = st.integers(1, 25)
SELDOM = st.sampled_from([False, False, True])


class HostileWorld(RecordedWorld):
    # What happens to it

    @rule(seconds=st.integers(1, 40), flows=st.booleans())
    def a_moment_passes(self, seconds: int, flows: bool) -> None:
        """In which events come as they should, or none at all."""
        self.pass_time(seconds)
        while flows and self.world.undelivered:
            self.deliver(0)
            self.world.undelivered.pop(0)

    @rule(seconds=st.integers(60, 300))
    def a_while_passes(self, seconds: int) -> None:
        self.pass_time(seconds)

    @precondition(lambda self: self.world.there)
    @rule(number=ANY)
    def somebody_goes(self, number: int) -> None:
        there = list(self.world.there)
        self.world.goes(*there[number % len(there)])

    @precondition(lambda self: self.world.now > noon(1200))
    @rule(meeting=WHICH)
    def a_meeting_is_ended(self, meeting: int) -> None:
        self.meetings[meeting].mark_ended(self.world.now)
        self.world.close(self.meetings[meeting].code)
        self.world.live()

    @rule(mood=st.sampled_from(MOODS))
    def the_next_request_will_be_answered_so(self, mood: str) -> None:
        self.world.mood = mood

    @rule(meeting=WHICH, action=st.sampled_from(["end", "leave", "event", "active event"]))
    def something_happens_while_the_next_is_started(self, meeting: int, action: str) -> None:
        self.world.mood = "late"
        self.world.meanwhile = partial(self.meanwhile, meeting, action)

    def meanwhile(self, meeting: int, action: str) -> None:
        if action == "end":
            self.a_meeting_is_ended(meeting)
        elif action == "leave":
            self.everybody_goes(meeting)
            self.move_to(self.world.now + timedelta(seconds=25))
        elif action == "active event":
            self.world.activate(self.world.undelivered[-1].id)
        self.deliver(-1)

    @precondition(lambda self: self.world.of_state(EgressState.STARTING))
    @rule(number=ANY)
    def an_egress_records(self, number: int) -> None:
        starting_ones = self.world.of_state(EgressState.STARTING)
        self.world.activate(starting_ones[number % len(starting_ones)])

    @precondition(lambda self: self.world.of_state(EgressState.ENDING))
    @rule(number=ANY, is_there=st.booleans())
    def an_egress_is_complete(self, number: int, is_there: bool) -> None:
        ending = self.world.of_state(EgressState.ENDING)
        self.world.finish(ending[number % len(ending)], is_there)

    @precondition(lambda self: self.world.late)
    @rule(number=ANY)
    def a_late_file_comes(self, number: int) -> None:
        self.world.arrives(self.world.late[number % len(self.world.late)])

    @precondition(
        lambda self: self.world.of_state(EgressState.STARTING, EgressState.ACTIVE, EgressState.ENDING)
    )
    @rule(number=ANY, has_part=st.booleans())
    def an_egress_fails(self, number: int, has_part: bool) -> None:
        under_way = self.world.of_state(EgressState.STARTING, EgressState.ACTIVE, EgressState.ENDING)
        self.world.fail(under_way[number % len(under_way)], has_part)

    @precondition(
        lambda self: self.world.of_state(EgressState.STARTING, EgressState.ACTIVE, EgressState.ENDING)
    )
    @rule(number=ANY)
    def a_recorder_is_killed(self, number: int) -> None:
        under_way = self.world.of_state(EgressState.STARTING, EgressState.ACTIVE, EgressState.ENDING)
        self.world.killed.add(under_way[number % len(under_way)])

    @precondition(lambda self: self.world.killed & set(self.world.known))
    @rule()
    def livekit_forgets_the_dead(self) -> None:
        for egress_id in self.world.killed:
            self.world.known.pop(egress_id, None)

    @precondition(lambda self: self.world.undelivered)
    @rule(number=ANY, times=st.integers(1, 2), is_last=st.booleans())
    def webhook_arrives(self, number: int, times: int, is_last: bool) -> None:
        """In any order; not the last time it is sent: it will come again later."""
        for _ in range(times):
            self.deliver(number)
        if is_last:
            self.world.undelivered.pop(number % len(self.world.undelivered))

    @precondition(lambda self: self.world.undelivered)
    @rule(number=ANY)
    def webhooks_are_lost(self, number: int) -> None:
        self.world.undelivered.pop(number % len(self.world.undelivered))

    @precondition(lambda self: self.world.undelivered)
    @rule(number=ANY, query=QUERY)
    def delivery_is_killed(self, number: int, query: int) -> None:
        with killed_at(query):
            self.deliver(number)

    @rule(query=QUERY)
    def a_sweep_is_killed(self, query: int) -> None:
        with killed_at(query):
            self.sweep()

    @rule()
    def a_sweep_comes_early(self) -> None:
        self.sweep()

    @precondition(lambda self: self.left_to_do)
    @rule(number=ANY, is_last=st.booleans())
    def a_follow_up_is_done(self, number: int, is_last: bool) -> None:
        """In any order, and perhaps not for the last time."""
        number %= len(self.left_to_do)
        self.work(self.left_to_do.pop(number) if is_last else self.left_to_do[number])

    @precondition(lambda self: self.left_to_do)
    @rule(number=ANY, query=QUERY)
    def a_follow_up_is_killed(self, number: int, query: int) -> None:
        follow_up = self.left_to_do.pop(number % len(self.left_to_do))
        with killed_at(query):
            self.work(follow_up)

    @precondition(lambda self: self.left_to_do)
    @rule()
    def follow_ups_are_lost(self) -> None:
        self.left_to_do.clear()

    @rule(is_down=SELDOM)
    def workers_go_or_come(self, is_down: bool) -> None:
        self.is_down = is_down

    @rule(is_away=SELDOM)
    def livekit_goes_or_comes(self, is_away: bool) -> None:
        self.world.is_away = is_away

    @rule(is_away=SELDOM)
    def the_storage_goes_or_comes(self, is_away: bool) -> None:
        self.world.storage.is_away = is_away


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_each_recording_comes_to_its_end(
    monkeypatch: pytest.MonkeyPatch, fake_storage: FakeStorage, clock: time_machine.Traveller
) -> None:
    RecordedWorld.steps = RecordedWorld.completed = RecordedWorld.failed = RecordedWorld.dropped = 0
    while RecordedWorld.steps < STEPS:
        run_state_machine_as_test(
            partial(HostileWorld, monkeypatch, fake_storage, clock),  # type: ignore[arg-type]  # any factory
            settings=settings(
                max_examples=max(5, min(200, STEPS // 100)),
                stateful_step_count=60,
                deadline=None,
                suppress_health_check=list(HealthCheck),
                phases=[Phase.generate],
                database=None,
            ),
        )
        print(summary(), flush=True)
    assert RecordedWorld.completed, "some were recorded"


def summary() -> str:
    ends = (
        f"{RecordedWorld.completed} completed, {RecordedWorld.failed} failed, {RecordedWorld.dropped} dropped"
    )
    return f"recordings: {RecordedWorld.steps} steps; {ends}; nothing stuck"
