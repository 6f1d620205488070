"""Money in a hostile world: webhooks lost, doubled, late and out of order, workers killed, actions at once.

Hypothesis chooses what happens; after every step `check_ledger` must find nothing wrong, and at the end
every meeting must have cost what a record of what really happened says. `make test` runs some steps,
`make soak` 100,000 (SOAK_STEPS).
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from billing import ledger, settling
from billing.checking import check
from calls import ending, removal
from customers.models import Customer
from inbox.apply import apply
from inbox.models import InboundWebhook
from inbox.reconcile import reconcile
from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant
from tests.billing.world import Visit, World, price, whole
from tests.conftest import NOON, FakeLiveKit, noon, race, usage_of
from upclass import codes
from upclass.errors import Problem

STEPS = int(os.environ.get("SOAK_STEPS", "600"))
MOST_STEPS = 20 * STEPS
BEAT = timedelta(seconds=30)
PEOPLE = st.integers(0, 2)
ANY = st.integers(0, 99)
QUERY = st.integers(1, 30)


class Killed(BaseException):
    """A worker is killed: no handler of the product's runs."""


@contextmanager
def killed_at(query: int) -> Iterator[None]:
    """Whatever happens inside is killed when it asks the database for this one of its queries."""
    asked = 0

    def ask(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == query:
            raise Killed
        return execute(sql, params, many, context)

    with suppress(Killed), connection.execute_wrapper(ask):
        yield


class HostileWorld(RuleBasedStateMachine):
    steps = billed = free = 0  # of all examples together

    def __init__(self, livekit: FakeLiveKit) -> None:
        super().__init__()
        InboundWebhook.objects.pending().update(applied_at=NOON)  # of an example that hypothesis broke off
        self.world = World(livekit)
        self.next_beat = NOON + BEAT
        self.is_down = False  # worker and beat
        self.well_since = NOON
        self.customer = Customer.objects.create(slug=codes.session_id())
        ledger.grant(self.customer, Decimal(1), "a start", NOON)
        facts = {"customer": self.customer, "created_at": NOON}
        self.meetings = [
            Meeting.objects.create(**facts),
            Meeting.objects.create(is_secured=True, **facts),
            Meeting.objects.create(expires_at=noon(1500.7), **facts),
        ]
        self.by_code = {meeting.code: meeting for meeting in self.meetings}
        for number in range(3):
            self.register(number)
        self.people_join(0, {0, 1})
        self.people_join(1, {0, 1})

    def register(self, number: int) -> Participant:
        return Participant.objects.create(
            meeting=self.meetings[1],
            external_user_id=f"user-{number}",
            display_name=f"User {number}",
            created_at=self.world.now,
        )

    def identity(self, meeting: Meeting, number: int) -> str:
        if not meeting.is_secured:
            return f"guest {number}"
        standing = Participant.objects.of(meeting).registered()
        return standing.get(external_user_id=f"user-{number}").identity

    # What the product does

    def do(self, action: Callable[[], object]) -> None:
        with suppress(Problem):
            action()
        self.world.obey(self.by_code)

    def poll(self) -> None:
        self.world.poll(partial(self.do, partial(reconcile, self.world.now)))

    def sweep(self) -> None:
        for webhook in InboundWebhook.objects.pending():
            self.do(partial(apply, webhook, self.world.now))

    def settle(self) -> None:
        for meeting in settling.due():
            settling.settle(meeting, self.world.now)

    def beat(self) -> None:
        self.poll()
        self.sweep()
        self.settle()

    def pass_time(self, seconds: float) -> None:
        until = self.world.now + timedelta(seconds=seconds)
        while self.next_beat <= until:
            self.world.now = self.next_beat
            self.next_beat += BEAT
            if not self.is_down:
                self.beat()
        self.world.now = until

    def one_present(self, number: int) -> Visit:
        there = self.world.present()
        return there[number % len(there)]

    def is_late(self) -> bool:
        """Meetings had time to cost something before they end."""
        return self.world.now > noon(1200)

    # What happens to it

    @rule(tenths=st.integers(1, 300))
    def a_moment_passes(self, tenths: int) -> None:
        self.pass_time(tenths / 10)

    @rule(seconds=st.integers(120, 900))
    def a_while_passes(self, seconds: int) -> None:
        self.pass_time(seconds)

    @rule(meeting=PEOPLE, numbers=st.sets(PEOPLE, min_size=1))
    def people_join(self, meeting: int, numbers: set[int]) -> None:
        where = self.meetings[meeting]
        for number in sorted(numbers):
            self.world.join(where, f"{where.is_secured} {number}", self.identity(where, number))

    @precondition(lambda self: self.world.present())
    @rule(number=ANY)
    def somebody_leaves(self, number: int) -> None:
        self.world.leave(self.one_present(number))

    @precondition(lambda self: self.world.present())
    @rule(number=ANY)
    def somebody_shares_a_track(self, number: int) -> None:
        visit = self.one_present(number)
        self.world.send(visit, visit.track_event(self.world.now))

    @precondition(lambda self: len(self.world.present()) > 5)
    @rule()
    def livekit_is_killed(self) -> None:
        self.world.crash()

    @precondition(lambda self: self.world.under_way)
    @rule(number=ANY, times=st.integers(1, 2), is_last=st.booleans())
    def webhook_arrives(self, number: int, times: int, is_last: bool) -> None:
        """In any order; not the last time it is sent: it will come again later."""
        webhook = self.world.receive(number)
        for _ in range(times):
            self.do(partial(apply, webhook, self.world.now))
        if is_last:
            self.world.under_way.pop(number % len(self.world.under_way))

    @precondition(lambda self: self.world.under_way)
    @rule(number=ANY)
    def webhook_arrives_while_no_worker_runs(self, number: int) -> None:
        self.world.receive(number)
        self.world.under_way.pop(number % len(self.world.under_way))

    @precondition(lambda self: self.world.under_way)
    @rule(number=ANY)
    def webhooks_are_lost(self, number: int) -> None:
        self.world.under_way.pop(number % len(self.world.under_way))

    @rule(missed=st.sets(ANY, max_size=2))
    def a_poll_misses_somebody(self, missed: set[int]) -> None:
        """Or nobody; a poll that comes soon after another."""
        there = self.world.present()
        self.world.overlooked = [there[number % len(there)] for number in missed if there]
        self.poll()
        self.world.overlooked = []

    @rule()
    def a_poll_finds_livekit_away(self) -> None:
        self.world.livekit.is_away = True
        self.poll()
        self.world.livekit.is_away = False

    @rule(numbers=st.sets(PEOPLE, min_size=1))
    def a_poll_finds_rooms_that_do_not_answer(self, numbers: set[int]) -> None:
        self.world.livekit.unanswered = {self.meetings[number].code: "unavailable" for number in numbers}
        self.poll()
        self.world.livekit.unanswered = {}

    @rule(is_down=st.booleans())
    def workers_go_or_come(self, is_down: bool) -> None:
        if self.is_down and not is_down:
            self.well_since = self.world.now
        self.is_down = is_down

    @rule(query=QUERY, name=st.sampled_from(["settle", "sweep", "poll"]))
    def a_worker_is_killed(self, query: int, name: str) -> None:
        jobs = {"settle": self.settle, "sweep": self.sweep, "poll": self.poll}
        with killed_at(query):
            jobs[name]()
        self.world.obey(self.by_code)

    @precondition(lambda self: self.world.under_way)
    @rule(number=ANY, query=QUERY)
    def applying_is_killed(self, number: int, query: int) -> None:
        webhook = self.world.receive(number)
        with killed_at(query):
            apply(webhook, self.world.now)
        self.world.obey(self.by_code)

    @precondition(is_late)
    @rule(meeting=PEOPLE, query=st.integers(1, 20), late=st.integers(0, 20))
    def a_meeting_is_ended(self, meeting: int, query: int, late: int) -> None:
        """By a request that came a while ago, and may be killed (it asks for less than 20 things)."""
        with killed_at(query), suppress(Problem):
            ending.end_meeting(self.meetings[meeting], self.world.now - timedelta(seconds=late))
        self.world.obey(self.by_code)

    @precondition(is_late)
    @rule(meeting=PEOPLE)
    def a_meeting_is_cancelled(self, meeting: int) -> None:
        self.do(partial(ending.cancel_meeting, self.meetings[meeting], self.world.now))

    @rule(number=PEOPLE)
    def somebody_is_removed_and_registered_again(self, number: int) -> None:
        standing = Participant.objects.of(self.meetings[1]).registered()
        person = standing.get(external_user_id=f"user-{number}")
        self.do(partial(removal.remove_participant, person, self.world.now))
        self.register(number)

    @rule(ten_thousandths=st.integers(-9999, 9999).filter(bool))
    def staff_adjust(self, ten_thousandths: int) -> None:
        amount = Decimal(ten_thousandths) / 10_000
        ledger.adjust(self.customer, amount, "a reason", self.world.now)

    @rule(meeting=PEOPLE, action=st.sampled_from(["settle", "end", "sweep", "adjust", "poll"]))
    def a_meeting_is_settled_while_something_else_happens(self, meeting: int, action: str) -> None:
        now, one = self.world.now, self.meetings[meeting]
        settle = partial(settling.settle, one.pk, now)
        waiting = list(InboundWebhook.objects.pending()[:1])
        others: dict[str, Callable[[], object]] = {
            "settle": settle,
            "end": partial(ending.end_meeting, one, now),
            "sweep": partial(apply, waiting[0], now) if waiting else settle,
            "adjust": partial(ledger.adjust, self.customer, Decimal("0.0001"), "a reason", now),
            "poll": partial(reconcile, now),
        }
        both = partial(race, settle, others[action])
        self.world.poll(both) if action == "poll" else both()
        self.world.obey(self.by_code)

    @precondition(lambda self: self.world.under_way)
    @rule(number=ANY, other=ANY)
    def two_webhooks_are_applied_at_once(self, number: int, other: int) -> None:
        first, second = self.world.receive(number), self.world.receive(other)
        race(partial(apply, first, self.world.now), partial(apply, second, self.world.now))
        self.world.obey(self.by_code)

    # What must hold

    @invariant()
    def the_ledger_is_right(self) -> None:
        """Sums at any moment; that nothing waits too long, once workers were well for as long."""
        HostileWorld.steps += 1
        is_well = not self.is_down and self.world.now - self.well_since > timedelta(seconds=150)
        report = check([self.customer], self.world.now if is_well else NOON)
        assert report.wrong == []

    def teardown(self) -> None:
        """Everybody leaves and what is under way arrives: then each meeting has cost what really happened."""
        if sys.exception():
            return  # which is to be reported, not what comes of it
        self.is_down = False
        for visit in self.world.present():
            self.world.leave(visit)
        while self.world.under_way:
            self.do(partial(apply, self.world.receive(0), self.world.now))
            self.world.under_way.pop(0)
        self.pass_time(200)
        assert not InboundWebhook.objects.pending().exists()
        assert check([self.customer], self.world.now).wrong == []
        self.compare()

    def compare(self) -> None:
        for meeting in self.meetings:
            expected = {(visit.sid, start, end) for visit, start, end in self.world.spans(meeting)}
            connections = Connection.objects.of(meeting)
            assert {
                (connection.sid, connection.joined_at, whole(connection.left_at or NOON))
                for connection in connections
            } == expected
            usage, seconds = usage_of(meeting), self.world.seconds(meeting)
            note(f"{meeting}: {seconds} s")
            assert (usage.seconds, usage.credits) == price(seconds)
            HostileWorld.billed += bool(seconds) and usage.seconds == seconds
            HostileWorld.free += usage.seconds == 0


def is_enough() -> bool:
    """A short run may happen to see meetings on one side of the minimum only: then it goes on."""
    return HostileWorld.steps >= STEPS and bool(HostileWorld.billed and HostileWorld.free)


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_every_second_is_billed_once(fake_livekit: FakeLiveKit) -> None:
    HostileWorld.steps = HostileWorld.billed = HostileWorld.free = 0
    while not is_enough() and HostileWorld.steps < MOST_STEPS:
        run_state_machine_as_test(
            partial(HostileWorld, fake_livekit),  # type: ignore[arg-type]  # any factory will do
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
    assert HostileWorld.billed and HostileWorld.free, "both sides of the minimum were seen"


def summary() -> str:
    meetings = f"{HostileWorld.billed} meetings were billed, {HostileWorld.free} were free"
    return f"soak: {HostileWorld.steps} steps, {meetings}; no difference"
