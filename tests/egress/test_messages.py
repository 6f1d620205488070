from typing import Any

import pytest
from google.protobuf.message import DecodeError
from livekit.protocol import egress as protocol

from egress.messages import ClaimRequest, ClaimResponse, Msg, Request, Response, StartEgressRequest, Wire

UNKNOWN = b"\xfa\xff\x04\x05later"  # field 10239, text
NOW = 1_790_000_000_123_456_789


def room_composite(**more: Any) -> protocol.RoomCompositeEgressRequest:
    return protocol.RoomCompositeEgressRequest(room_name="BCDF-GHJK-LMNP", layout="grid", **more)


@pytest.mark.parametrize(
    "message",
    [
        Msg("type.googleapis.com/internal.Request", b"\x00\xff", "channel"),
        Request("REQ_1", "CLI_1", NOW, NOW + 1, True, b"\x00\xff"),
        Response("REQ_1", "SRV_1", NOW, "no room", "not_found", b"\x00\xff"),
        ClaimRequest("REQ_1", "SRV_1", 0.5),
        ClaimResponse("REQ_1", "SRV_1"),
        StartEgressRequest(
            "EG_1", "RM_1", "room", "token", "ws://x", 2, b"1", b"2", b"3", b"4", b"5", b"6", b"7"
        ),
    ],
    ids=lambda message: type(message).__name__,
)
def test_what_is_written_is_read_again(message: Wire) -> None:
    assert type(message).FromString(message.SerializeToString()) == message
    assert type(message).FromString(b"") == type(message)()


@pytest.mark.parametrize(
    ("message", "wire"),
    [
        (Msg("t", b"v", "c"), b"\x0a\x01t\x12\x01v\x1a\x01c"),
        (Request("r", "c", 1, 2, True, b"q"), b"\x0a\x01r\x12\x01c\x18\x01\x20\x02\x28\x01\x42\x01q"),
        (Response("r", "s", 1, "e", "c", b"a"), b"\x0a\x01r\x12\x01s\x18\x01\x2a\x01e\x32\x01c\x3a\x01a"),
        (ClaimRequest("r", "s", 1.0), b"\x0a\x01r\x12\x01s\x1d\x00\x00\x80\x3f"),
        (ClaimResponse("r", "s"), b"\x0a\x01r\x12\x01s"),
        (StartEgressRequest("e", "m", room_composite=b"q"), b"\x0a\x01e\x1a\x01m\x2a\x01q"),
        (StartEgressRequest(web=b"q"), b"\x5a\x01q"),
        (StartEgressRequest(egress=b"q"), b"\x82\x01\x01q"),
    ],
)
def test_the_bytes_are_those_of_the_protocol(message: Wire, wire: bytes) -> None:
    """Tags and values by hand: number * 8 + wire type."""
    assert message.SerializeToString() == wire


def test_a_nested_request_is_read_with_its_own_class_and_keeps_what_is_unknown() -> None:
    raw = room_composite().SerializeToString() + UNKNOWN
    wire = StartEgressRequest(egress_id="EG_1", room_composite=raw).SerializeToString()
    read = protocol.RoomCompositeEgressRequest.FromString(StartEgressRequest.FromString(wire).room_composite)
    info = protocol.EgressInfo(room_composite=read)
    assert read.room_name == "BCDF-GHJK-LMNP"
    assert UNKNOWN in info.SerializeToString()


def test_fields_of_later_versions_do_no_harm() -> None:
    assert Request.FromString(b"\x0a\x01r" + UNKNOWN) == Request("r")


@pytest.mark.parametrize("garbage", [b"\xff", b"\x0a\x05r", b"\x0a\x02\xff\xfe"])
def test_garbage_is_refused(garbage: bytes) -> None:
    with pytest.raises(DecodeError):
        Request.FromString(garbage)


def test_secrets_do_not_show_in_logs() -> None:
    output = protocol.EncodedFileOutput(s3=protocol.S3Upload(secret="hush-hush"))
    raw = room_composite(file_outputs=[output]).SerializeToString()
    assert "hush-hush" in raw.decode(errors="replace")
    shown = StartEgressRequest("EG_1", room_composite=raw, token="hush-hush")
    assert f"{shown} {shown!r}" == "StartEgressRequest(EG_1) StartEgressRequest(EG_1)"
    assert b"hush-hush" in raw
