"""A LiveKit that answers at once, in as many rooms as it was told: each has the same people in it.

POST /rooms: the codes of the rooms, a line each. Everything else is LiveKit's API, as far as it is asked.
A room has ten people and a recorder, and an egress that records it, named by the room's code.
"""

from collections.abc import Callable, Iterable
from typing import Any

from livekit import api

Answer = tuple[int, bytes]

PEOPLE = 10
JOINED_AT = 1_772_366_400
PATTERN = "XXXX-XXXX-XXXX"  # stands for a code: of the same length, so that bytes can be replaced
OK: Answer = (200, b"")

rooms: dict[bytes, None] = {}


def _people() -> bytes:
    info = [
        api.ParticipantInfo(
            sid=f"PA_{PATTERN}_{number}",
            identity=f"{PATTERN}-{number}",
            name="Ann",
            state=api.ParticipantInfo.ACTIVE,
            joined_at=JOINED_AT,
        )
        for number in range(PEOPLE)
    ]
    recorder = api.ParticipantInfo(
        sid=f"PA_{PATTERN}_E",
        identity=f"EG_{PATTERN}",
        state=api.ParticipantInfo.ACTIVE,
        kind=api.ParticipantInfo.EGRESS,
        permission=api.ParticipantPermission(recorder=True, hidden=True),
    )
    return bytes(api.ListParticipantsResponse(participants=[*info, recorder]).SerializeToString())


def _egress() -> bytes:
    recorded = api.RoomCompositeEgressRequest(
        room_name=PATTERN, file_outputs=[api.EncodedFileOutput(filepath=f"bench/{PATTERN}.mp4")]
    )
    info = api.EgressInfo(
        egress_id=f"EG_{PATTERN}",
        room_name=PATTERN,
        status=api.EgressStatus.EGRESS_ACTIVE,
        started_at=JOINED_AT * 10**9,
        room_composite=recorded,
    )
    return bytes(api.ListEgressResponse(items=[info]).SerializeToString())


IN_A_ROOM, RECORDING = _people(), _egress()
A_ROOM = bytes(api.ListRoomsResponse(rooms=[api.Room(sid=f"RM_{PATTERN}", name=PATTERN)]).SerializeToString())


def _of(template: bytes, code: bytes) -> bytes:
    return template.replace(PATTERN.encode(), code)


def create_room(body: bytes) -> Answer:
    return OK


def list_rooms(body: bytes) -> Answer:
    names = [name.encode() for name in api.ListRoomsRequest.FromString(body).names]
    return 200, b"".join(_of(A_ROOM, code) for code in names or rooms if code in rooms)


def list_participants(body: bytes) -> Answer:
    code = api.ListParticipantsRequest.FromString(body).room.encode()
    return (200, _of(IN_A_ROOM, code)) if code in rooms else (200, b"")


def list_egress(body: bytes) -> Answer:
    asked = api.ListEgressRequest.FromString(body)
    named = asked.room_name.encode() or asked.egress_id.removeprefix("EG_").encode()
    return 200, b"".join(_of(RECORDING, code) for code in ([named] if named else rooms))


def tell_rooms(body: bytes) -> Answer:
    rooms.clear()
    rooms.update(dict.fromkeys(body.split()))
    return OK


HANDLERS: dict[str, Callable[[bytes], Answer]] = {
    "/twirp/livekit.RoomService/CreateRoom": create_room,
    "/twirp/livekit.RoomService/ListRooms": list_rooms,
    "/twirp/livekit.RoomService/ListParticipants": list_participants,
    "/twirp/livekit.Egress/ListEgress": list_egress,
    "/rooms": tell_rooms,
    "/healthz": lambda body: OK,
}


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    status, body = HANDLERS[environ["PATH_INFO"]](environ["wsgi.input"].read())
    headers = [("Content-Type", "application/protobuf"), ("Content-Length", str(len(body)))]
    start_response(f"{status} OK", headers)
    return [body]
