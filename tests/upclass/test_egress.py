"""The border to LiveKit's Egress API, against a real HTTP server that speaks it."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from django.conf import settings as django_settings
from livekit import api as sdk
from livekit.api.twirp_client import TwirpClient
from livekit.protocol import egress as protocol

from tests.upclass.conftest import Answer, TwirpServer, message, refusal
from upclass import egress
from upclass.egress import Egress, EgressState, NoRecorderFree, NoRoom
from upclass.livekit import Refused, Unreachable

# The border itself, before the tests replace it.
START, STOP, GET, LIST, IS_IN_ROOM = (
    egress.start_egress,
    egress.stop_egress,
    egress.get_egress,
    egress.list_room_egresses,
    egress.is_recorder_in_room,
)
CODE, KEY = "BCDF-GHJK-MNPR", "your-company/BCDF-GHJK-MNPR/k3v9-1.mp4"
ROOM_COMPOSITE = "StartRoomCompositeEgress"
ASKING: list[Callable[[], object]] = [
    lambda: START(CODE, KEY),
    lambda: STOP("EG_1"),
    lambda: GET("EG_1"),
    lambda: LIST(CODE),
    lambda: IS_IN_ROOM(CODE, "EG_1"),
]
ACTIONS = (ROOM_COMPOSITE, "StopEgress", "ListEgress", "ListRooms")
THE_ROOM = sdk.ListRoomsResponse(rooms=[sdk.Room(name=CODE)])


@pytest.fixture
def orders(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    """Each request that was sent, and what the key that it was sent with allows."""
    sent: list[tuple[Any, Any]] = []
    plain = TwirpClient.request

    async def request(self: Any, service: str, action: str, data: Any, headers: Any, *others: Any) -> Any:
        key, secret = django_settings.LIVEKIT_API_KEY, django_settings.LIVEKIT_API_SECRET
        token = headers["authorization"].removeprefix("Bearer ")
        sent.append((data, sdk.TokenVerifier(key, secret).verify(token).video))
        return await plain(self, service, action, data, headers, *others)

    monkeypatch.setattr(TwirpClient, "request", request)
    return sent


def info(**facts: Any) -> Any:
    """An egress as LiveKit reports it."""
    order = sdk.RoomCompositeEgressRequest(file_outputs=[sdk.EncodedFileOutput(filepath=KEY)])
    return sdk.EgressInfo(**{"egress_id": "EG_1", "room_name": CODE, "room_composite": order, **facts})


# What is asked


def test_a_start_asks_for_the_whole_room_in_one_file(
    twirp: TwirpServer, orders: list[Any], settings: Any
) -> None:
    settings.S3_ENDPOINT_URL, settings.S3_BUCKET = "http://127.0.0.1:7070", "mine"
    settings.S3_REGION = "eu-central-1"
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = "someone", "a long random text"
    twirp.answers[ROOM_COMPOSITE] = message(info())
    START(CODE, KEY)
    [(order, grants)] = orders
    [file] = order.file_outputs
    assert (order.room_name, order.layout, order.audio_only, order.video_only) == (CODE, "grid", False, False)
    assert (file.filepath, file.file_type, file.disable_manifest) == (KEY, sdk.EncodedFileType.MP4, True)
    s3 = file.s3
    assert (s3.endpoint, s3.bucket, s3.region) == ("http://127.0.0.1:7070", "mine", "eu-central-1")
    assert (s3.access_key, s3.secret, s3.force_path_style) == ("someone", "a long random text", True)
    assert grants.room_record


def test_it_is_720p_at_25_pictures_a_second_with_sound(twirp: TwirpServer, orders: list[Any]) -> None:
    twirp.answers[ROOM_COMPOSITE] = message(info())
    START(CODE, KEY)
    asked = orders[0][0].advanced
    assert (asked.width, asked.height, asked.framerate, asked.video_bitrate) == (1280, 720, 25, 2000)
    assert (asked.audio_frequency, asked.audio_bitrate) == (48_000, 96)


def test_a_start_that_was_received_returns_the_egress(twirp: TwirpServer) -> None:
    twirp.answers[ROOM_COMPOSITE] = message(info())
    assert START(CODE, KEY) == Egress("EG_1", KEY, EgressState.STARTING)


# What a start may answer


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (refusal(503, "unavailable"), NoRecorderFree),
        (refusal(429, "resource_exhausted"), NoRecorderFree),
        (refusal(408, "deadline_exceeded"), NoRecorderFree),
        (refusal(404, "not_found"), NoRoom),
        (refusal(400, "invalid_argument"), Refused),
        (refusal(401, "unauthenticated"), Refused),
        (refusal(500, "internal"), Refused),
    ],
)
def test_every_refusal_of_a_start_has_its_word(
    twirp: TwirpServer, answer: Answer, outcome: type[Exception]
) -> None:
    twirp.answers[ROOM_COMPOSITE] = answer
    with pytest.raises(outcome):
        START(CODE, KEY)
    assert twirp.asked == [ROOM_COMPOSITE]  # once, whatever came of it


def test_a_refusal_keeps_what_livekit_said(twirp: TwirpServer) -> None:
    twirp.answers[ROOM_COMPOSITE] = refusal(400, "invalid_argument")
    with pytest.raises(Refused) as refused:
        START(CODE, KEY)
    assert (refused.value.code, refused.value.message) == ("invalid_argument", "so it is")


@pytest.mark.parametrize("ask", ASKING)
def test_a_dead_server_is_unreachable_and_none_refused(
    ask: Callable[[], object], closed_port: int, settings: Any
) -> None:
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{closed_port}"
    with pytest.raises(Unreachable) as away:
        ask()
    assert not isinstance(away.value, Refused)


@pytest.mark.parametrize(
    ("ask", "limit"),
    [(ASKING[0], "START_TIMEOUT"), (ASKING[1], "STOP_TIMEOUT"), (ASKING[2], ""), (ASKING[4], "")],
)
def test_a_server_that_does_not_answer_is_given_up(
    ask: Callable[[], object], limit: str, silent_port: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{silent_port}"
    if limit:
        monkeypatch.setattr(egress, limit, 0.3)
    begun = monotonic()
    with pytest.raises(Unreachable, match="TimeoutError"):
        ask()
    assert monotonic() - begun < 5  # on a busy machine


def test_livekit_has_time_to_answer_that_no_recorder_is_free() -> None:
    """Which it does after 23 s; of a stop, after 15, that nobody received it."""
    assert egress.START_TIMEOUT > 23
    assert egress.STOP_TIMEOUT > 15


@pytest.mark.parametrize("ask", ASKING)
def test_an_answer_that_is_no_livekit_s_is_unreachable(twirp: TwirpServer, ask: Callable[[], object]) -> None:
    twirp.answers = dict.fromkeys(ACTIONS, (502, "text/html", b"<h1>Bad gateway</h1>"))
    with pytest.raises(Unreachable):
        ask()
    twirp.answers = dict.fromkeys(ACTIONS, (200, "text/html", b"<h1>Welcome</h1>"))
    with pytest.raises(Unreachable):
        ask()


@pytest.mark.parametrize("code", ["unavailable", "not_found", "invalid_argument", "internal"])
def test_no_secret_is_in_what_is_raised(twirp: TwirpServer, settings: Any, code: str) -> None:
    settings.S3_ACCESS_KEY_ID, settings.S3_SECRET_ACCESS_KEY = "someone", "geheim"
    twirp.answers[ROOM_COMPOSITE] = refusal(500, code)
    with pytest.raises((NoRecorderFree, NoRoom, Refused)) as raised:
        START(CODE, KEY)
    for error in causes(raised.value):
        shown = f"{error!r} {error} {vars(error)}"
        assert "geheim" not in shown and django_settings.LIVEKIT_API_SECRET not in shown
        assert "eyJ" not in shown


def causes(error: BaseException) -> list[BaseException]:
    """It, and what it was raised from."""
    found = [error]
    while found[-1].__cause__ and found[-1].__cause__ not in found:
        found.append(found[-1].__cause__)
    return found


def test_nothing_that_is_raised_is_its_own_cause(twirp: TwirpServer) -> None:
    """Whoever goes from cause to cause, such as a reporter of errors, would never come to an end."""
    twirp.answers[ROOM_COMPOSITE] = refusal(400, "invalid_argument")
    with pytest.raises(Refused) as refused:
        START(CODE, KEY)
    assert refused.value.__cause__ is not refused.value


# Stopping


def test_a_stop_names_the_egress(twirp: TwirpServer, orders: list[Any]) -> None:
    twirp.answers["StopEgress"] = message(info(status=protocol.EGRESS_ENDING))
    assert STOP("EG_1") is True
    assert orders[0][0].egress_id == "EG_1"


@pytest.mark.parametrize(
    ("answer", "is_received"),
    [
        (refusal(412, "failed_precondition"), True),  # it has ended
        (refusal(404, "not_found"), False),
        (refusal(503, "unavailable"), False),
        (refusal(408, "deadline_exceeded"), False),
    ],
)
def test_a_stop_says_whether_anybody_runs_it(twirp: TwirpServer, answer: Answer, is_received: bool) -> None:
    twirp.answers["StopEgress"] = answer
    assert STOP("EG_1") is is_received


@pytest.mark.parametrize(("status", "code"), [(500, "internal"), (401, "unauthenticated")])
def test_a_stop_that_livekit_will_not_do_says_nothing_of_the_recorder(
    twirp: TwirpServer, status: int, code: str
) -> None:
    twirp.answers["StopEgress"] = refusal(status, code)
    with pytest.raises(Refused):
        STOP("EG_1")


# Getting one, listing those of a room


def test_a_get_is_of_one_egress(twirp: TwirpServer, orders: list[Any]) -> None:
    twirp.answers["ListEgress"] = message(sdk.ListEgressResponse(items=[info()]))
    assert GET("EG_1") == Egress("EG_1", KEY, EgressState.STARTING)
    assert (orders[0][0].egress_id, orders[0][0].room_name, orders[0][0].active) == ("EG_1", "", False)


@pytest.mark.parametrize("answer", [message(sdk.ListEgressResponse()), refusal(404, "not_found")])
def test_an_egress_that_livekit_does_not_know_is_none(twirp: TwirpServer, answer: Answer) -> None:
    twirp.answers["ListEgress"] = answer
    assert GET("EG_1") is None
    assert LIST(CODE) == []


def test_nul_which_no_table_can_hold_is_not_passed_on(twirp: TwirpServer) -> None:
    one = info(status=protocol.EGRESS_FAILED, error="page \0crashed", egress_id="EG_\x001")
    twirp.answers["ListEgress"] = message(sdk.ListEgressResponse(items=[one]))
    found = GET("EG_1")
    assert found and (found.id, found.error) == ("EG_1", "page crashed")


def test_of_a_room_all_are_listed_also_those_that_ended(twirp: TwirpServer, orders: list[Any]) -> None:
    items = [info(), info(egress_id="EG_2", status=protocol.EGRESS_COMPLETE)]
    twirp.answers["ListEgress"] = message(sdk.ListEgressResponse(items=items))
    states = [(one.id, one.state) for one in LIST(CODE)]
    assert states == [("EG_1", EgressState.STARTING), ("EG_2", EgressState.COMPLETE)]
    assert (orders[0][0].room_name, orders[0][0].active) == (CODE, False)


def test_the_recorder_in_a_room_is_hidden_and_named_by_its_egress(
    twirp: TwirpServer, orders: list[Any]
) -> None:
    hidden = sdk.ParticipantPermission(hidden=True, recorder=True)
    info_of = sdk.ParticipantInfo
    people = [info_of(identity="ann"), info_of(identity="EG_1", kind=info_of.EGRESS, permission=hidden)]
    twirp.answers["ListRooms"] = message(THE_ROOM)
    twirp.answers["ListParticipants"] = message(sdk.ListParticipantsResponse(participants=people))
    assert IS_IN_ROOM(CODE, "EG_1") is True
    assert IS_IN_ROOM(CODE, "EG_2") is False
    assert (list(orders[0][0].names), orders[1][0].room) == ([CODE], CODE)


def test_in_a_room_that_is_gone_nobody_records(twirp: TwirpServer) -> None:
    """LiveKit, asked who is in it, would need 3 s to say that it cannot be asked."""
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    assert IS_IN_ROOM(CODE, "EG_1") is False
    assert twirp.asked == ["ListRooms"]


@pytest.mark.parametrize("answer", [message(sdk.ListParticipantsResponse()), refusal(404, "not_found")])
def test_in_a_room_that_closes_while_it_is_asked_nobody_records(twirp: TwirpServer, answer: Answer) -> None:
    twirp.answers["ListRooms"] = message(THE_ROOM)
    twirp.answers["ListParticipants"] = answer
    assert IS_IN_ROOM(CODE, "EG_1") is False


def test_a_room_that_cannot_be_asked_says_nothing(twirp: TwirpServer) -> None:
    twirp.answers["ListRooms"] = message(THE_ROOM)
    twirp.answers["ListParticipants"] = refusal(503, "unavailable")
    with pytest.raises(Refused):
        IS_IN_ROOM(CODE, "EG_1")
