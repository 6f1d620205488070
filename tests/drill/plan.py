"""What is to happen when: from a seed, so that a run can be repeated. Times are seconds from the start."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

SEATS = 8  # how many are in calls at once; each seat is one person after another
PARTS = ("web", "worker", "periodic", "recordings", "beat", "redis", "postgres", "s3", "egress", "livekit")
SELDOM = 3  # livekit-server is killed in every third round, for what it cuts can be judged less exactly
LAST_ONE = "last one"
QUIET = 120.0  # seconds at the end in which nothing is killed: a third of a short run


class Ending(StrEnum):
    """How a visit ends, or a meeting: by what it says, or (REMAINS) by whatever comes."""

    LEAVES = "leaves"
    KILLED = "is killed"
    SECOND_TAB = "opens a second tab"
    REMAINS = "remains"
    DELETED = "deleted"
    EXPIRES = "expires"


@dataclass
class PlannedMeeting:
    name: str
    is_secured: bool
    opens_at: float
    ends_at: float
    ending: Ending
    people: list[str] = field(default_factory=list)

    @property
    def is_recorded(self) -> bool:
        """Only some: a recording needs much of the machine."""
        return self.ending in (Ending.REMAINS, Ending.EXPIRES) and not self.is_secured


@dataclass(frozen=True)
class PlannedVisit:
    person: str
    meeting: PlannedMeeting
    at: float
    until: float
    ending: Ending
    scenario: str = ""


@dataclass(frozen=True)
class Plan:
    seconds: float
    meetings: list[PlannedMeeting]
    visits: list[PlannedVisit]
    kills: list[tuple[float, str]]


def draw(minutes: float, dice: Random) -> Plan:
    seconds = minutes * 60
    meetings = [*_long_meetings(seconds), *_short_meetings(seconds, dice)]
    visits = [visit for _ in range(SEATS) for visit in _seat(meetings, seconds, dice)]
    kills = list(_kills(seconds - min(QUIET, seconds / 3), dice))
    visits.append(_last_one(meetings[0], seconds))
    return Plan(seconds, meetings, sorted(visits, key=lambda visit: visit.at), kills)


def _last_one(meeting: PlannedMeeting, seconds: float) -> PlannedVisit:
    """Somebody who leaves right after a signal reconnect, while all is quiet."""
    return PlannedVisit(LAST_ONE, meeting, seconds - 40, seconds, Ending.REMAINS, "SIGNAL_RECONNECT+leave")


def _long_meetings(seconds: float) -> list[PlannedMeeting]:
    """Two that last, so that they become dear enough to be billed."""
    return [
        PlannedMeeting("open", False, 0, seconds, Ending.REMAINS),
        PlannedMeeting("secured", True, 0, seconds, Ending.DELETED),
    ]


def _short_meetings(seconds: float, dice: Random) -> Iterator[PlannedMeeting]:
    """Two at a time, one after another, of every kind."""
    number = 0
    for ending in (Ending.DELETED, Ending.EXPIRES):
        start = dice.uniform(0, 10)
        while start < seconds - 60:
            end = start + dice.uniform(50, 170)
            number += 1
            secured = dice.random() < 0.5
            yield PlannedMeeting(f"{ending}-{number}", secured, start, min(end, seconds), ending)
            start = end


def _seat(meetings: list[PlannedMeeting], seconds: float, dice: Random) -> Iterator[PlannedVisit]:
    """One visit after another. Whoever was killed or opens a second tab is the next one, too."""
    at, before = dice.uniform(3, 15), None
    while at < seconds - 15:
        returns = before is not None and before.meeting.ends_at > at + 15
        if before and returns and (before.ending is Ending.SECOND_TAB or dice.random() < 0.4):
            person, meeting = before.person, before.meeting
        else:
            meeting = _choose(meetings, at, dice)
            person = f"{meeting.name}.{len(meeting.people) + 1}"
            meeting.people.append(person)
        before = _visit(person, meeting, at, dice)
        yield before
        at = before.until + (0 if before.ending is Ending.SECOND_TAB else dice.uniform(1, 12))


def _choose(meetings: list[PlannedMeeting], at: float, dice: Random) -> PlannedMeeting:
    """A long one mostly, or a short one that is on."""
    short = [meeting for meeting in meetings[2:] if meeting.opens_at + 2 < at < meeting.ends_at - 15]
    if short and dice.random() < 0.4:
        return dice.choice(short)
    return meetings[0] if dice.random() < 0.6 else meetings[1]


def _visit(person: str, meeting: PlannedMeeting, at: float, dice: Random) -> PlannedVisit:
    until = at + 10 + 170 * dice.random() ** 3
    if until > meeting.ends_at:
        return PlannedVisit(person, meeting, at, meeting.ends_at, Ending.REMAINS)
    ending = dice.choices([Ending.LEAVES, Ending.KILLED, Ending.SECOND_TAB], [50, 30, 20])[0]
    scenario = dice.choices(["", "SIGNAL_RECONNECT", "FULL_RECONNECT"], [80, 10, 10])[0]
    return PlannedVisit(person, meeting, at, until, ending, scenario)


def _kills(until: float, dice: Random) -> Iterator[tuple[float, str]]:
    """Round after round, each in another order; a short run is one round."""
    at, pause = 15.0, min(15.0, (until - 15) / len(PARTS))
    for number in itertools.count():
        parts = [part for part in PARTS if part != "livekit" or number % SELDOM == 0]
        if at >= until:
            return
        for part in dice.sample(parts, len(parts)):
            if at < until:
                yield at, part
            at += pause * dice.uniform(0.4, 1.6)
