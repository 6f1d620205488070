"""A simulated LiveKit that loses, doubles and delays its webhooks, and a record of what really happened.

The record is the oracle: it counts second by second and knows nothing of the rules in the product.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from inbox.models import InboundWebhook
from meetings.models import Meeting
from participants.connections import Connection
from tests.conftest import NOON, FakeLiveKit
from tests.inbox.conftest import event_body, joined, left, stored
from upclass import codes
from upclass.livekit import Person


def whole(moment: datetime) -> datetime:
    """As LiveKit states times."""
    return moment.replace(microsecond=0)


@dataclass
class Visit:
    """One connection, as it really was."""

    meeting: Meeting
    who: str
    identity: str
    came: datetime
    sid: str = field(default_factory=lambda: f"PA_{codes.session_id()}")
    went: datetime | None = None
    is_leave_received: bool = False
    shown: list[datetime] = field(
        default_factory=list
    )  # moments at which LiveKit certainly showed them to us
    maybe_shown: list[datetime] = field(default_factory=list)  # by events that may have come too early

    def person(self) -> Person:
        return Person(sid=self.sid, identity=self.identity, name=self.who, joined_at=whole(self.came))

    def join_event(self) -> dict[str, Any]:
        return joined(self.meeting.code, self.sid, whole(self.came), identity=self.identity)

    def leave_event(self, at: datetime) -> dict[str, Any]:
        return left(self.meeting.code, self.sid, whole(self.came), whole(at), identity=self.identity)

    def track_event(self, at: datetime) -> dict[str, Any]:
        return event_body(
            "track_published", self.meeting.code, whole(at), sid=self.sid, identity=self.identity
        )


@dataclass
class LiveKitEvent:
    """An event that LiveKit has not delivered yet."""

    visit: Visit | None
    body: dict[str, Any]


class World:
    """Who is in which room, which events are under way, and what time it is."""

    def __init__(self, livekit: FakeLiveKit) -> None:
        self.now = NOON + timedelta(seconds=0.3)
        self.visits: list[Visit] = []
        self.under_way: list[LiveKitEvent] = []
        self.overlooked: list[Visit] = []  # by a poll, though they are there
        self.livekit = livekit
        livekit.people = {}
        livekit.unanswered = {}
        livekit.is_away = False

    # What happens

    def present(self, meeting: Meeting | None = None) -> list[Visit]:
        """Who LiveKit says is there."""
        return [visit for visit in self.visits if not visit.went and meeting in (None, visit.meeting)]

    def join(self, meeting: Meeting, who: str, identity: str) -> None:
        """The older connection of the same identity is ended first, as LiveKit does."""
        for older in self.present(meeting):
            if older.identity == identity:
                self.leave(older)
        visit = Visit(meeting, who, identity, self.now)
        self.visits.append(visit)
        self.send(visit, visit.join_event())

    def leave(self, visit: Visit) -> None:
        visit.went = self.now
        self.send(visit, visit.leave_event(self.now))

    def crash(self) -> None:
        """LiveKit is killed: everybody is out, and what it had not delivered is lost."""
        for visit in self.present():
            visit.went = self.now
        self.under_way.clear()

    def close(self, meeting: Meeting) -> None:
        """LiveKit closes a room: everybody is out, in good order."""
        for visit in self.present(meeting):
            self.leave(visit)
        self.send(None, event_body("room_finished", meeting.code, whole(self.now)))

    def send(self, visit: Visit | None, body: dict[str, Any]) -> None:
        self.under_way.append(LiveKitEvent(visit, body))

    # What we are shown

    def receive(self, number: int) -> InboundWebhook:
        """An event arrives and is stored; which one is next is not for us to choose."""
        event = self.under_way[number % len(self.under_way)]
        if event.visit and event.body["event"] == "participant_joined":
            event.visit.shown.append(whole(event.visit.came))
        elif event.visit and event.body["event"] == "participant_left":
            event.visit.is_leave_received = True
        elif event.visit:
            event.visit.maybe_shown.append(datetime.fromtimestamp(int(event.body["createdAt"]), NOON.tzinfo))
        return stored(event.body, self.now)

    def poll(self, action: Callable[[], object]) -> None:
        """Let a poll be done, to which LiveKit answers what is so now. A killed one shows in part."""
        listed = [
            visit
            for visit in self.present()
            if visit not in self.overlooked and visit.meeting.code not in self.livekit.unanswered
        ]
        there = [] if self.livekit.is_away else listed
        self.livekit.people = {}
        for visit in there:
            visit.maybe_shown += [whole(visit.came), self.now]
            self.livekit.people.setdefault(visit.meeting.code, []).append(visit.person())
        action()
        for visit in there:
            visit.shown += [whole(visit.came), self.now]

    def obey(self, meetings: dict[str, Meeting]) -> None:
        """Do what we asked LiveKit for."""
        asked, self.livekit.asked = self.livekit.asked, []
        for what, *about in asked:
            meeting = meetings.get(about[0]) if about else None
            if meeting and what == "close":
                self.close(meeting)
            for visit in self.present(meeting) if meeting and what == "eject" else []:
                if visit.identity == about[1]:
                    self.leave(visit)

    # What must come of it

    def spans(self, meeting: Meeting) -> Iterator[tuple[Visit, datetime, datetime]]:
        """Each visit that we can know of, with the time that is to be counted."""
        for visit in self.visits:
            if visit.meeting == meeting and self.is_known(visit):
                yield visit, whole(visit.came), self.end_of(visit)

    def is_known(self, visit: Visit) -> bool:
        """A poll that was killed may have come far enough."""
        may_be = bool(visit.maybe_shown) and Connection.objects.filter(sid=visit.sid).exists()
        return bool(visit.shown or visit.is_leave_received or may_be)

    def end_of(self, visit: Visit) -> datetime:
        """When a visit ended for us: exactly if its leave was received, else when it was last shown."""
        assert visit.went, "everybody has left when the end is judged"
        if visit.is_leave_received:
            return whole(visit.went)
        connection = Connection.objects.get(sid=visit.sid)
        earliest = max(visit.shown, default=whole(visit.came))
        latest = max(visit.shown + visit.maybe_shown)
        assert connection.left_at and connection.is_left_guessed, f"{visit} is not closed: {vars(connection)}"
        assert earliest <= connection.left_at <= latest, f"{visit} was closed at {connection.left_at}"
        assert connection.left_at <= visit.went, f"{visit} is billed after it ended"
        return whole(connection.left_at)

    def seconds(self, meeting: Meeting) -> int:
        """Every second in which somebody was there, one by one, person by person."""
        meeting.refresh_from_db()
        over = [at for at in (meeting.ended_at, meeting.cancelled_at, meeting.expires_at) if at]
        there: dict[str, set[int]] = defaultdict(set)
        for visit, start, end in self.spans(meeting):
            last = min([end, *map(whole, over)])
            there[visit.who].update(range(int(start.timestamp()), int(last.timestamp())))
        return sum(map(len, there.values()))


def price(seconds: int) -> tuple[int, Decimal]:
    """What a meeting's seconds cost, in exact fractions: of 10,000ths of a credit, half up."""
    if seconds < 600:
        return 0, Decimal(0)
    exact = Fraction(seconds * 10_000, 3600)
    return seconds, Decimal(int(exact + Fraction(1, 2))) / 10_000
