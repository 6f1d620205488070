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
from participants.attendance import occupancy
from participants.models import Participant, Role
from recordings import course, pauses, starting, sweep
from recordings.errands import Deed, Errand
from recordings.models import Recording, Take
from recordings.starting import failures_in
from recordings.states import Status
from tests.conftest import NOON, noon
from tests.recordings.conftest import guest, registered
from tests.recordings.fakes import FakeStorage
from tests.recordings.test_states import WAYS
from tests.recordings.world import World
from upclass import codes, egress, livekit, storage
from upclass.egress import State

BEAT = timedelta(seconds=15)
QUIET = timedelta(minutes=5)
WHICH = st.integers(0, 2)


class RecordedWorld(RuleBasedStateMachine):
    steps = completed = failed = dropped = 0  # of all examples together

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, files: FakeStorage, clock: time_machine.Traveller
    ) -> None:
        super().__init__()
        Take.objects.all().delete()  # of an example that hypothesis broke off
        Meeting.objects.update(ended_at=NOON)
        files.objects, files.is_away = {}, False
        self.world = World(storage=files)
        self.world.take_over(monkeypatch)
        self.clock = clock
        self.clock.move_to(NOON)
        self.next_beat = NOON + BEAT
        self.is_down = False  # workers and beat
        self.left_to_do: list[Errand] = []
        self.seen: dict[int, str] = {}
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

    def do(self, deed: Callable[[], Errand | None]) -> None:
        with suppress(livekit.Unreachable, storage.Unreachable):
            errand = deed()
            self.left_to_do += [errand] if errand else []

    def work(self, errand: Errand) -> None:
        """As the task does."""
        if errand.deed is Deed.STOP_EGRESS:
            with suppress(livekit.Unreachable):
                egress.stop(str(errand.of))
            return
        take = Take.objects.select_related("meeting__customer").get(pk=errand.of)
        deeds: dict[Deed, Callable[[], None]] = {
            Deed.START: partial(starting.start, take, self.world.now),
            Deed.STOP: partial(course.stop, take, self.world.now),
            Deed.SAVE: partial(course.save, take),
        }
        self.do(deeds[errand.deed])

    def sweep(self) -> None:
        for errand in sweep.errands(self.world.now):
            self.left_to_do.append(errand)

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
            if meeting.over_at(self.world.now):
                self.world.close(meeting.code)
        self.world.live()

    def hear(self, number: int) -> None:
        self.do(partial(course.hear, self.world.told[number % len(self.world.told)], self.world.now))

    # Who comes and goes

    @rule(meeting=WHICH, numbers=st.sets(WHICH, min_size=1), is_told=st.booleans())
    def people_come(self, meeting: int, numbers: set[int], is_told: bool) -> None:
        where = self.meetings[meeting]
        where.refresh_from_db()
        if where.over_at(self.world.now):
            return
        for number in sorted(numbers):
            if (where.code, number) not in self.world.there:
                self.world.comes(self.people[meeting][number], number)
        if is_told:
            self.do(partial(starting.begin, where, self.world.now))

    @rule(meeting=WHICH)
    def everybody_goes(self, meeting: int) -> None:
        for number in range(3):
            self.world.goes(self.meetings[meeting].code, number)

    # What must hold

    @invariant()
    def no_take_moves_back(self) -> None:
        RecordedWorld.steps += 1
        running: set[int] = set()
        for take in Take.objects.all():
            before = self.seen.setdefault(take.pk, take.status)
            ways = {(str(one), str(other)) for one, other in WAYS}
            assert before == take.status or (before, take.status) in ways, f"{before} became {take.status}"
            self.seen[take.pk] = take.status
            if take.status in (Status.PENDING, Status.RECORDING):
                assert take.meeting_id not in running, "two takes run at once"
                running.add(take.meeting_id)

    @invariant()
    def nothing_is_shown_that_is_not_there(self) -> None:
        for take in Take.objects.all():
            size = self.world.storage.objects.get(take.file)
            assert take.size_bytes in (None, size)
            assert take.status != Status.COMPLETED or take.size_bytes is not None
            assert bool(take.failure_reason) == (take.status == Status.FAILED)
        for meeting in self.meetings:
            shown = Recording.of(Take.objects.of(meeting))
            assert shown.has_recording == bool(shown.size_bytes)

    @invariant()
    def each_file_is_asked_for_once(self) -> None:
        keys = [key for _, key in self.world.asked_to("start")]
        assert len(keys) == len(set(keys))

    def teardown(self) -> None:
        if sys.exception():
            return  # which is to be told, not what comes of it
        self.all_is_well()
        self.nothing_happens()
        for take in Take.objects.all():
            note(f"{vars(take)}")
            self.compare(take)
        for meeting in self.meetings:
            self.is_recorded(meeting)
        for number in range(3):
            self.everybody_goes(number)
        self.nothing_happens()
        for take in Take.objects.all():
            self.compare(take)
            self.count(take)
        assert not Take.objects.unfinished().exists()

    def nothing_happens(self) -> None:
        """For five minutes but for a sweep, and whatever recorders do."""
        until = self.world.now + QUIET + BEAT
        while self.world.now < until:
            self.pass_time(BEAT.total_seconds())
            self.no_take_moves_back()
            self.nothing_is_shown_that_is_not_there()

    def all_is_well(self) -> None:
        """From now on; what is under way arrives or, every other time, never."""
        self.world.is_away = self.world.storage.is_away = self.is_down = False
        self.world.mood = "free"
        self.world.meanwhile = lambda: None
        for number in range(len(self.world.told) * (RecordedWorld.steps % 2)):
            self.hear(number)

    def compare(self, take: Take) -> None:
        """A take with what really became of its egress."""
        told = self.world.of_take(take)
        is_alive = bool(told and self.world.is_alive(told.id))
        is_due = take.try_after > self.world.now - BEAT  # it was put off, and its time has not come
        assert take.is_over or is_alive or is_due, "nobody records it, and it does not end"
        has_media = bool(told and told.id in self.world.media)
        assert take.status != Status.DROPPED or not has_media, "what was recorded is dropped"
        if told and told.state is State.COMPLETE and take.failure_reason == "":
            assert take.status == Status.COMPLETED, "its file is there"
        if take.status == Status.COMPLETED:
            assert told and told.state is State.COMPLETE
        if told and told.state is State.ABORTED:
            assert take.status in (Status.DROPPED, Status.FAILED)

    def count(self, take: Take) -> None:
        RecordedWorld.completed += take.status == Status.COMPLETED
        RecordedWorld.failed += take.status == Status.FAILED
        RecordedWorld.dropped += take.status == Status.DROPPED

    def is_recorded(self, meeting: Meeting) -> None:
        """Whatever is to be recorded is, unless it was tried in vain too often."""
        meeting.refresh_from_db()
        now = self.world.now
        alive = [told for told in self.world.known.values() if self.world.rooms[told.id] == meeting.code]
        alive = [told for told in alive if self.world.is_alive(told.id)]
        if meeting.over_at(now) or not self.world.records(meeting):
            return
        at_the_time = occupancy(meeting, now)
        assert at_the_time
        is_given_up = pauses.is_given_up(failures_in(meeting, at_the_time)[0])
        take = Take.objects.of(meeting).filter(status=Status.RECORDING).first()
        assert take or is_given_up, "it is to be recorded, and is not"
        assert not take or take.egress_id in [told.id for told in alive]
