"""LiveKit's StartEgress request, parsed: what this worker records, or why it is rejected."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from livekit.protocol import egress as protocol
from livekit.protocol import models

from egress.messages import RpcError, StartEgressRequest
from egress.upload import without_password

KBIT = 1000


class Encoding(NamedTuple):
    width: int
    height: int
    framerate: int
    video_bitrate: int  # bits a second
    audio_bitrate: int  # bits a second
    audio_frequency: int = 44_100


# As livekit_egress.proto describes EncodingOptionsPreset; 128 kbit/s of sound.
PRESETS = {
    0: Encoding(1280, 720, 30, 3000 * KBIT, 128 * KBIT),
    1: Encoding(1280, 720, 60, 4500 * KBIT, 128 * KBIT),
    2: Encoding(1920, 1080, 30, 4500 * KBIT, 128 * KBIT),
    3: Encoding(1920, 1080, 60, 6000 * KBIT, 128 * KBIT),
    4: Encoding(720, 1280, 30, 3000 * KBIT, 128 * KBIT),
    5: Encoding(720, 1280, 60, 4500 * KBIT, 128 * KBIT),
    6: Encoding(1080, 1920, 30, 4500 * KBIT, 128 * KBIT),
    7: Encoding(1080, 1920, 60, 6000 * KBIT, 128 * KBIT),
}
BOUNDS = {  # in the request's units, and how many of ours each is
    "width": (16, 4096, 1),
    "height": (16, 4096, 1),
    "framerate": (1, 60, 1),
    "video_bitrate": (1, 50_000, KBIT),
    "audio_bitrate": (8, 512, KBIT),
}
SECRETS = {  # and their placeholders in webhooks and lists, as with the official worker
    "access_key": "{access_key}",
    "secret": "{secret}",
    "session_token": "{session_token}",
    "assume_role_external_id": "{external_id}",
}


@dataclass(frozen=True)
class RecordingRequest:
    """What to record, and where to put it. `s3` has secrets; None means the worker's own storage."""

    egress_id: str
    room_id: str
    room: str
    key: str
    encoding: Encoding
    audio_only: bool
    layout: str
    s3: protocol.S3Upload | None = field(repr=False)
    manifest: bool
    redacted: protocol.RoomCompositeEgressRequest


def parse(start_request: StartEgressRequest, now: datetime) -> RecordingRequest:
    """Raises RpcError("invalid_argument") for what this worker does not support."""
    if not start_request.room_composite:
        raise _invalid("only room composite egress is offered by this worker")
    egress = protocol.RoomCompositeEgressRequest.FromString(start_request.room_composite)
    output = _output(egress)
    return RecordingRequest(
        egress_id=start_request.egress_id,
        room_id=start_request.room_id,
        room=egress.room_name,
        key=_key(output.filepath, egress.room_name, start_request.room_id, now),
        encoding=_encoding(egress),
        audio_only=egress.audio_only,
        layout=egress.layout or "grid",
        s3=output.s3 if output.HasField("s3") else None,
        manifest=not output.disable_manifest,
        redacted=_redacted(egress),
    )


def _invalid(why: str) -> RpcError:
    return RpcError("invalid_argument", why)


UNSUPPORTED: tuple[tuple[str, Callable[[protocol.RoomCompositeEgressRequest], object]], ...] = (
    ("room_name is missing", lambda egress: not egress.room_name),
    ("video_only is not offered by this worker", lambda egress: egress.video_only),
    (
        "custom_base_url needs the official worker: this one has no browser",
        lambda egress: egress.custom_base_url,
    ),
    ("two channels of sound are not offered by this worker", lambda egress: egress.audio_mixing),
    (
        "streams are not offered by this worker",
        lambda egress: egress.stream_outputs or egress.HasField("stream"),
    ),
    (
        "segments are not offered by this worker",
        lambda egress: egress.segment_outputs or egress.HasField("segments"),
    ),
    ("images are not offered by this worker", lambda egress: egress.image_outputs),
)


def _output(egress: protocol.RoomCompositeEgressRequest) -> protocol.EncodedFileOutput:
    for why, applies in UNSUPPORTED:
        if applies(egress):
            raise _invalid(why)
    outputs = _files(egress)
    if len(outputs) != 1:
        raise _invalid("one file output is needed")
    _check_storage(outputs[0])
    return outputs[0]


def _files(egress: protocol.RoomCompositeEgressRequest) -> list[protocol.EncodedFileOutput]:
    """File outputs where they stand today, and where older callers put them."""
    return [*egress.file_outputs, *([egress.file] if egress.HasField("file") else [])]


def _check_storage(output: protocol.EncodedFileOutput) -> None:
    if output.file_type not in (protocol.EncodedFileType.DEFAULT_FILETYPE, protocol.EncodedFileType.MP4):
        raise _invalid("only MP4 files are offered by this worker")
    if output.WhichOneof("output") not in (None, "s3"):
        raise _invalid("only S3 storage is offered by this worker")


def _key(filepath: str, room: str, room_id: str, now: datetime) -> str:
    """The object's key: with the words that the official worker fills in, and a name where there is none."""
    stamp = now.astimezone(UTC).strftime("%Y-%m-%dT%H%M%S")
    utc = now.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    words = {"{room_name}": room, "{room_id}": room_id, "{time}": stamp, "{utc}": utc}
    for word, meaning in words.items():
        filepath = filepath.replace(word, meaning)
    if not filepath or filepath.endswith("/"):
        filepath += f"{room}-{stamp}"
    return filepath if filepath.endswith(".mp4") else f"{filepath}.mp4"


def _encoding(egress: protocol.RoomCompositeEgressRequest) -> Encoding:
    if egress.WhichOneof("options") != "advanced":
        return PRESETS.get(egress.preset, PRESETS[0])
    options = egress.advanced
    codecs = (models.AudioCodec.DEFAULT_AC, models.AudioCodec.AAC)
    if options.video_codec == models.VideoCodec.VP8 or options.audio_codec not in codecs:
        raise _invalid("only H.264 and AAC are offered by this worker")
    chosen = Encoding(
        width=options.width or 1920,
        height=options.height or 1080,
        framerate=options.framerate or 30,
        video_bitrate=(options.video_bitrate or 4500) * KBIT,
        audio_bitrate=(options.audio_bitrate or 128) * KBIT,
        audio_frequency=options.audio_frequency or 44_100,
    )
    _check_bounds(chosen)
    return chosen


def _check_bounds(chosen: Encoding) -> None:
    for name, (least, most, unit) in BOUNDS.items():
        if not least * unit <= getattr(chosen, name) <= most * unit:
            raise _invalid(f"{name} must be from {least} to {most}")
    if chosen.width % 2 or chosen.height % 2:
        raise _invalid("width and height must be even")
    if chosen.audio_frequency not in (44_100, 48_000):
        raise _invalid("audio_frequency must be 44100 or 48000")


def _redacted(egress: protocol.RoomCompositeEgressRequest) -> protocol.RoomCompositeEgressRequest:
    """The request as it may be shown: it goes into lists and webhooks."""
    shown = protocol.RoomCompositeEgressRequest()
    shown.CopyFrom(egress)
    for output in _files(shown):
        for name, instead in SECRETS.items():
            if getattr(output.s3, name):
                setattr(output.s3, name, instead)
        if "@" in output.s3.endpoint:
            output.s3.endpoint = without_password(output.s3.endpoint)
    return shown
