import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from livekit import api as sdk

from tests.conftest import NOON
from tests.upclass.conftest import Answer, TwirpServer, message, refusal, serving
from upclass import egress, livekit, muting

# The border itself, before the tests replace it.
CREATE, CLOSE, DISCONNECT, ROOMS = (
    livekit.create_room,
    livekit.close_room,
    livekit.disconnect,
    livekit.rooms,
)
MUTE, MUTE_OTHERS = muting.mute, muting.mute_everybody_but
START_EGRESS = egress.start_egress
ASKING: list[Callable[[], object]] = [
    lambda: CREATE("room"),
    lambda: CLOSE("room"),
    lambda: DISCONNECT("room", "ann"),
    ROOMS,
    lambda: MUTE("room", "ann"),
    lambda: MUTE_OTHERS("room", "ann"),
]


# Tokens


def claims(token: str) -> Any:
    key, secret = django_settings.LIVEKIT_API_KEY, django_settings.LIVEKIT_API_SECRET
    return sdk.TokenVerifier(key, secret).verify(token)


def test_a_token_says_who_may_enter_which_room() -> None:
    made = claims(livekit.token("ABCD-EFGH-IJKL", "ann", "Ann", {"role": "host"}))
    assert (made.identity, made.name, made.attributes) == ("ann", "Ann", {"role": "host"})
    assert (made.video.room_join, made.video.room) == (True, "ABCD-EFGH-IJKL")


def test_a_token_gives_no_power_over_the_room() -> None:
    video = claims(livekit.token("ABCD-EFGH-IJKL", "ann", "Ann", {})).video
    assert not (video.room_admin or video.room_create or video.room_list or video.room_record)
    assert video.can_update_own_metadata is False


def test_a_token_is_good_for_five_minutes() -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        token = livekit.token("ABCD-EFGH-IJKL", "ann", "Ann", {})
        clock.shift(timedelta(minutes=5, seconds=-1))
        verifier = sdk.TokenVerifier(
            django_settings.LIVEKIT_API_KEY, django_settings.LIVEKIT_API_SECRET, leeway=timedelta(0)
        )
        verifier.verify(token)
        clock.shift(1)
        with pytest.raises(Exception, match="expired"):
            verifier.verify(token)


# Asking


@pytest.mark.parametrize("ask", ASKING)
def test_nobody_there_is_unreachable(ask: Callable[[], object], closed_port: int, settings: Any) -> None:
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{closed_port}"
    with pytest.raises(livekit.Unreachable):
        ask()


@pytest.mark.parametrize(
    "ask", [lambda: CLOSE("room"), lambda: DISCONNECT("room", "ann"), lambda: MUTE("room", "ann")]
)
def test_no_answer_in_two_seconds_is_unreachable(
    ask: Callable[[], object], silent_port: int, settings: Any
) -> None:
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{silent_port}"
    start = monotonic()
    with pytest.raises(livekit.Unreachable):
        ask()
    assert monotonic() - start < 4  # on a busy machine


@pytest.mark.parametrize("ask", ASKING)
@pytest.mark.parametrize(
    ("status", "code"), [(500, "internal"), (503, "unavailable"), (401, "unauthenticated")]
)
def test_a_refusal_is_unreachable_too(
    twirp: TwirpServer, ask: Callable[[], object], status: int, code: str
) -> None:
    actions = ("CreateRoom", "DeleteRoom", "RemoveParticipant", "ListRooms")
    twirp.answers = dict.fromkeys(actions, refusal(status, code))
    with pytest.raises(livekit.Unreachable):
        ask()


def test_an_answer_that_is_no_livekits_is_unreachable(twirp: TwirpServer) -> None:
    twirp.answers["DeleteRoom"] = (502, "text/html", b"<h1>Bad gateway</h1>")
    with pytest.raises(livekit.Unreachable):
        CLOSE("room")


def test_what_does_not_exist_has_ended(twirp: TwirpServer) -> None:
    twirp.answers = dict.fromkeys(("DeleteRoom", "RemoveParticipant"), refusal(404, "not_found"))
    CLOSE("room")
    DISCONNECT("room", "ann")
    assert twirp.asked == ["DeleteRoom", "RemoveParticipant"]


def test_rooms_lists_the_people_active_in_each(twirp: TwirpServer) -> None:
    info = sdk.ParticipantInfo
    people = [
        info(sid="PA_1", identity="ann", name="Ann", joined_at=1772366400, state=info.ACTIVE),
        info(sid="PA_2", identity="phone", state=info.ACTIVE, kind=info.SIP),
        info(sid="PA_3", identity="joining", state=info.JOINED),
        info(sid="PA_4", identity="gone", state=info.DISCONNECTED),
        info(sid="PA_5", identity="recorder", state=info.ACTIVE, kind=info.EGRESS),
        info(sid="PA_6", identity="robot", state=info.ACTIVE, kind=info.AGENT),
    ]
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse(rooms=[sdk.Room(name="ABCD-EFGH-IJKL")]))
    twirp.answers["ListParticipants"] = message(sdk.ListParticipantsResponse(participants=people))
    [ann, phone] = ROOMS().people["ABCD-EFGH-IJKL"]
    assert ann == livekit.Person("PA_1", "ann", "Ann", datetime.fromtimestamp(1772366400, UTC))
    assert phone.identity == "phone"


def test_a_room_that_closes_during_the_look_has_nobody(twirp: TwirpServer) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse(rooms=[sdk.Room(name="ABCD-EFGH-IJKL")]))
    twirp.answers["ListParticipants"] = refusal(404, "not_found")
    assert ROOMS() == livekit.Rooms({"ABCD-EFGH-IJKL": []}, {})


def test_a_room_whose_server_was_killed_is_made_anew_and_has_nobody(twirp: TwirpServer) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse(rooms=[sdk.Room(name="ABCD-EFGH-IJKL")]))
    twirp.first_answers["ListParticipants"] = [refusal(503, "unavailable")]
    twirp.answers["ListParticipants"] = message(sdk.ListParticipantsResponse())
    twirp.answers["CreateRoom"] = message(sdk.Room(name="ABCD-EFGH-IJKL"))
    assert ROOMS() == livekit.Rooms({"ABCD-EFGH-IJKL": []}, {})
    assert twirp.asked == ["ListRooms", "ListParticipants", "CreateRoom", "ListParticipants"]


def test_a_room_that_is_asked_anew_in_vain_did_not_answer(twirp: TwirpServer) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse(rooms=[sdk.Room(name="ABCD-EFGH-IJKL")]))
    twirp.answers["ListParticipants"] = twirp.answers["CreateRoom"] = refusal(503, "unavailable")
    assert ROOMS() == livekit.Rooms({}, {"ABCD-EFGH-IJKL": "unavailable"})


FAR_OFF = sdk.ParticipantInfo(joined_at=2**40, state=sdk.ParticipantInfo.ACTIVE)
ODD = message(sdk.ListParticipantsResponse(participants=[FAR_OFF]))


def listing(twirp: TwirpServer, *names: str) -> None:
    """There are these rooms, all of them empty."""
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse(rooms=[sdk.Room(name=name) for name in names]))
    twirp.answers["ListParticipants"] = message(sdk.ListParticipantsResponse())


@pytest.mark.parametrize(
    ("answer", "why"),
    [(refusal(503, "unavailable"), "unavailable"), (None, "TimeoutError"), (ODD, "ValueError")],
)
def test_a_room_that_does_not_answer_leaves_the_others_theirs(
    twirp: TwirpServer, monkeypatch: pytest.MonkeyPatch, answer: Answer | None, why: str
) -> None:
    monkeypatch.setattr(livekit, "ROOM_TIMEOUT", 3.0)
    listing(twirp, "first", "bad", "last")
    twirp.of_rooms["bad"] = answer
    assert ROOMS() == livekit.Rooms({"first": [], "last": []}, {"bad": why})


@pytest.mark.parametrize("at_once", [1, 100])
def test_rooms_that_all_hang_end_the_poll_in_time(
    twirp: TwirpServer, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(livekit, "POLL_TIMEOUT", 2.0)
    monkeypatch.setattr(livekit, "ROOMS_AT_ONCE", at_once)
    names = [f"room {number}" for number in range(50)]
    listing(twirp, *names)
    twirp.of_rooms["room"] = None
    start = monotonic()
    rooms = ROOMS()
    assert (rooms.people, sorted(rooms.unanswered)) == ({}, sorted(names))
    assert monotonic() - start < 20  # on a busy machine
    assert twirp.asked.count("ListParticipants") <= at_once


def test_rooms_are_asked_in_another_order_each_time(twirp: TwirpServer) -> None:
    names = [f"room {number}" for number in range(50)]
    listing(twirp, *names)
    ROOMS()
    ROOMS()
    asked = twirp.bodies["ListParticipants"]
    assert len(asked) == 100
    assert asked[:50] != asked[50:]


def test_rooms_of_which_there_is_no_list_in_time_are_none(
    silent_port: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{silent_port}"
    monkeypatch.setattr(livekit, "POLL_TIMEOUT", 0.5)
    with pytest.raises(livekit.Unreachable):
        ROOMS()


def test_many_rooms_are_asked_for_and_listed_each_with_its_people(twirp: TwirpServer) -> None:
    names = [f"room {number}" for number in range(50)]
    listing(twirp, *names)
    assert ROOMS() == livekit.Rooms({name: [] for name in names}, {})


def test_nul_which_no_table_can_hold_is_not_passed_on(twirp: TwirpServer) -> None:
    info = sdk.ParticipantInfo
    rooms = [sdk.Room(name="ABCD-EFGH-IJKL"), sdk.Room(name="\0")]
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse(rooms=rooms))
    people = [info(sid="PA_1", identity="a\0nn", state=info.ACTIVE)]
    twirp.answers["ListParticipants"] = message(sdk.ListParticipantsResponse(participants=people))
    [(name, [ann])] = ROOMS().people.items()
    assert (name, ann.identity, ann.joined_at) == ("ABCD-EFGH-IJKL", "ann", None)


# Kept connections


def room_made(twirp: TwirpServer) -> None:
    twirp.answers["CreateRoom"] = message(sdk.Room(name="room"))


def test_calls_go_over_one_connection(twirp: TwirpServer) -> None:
    room_made(twirp)
    for _ in range(5):
        CREATE("room")
    assert len(twirp.connections) == 1


def test_threads_call_at_once(twirp: TwirpServer) -> None:
    room_made(twirp)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(CREATE, ["room"] * 200))
    assert twirp.asked == ["CreateRoom"] * 200
    assert len(twirp.connections) <= 20


def test_a_connection_that_ended_unnoticed_is_replaced(twirp: TwirpServer) -> None:
    room_made(twirp)
    CREATE("room")
    twirp.hangs_up_on.add(twirp.connections[0])
    CREATE("room")
    assert (len(twirp.asked), len(twirp.connections)) == (2, 2)


def test_nor_is_a_call_repeated_more_than_once(twirp: TwirpServer) -> None:
    room_made(twirp)
    twirp.hangs_up_always = True
    with pytest.raises(livekit.Unreachable):
        CREATE("room")
    assert len(twirp.connections) == 2


def test_an_egress_that_may_have_been_requested_is_not_requested_again(twirp: TwirpServer) -> None:
    twirp.hangs_up_always = True
    with pytest.raises(livekit.Unreachable):
        START_EGRESS("room", "key")
    assert len(twirp.connections) == 1


@pytest.mark.parametrize("at_once", [1, 8])
def test_a_livekit_that_restarts_is_called_again(settings: Any, closed_port: int, at_once: int) -> None:
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{closed_port}"
    for _ in range(5):
        twirp = TwirpServer()
        room_made(twirp)
        with serving(twirp, closed_port), ThreadPoolExecutor(at_once) as pool:
            list(pool.map(CREATE, ["room"] * at_once))
            assert len(twirp.asked) == at_once
        with pytest.raises(livekit.Unreachable):
            CREATE("room")


def test_a_forked_process_has_connections_of_its_own(twirp: TwirpServer) -> None:
    room_made(twirp)
    CREATE("room")
    child = os.fork()
    if not child:
        CREATE("room")
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    CREATE("room")
    assert (len(twirp.asked), len(twirp.connections)) == (3, 2)


# Its clock


@pytest.mark.parametrize("ahead", [0.0, 65.0, -300.0])
def test_its_clock_is_compared_with_ours(twirp: TwirpServer, ahead: float) -> None:
    twirp.clock_ahead = ahead
    found = livekit.clock_ahead()
    assert found is not None
    assert abs(found - ahead) < 3  # the date is of whole seconds, and the answer takes a while


def test_nobody_there_has_no_clock(closed_port: int, settings: Any) -> None:
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{closed_port}"
    with pytest.raises(livekit.Unreachable):
        livekit.clock_ahead()
