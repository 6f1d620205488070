"""What the product does in a hostile world, and what must hold there."""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from customers.models import Customer
from meetings.models import Meeting
from participants.models import Participant, Role
from participants.presence import occupancy
from recordings import backoff, launch, lifecycle, sweep
from recordings.follow_ups import Action, FollowUp
from recordings.launch import failures_in
from recordings.models import Recording, RecordingSummary
from recordings.states import State, Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import guest, registered
from tests.recordings.fakes import FakeStorage
from tests.recordings.test_states import REACHABLE
from tests.recordings.world import World
from upclass import codes, egress, livekit, storage
from upclass.egress import EgressState

BEAT = timedelta(seconds=15)
QUIET = timedelta(minutes=5)
WHICH = st.integers(0, 2)


class RecordedWorld(RuleBasedStateMachine):
    steps = completed = failed = dropped = 0  # of all examples together

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, files: FakeStorage, clock: time_machine.Traveller
    ) -> None:
        super().__init__()
        Recording.objects.all().delete()  # of an example that hypothesis broke off
        Meeting.objects.update(ended_at=NOON)
        files.objects, files.is_away = {}, False
        self.world = World(storage=files)
        self.world.install(monkeypatch)
        self.clock = clock
        self.clock.move_to(NOON)
        self.next_beat = NOON + BEAT
        self.is_down = False  # workers and beat
        self.left_to_do: list[FollowUp] = []
        self.seen: dict[int, State] = {}
        facts = {
            "customer": Customer.objects.create(slug=codes.session_id()),
            "record_on_cloud": True,
            "created_at": NOON,
        }
        self.meetings = [
            Meeting.objects.create(**facts),
            Meeting.objects.create(is_secured=True, **facts),
            Meeting.objects.create(expires_at=noon(1500), **facts),
        ]
        self.people = [self.three(meeting) for meeting in self.meetings]
        for meeting, numbers in ((0, {0, 1}), (1, {1}), (2, {2})):
            self.people_come(meeting, numbers, True)

    def three(self, meeting: Meeting) -> list[Participant]:
        if not meeting.is_secured:
            return [guest(meeting, name) for name in ("Ann", "Bert", "Cleo")]
        roles = (Role.HOST, Role.ATTENDEE, Role.HOST)
        return [registered(meeting, f"user-{number}", role) for number, role in enumerate(roles)]

    # What the product does

    def do(self, action: Callable[[], FollowUp | None]) -> None:
        with suppress(livekit.Unreachable, storage.Unreachable):
            follow_up = action()
            self.left_to_do += [follow_up] if follow_up else []

    def work(self, follow_up: FollowUp) -> None:
        """As the task does."""
        if follow_up.action is Action.STOP_EGRESS:
            with suppress(livekit.Unreachable):
                egress.stop_egress(str(follow_up.of))
            return
        recording = Recording.objects.select_related("meeting__customer").get(pk=follow_up.of)
        actions: dict[Action, Callable[[], None]] = {
            Action.REQUEST: partial(launch.request_egress, recording, self.world.now),
            Action.STOP: partial(lifecycle.stop_recording, recording, self.world.now),
            Action.CONFIRM: partial(lifecycle.confirm_stored, recording),
        }
        self.do(actions[follow_up.action])

    def sweep(self) -> None:
        for follow_up in sweep.follow_ups(self.world.now):
            self.left_to_do.append(follow_up)

    def beat(self) -> None:
        self.sweep()
        while self.left_to_do:
            self.work(self.left_to_do.pop(0))

    def pass_time(self, seconds: float) -> None:
        until = self.world.now + timedelta(seconds=seconds)
        while self.next_beat <= until:
            self.move_to(self.next_beat)
            self.next_beat += BEAT
            if not self.is_down:
                self.beat()
        self.move_to(until)

    def move_to(self, now: object) -> None:
        self.world.now = now  # type: ignore[assignment]
        self.clock.move_to(now)  # type: ignore[arg-type]
        for meeting in self.meetings:
            meeting.refresh_from_db()
            if meeting.over_since(self.world.now):
                self.world.close(meeting.code)
        self.world.live()

    def deliver(self, number: int) -> None:
        self.do(
            partial(
                lifecycle.on_egress_update,
                self.world.undelivered[number % len(self.world.undelivered)],
                self.world.now,
            )
        )

    # Who comes and goes

    @rule(meeting=WHICH, numbers=st.sets(WHICH, min_size=1), is_reported=st.booleans())
    def people_come(self, meeting: int, numbers: set[int], is_reported: bool) -> None:
        where = self.meetings[meeting]
        where.refresh_from_db()
        if where.over_since(self.world.now):
            return
        for number in sorted(numbers):
            if (where.code, number) not in self.world.there:
                self.world.comes(self.people[meeting][number], number)
        if is_reported:
            self.do(partial(launch.begin, where, self.world.now))

    @rule(meeting=WHICH)
    def everybody_goes(self, meeting: int) -> None:
        for number in range(3):
            self.world.goes(self.meetings[meeting].code, number)

    # What must hold

    @invariant()
    def no_recording_moves_back(self) -> None:
        RecordedWorld.steps += 1
        running: set[int] = set()
        for recording in Recording.objects.all():
            before = self.seen.setdefault(recording.pk, State(recording.state))
            assert (before, State(recording.state)) in REACHABLE, f"{before} became {recording.state}"
            self.seen[recording.pk] = State(recording.state)
            if recording.status in (Status.PENDING, Status.RECORDING):
                assert recording.meeting_id not in running, "two recordings run at once"
                running.add(recording.meeting_id)

    @invariant()
    def nothing_is_shown_that_is_not_there(self) -> None:
        for recording in Recording.objects.all():
            size = self.world.storage.objects.get(recording.file)
            assert recording.size_bytes in (None, size)
            assert recording.status != Status.COMPLETED or recording.size_bytes is not None
            assert bool(recording.failure_reason) == (recording.status == Status.FAILED)
        for meeting in self.meetings:
            shown = RecordingSummary.of(Recording.objects.of(meeting))
            assert shown.has_recording == bool(shown.size_bytes)

    @invariant()
    def each_file_is_asked_for_once(self) -> None:
        keys = [key for _, key in self.world.asked_to("start_egress")]
        assert len(keys) == len(set(keys))

    def teardown(self) -> None:
        if sys.exception():
            return  # which is to be reported, not what comes of it
        self.all_is_well()
        self.nothing_happens()
        for recording in Recording.objects.all():
            note(f"{vars(recording)}")
            self.compare(recording)
        for meeting in self.meetings:
            self.is_recorded(meeting)
        for number in range(3):
            self.everybody_goes(number)
        self.nothing_happens()
        for recording in Recording.objects.all():
            self.compare(recording)
            self.count(recording)
        assert not Recording.objects.unfinished().exists()

    def nothing_happens(self) -> None:
        """For five minutes but for a sweep, and whatever recorders do."""
        until = self.world.now + QUIET + BEAT
        while self.world.now < until:
            self.pass_time(BEAT.total_seconds())
            self.no_recording_moves_back()
            self.nothing_is_shown_that_is_not_there()

    def all_is_well(self) -> None:
        """From now on; what is under way arrives or, every other time, never."""
        self.world.is_away = self.world.storage.is_away = self.is_down = False
        self.world.mood = "free"
        self.world.meanwhile = lambda: None
        for number in range(len(self.world.undelivered) * (RecordedWorld.steps % 2)):
            self.deliver(number)

    def compare(self, recording: Recording) -> None:
        """A recording with what really became of its egress."""
        info = self.world.of_recording(recording)
        is_alive = bool(info and self.world.is_alive(info.id))
        is_due = recording.try_after > self.world.now - BEAT  # it was put off, and its time has not come
        assert recording.is_over or is_alive or is_due, "nobody records it, and it does not end"
        has_media = bool(info and info.id in self.world.media)
        assert recording.status != Status.DROPPED or not has_media, "what was recorded is dropped"
        if info and info.state is EgressState.COMPLETE and recording.failure_reason == "":
            assert recording.status == Status.COMPLETED, "its file is there"
        if recording.status == Status.COMPLETED:
            assert info and info.state is EgressState.COMPLETE
        if info and info.state is EgressState.ABORTED:
            assert recording.status in (Status.DROPPED, Status.FAILED)

    def count(self, recording: Recording) -> None:
        RecordedWorld.completed += recording.status == Status.COMPLETED
        RecordedWorld.failed += recording.status == Status.FAILED
        RecordedWorld.dropped += recording.status == Status.DROPPED

    def is_recorded(self, meeting: Meeting) -> None:
        """Whatever is to be recorded is, unless it was tried in vain too often."""
        meeting.refresh_from_db()
        now = self.world.now
        alive = [info for info in self.world.known.values() if self.world.rooms[info.id] == meeting.code]
        alive = [info for info in alive if self.world.is_alive(info.id)]
        if meeting.over_since(now) or not self.world.records(meeting):
            return
        at_the_time = occupancy(meeting, now)
        assert at_the_time
        is_given_up = backoff.is_given_up(failures_in(meeting, at_the_time)[0])
        recording = Recording.objects.of(meeting).filter(state=State.RECORDING).first()
        assert recording or is_given_up, "it is to be recorded, and is not"
        assert not recording or recording.egress_id in [info.id for info in alive]
