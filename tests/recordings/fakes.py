"""LiveKit's recorders and the storage, as the tests have them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from upclass import egress, livekit, storage
from upclass.egress import Egress, EgressState


@dataclass
class FakeEgress:
    """LiveKit's recorders: what they were asked for, and every egress LiveKit knows, by its id.

    Each request raises one of `refusals` instead of being served. While `is_answer_lost`, requests are served
    and not answered. `killed` are recorders (ids) that are in no room and receive nothing. `lost_rooms`
    (codes) cannot be asked who is there. `meanwhile` is what happens elsewhere during a start.
    """

    asked: list[tuple[str, ...]] = field(default_factory=list)
    known: dict[str, Egress] = field(default_factory=dict)
    rooms: dict[str, str] = field(default_factory=dict)  # egress id: code
    refusals: list[Exception] = field(default_factory=list)
    killed: set[str] = field(default_factory=set)
    lost_rooms: set[str] = field(default_factory=set)
    is_answer_lost: bool = False
    is_away: bool = False
    meanwhile: Callable[[], object] = lambda: None
    made: int = 0

    def _answer(self, *question: str) -> None:
        if self.is_away:
            raise livekit.Unreachable("away")
        self.asked.append(question)

    def start_egress(self, code: str, key: str) -> Egress:
        self._answer("start_egress", code, key)
        if self.refusals:
            raise self.refusals.pop(0)
        info = self.begins(code, key)
        self.meanwhile()
        if self.is_answer_lost:
            raise livekit.Unreachable("no answer")
        return info

    def stop_egress(self, egress_id: str) -> bool:
        """As the border answers: of a recorder that receives nothing LiveKit knows whether it had ended."""
        self._answer("stop_egress", egress_id)
        info = self.known.get(egress_id)
        if info is None or info.state not in (EgressState.STARTING, EgressState.ACTIVE, EgressState.ENDING):
            return info is not None
        if egress_id not in self.killed:
            self.becomes(egress_id, EgressState.ENDING)
        return egress_id not in self.killed

    def get_egress(self, egress_id: str) -> Egress | None:
        self._answer("get_egress", egress_id)
        return self.known.get(egress_id)

    def list_room_egresses(self, code: str) -> list[Egress]:
        self._answer("list_room_egresses", code)
        return [info for info in self.known.values() if self.rooms[info.id] == code]

    def is_recorder_in_room(self, code: str, egress_id: str) -> bool:
        self._answer("is_recorder_in_room", code, egress_id)
        if code in self.lost_rooms:
            raise livekit.Refused("unavailable", "no response from servers")
        is_alive = egress_id in self.known and self.known[egress_id].state in (
            EgressState.STARTING,
            EgressState.ACTIVE,
        )
        return is_alive and egress_id not in self.killed

    # What happens

    def begins(self, code: str, key: str, state: EgressState = EgressState.STARTING, **facts: Any) -> Egress:
        self.made += 1
        info = Egress(f"EG_{self.made}", key, state, **facts)
        self.known[info.id], self.rooms[info.id] = info, code
        return info

    def becomes(self, egress_id: str, state: EgressState, **facts: Any) -> Egress:
        """What LiveKit reports of it from now on."""
        self.known[egress_id] = replace(self.known[egress_id], state=state, **facts)
        return self.known[egress_id]

    def asked_to(self, call: str) -> list[tuple[str, ...]]:
        return [asked[1:] for asked in self.asked if asked[0] == call]

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Stand in for LiveKit, at its border."""
        for name in (
            "start_egress",
            "stop_egress",
            "get_egress",
            "list_room_egresses",
            "is_recorder_in_room",
        ):
            monkeypatch.setattr(egress, name, getattr(self, name))


@dataclass
class FakeStorage:
    """The bucket: bytes of each object, by its key. Links are signed by the real thing, which asks nobody."""

    objects: dict[str, int] = field(default_factory=dict)
    is_away: bool = False

    def size_of(self, key: str) -> int | None:
        if self.is_away:
            raise storage.Unreachable("away")
        return self.objects.get(key)
