"""The messages of LiveKit's bus that PyPI's `livekit-protocol` lacks, and how they are addressed.

psrpc's own envelopes (internal.proto of livekit/psrpc 0.7), and StartEgressRequest (rpc/egress.proto of
livekit/protocol). Everything else is in `livekit.protocol.egress`, whole: of that file PyPI lacks only
UpdateEgressRequest, which no LiveKit server sends. A nested message is declared as bytes, which is the same
on the wire: it is parsed with its own class, where unknown fields survive.

A class here is a frozen dataclass that names its fields' numbers; absent fields have protobuf's zero values.
"""

import logging
import secrets
import string
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any, Protocol, Self

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError, Message
from google.protobuf.message_factory import GetMessageClass

log = logging.getLogger("egress")

TYPES: dict[Any, FieldDescriptorProto.Type.ValueType] = {
    str: FieldDescriptorProto.TYPE_STRING,
    bytes: FieldDescriptorProto.TYPE_BYTES,
    int: FieldDescriptorProto.TYPE_INT64,
    bool: FieldDescriptorProto.TYPE_BOOL,
    float: FieldDescriptorProto.TYPE_FLOAT,
}


def _at[T](number: int, zero: T) -> T:
    """A field of this number."""
    made: T = field(default=zero, metadata={"number": number})
    return made


class Outgoing(Protocol):
    """A protobuf message, or one of egress.messages."""

    def SerializeToString(self) -> bytes: ...  # noqa: N802


class Incoming(Protocol):
    @classmethod
    def FromString(cls, data: bytes, /) -> Self: ...  # noqa: N802


@dataclass(frozen=True)
class Wire:
    """A message whose fields are declared by `_at`, with the methods of protobuf's own."""

    def SerializeToString(self) -> bytes:  # noqa: N802
        values: dict[str, Any] = {own.name: getattr(self, own.name) for own in fields(self)}
        return _declared(type(self))(**values).SerializeToString()

    @classmethod
    def FromString(cls, data: bytes, /) -> Self:  # noqa: N802
        """Raises google.protobuf.message.DecodeError for what is no such message."""
        read = _declared(cls).FromString(data)
        return cls(**{own.name: getattr(read, own.name) for own in fields(cls)})


_made: dict[str, type[Message]] = {}


def _declared(cls: type[Wire]) -> type[Message]:
    """Its protobuf class, made once."""
    if cls.__name__ not in _made:
        _made[cls.__name__] = _declare(cls)
    return _made[cls.__name__]


def _declare(cls: type[Wire]) -> type[Message]:
    """In a pool of its own, for a later `livekit-protocol` may declare the same names."""
    file = FileDescriptorProto(name=f"{cls.__name__}.proto", syntax="proto3")
    message = file.message_type.add(name=cls.__name__)
    for own in fields(cls):
        message.field.add(
            name=own.name,
            number=own.metadata["number"],
            type=TYPES[own.type],
            label=FieldDescriptorProto.LABEL_OPTIONAL,
        )
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName(cls.__name__))


@dataclass(frozen=True)
class Msg(Wire):
    """The envelope of one of those below. `channel` stays empty."""

    type_url: str = _at(1, "")
    value: bytes = _at(2, b"")
    channel: str = _at(3, "")


@dataclass(frozen=True)
class Request(Wire):
    """Times are unix nanoseconds; from `expiry` on it must not be handled."""

    request_id: str = _at(1, "")
    client_id: str = _at(2, "")
    sent_at: int = _at(3, 0)
    expiry: int = _at(4, 0)
    multi: bool = _at(5, False)
    raw_request: bytes = _at(8, b"")


@dataclass(frozen=True)
class Response(Wire):
    """A failure has `error`, a text, and `code`, one of psrpc's; else `raw_response` is the result."""

    request_id: str = _at(1, "")
    server_id: str = _at(2, "")
    sent_at: int = _at(3, 0)
    error: str = _at(5, "")
    code: str = _at(6, "")
    raw_response: bytes = _at(7, b"")


@dataclass(frozen=True)
class ClaimRequest(Wire):
    """A server offers to handle the request. `affinity`: 1 is best, 0 or less is never selected."""

    request_id: str = _at(1, "")
    server_id: str = _at(2, "")
    affinity: float = _at(3, 0.0)


@dataclass(frozen=True)
class ClaimResponse(Wire):
    """The client's selection of a server."""

    request_id: str = _at(1, "")
    server_id: str = _at(2, "")


SECOND = 1_000_000_000  # in the nanoseconds of these messages
ALPHABET = string.ascii_letters + string.digits
TYPE_URL = "type.googleapis.com/internal."


def packed(message: Wire) -> bytes:
    """As it is published."""
    return Msg(TYPE_URL + type(message).__name__, message.SerializeToString()).SerializeToString()


def unpacked[W: Wire](kind: type[W], data: bytes) -> W | None:
    """What was published, or None, and a line in the log, when it is nothing of this kind."""
    with suppress(DecodeError):
        message = Msg.FromString(data)
        if message.type_url == TYPE_URL + kind.__name__:
            return kind.FromString(message.value)
    log.warning("the bus had %d bytes that are no %s", len(data), kind.__name__)
    return None


class RpcError(Exception):
    """A call that failed, here or at the other end. `code` is one of psrpc's, in lower case."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(message or code)  # psrpc takes an error without a text for a success
        self.code, self.message = code, message or code


def channel(*parts: str) -> str:
    """Their name on the bus; empty parts vanish."""
    return "|".join("".join(map(_escaped, part)) for part in parts if part)


def _escaped(character: str) -> str:
    if character in ALPHABET or character == "_":
        return character
    code = ord(character)
    return f"u+{code:04x}" if code < 0x10000 else f"U+{code:08x}"


def new_id(prefix: str) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(12))


@dataclass(frozen=True)
class StartEgressRequest(Wire):
    """The one field of the second group that is not empty is the request for that kind of egress.

    LiveKit's server sends egress_id, room_id and that one. `room_composite` is a
    livekit.RoomCompositeEgressRequest, with the secrets of its storage.
    """

    egress_id: str = _at(1, "")
    room_id: str = _at(3, "")
    room_name: str = _at(18, "")
    token: str = _at(8, "")
    ws_url: str = _at(9, "")
    retry_count: int = _at(15, 0)

    room_composite: bytes = _at(5, b"")
    track_composite: bytes = _at(6, b"")
    track: bytes = _at(7, b"")
    web: bytes = _at(11, b"")
    participant: bytes = _at(13, b"")
    egress: bytes = _at(16, b"")
    replay: bytes = _at(17, b"")

    def __repr__(self) -> str:
        """Without its requests, so that no secret gets into a log."""
        return f"StartEgressRequest({self.egress_id})"
