"""What hosts do in a call, on real LiveKit: people without a browser, who joined by the page."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from livekit import api, rtc

from local.stack import Stack
from tests.drill.join_page import Browser, Refused, Ticket
from tests.e2e.integrator import Integrator
from tests.e2e.rooms import Rooms
from tests.e2e.senders import GREEN, RED, Media, Sender
from tests.e2e.stacks import away, wait_for

SOON = 10.0  # seconds; what is waited for mostly comes within one
JOHN = {"display_name": "John", "external_user_id": "john", "role": "host"}
JOE = {"display_name": "Joe", "external_user_id": "joe", "role": "host"}
JANE = {"display_name": "Jane", "external_user_id": "jane"}
NOTHING = Media(None, None)
VOICES = {"john": Media(RED, 440, 160, 90, 5), "jane": Media(GREEN, 660, 160, 90, 5), "joe": Media(None, 880)}


class Caller:
    """Somebody registered, with a browser's cookies and, once in, media."""

    def __init__(self, call: "Call", person: Any) -> None:
        self.call, self.name, self.join_url = call, person["external_user_id"], person["join_url"]
        self.browser = Browser(call.folder / self.name)
        self.ticket: Ticket
        self.sender: Sender

    def knock(self) -> Ticket:
        self.ticket = self.browser.enter(self.join_url, self.name)
        return self.ticket

    def come(self) -> "Caller":
        """With a new ticket."""
        return self.enter(self.knock())

    def enter(self, ticket: Ticket, media: Media | None = None) -> "Caller":
        self.sender = Sender(ticket.url, ticket.token, media or VOICES[self.name])
        self.call.rooms.sent.append(self.sender)
        return self

    def slip_in(self, ticket: Ticket) -> None:
        """On a token of before, which cannot be revoked; and perhaps be ejected in the doing."""
        with suppress(rtc.ConnectError):
            self.enter(ticket, NOTHING)

    @property
    def is_in(self) -> bool:
        return (
            hasattr(self, "sender")
            and self.sender.room.connection_state == rtc.ConnectionState.CONN_CONNECTED
        )

    def do(self, action: str, **fields: str) -> tuple[int, Any]:
        """What hosts do: status and JSON of the answer."""
        place, _, query = self.join_url.partition("?")
        body = urllib.parse.urlencode(fields).encode()
        headers = {"X-CSRFToken": self.browser.csrf(), "Accept": "application/json"}
        click = urllib.request.Request(f"{place}host/{action}/?{query}", body, headers)
        try:
            with self.browser.opener.open(click, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def sees_muted(self, other: "Caller") -> dict[str, bool] | None:
        """Whether each track of another is muted, as this one sees it; None while they are not known."""
        seen = self.sender.room.remote_participants.get(other.ticket.identity)
        tracks = seen.track_publications.values() if seen else ()
        return {track.name: track.muted for track in tracks} or None

    def sees(self, other: "Caller") -> bool:
        return other.ticket.identity in self.sender.room.remote_participants


class Call:
    """A secured meeting with John and Joe, who are hosts, and Jane."""

    def __init__(self, rooms: Rooms, integrator: Integrator, folder: Path, **facts: Any) -> None:
        self.rooms, self.integrator, self.folder = rooms, integrator, folder
        made = integrator.create(is_secured=True, participants=[JOHN, JOE, JANE], **facts)
        self.code = made["meeting_code"]
        self.path = f"meetings/{self.code}/"
        self.john, self.joe, self.jane = (Caller(self, person) for person in made["participants"])

    def listed(self, caller: Caller) -> dict[str, bool]:
        """Whether each track of somebody is muted, as LiveKit lists it: a moment after the others see it."""
        found = self.rooms.ask("list_participants", api.ListParticipantsRequest(room=self.code)).participants
        one = next((one for one in found if one.identity == caller.ticket.identity), None)
        return {track.name: track.muted for track in one.tracks} if one else {}

    def sessions(self, name: str, is_connected: list[bool]) -> Any:
        """Wait until the API shows these visits of somebody."""
        return self.integrator.wait_for(
            f"{self.path}participants/{name}/",
            lambda shown: [one["is_connected"] for one in shown["sessions"]] == is_connected,
        )


@pytest.fixture
def call(stack: Stack, integrator: Integrator, tmp_path: Path) -> Iterator[Call]:
    rooms = Rooms(stack.env)
    yield Call(rooms, integrator, tmp_path)
    rooms.close()


def test_the_ticket_says_how_long_the_meeting_lasts(integrator: Integrator, call: Call) -> None:
    soon = Call(call.rooms, integrator, call.folder / "soon", expires_at=Integrator.in_seconds(600))
    soon.folder.mkdir()
    assert 500 < (soon.john.knock().expires_in or 0) <= 600
    assert call.john.knock().expires_in is None


# Muting


def test_whoever_is_muted_is_heard_by_nobody_until_they_unmute_themselves(call: Call) -> None:
    john, jane = call.john.come(), call.jane.come()
    audible = {"camera": False, "microphone": False}
    wait_for(lambda: call.listed(jane) == audible, SOON, "Jane is not there")
    assert john.do("mute", identity=jane.ticket.identity) == (200, {"muted": 1})
    muted = {"camera": False, "microphone": True}
    wait_for(lambda: john.sees_muted(jane) == muted, SOON, "John does not see that Jane is muted")
    wait_for(lambda: jane.sender.publications["microphone"].muted, SOON, "Jane does not see it")
    wait_for(lambda: call.listed(jane) == muted, SOON, "she is not listed as muted")
    assert john.do("mute", identity=jane.ticket.identity) == (200, {"muted": 0})
    jane.sender.unmute("microphone")
    wait_for(lambda: john.sees_muted(jane) == audible, SOON, "Jane cannot unmute herself")


def test_everybody_but_the_host_is_muted(call: Call) -> None:
    john, joe, jane = call.john.come(), call.joe.come(), call.jane.come()
    wait_for(lambda: joe.sees_muted(jane) and joe.sees_muted(john), SOON, "not all are there")
    wait_for(lambda: call.listed(joe) and call.listed(jane), SOON, "not all are listed")
    assert john.do("mute") == (200, {"muted": 2})
    wait_for(lambda: john.sees_muted(joe) == {"microphone": True}, SOON, "Joe is not muted")
    wait_for(lambda: (joe.sees_muted(jane) or {})["microphone"], SOON, "Jane is not muted")
    assert joe.sees_muted(john) == {"camera": False, "microphone": False}
    wait_for(lambda: call.listed(joe)["microphone"] and call.listed(jane)["microphone"], SOON, "not listed")
    assert john.do("mute") == (200, {"muted": 0})


def test_nobody_is_muted_who_is_not_there(call: Call) -> None:
    call.john.knock()
    assert call.john.do("mute") == (200, {"muted": 0})
    identity = call.jane.knock().identity
    assert call.john.do("mute", identity=identity)[0] == 404  # the room is made, and empty
    jane = call.jane.come()
    wait_for(lambda: call.john.do("mute", identity=identity)[0] == 200, SOON, "Jane is not there")
    jane.sender.leave()
    wait_for(lambda: call.john.do("mute", identity=identity)[0] == 404, SOON, "Jane is still there")


def test_an_attendee_does_nothing_of_it(call: Call) -> None:
    john, jane = call.john.come(), call.jane.come()
    wait_for(lambda: jane.sees_muted(john), SOON, "John is not there")
    for action in ("mute", "remove", "end"):
        status, said = jane.do(action, identity=john.ticket.identity)
        assert (status, said["code"]) == (403, "not_a_host")
    assert john.is_in
    assert jane.sees_muted(john) == {"camera": False, "microphone": False}


# Removing


def test_whoever_is_removed_is_out_and_cannot_remain_on_an_old_token(call: Call) -> None:
    john, jane = call.john.come(), call.jane.come()
    call.sessions("jane", [True])
    old = jane.ticket
    assert john.do("remove", identity=old.identity) == (200, {"removed": True})
    wait_for(lambda: not jane.is_in and not john.sees(jane), SOON, "Jane is still in")
    with pytest.raises(Refused, match="403"):
        jane.knock()
    jane.slip_in(old)
    wait_for(lambda: not jane.is_in and not john.sees(jane), SOON, "Jane remains on her old token")
    shown = call.sessions("jane", [False])
    assert (shown["display_name"], shown["session_count"]) == ("Jane", 1)
    assert john.is_in


def test_whoever_is_removed_between_token_and_call_cannot_remain(call: Call) -> None:
    john, ticket = call.john.come(), call.jane.knock()
    assert john.do("remove", identity=ticket.identity)[0] == 200
    call.jane.slip_in(ticket)
    wait_for(lambda: not call.jane.is_in and not john.sees(call.jane), SOON, "Jane remains")


def test_a_host_who_is_removed_can_do_nothing_any_more(call: Call) -> None:
    john, joe = call.john.come(), call.joe.come()
    assert joe.do("remove", identity=john.ticket.identity) == (200, {"removed": True})
    wait_for(lambda: not john.is_in, SOON, "John is still in")
    for action in ("mute", "remove", "end"):
        status, said = john.do(action, identity=joe.ticket.identity)
        assert (status, said["code"]) == (403, "participant_barred")
    assert joe.is_in


# Ending


def test_ending_disconnects_everybody(call: Call) -> None:
    john, jane = call.john.come(), call.jane.come()
    status, ended = john.do("end")
    assert status == 200
    wait_for(lambda: not john.is_in and not jane.is_in, SOON, "somebody is still in")
    assert call.integrator.get(call.path)["ended_at"] == ended["ended_at"]
    assert john.do("end") == (200, ended)
    assert john.do("mute")[0] == 410
    with pytest.raises(Refused, match="410"):
        jane.knock()
    with pytest.raises(rtc.ConnectError):
        jane.enter(jane.ticket)


# While LiveKit is away


def test_what_cannot_be_done_is_said_and_what_is_written_down_holds(stack: Stack, call: Call) -> None:
    john, jane = call.john, call.jane
    john.knock()
    identity = jane.knock().identity
    with away(stack, "livekit"):
        status, said = john.do("mute")
        assert (status, said["code"]) == (503, "call_server_unreachable")
        assert john.do("remove", identity=identity) == (200, {"removed": True})
    with pytest.raises(Refused, match="403"):
        jane.knock()
