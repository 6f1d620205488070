"""A LiveKit that records, breaks, and says so late, twice or never; and a record of what really happened."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from meetings.models import Meeting
from participants.connections import Connection
from participants.models import Participant, Role
from recordings.models import Recording
from tests.conftest import NOON, connected
from tests.recordings.fakes import FakeEgress, FakeStorage
from upclass import livekit
from upclass.egress import Egress, EgressState, NoRecorderFree, NoRoom

LINGERS = timedelta(seconds=20)  # a room, after the last one left
SLOW = timedelta(seconds=10)  # a recorder until it records, and until its file is there
ALIVE = (EgressState.STARTING, EgressState.ACTIVE)
MOODS = ("free", "busy", "busy and yet started", "refused", "unreachable", "answer lost", "late")


@dataclass
class World(FakeEgress):
    """`mood` is what becomes of the next request; `undelivered` are events under way; `begun` is since when
    an egress has been starting; `media` has those that ever recorded; `late` are files that LiveKit says are
    there, and that are not, yet.
    """

    storage: FakeStorage = field(default_factory=FakeStorage)
    now: datetime = NOON
    mood: str = "free"
    undelivered: list[Egress] = field(default_factory=list)
    media: set[str] = field(default_factory=set)
    late: list[str] = field(default_factory=list)
    begun: dict[str, datetime] = field(default_factory=dict)
    there: dict[tuple[str, int], Connection] = field(default_factory=dict)
    emptied_at: dict[str, datetime] = field(default_factory=lambda: defaultdict(lambda: NOON - LINGERS))

    # People

    def comes(self, person: Participant, number: int) -> None:
        code = person.meeting.code
        self.there.setdefault((code, number), connected(person, self.now))

    def goes(self, code: str, number: int) -> None:
        connection = self.there.pop((code, number), None)
        if connection:
            Connection.objects.filter(pk=connection.pk).set_left_at(self.now, self.now)
            self.emptied_at[code] = self.now

    def close(self, code: str) -> None:
        for somewhere, number in list(self.there):
            if somewhere == code:
                self.goes(code, number)
        self.emptied_at[code] = self.now - LINGERS

    def is_there(self, code: str) -> bool:
        """Whether there is a room."""
        is_anybody = any(somewhere == code for somewhere, _ in self.there)
        return is_anybody or self.now - self.emptied_at[code] < LINGERS

    def records(self, meeting: Meeting) -> bool:
        """Whether somebody is there for whom it is to be recorded."""
        people = [
            connection.participant for (code, _), connection in self.there.items() if code == meeting.code
        ]
        return any(person.role == Role.HOST or not meeting.is_secured for person in people)

    # Recorders

    def start_egress(self, code: str, key: str) -> Egress:
        self._answer("start_egress", code, key)
        mood, self.mood = self.mood, "free"
        if not self.is_there(code):
            raise NoRoom
        if mood in ("busy", "refused", "unreachable"):
            raise {
                "busy": NoRecorderFree(),
                "refused": livekit.Refused("internal", "no"),
                "unreachable": livekit.Unreachable("not received"),
            }[mood]
        info = self.send(self.begins(code, key))
        self.begun[info.id] = self.now
        if mood == "late":
            self.meanwhile()
        if mood == "answer lost":
            raise livekit.Unreachable("no answer")
        if mood == "busy and yet started":
            raise NoRecorderFree
        return info

    def stop_egress(self, egress_id: str) -> bool:
        is_alive = self.is_alive(egress_id)
        answer = super().stop_egress(egress_id)
        if is_alive:
            self.end(egress_id)
        return answer

    def is_alive(self, egress_id: str) -> bool:
        known = self.known.get(egress_id)
        return bool(known and known.state in ALIVE and egress_id not in self.killed)

    def send(self, info: Egress) -> Egress:
        self.undelivered.append(info)
        return info

    def activate(self, egress_id: str, after: timedelta = timedelta()) -> None:
        if self.now - self.begun[egress_id] >= after:
            self.media.add(egress_id)
            self.send(self.becomes(egress_id, EgressState.ACTIVE, started_at=self.now))

    def end(self, egress_id: str) -> None:
        """In good order: what has media has a file to bring, the rest comes to nothing."""
        if egress_id in self.media:
            self.send(self.becomes(egress_id, EgressState.ENDING, ended_at=self.now))
        else:
            self.send(
                self.becomes(
                    egress_id, EgressState.ABORTED, ended_at=self.now, error="Start signal not received"
                )
            )

    def finish(self, egress_id: str, is_there: bool = True) -> None:
        """Its file is brought; LiveKit may say so before it can be seen."""
        info = self.known[egress_id]
        assert info.started_at and info.ended_at
        seconds = round((info.ended_at - info.started_at).total_seconds())
        self.send(self.becomes(egress_id, EgressState.COMPLETE, seconds=seconds))
        self.late.append(info.key)
        if is_there:
            self.arrives(info.key)

    def arrives(self, key: str) -> None:
        self.late = [other for other in self.late if other != key]
        self.storage.objects[key] = 1000 + len(self.storage.objects)

    def fail(self, egress_id: str, has_part: bool) -> None:
        info = self.known[egress_id]
        seconds = 5 if egress_id in self.media else 0
        self.send(
            self.becomes(egress_id, EgressState.FAILED, ended_at=self.now, seconds=seconds, error="it broke")
        )
        if has_part and seconds:
            self.arrives(info.key)

    def live(self) -> None:
        """Recorders leave rooms that are gone, and do their work in the others."""
        for egress_id in self.of_state(*ALIVE):
            if not self.is_there(self.rooms[egress_id]):
                self.end(egress_id)
        for egress_id in self.of_state(EgressState.STARTING):
            self.activate(egress_id, SLOW)
        for egress_id in self.of_state(EgressState.ENDING):
            if self.now - (self.known[egress_id].ended_at or self.now) >= SLOW:
                self.finish(egress_id)

    def of_state(self, *states: EgressState) -> list[str]:
        """The egresses in one of these states whose recorder lives."""
        return [
            info.id for info in self.known.values() if info.state in states and info.id not in self.killed
        ]

    # What must come of it

    def of_recording(self, recording: Recording) -> Egress | None:
        """The egress that writes its file, whether or not it received an event of it."""
        return next((info for info in self.known.values() if info.key == recording.file), None)
