from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from google.protobuf.message import DecodeError
from livekit.protocol import egress as protocol
from livekit.protocol import models

from egress.messages import RpcError, StartEgressRequest
from egress.request import PRESETS, Encoding, RecordingRequest, parse
from tests.egress.start_requests import SECRETS, file, room_composite, s3, start_request

NOW = datetime(2026, 3, 1, 12, 5, 9, 123456, UTC)
Options = protocol.EncodingOptions


def parsed(**facts: Any) -> RecordingRequest:
    return parse(start_request(**facts), NOW)


def key(filepath: str, **facts: Any) -> str:
    return parsed(file_outputs=[file(filepath)], **facts).key


def encoding(**options: Any) -> Encoding:
    return parsed(advanced=Options(**options)).encoding


def refusal(request: StartEgressRequest) -> str:
    with pytest.raises(RpcError) as refused:
        parse(request, NOW)
    assert refused.value.code == "invalid_argument"
    return refused.value.message


def test_a_request_is_parsed() -> None:
    request = start_request(
        "EG_1",
        layout="speaker",
        audio_only=True,
        file_outputs=[file("a/b.mp4", file_type=protocol.EncodedFileType.MP4, s3=s3())],
    )
    found = parse(request, NOW)
    assert (found.egress_id, found.room_id, found.room) == ("EG_1", "RM_1", "standup")
    assert (found.key, found.layout, found.audio_only) == ("a/b.mp4", "speaker", True)
    assert found.s3 == s3()
    assert found.manifest


def test_little_is_enough() -> None:
    found = parsed(file_outputs=[file("a.mp4", disable_manifest=True)])
    assert (found.layout, found.audio_only, found.s3, found.manifest) == ("grid", False, None, False)
    assert found.encoding == PRESETS[0]


def test_a_file_where_older_callers_put_it_is_read() -> None:
    found = parsed(file_outputs=[], file=file("old.mp4", s3=s3(bucket="old")))
    assert found.key == "old.mp4"
    assert found.s3 and found.s3.bucket == "old"


# Refused


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"room_name": ""}, "room_name is missing"),
        ({"video_only": True}, "video_only is not offered by this worker"),
        (
            {"custom_base_url": "https://x"},
            "custom_base_url needs the official worker: this one has no browser",
        ),
        (
            {"audio_mixing": protocol.AudioMixing.DUAL_CHANNEL_AGENT},
            "two channels of sound are not offered by this worker",
        ),
        ({"stream_outputs": [protocol.StreamOutput()]}, "streams are not offered by this worker"),
        (
            {"file_outputs": [], "stream": protocol.StreamOutput()},
            "streams are not offered by this worker",
        ),
        ({"segment_outputs": [protocol.SegmentedFileOutput()]}, "segments are not offered by this worker"),
        (
            {"file_outputs": [], "segments": protocol.SegmentedFileOutput()},
            "segments are not offered by this worker",
        ),
        ({"image_outputs": [protocol.ImageOutput()]}, "images are not offered by this worker"),
        ({"file_outputs": []}, "one file output is needed"),
        ({"file_outputs": [file("a"), file("b")]}, "one file output is needed"),
        ({"file": file("a")}, "one file output is needed"),  # beside the other
        (
            {"file_outputs": [file(file_type=protocol.EncodedFileType.OGG)]},
            "only MP4 files are offered by this worker",
        ),
        (
            {"file_outputs": [file(file_type=protocol.EncodedFileType.MP3)]},
            "only MP4 files are offered by this worker",
        ),
        (
            {"file_outputs": [file(gcp=protocol.GCPUpload())]},
            "only S3 storage is offered by this worker",
        ),
        (
            {"file_outputs": [file(azure=protocol.AzureBlobUpload())]},
            "only S3 storage is offered by this worker",
        ),
        (
            {"file_outputs": [file(aliOSS=protocol.AliOSSUpload())]},
            "only S3 storage is offered by this worker",
        ),
        (
            {"advanced": Options(video_codec=models.VideoCodec.VP8)},
            "only H.264 and AAC are offered by this worker",
        ),
        (
            {"advanced": Options(audio_codec=models.AudioCodec.OPUS)},
            "only H.264 and AAC are offered by this worker",
        ),
    ],
)
def test_what_is_not_offered_is_refused_in_a_sentence(facts: dict[str, Any], sentence: str) -> None:
    assert refusal(start_request(**facts)) == sentence


@pytest.mark.parametrize(
    "kind", ["track_composite", "track", "web", "participant", "egress", "replay", "nothing"]
)
def test_another_kind_of_egress_is_refused(kind: str) -> None:
    filled: dict[str, Any] = {} if kind == "nothing" else {kind: b"\n\x01a"}
    request = StartEgressRequest("EG_1", "RM_1", **filled)
    assert refusal(request) == "only room composite egress is offered by this worker"


def test_what_is_no_request_is_a_decode_error() -> None:
    with pytest.raises(DecodeError):
        parse(StartEgressRequest("EG_1", "RM_1", room_composite=b"\xff\xff"), NOW)


# The object's key


@pytest.mark.parametrize(
    ("filepath", "expected"),
    [
        ("a.mp4", "a.mp4"),
        ("a", "a.mp4"),
        ("a.b", "a.b.mp4"),
        ("{room_name}", "standup.mp4"),
        ("{room_id}/x.mp4", "RM_1/x.mp4"),
        ("{time}.mp4", "2026-03-01T120509.mp4"),
        ("{utc}.mp4", "20260301120509.mp4"),
        ("{room_name}/{room_name}-{time}-{utc}", "standup/standup-2026-03-01T120509-20260301120509.mp4"),
        ("", "standup-2026-03-01T120509.mp4"),
        ("folder/", "folder/standup-2026-03-01T120509.mp4"),
        ("{room_id}/", "RM_1/standup-2026-03-01T120509.mp4"),
        ("{unknown}", "{unknown}.mp4"),
    ],
)
def test_a_key_is_filled_in(filepath: str, expected: str) -> None:
    assert key(filepath) == expected


def test_times_in_a_key_are_those_of_greenwich() -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert parse(start_request(file_outputs=[file("{time} {utc}")]), elsewhere).key == (
        "2026-03-01T120509 20260301120509.mp4"
    )


# Encoding


@pytest.mark.parametrize(
    ("preset", "width", "height", "framerate", "kbit"),
    [
        ("H264_720P_30", 1280, 720, 30, 3000),
        ("H264_720P_60", 1280, 720, 60, 4500),
        ("H264_1080P_30", 1920, 1080, 30, 4500),
        ("H264_1080P_60", 1920, 1080, 60, 6000),
        ("PORTRAIT_H264_720P_30", 720, 1280, 30, 3000),
        ("PORTRAIT_H264_720P_60", 720, 1280, 60, 4500),
        ("PORTRAIT_H264_1080P_30", 1080, 1920, 30, 4500),
        ("PORTRAIT_H264_1080P_60", 1080, 1920, 60, 6000),
    ],
)
def test_a_preset_has_its_sizes(preset: str, width: int, height: int, framerate: int, kbit: int) -> None:
    found = parsed(preset=protocol.EncodingOptionsPreset.Value(preset)).encoding
    assert found == Encoding(width, height, framerate, kbit * 1000, 128_000, 44_100)


def test_advanced_options_are_taken() -> None:
    found = encoding(
        width=640,
        height=360,
        framerate=15,
        video_bitrate=800,
        audio_bitrate=64,
        audio_frequency=48_000,
        video_codec=models.VideoCodec.H264_HIGH,
        audio_codec=models.AudioCodec.AAC,
    )
    assert found == Encoding(640, 360, 15, 800_000, 64_000, 48_000)


def test_what_advanced_options_leave_out_is_filled_in() -> None:
    assert encoding() == Encoding(1920, 1080, 30, 4_500_000, 128_000, 44_100)
    assert encoding(width=640, height=480) == Encoding(640, 480, 30, 4_500_000, 128_000, 44_100)


@pytest.mark.parametrize(
    "options",
    [
        {"width": 16, "height": 4096},
        {"width": 4096, "height": 16},
        {"framerate": 1},
        {"framerate": 60},
        {"audio_frequency": 44_100},
        {"video_bitrate": 1, "audio_bitrate": 8},
    ],
)
def test_the_last_that_is_allowed_is_allowed(options: dict[str, int]) -> None:
    found = encoding(**options)._asdict()
    rates = ("video_bitrate", "audio_bitrate")
    assert all(found[name] == value * (1000 if name in rates else 1) for name, value in options.items())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"width": 14}, "width must be from 16 to 4096"),
        ({"width": 4098}, "width must be from 16 to 4096"),
        ({"width": 641}, "width and height must be even"),
        ({"width": -640}, "width must be from 16 to 4096"),
        ({"height": 14}, "height must be from 16 to 4096"),
        ({"height": 361}, "width and height must be even"),
        ({"framerate": 61}, "framerate must be from 1 to 60"),
        ({"framerate": -1}, "framerate must be from 1 to 60"),
        ({"audio_frequency": 22_050}, "audio_frequency must be 44100 or 48000"),
    ],
)
def test_strange_sizes_are_refused(options: dict[str, Any], sentence: str) -> None:
    assert refusal(start_request(advanced=Options(**options))) == sentence


@pytest.mark.parametrize("name", ["video_bitrate", "audio_bitrate"])
@pytest.mark.parametrize("kbit", [-1, 2_000_000_000])
def test_a_strange_bit_rate_is_refused(name: str, kbit: int) -> None:
    """Before a recording starts that no encoder can write."""
    options: dict[str, Any] = {name: kbit}
    assert name in refusal(start_request(advanced=Options(**options)))


# What may be shown


def secret_s3() -> protocol.S3Upload:
    return s3(session_token=SECRETS[2], assume_role_external_id=SECRETS[3], endpoint="https://s3.example")


@pytest.mark.parametrize(
    "facts",
    [
        {"file_outputs": [file(s3=secret_s3())]},
        {"file_outputs": [], "file": file(s3=secret_s3())},
    ],
)
def test_no_secret_is_shown(facts: dict[str, Any]) -> None:
    found = parsed(**facts)
    assert not any(secret in str(found.redacted) for secret in SECRETS)
    shown = [*found.redacted.file_outputs, found.redacted.file][0].s3
    assert (shown.access_key, shown.secret) == ("{access_key}", "{secret}")
    assert (shown.session_token, shown.assume_role_external_id) == ("{session_token}", "{external_id}")
    assert (shown.bucket, shown.endpoint) == ("theirs", "https://s3.example")
    assert found.s3 == secret_s3()  # which the upload needs


def test_no_password_of_an_address_is_shown() -> None:
    found = parsed(file_outputs=[file(s3=s3(endpoint="https://someone:the-password@s3.example"))])
    assert "the-password" not in str(found.redacted)
    assert found.redacted.file_outputs[0].s3.endpoint.endswith("s3.example")


def test_what_was_not_given_is_not_shown_as_given() -> None:
    shown = parsed(file_outputs=[file(s3=s3())]).redacted.file_outputs[0].s3
    assert (shown.session_token, shown.assume_role_external_id) == ("", "")


def test_all_else_of_a_request_is_shown() -> None:
    facts: dict[str, Any] = {"layout": "speaker", "file_outputs": [file("a.mp4")], "audio_only": True}
    assert parsed(**facts).redacted == room_composite(**facts)
    assert not parsed(**facts).redacted.file_outputs[0].HasField("s3")
