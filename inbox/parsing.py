"""LiveKit's webhooks as they are stored and parsed. Nothing LiveKit can send makes parsing fail."""

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MACHINES = {"EGRESS", "INGRESS", "AGENT", "CONNECTOR", "BRIDGE"}

# Fields of LiveKit's messages that open something: a room's TURN server, a recording's storage.
SECRETS = {
    "turnPassword",
    "accessKey",
    "secret",
    "sessionToken",
    "assumeRoleExternalId",
    "credentials",
    "accountKey",
    "password",
    "streamKey",
    "token",
}


def sanitized(body: bytes) -> tuple[str, dict[str, Any]]:
    """An event's id and its JSON, without secrets and without NUL, which PostgreSQL cannot hold.

    A body that is no JSON object is stored as text. One without an id has that of its contents, so that the
    same one twice is one event.
    """
    text = body.decode(errors="replace")
    try:
        found = _clean(json.loads(text))
    except (ValueError, RecursionError):
        found = None
    kept = found if isinstance(found, dict) else {"unreadable": _clean(text)}
    event_id = kept.get("id")
    named = isinstance(event_id, str) and 0 < len(event_id) <= 100
    return str(event_id) if named else hashlib.sha256(body).hexdigest(), kept


def _clean(value: Any) -> Any:
    """The same, without what JSONB refuses: NUL, lone surrogates, and numbers that are none."""
    if isinstance(value, str):
        return value.replace("\0", "").encode(errors="replace").decode()
    if isinstance(value, list):
        return [_clean(inner) for inner in value]
    if isinstance(value, dict):
        named = ((_clean(name), inner) for name, inner in value.items())
        return {name: _clean(inner) for name, inner in named if name not in SECRETS}
    return None if isinstance(value, float) and not math.isfinite(value) else value


@dataclass(frozen=True)
class LiveKitEvent:
    """What an event says of one person in one room, or of one egress, as LiveKit has it."""

    type: str
    room: str
    at: datetime
    sid: str
    identity: str
    name: str
    joined_at: datetime | None
    admission: str
    is_machine: bool
    egress: Mapping[str, Any]

    @property
    def is_of_a_person(self) -> bool:
        return bool(self.room and self.sid and self.identity) and not self.is_machine


def parse(body: Mapping[str, Any], received_at: datetime) -> LiveKitEvent:
    """Missing or strange values become empty ones; a time that is missing is the one of receipt."""
    room, person = _object(body, "room"), _object(body, "participant")
    at = _moment(body.get("createdAt")) or received_at.replace(microsecond=0)
    return LiveKitEvent(
        type=_text(body, "event"),
        room=_text(room, "name"),
        at=at,
        sid=_text(person, "sid")[:64],
        identity=_text(person, "identity"),
        name=_text(person, "name"),
        joined_at=_moment(person.get("joinedAt")),
        admission=_text(_object(person, "attributes"), "admission"),
        egress=_object(body, "egressInfo"),
        is_machine=_text(person, "kind") in MACHINES or _object(person, "permission").get("recorder") is True,
    )


def _object(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = of.get(name)
    return inner if isinstance(inner, dict) else {}


def _text(of: Mapping[str, Any], name: str) -> str:
    inner = of.get(name)
    return inner if isinstance(inner, str) else ""


def _moment(seconds: Any) -> datetime | None:
    """int64 seconds since 1970, which LiveKit's JSON has as text."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC) if int(seconds) > 0 else None
    except (TypeError, ValueError, OverflowError, OSError):
        return None
