"""LiveKit's Egress API: the one place that calls it.

An egress is a recording that LiveKit runs: it has an id of LiveKit's, and a file whose key we chose. A room
is named by its meeting's code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from google.protobuf import json_format
from livekit import api
from livekit.protocol import egress as protocol

from upclass.livekit import Refused, call

START_TIMEOUT = 30.0  # seconds; with no recorder free, LiveKit answers after 23
STOP_TIMEOUT = 20.0  # seconds; LiveKit tries up to three times, for 3, 5 and 7
MAX_DURATION = 2**31 - 1  # seconds, as the tables can hold
ROOM_TIMEOUT = 5.0  # seconds
BUSY = {
    api.ServerErrorCode.UNAVAILABLE,
    api.ServerErrorCode.RESOURCE_EXHAUSTED,
    api.ServerErrorCode.DEADLINE_EXCEEDED,
}

# 720p: a call that is read from screens stays legible. kbit/s.
PICTURE_AND_SOUND = api.EncodingOptions(
    width=1280, height=720, framerate=25, video_bitrate=2000, audio_bitrate=96, audio_frequency=48_000
)


class NoRecorderFree(Exception):
    """Every recorder is busy, or there is none."""


class NoRoom(Exception):
    """The room is gone, or was never made."""


class EgressState(StrEnum):
    STARTING = "starting"
    ACTIVE = "active"
    ENDING = "ending"
    COMPLETE = "complete"
    FAILED = "failed"
    ABORTED = "aborted"


STATES = {
    protocol.EGRESS_STARTING: EgressState.STARTING,
    protocol.EGRESS_ACTIVE: EgressState.ACTIVE,
    protocol.EGRESS_ENDING: EgressState.ENDING,
    protocol.EGRESS_COMPLETE: EgressState.COMPLETE,
    protocol.EGRESS_LIMIT_REACHED: EgressState.COMPLETE,  # the longest recording allowed, and whole
    protocol.EGRESS_FAILED: EgressState.FAILED,
    protocol.EGRESS_ABORTED: EgressState.ABORTED,
}


@dataclass(frozen=True)
class Egress:
    """What LiveKit reports of an egress. `seconds` of media is 0, and times are None, until known."""

    id: str
    key: str
    state: EgressState
    error: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: int = 0


# Calls


def start_egress(code: str, key: str) -> Egress:
    """Have a room recorded into the object `key`, once.

    Raises NoRecorderFree, NoRoom or Refused; after any other Unreachable LiveKit may have received it.
    """
    request = api.RoomCompositeEgressRequest(
        room_name=code, layout="grid", advanced=PICTURE_AND_SOUND, file_outputs=[_file(key)]
    )
    try:
        info = call(
            lambda client: client.egress.start_room_composite_egress(request), START_TIMEOUT, may_repeat=False
        )
    except api.ServerError as error:
        raise NoRoom from error
    except Refused as error:
        if error.code in BUSY:
            raise NoRecorderFree from error
        raise
    return _egress(info)


def _file(key: str) -> api.EncodedFileOutput:
    s3 = api.S3Upload(
        access_key=settings.S3_ACCESS_KEY_ID,
        secret=settings.S3_SECRET_ACCESS_KEY,
        region=settings.S3_REGION,
        endpoint=settings.S3_ENDPOINT_URL,
        bucket=settings.S3_BUCKET,
        force_path_style=True,
    )
    kind = api.EncodedFileType.MP4
    return api.EncodedFileOutput(file_type=kind, filepath=key, disable_manifest=True, s3=s3)


def stop_egress(egress_id: str) -> bool:
    """Have an egress end; what ended before has ended. False: nobody who runs it answers. Raises Unreachable.

    Of one that is ending, livekit-server refuses only what no recorder answered.
    """
    try:
        call(
            lambda client: client.egress.stop_egress(api.StopEgressRequest(egress_id=egress_id)), STOP_TIMEOUT
        )
    except api.ServerError:
        return False
    except Refused as error:
        if error.code in BUSY:
            return False
        if error.code != api.ServerErrorCode.FAILED_PRECONDITION:
            raise
        return "EGRESS_ENDING" not in error.message
    return True


def get_egress(egress_id: str) -> Egress | None:
    """What LiveKit knows of an egress; None if it knows none of this id. Raises Unreachable."""
    found = _listed(api.ListEgressRequest(egress_id=egress_id))
    return found[0] if found else None


def list_room_egresses(code: str) -> list[Egress]:
    """Every egress of a room that LiveKit knows, ended ones too. Raises Unreachable."""
    return _listed(api.ListEgressRequest(room_name=code))


def _listed(request: api.ListEgressRequest) -> list[Egress]:
    try:
        answer = call(lambda client: client.egress.list_egress(request))
    except api.ServerError:
        return []
    return [_egress(info) for info in answer.items]


def is_recorder_in_room(code: str, egress_id: str) -> bool:
    """Whether the recorder, a hidden participant named by the egress' id, is there.

    Raises Unreachable, and Refused for a room that no server serves any more. For a room that is gone and for
    one whose server was killed alike, LiveKit answers `unavailable` after 3 s: so rooms are listed first.
    """
    listed = call(lambda client: client.room.list_rooms(api.ListRoomsRequest(names=[code])))
    if not listed.rooms:
        return False
    request = api.ListParticipantsRequest(room=code)
    try:
        answer = call(lambda client: client.room.list_participants(request), ROOM_TIMEOUT)
    except api.ServerError:
        return False
    return any(participant.identity == egress_id for participant in answer.participants)


# Parsing


def parse(info_json: Mapping[str, Any]) -> Egress | None:
    """The egress of a webhook's `egressInfo`; None if that is none. What we do not know is ignored."""
    try:
        info = json_format.ParseDict(dict(info_json), api.EgressInfo(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, SystemError):  # the last for broken Unicode
        return None
    return _egress(info) if info.egress_id else None


def _egress(info: api.EgressInfo) -> Egress:
    file = info.file_results[0] if info.file_results else info.file
    ordered = info.room_composite.file_outputs
    return Egress(
        id=info.egress_id.replace("\0", ""),
        key=(file.filename or (ordered[0].filepath if ordered else "")).replace("\0", ""),
        state=STATES.get(info.status, EgressState.STARTING),  # of one that we do not know, nothing follows
        error=info.error.replace("\0", ""),
        started_at=_moment(file.started_at or info.started_at),
        ended_at=_moment(file.ended_at or info.ended_at),
        seconds=min(round(max(0, file.duration) / 1e9), MAX_DURATION),
    )


def _moment(nanoseconds: int) -> datetime | None:
    """Unix nanoseconds as a date in whole seconds; None for 0, and for what is no date."""
    try:
        return datetime.fromtimestamp(nanoseconds // 10**9, UTC) if nanoseconds > 0 else None
    except (ValueError, OverflowError, OSError):
        return None
