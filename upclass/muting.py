"""Muting people's microphones, through LiveKit's server API."""

import asyncio
from dataclasses import dataclass

import aiohttp
from livekit import api

from upclass.livekit import call, is_active_person, list_people

AT_ONCE = 20  # concurrent calls
MUTE_TIMEOUT = 1.0  # seconds for one track, which takes a hundredth; for somebody who left, LiveKit takes 3


class NotThere(Exception):
    """Nobody has this identity in this room."""


@dataclass(frozen=True)
class Microphone:
    """A track of somebody's voice."""

    identity: str
    sid: str

    def of(self, code: str) -> api.MuteRoomTrackRequest:
        """The question to mute it."""
        return api.MuteRoomTrackRequest(room=code, identity=self.identity, track_sid=self.sid, muted=True)


def mute(code: str, identity: str) -> int:
    """Mute one person's microphone; how many tracks were not muted before. Raises NotThere.

    They can unmute themselves; LiveKit refuses to do that for them.
    """

    async def run(client: api.LiveKitAPI) -> int:
        meant = [info for info in await _present(client, code) if info.identity == identity]
        if not meant:
            raise NotThere
        return await _mute(client, code, meant)

    return call(run)


def mute_everybody_but(code: str, identity: str) -> int:
    """Mute the microphones of all people but one; how many tracks were not muted before."""

    async def run(client: api.LiveKitAPI) -> int:
        meant = [info for info in await _present(client, code) if info.identity != identity]
        return await _mute(client, code, meant)

    return call(run)


async def _present(client: api.LiveKitAPI, code: str) -> list[api.ParticipantInfo]:
    """The people active in a room; nobody where there is no room, of which LiveKit says nothing for 3 s."""
    if not (await client.room.list_rooms(api.ListRoomsRequest(names=[code]))).rooms:
        return []
    try:
        return [info for info in await list_people(client, code) if is_active_person(info)]
    except api.ServerError as error:
        if error.code != api.ServerErrorCode.NOT_FOUND:
            raise
        return []  # closed since the room was looked for


async def _mute(client: api.LiveKitAPI, code: str, people: list[api.ParticipantInfo]) -> int:
    """Raises TimeoutError if somebody is still unmuted, and not merely gone."""
    tracks, at_once = _unmuted(people), asyncio.Semaphore(AT_ONCE)
    asked = [_mute_track(client, at_once, track.of(code)) for track in tracks]
    answers = await asyncio.gather(*asked)
    unanswered = {track for track, answer in zip(tracks, answers, strict=True) if answer is None}
    if unanswered and unanswered & set(_unmuted(await _present(client, code))):
        raise TimeoutError
    return sum(answer or 0 for answer in answers)


def _unmuted(people: list[api.ParticipantInfo]) -> list[Microphone]:
    """Those that are not muted."""
    return [
        Microphone(info.identity, track.sid)
        for info in people
        for track in info.tracks
        if track.source == api.TrackSource.MICROPHONE and not track.muted
    ]


async def _mute_track(
    client: api.LiveKitAPI, at_once: asyncio.Semaphore, track: api.MuteRoomTrackRequest
) -> int | None:
    """1 if it was muted, 0 if it is gone; None if nobody answers, as for a person who is gone."""
    async with at_once:
        try:
            answer = await asyncio.wait_for(client.room.mute_published_track(track), MUTE_TIMEOUT)
        except (TimeoutError, aiohttp.ClientError, api.ServerError):
            return None
    return int(answer.HasField("track"))
