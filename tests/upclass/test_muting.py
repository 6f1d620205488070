"""Muting microphones: what LiveKit is asked, and what becomes of its answers."""

from collections.abc import Callable
from typing import Any

import pytest
from livekit import api as sdk

from tests.upclass.conftest import TwirpServer, message, refusal
from upclass import livekit, muting

CODE = "ABCD-EFGH-IJKL"
MICROPHONE, CAMERA = sdk.TrackSource.MICROPHONE, sdk.TrackSource.CAMERA
MUTE, MUTE_OTHERS = muting.mute, muting.mute_everybody_but  # before the tests replace them
EITHER: list[Callable[[], int]] = [lambda: MUTE(CODE, "ann"), lambda: MUTE_OTHERS(CODE, "host")]
either = pytest.mark.parametrize("ask", EITHER)


def track(sid: str, source: Any = MICROPHONE, muted: bool = False) -> sdk.TrackInfo:
    return sdk.TrackInfo(sid=sid, source=source, muted=muted)


def somebody(identity: str, *tracks: sdk.TrackInfo, **facts: Any) -> sdk.ParticipantInfo:
    state = sdk.ParticipantInfo.ACTIVE
    return sdk.ParticipantInfo(identity=identity, tracks=tracks, **{"state": state, **facts})


def present(*people: sdk.ParticipantInfo) -> Any:
    return message(sdk.ListParticipantsResponse(participants=people))


@pytest.fixture
def room(twirp: TwirpServer) -> TwirpServer:
    """The host, Ann with microphone, camera and screen, and Ben, who is muted."""
    shared = [track("TR_s", sdk.TrackSource.SCREEN_SHARE), track("TR_a", sdk.TrackSource.SCREEN_SHARE_AUDIO)]
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse(rooms=[sdk.Room(name=CODE)]))
    twirp.answers["ListParticipants"] = present(
        somebody("host", track("TR_host")),
        somebody("ann", track("TR_ann"), track("TR_cam", CAMERA), *shared),
        somebody("ben", track("TR_ben", muted=True)),
    )
    twirp.answers["MutePublishedTrack"] = message(sdk.MuteRoomTrackResponse(track=track("TR", muted=True)))
    return twirp


def muted(room: TwirpServer) -> list[tuple[str, str]]:
    """Whose tracks LiveKit was asked to mute."""
    asked = [sdk.MuteRoomTrackRequest.FromString(body) for body in room.bodies["MutePublishedTrack"]]
    assert all((one.room, one.muted) == (CODE, True) for one in asked)
    return sorted((one.identity, one.track_sid) for one in asked)


def test_only_the_microphone_is_muted(room: TwirpServer) -> None:
    assert MUTE(CODE, "ann") == 1
    assert muted(room) == [("ann", "TR_ann")]


def test_whoever_is_muted_is_left_alone(room: TwirpServer) -> None:
    assert MUTE(CODE, "ben") == 0
    assert muted(room) == []


def test_all_microphones_of_one_person_are_muted(room: TwirpServer) -> None:
    room.answers["ListParticipants"] = present(somebody("ann", track("TR_1"), track("TR_2")))
    assert MUTE(CODE, "ann") == 2


def test_everybody_but_one_is_muted(room: TwirpServer) -> None:
    assert MUTE_OTHERS(CODE, "host") == 1
    assert MUTE_OTHERS(CODE, "nobody") == 2
    assert muted(room) == [("ann", "TR_ann"), ("ann", "TR_ann"), ("host", "TR_host")]


def test_a_full_room_is_muted_in_one_go(room: TwirpServer) -> None:
    people = [somebody(f"p{number}", track(f"TR_{number}")) for number in range(60)]
    room.answers["ListParticipants"] = present(*people)
    assert MUTE_OTHERS(CODE, "p0") == 59
    assert room.asked.count("ListParticipants") == 1


def test_who_is_not_in_the_room_is_not_there(room: TwirpServer) -> None:
    for identity in ("nobody", "", "\0", "x" * 10_000, "ANN"):
        with pytest.raises(muting.NotThere):
            MUTE(CODE, identity)


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": sdk.ParticipantInfo.EGRESS},
        {"kind": sdk.ParticipantInfo.AGENT},
        {"state": sdk.ParticipantInfo.DISCONNECTED},
        {"permission": sdk.ParticipantPermission(recorder=True)},
    ],
)
def test_machines_and_the_gone_are_not_there(room: TwirpServer, facts: dict[str, Any]) -> None:
    room.answers["ListParticipants"] = present(somebody("ann", track("TR_ann"), **facts))
    with pytest.raises(muting.NotThere):
        MUTE(CODE, "ann")
    assert MUTE_OTHERS(CODE, "host") == 0


def test_a_room_that_is_not_there_is_not_asked_who_is_in_it(room: TwirpServer) -> None:
    """LiveKit would say nothing for 3 s."""
    room.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    with pytest.raises(muting.NotThere):
        MUTE(CODE, "ann")
    assert MUTE_OTHERS(CODE, "host") == 0
    assert room.asked == ["ListRooms", "ListRooms"]


def test_a_room_that_closes_meanwhile_has_nobody(room: TwirpServer) -> None:
    room.answers["ListParticipants"] = refusal(404, "not_found")
    with pytest.raises(muting.NotThere):
        MUTE(CODE, "ann")
    assert MUTE_OTHERS(CODE, "host") == 0


@either
def test_a_room_whose_server_was_killed_is_unreachable(room: TwirpServer, ask: Callable[[], int]) -> None:
    room.answers["ListParticipants"] = refusal(503, "unavailable")
    with pytest.raises(livekit.Unreachable):
        ask()


@either
def test_a_track_that_is_gone_counts_for_nothing(room: TwirpServer, ask: Callable[[], int]) -> None:
    room.answers["MutePublishedTrack"] = message(sdk.MuteRoomTrackResponse())
    assert ask() == 0


@either
def test_whoever_leaves_meanwhile_counts_for_nothing(room: TwirpServer, ask: Callable[[], int]) -> None:
    room.first_answers["ListParticipants"] = [room.answers["ListParticipants"]]
    room.answers["ListParticipants"] = present(somebody("host", track("TR_host")))
    room.answers["MutePublishedTrack"] = refusal(503, "unavailable")
    assert ask() == 0


@either
@pytest.mark.parametrize("status", [(500, "internal"), (503, "unavailable"), (401, "unauthenticated")])
def test_that_somebody_remains_audible_is_an_error(
    room: TwirpServer, ask: Callable[[], int], status: tuple[int, str]
) -> None:
    room.answers["MutePublishedTrack"] = refusal(*status)
    with pytest.raises(livekit.Unreachable):
        ask()
    assert room.asked[-1] == "ListParticipants"


def test_one_who_left_does_not_hold_up_the_others(room: TwirpServer) -> None:
    room.first_answers["ListParticipants"] = [
        present(somebody("gone", track("TR_1")), somebody("ann", track("TR_2")))
    ]
    room.answers["ListParticipants"] = present(somebody("ann", track("TR_2", muted=True)))
    room.first_answers["MutePublishedTrack"] = [refusal(503, "unavailable")]
    assert MUTE_OTHERS(CODE, "host") == 1
