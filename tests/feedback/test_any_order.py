"""People come, go, answer and are let off, meetings end, time passes, and sweeps run at any moment.

Hypothesis chooses; after every step each person's gate at each meeting must say what the rules say, by the
plain account of `World`.
"""

from contextlib import suppress
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from calls import admission, ending, removal
from calls.errors import FeedbackOwed, MeetingHasEnded
from customers.models import Customer
from feedback import gate, submission
from feedback.errors import NotThere
from feedback.models import FeedbackRequest, Status
from participants.connections import Connection
from tests.conftest import FakeLiveKit, connected, noon
from tests.feedback.conftest import asking, registered, sweep
from tests.feedback.world import DAY, Room, Visit, World
from upclass import codes

WHO = st.sampled_from(["ann", "bob"])
WHERE = st.integers(0, 2)  # the last asks for no feedback
NUMBER = st.integers(0, 99)


class AnyOrder(RuleBasedStateMachine):
    owed = passed = 0  # passages of the gate, of all examples together

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.world = World([Room(asks=True), Room(asks=True), Room(asks=False)])
        self.customer = Customer.objects.create(slug=codes.session_id(), overdraft_limit=1)
        self.meetings = [asking(self.customer, feedback_required=room.asks) for room in self.world.rooms]
        self.people = {
            (who, where): registered(meeting, who)
            for where, meeting in enumerate(self.meetings)
            for who in ("ann", "bob")
        }
        self.visit("ann", 0, 60, 60)
        self.visit("bob", 1, 59, 60)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @property
    def now(self) -> Any:
        return noon(self.world.now)

    def is_over(self, where: int) -> bool:
        return self.world.rooms[where].over is not None

    def arrive(self, who: str, where: int) -> None:
        person = self.people[who, where]
        connected(person, self.now)
        self.world.rooms[where].visits.setdefault(who, []).append(Visit(person.pk, self.world.now))

    def leave(self, visit: Visit) -> None:
        [connection] = Connection.objects.open().filter(participant=visit.by, joined_at=noon(visit.came))[:1]
        Connection.objects.filter(pk=connection.pk).set_left_at(self.now, self.now)
        visit.left = self.world.now

    def sweep(self) -> None:
        sweep(self.now)
        self.world.sweep()

    def visit(self, who: str, where: int, seconds: int, until_sweep: int) -> None:
        self.arrive(who, where)
        self.world.now += seconds
        self.leave(self.world.rooms[where].visits[who][-1])
        self.world.now += until_sweep
        self.sweep()

    # What happens

    @rule(seconds=st.one_of(st.sampled_from([1, 29, 30, 31, 59, 60, 61]), st.integers(1, 400)))
    def time_passes(self, seconds: int) -> None:
        self.world.now += seconds

    @rule(days=st.sampled_from([1, 3, 29, 30]), seconds=st.integers(-60, 60))
    def days_pass(self, days: int, seconds: int) -> None:
        self.world.now += days * DAY + seconds

    @rule()
    def the_sweep_runs(self) -> None:
        self.sweep()

    @rule(who=WHO, where=WHERE, is_lost=st.integers(0, 9).map(lambda drawn: drawn == 0))
    def somebody_comes_to_the_join_page(self, who: str, where: int, is_lost: bool) -> None:
        """Some are let in and never arrive."""
        person, room = self.people[who, where], self.world.rooms[where]
        with suppress(FeedbackOwed, MeetingHasEnded):
            admission.admit(self.meetings[where], person, self.now)
            assert not self.world.gate(who, where) and not self.is_over(where)
            room.let_in.append((person.pk, self.world.now))
            room.admitted.add(who)
            if not is_lost:
                self.arrive(who, where)
            return
        assert self.world.gate(who, where) or self.is_over(where)

    @rule(who=WHO, where=WHERE, seconds=st.integers(50, 90), until_sweep=st.integers(50, 90))
    def somebody_is_there_for_a_minute(self, who: str, where: int, seconds: int, until_sweep: int) -> None:
        if not self.is_over(where):
            self.visit(who, where, seconds, until_sweep)

    @precondition(lambda self: any(visit.left is None for room in self.world.rooms for visit in room.all()))
    @rule(number=NUMBER)
    def somebody_leaves(self, number: int) -> None:
        there = [visit for room in self.world.rooms for visit in room.all() if visit.left is None]
        self.leave(there[number % len(there)])

    @precondition(lambda self: self.world.feedback_requests)
    @rule(where=WHERE)
    def a_meeting_ends(self, where: int) -> None:
        ending.end_meeting(self.meetings[where], self.now)
        room = self.world.rooms[where]
        room.over = self.world.now if room.over is None else room.over

    @rule(who=WHO, where=WHERE, asked_at=WHERE)
    def somebody_answers(self, who: str, where: int, asked_at: int) -> None:
        """By their registration for any of the meetings."""
        room = self.world.rooms[where]
        if not room.asks:
            return
        with suppress(NotThere):
            submission.submit(self.people[who, asked_at], self.meetings[where], 5, "Good.", self.now)
            assert room.may_answer(who)
            room.answered.add(who)
            return
        assert not room.may_answer(who)

    @precondition(lambda self: self.world.feedback_requests)
    @rule(number=NUMBER)
    def staff_waive(self, number: int) -> None:
        feedback_request = self.world.feedback_requests[number % len(self.world.feedback_requests)]
        kept = FeedbackRequest.objects.get(
            meeting=self.meetings[feedback_request.room], external_user_id=feedback_request.who
        )
        assert kept.waive(self.now) is self.world.is_open(feedback_request)
        feedback_request.is_waived = feedback_request.is_waived or self.world.is_open(feedback_request)

    @rule(who=WHO, where=WHERE)
    def somebody_is_removed_and_registered_again(self, who: str, where: int) -> None:
        if not self.is_over(where):
            removal.remove_participant(self.people[who, where], self.now)
            self.people[who, where] = registered(self.meetings[where], who, created_at=self.now)

    # What must hold

    @invariant()
    def the_gate_says_what_the_rules_say(self) -> None:
        for (who, where), person in self.people.items():
            found = gate.owed(self.meetings[where], person, self.now)
            expected = {self.meetings[room].pk for room in self.world.gate(who, where)}
            assert (found.meeting_id in expected) if found else not expected
            AnyOrder.owed += bool(found)
            AnyOrder.passed += not found

    @invariant()
    def as_many_requests_are_open_as_the_rules_say(self) -> None:
        feedback_requests: Any = FeedbackRequest.objects.filter(customer=self.customer).with_status(self.now)
        are_open = [one.status == Status.OPEN for one in feedback_requests]
        assert sorted(are_open) == sorted(map(self.world.is_open, self.world.feedback_requests))


def test_whatever_happens_the_gate_says_what_the_rules_say(db: None, fake_livekit: FakeLiveKit) -> None:
    AnyOrder.owed = AnyOrder.passed = 0
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=15,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )
    assert AnyOrder.owed > AnyOrder.passed / 50, "both sides of the gate were seen"
