"""Our own record: above all connections, each with the moments between which it began and ended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.drill.notes import Event
from tests.drill.tabs import Tab

SID_KNOWN_AFTER = 0.3  # seconds after coming back to the same livekit-server
Moments = tuple[float, float]  # not before, not after; seconds since 1970


class End(StrEnum):
    """What ended a connection, as far as its own side knows."""

    LEFT = "left"
    KILLED = "killed"
    EJECTED = "ejected"  # by a second tab, or the meeting's end
    RECONNECTED = "reconnected"  # and goes on under another sid
    GAVE_UP = "gave up"  # the SDK could not connect, or not again


@dataclass(frozen=True)
class ObservedConnection:
    """One connection, as it really was. The sid is empty where the SDK never showed it."""

    person: str
    code: str
    identity: str
    sid: str
    began: Moments
    ended: Moments
    end: End
    is_sure: bool  # else it may have come about or not: its end came while it began
    tab: int


@dataclass(frozen=True)
class Poll:
    """A successful one of the reconciler's; seconds since 1970."""

    at: float  # when it began, which it writes to everybody it saw
    over_by: float  # when this was found: all that it saw was there before


@dataclass(frozen=True)
class Record:
    """What really happened."""

    connections: Sequence[ObservedConnection]
    deaths: Sequence[Moments]  # of livekit-server, in order
    polls: Sequence[Poll]
    closings: Mapping[str, Moments]  # of meetings by their code; the others never end


@dataclass
class Listener:
    """Goes through one tab's notes. `deaths`: between which moments livekit-server died, each time."""

    tab: Tab
    deaths: Sequence[Moments]
    identity: str = ""
    sid: str = ""
    asked_at: float = 0.0
    inside_at: float = 0.0
    interrupted_at: float = 0.0
    back_at: float = 0.0
    leaving_at: float = 0.0
    is_sure: bool = False

    def connections(self) -> Iterator[ObservedConnection]:
        for event in self.tab.events:
            handler = getattr(self, "on_" + event.what.replace(" ", "_"), None)
            if handler:
                yield from handler(event) or ()

    def _over(self, end: End, first: float, last: float) -> ObservedConnection:
        who = (self.tab.person, self.tab.code, self.identity)
        began = (self.asked_at, self.inside_at)
        return ObservedConnection(*who, self.sid, began, (first, last), end, self.is_sure, self.tab.number)

    # Joining

    def on_connecting(self, event: Event) -> None:
        self.identity = event.facts["identity"]
        self._begins(event.at, 0.0, "", False)

    def on_connected(self, event: Event) -> None:
        self._begins(self.asked_at, event.at, event.facts["sid"], True)

    def on_failed(self, event: Event) -> Iterator[ObservedConnection]:
        self.inside_at = event.at
        yield from self._ends(End.GAVE_UP, self.asked_at, event.at)

    def _begins(self, asked_at: float, inside_at: float, sid: str, is_sure: bool) -> None:
        self.asked_at, self.inside_at, self.sid, self.is_sure = asked_at, inside_at, sid, is_sure
        self.interrupted_at = self.back_at = 0.0

    # Reconnecting: another connection with a new sid, or the same one going on

    def on_reconnecting(self, event: Event) -> None:
        if self.back_at and event.at - self.back_at > SID_KNOWN_AFTER:  # it had come back under its old sid
            self.interrupted_at = self.back_at = 0.0
        self.interrupted_at = self.interrupted_at or event.at

    def on_reconnected(self, event: Event) -> Iterator[ObservedConnection]:
        """To another livekit-server it is another connection, whose sid comes with the room's next event."""
        self.back_at = event.at
        is_known = not self.interrupted_at  # by the sid already, just before
        if not is_known and any(self.interrupted_at - 1 < died < event.at for died, _ in self.deaths):
            yield from self._went_on("")

    def on_new_sid(self, event: Event) -> Iterator[ObservedConnection]:
        if self.sid:
            self.back_at = self.back_at or event.at
            yield from self._went_on(event.facts["sid"])
        elif self.back_at:  # twice since the last known sid: whose this one is cannot be known
            yield from self._perhaps(self.asked_at, self.back_at, event.facts["sid"])
        self.sid = event.facts["sid"]

    def _went_on(self, sid: str) -> Iterator[ObservedConnection]:
        interrupted_at = min(self.interrupted_at or self.back_at, self.back_at)
        yield self._over(End.RECONNECTED, interrupted_at, self.back_at)
        yield from self._perhaps(interrupted_at, self.back_at, sid)

    def _perhaps(self, asked_at: float, back_at: float, sid: str) -> Iterator[ObservedConnection]:
        """Inside again; the SDK tries more than once, and each attempt may have been a connection, too."""
        self._begins(asked_at, back_at, "", False)
        yield self._over(End.RECONNECTED, asked_at, back_at)
        self._begins(asked_at, back_at, sid, True)

    # Ending

    def on_leaving(self, event: Event) -> None:
        self.leaving_at = event.at

    def on_left(self, event: Event) -> Iterator[ObservedConnection]:
        yield from self._ends(End.LEFT, self.leaving_at, event.at)

    def on_disconnected(self, event: Event) -> Iterator[ObservedConnection]:
        is_ejected = event.facts["reason"] in ("DUPLICATE_IDENTITY", "ROOM_DELETED", "PARTICIPANT_REMOVED")
        yield from self._ends(End.EJECTED if is_ejected else End.GAVE_UP, event.at - 0.5, event.at)

    def on_killed(self, event: Event) -> Iterator[ObservedConnection]:
        if self.asked_at:
            self.inside_at = self.inside_at or event.at
            yield from self._ends(End.KILLED, event.at, event.facts["until"])

    def _ends(self, end: End, first: float, last: float) -> Iterator[ObservedConnection]:
        """In the midst of coming back: the old one is over, and there may be a new one."""
        if self.back_at and first - self.back_at > SID_KNOWN_AFTER:
            self.interrupted_at = 0.0
        if self.interrupted_at:
            yield self._over(End.GAVE_UP, self.interrupted_at, last)
            self._begins(self.interrupted_at, self.back_at or last, "", False)
        yield self._over(end, first, last)
        self.asked_at = 0.0
