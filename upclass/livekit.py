"""LiveKit's server API: the one place that calls it, by synchronous functions.

Every call has a time limit, since the SDK's own does nothing. A room is named by its meeting's code.
"""

import asyncio
import atexit
import logging
import random
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.client import HTTPException
from itertools import chain, takewhile

import aiohttp
from django.conf import settings
from google.protobuf.message import DecodeError
from livekit import api

from upclass import event_loop

log = logging.getLogger(__name__)

TOKEN_LIFE = timedelta(minutes=5)  # checked at connect only; LiveKit renews it for the connected
TIMEOUT = 2.0  # seconds
POLL_TIMEOUT = 15.0  # seconds for all rooms together
ROOM_TIMEOUT = 5.0  # seconds for one room: of one whose server was killed, LiveKit says so after 3
ROOMS_AT_ONCE = 100  # concurrent questions, so that dozens of rooms that hang leave the others their turn
CONNECTION_ENDED = (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError)
NO_ANSWER = (aiohttp.ClientError, TimeoutError, OSError, DecodeError)


class Unreachable(Exception):
    """LiveKit could not be reached, or did not answer in time."""


class Refused(Unreachable):
    """LiveKit answered, and will not do it: `code` is its word, `message` its sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"LiveKit refused: {code}")
        self.code, self.message = code, message


@dataclass(frozen=True)
class Person:
    """Somebody connected to a room, machines excluded. `joined_at`: whole seconds; None if not reported.

    `admission`: the attribute of that name of their token, if it had one.
    """

    sid: str
    identity: str
    name: str
    joined_at: datetime | None
    admission: str = ""


@dataclass(frozen=True)
class Rooms:
    """What LiveKit said of its rooms, by their names.

    `people`: those active in each room that answered. `unanswered`: why each other one did not.
    """

    people: dict[str, list[Person]]
    unanswered: dict[str, str]

    @property
    def everybody(self) -> Iterator[Person]:
        return chain.from_iterable(self.people.values())


# Calls


type Operation[T] = Callable[[api.LiveKitAPI], Awaitable[T]]


def call[T](operation: Operation[T], seconds: float = TIMEOUT, *, may_repeat: bool = True) -> T:
    """Run calls to LiveKit. Raises Unreachable or Refused, ServerError for what does not exist.

    Connections are kept. One that ends when it is used again, as by a restart of LiveKit, leaves open
    whether the call had an effect: it is repeated on another, where it may be.
    """
    tries = 2 if may_repeat else 1
    try:
        return event_loop.run(asyncio.wait_for(_run(operation, tries), seconds))
    except NO_ANSWER as error:
        raise Unreachable(f"LiveKit did not answer: {type(error).__name__}") from error
    except api.ServerError as error:
        if error.code == api.ServerErrorCode.NOT_FOUND:
            raise
        raise Refused(error.code, error.message) from error


async def _run[T](operation: Operation[T], tries: int) -> T:
    account = settings.LIVEKIT_URL, settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET
    client = _client(asyncio.get_running_loop(), *account)
    try:
        return await operation(client)
    except CONNECTION_ENDED:
        if tries == 1:
            raise
        return await _run(operation, tries - 1)


@cache
def _client(loop: asyncio.AbstractEventLoop, *account: str) -> api.LiveKitAPI:
    """Of this event loop, in whose thread alone it is made and used."""
    session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
    atexit.register(lambda: event_loop.run(session.close()))
    return api.LiveKitAPI(*account, session=session)


def _ignore_missing(operation: Operation[object]) -> None:
    """Call for an end; what does not exist has ended."""
    with suppress(api.ServerError):
        call(operation)


def create_room(code: str) -> None:
    """Create the meeting's room, or keep the one that exists."""
    call(lambda client: client.room.create_room(api.CreateRoomRequest(name=code)))


def close_room(code: str) -> None:
    """Disconnect everybody and refuse every token for the room, until it is made again."""
    _ignore_missing(lambda client: client.room.delete_room(api.DeleteRoomRequest(room=code)))


def disconnect(code: str, identity: str) -> None:
    """Disconnect one person. Their token still opens the room until it expires."""
    who = api.RoomParticipantIdentity(room=code, identity=identity)
    _ignore_missing(lambda client: client.room.remove_participant(who))


def rooms() -> Rooms:
    """Every room there is, and the people active in it, as far as there is an answer in time.

    Raises Unreachable if it cannot even be said which rooms there are.
    """
    return call(_rooms, seconds=POLL_TIMEOUT + 5.0)  # it ends by itself


async def _rooms(client: api.LiveKitAPI) -> Rooms:
    """Asked in any order: where there is no time for all, it is not always the same that go without."""
    until = asyncio.get_running_loop().time() + POLL_TIMEOUT
    async with asyncio.timeout_at(until):
        found = (await client.room.list_rooms(api.ListRoomsRequest())).rooms
    names = {room.name for room in found if "\0" not in room.name}
    rooms = Rooms({}, dict.fromkeys(random.sample(sorted(names), len(names)), "no time"))
    turns = iter(list(rooms.unanswered))
    await asyncio.gather(*[_ask(client, turns, rooms, until) for _ in range(ROOMS_AT_ONCE)])
    return rooms


async def _ask(client: api.LiveKitAPI, turns: Iterator[str], rooms: Rooms, until: float) -> None:
    """Ask one room after the other, whichever has its turn."""
    loop = asyncio.get_running_loop()
    for code in takewhile(lambda _: loop.time() < until, turns):
        try:
            async with asyncio.timeout_at(min(until, loop.time() + ROOM_TIMEOUT)):
                rooms.people[code] = await _people(client, code)
            del rooms.unanswered[code]
        except api.ServerError as error:
            rooms.unanswered[code] = error.code
        except NO_ANSWER as error:
            rooms.unanswered[code] = type(error).__name__
        except Exception as error:  # logged with its traceback; one room does not hold up the others
            log.exception("room %s could not be read", code)
            rooms.unanswered[code] = type(error).__name__


async def _people(client: api.LiveKitAPI, code: str) -> list[Person]:
    try:
        found = await list_people(client, code)
    except api.ServerError as error:
        if error.code == api.ServerErrorCode.NOT_FOUND:
            return []  # closed since the rooms were listed
        log.warning("room %s is served by nobody, and is created again: %s", code, error.code)
        await client.room.create_room(api.CreateRoomRequest(name=code))
        found = await list_people(client, code)
    return [_person(info) for info in found if is_active_person(info)]


async def list_people(client: api.LiveKitAPI, code: str) -> list[api.ParticipantInfo]:
    """Raises ServerError "unavailable" for a room whose server was killed, until the room is created again.

    Such a room stays listed, and can neither be queried nor closed.
    """
    return list((await client.room.list_participants(api.ListParticipantsRequest(room=code))).participants)


def is_active_person(info: api.ParticipantInfo) -> bool:
    is_person = info.kind in (api.ParticipantInfo.STANDARD, api.ParticipantInfo.SIP)
    is_recorder = info.permission.recorder
    return is_person and not is_recorder and info.state == api.ParticipantInfo.ACTIVE


def _person(info: api.ParticipantInfo) -> Person:
    joined_at = datetime.fromtimestamp(info.joined_at, UTC) if info.joined_at else None
    admission = info.attributes.get("admission", "")
    return Person(info.sid, info.identity.replace("\0", ""), info.name, joined_at, admission)


# Its health


def clock_ahead() -> float | None:
    """By how many seconds LiveKit's clock is ahead of ours, by the date of its answer; None if it says none.

    Raises Unreachable.
    """
    address = settings.LIVEKIT_URL.replace("ws", "http", 1)
    try:
        with urllib.request.urlopen(address, timeout=1.0) as answer:  # noqa: S310  of our own settings
            date = answer.headers["Date"]
    except (OSError, HTTPException) as error:
        raise Unreachable(f"LiveKit did not answer: {type(error).__name__}") from error
    return parsedate_to_datetime(date).timestamp() - time.time() if date else None


def is_reachable() -> bool:
    try:
        call(lambda client: client.room.list_rooms(api.ListRoomsRequest(names=["-"])), seconds=1.0)
    except (Unreachable, api.ServerError):
        return False
    return True


# Tokens


def token(code: str, identity: str, name: str, attributes: Mapping[str, str]) -> str:
    """A token that opens one room for five minutes; no admin grant, no change of one's own metadata."""
    grants = api.VideoGrants(
        room_join=True,
        room=code,
        can_publish=True,
        can_subscribe=True,
        can_publish_data=True,
        can_update_own_metadata=False,
    )
    made = api.AccessToken(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET)
    made = made.with_identity(identity).with_name(name).with_grants(grants).with_ttl(TOKEN_LIFE)
    return made.with_attributes(dict(attributes)).to_jwt()
