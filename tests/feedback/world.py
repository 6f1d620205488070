"""What really happens in the tests' world, and what follows from the rules: counted second by second.

Written as plainly as can be, and without the product's code, so that it can be the judge of it. All times
are whole seconds since the world began.
"""

from dataclasses import dataclass, field

DAY = 24 * 3600


@dataclass
class Visit:
    """One connection; `by` distinguishes two registrations of one person."""

    by: int
    came: int
    left: int | None = None


@dataclass
class Room:
    """A meeting; who may give feedback on it, and who does."""

    asks: bool
    visits: dict[str, list[Visit]] = field(default_factory=dict)
    let_in: list[tuple[int, int]] = field(default_factory=list)  # by which registration, and when
    admitted: set[str] = field(default_factory=set)  # those of `let_in`
    over: int | None = None
    answered: set[str] = field(default_factory=set)

    def all(self) -> list[Visit]:
        return [visit for visits in self.visits.values() for visit in visits]

    def may_answer(self, who: str) -> bool:
        """Being let in is enough: the webhook of their connection may be on its way."""
        return who in self.admitted or who in self.visits

    def seconds(self, who: str, now: int) -> int:
        """Of each visit the first minute: more would change nothing."""
        there: set[int] = set()
        for visit in self.visits.get(who, []):
            ends = [end for end in (visit.left, self.over, now, visit.came + 60) if end is not None]
            there.update(range(visit.came, min(ends)))
        return len(there)

    def is_empty(self, now: int) -> bool:
        if any(visit.left is None or now - visit.left < 60 for visit in self.all()):
            return False
        return not any(self.is_expected(by, at, now) for by, at in self.let_in)

    def is_expected(self, by: int, at: int, now: int) -> bool:
        came_and_went = any(
            visit.by == by and visit.came >= at and visit.left is not None for visit in self.all()
        )
        return now - at < 360 and not came_and_went

    def is_looked_at(self, now: int) -> bool:
        """A room that everybody left more than three days ago is forgotten."""
        return any(visit.left is None or now - visit.left < 3 * DAY for visit in self.all())

    def was_there_of_late(self, who: str, now: int) -> bool:
        return any(visit.left is None or now - visit.left < 60 for visit in self.visits.get(who, []))


@dataclass
class Owed:
    """A feedback request, in the order in which they were written."""

    who: str
    room: int
    since: int
    is_waived: bool = False


@dataclass
class World:
    rooms: list[Room]
    feedback_requests: list[Owed] = field(default_factory=list)
    now: int = 0

    def sweep(self) -> None:
        for number, room in enumerate(self.rooms):
            is_time = room.over is not None or room.is_empty(self.now)
            if room.asks and is_time and room.is_looked_at(self.now):
                for who in room.visits:
                    if room.seconds(who, self.now) >= 60 and who not in room.answered:
                        self.owe(who, number)

    def owe(self, who: str, room: int) -> None:
        if not any(
            feedback_request.who == who and feedback_request.room == room
            for feedback_request in self.feedback_requests
        ):
            self.feedback_requests.append(Owed(who, room, self.now))

    def is_open(self, feedback_request: Owed) -> bool:
        is_fresh = self.now - feedback_request.since < 30 * DAY
        return (
            is_fresh
            and not feedback_request.is_waived
            and feedback_request.who not in self.rooms[feedback_request.room].answered
        )

    def gate(self, who: str, room: int) -> set[int]:
        """The rooms of which one is to be answered for first; those of one sweep are as old as each other."""
        if self.rooms[room].was_there_of_late(who, self.now):
            return set()
        owed = [
            feedback_request
            for feedback_request in self.feedback_requests
            if feedback_request.who == who
            and feedback_request.room != room
            and self.is_open(feedback_request)
        ]
        first = min((feedback_request.since for feedback_request in owed), default=None)
        return {feedback_request.room for feedback_request in owed if feedback_request.since == first}
