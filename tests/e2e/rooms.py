"""LiveKit's rooms for tests that send and record without a browser."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from livekit import api

from egress.job import Job
from tests.e2e.senders import Elsewhere, Loop, Media, Sender

SIZE = {"width": 640, "height": 360, "framerate": 15, "video_bitrate": 800_000, "audio_bitrate": 64_000}


class Rooms:
    """A LiveKit server, and everybody who was sent into its rooms."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.url, self.key, self.secret = (
            env[name] for name in ("LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET")
        )
        self.home = Loop()
        self.sent: list[Sender | Elsewhere] = []

    def ask(self, action: str, request: Any) -> Any:
        """One call of LiveKit's RoomService."""
        return self.home.run(self._ask(action, request))

    async def _ask(self, action: str, request: Any) -> Any:
        address = self.url.replace("ws", "http", 1)
        async with api.LiveKitAPI(address, self.key, self.secret) as service:
            return await getattr(service.room, action)(request)

    def create(self, departure_timeout: int = 20) -> str:
        """The name of a new room."""
        name = uuid.uuid4().hex[:12]
        self.ask("create_room", api.CreateRoomRequest(name=name, departure_timeout=departure_timeout))
        return name

    def delete(self, room: str) -> None:
        self.ask("delete_room", api.DeleteRoomRequest(room=room))

    def identities(self, room: str) -> set[str]:
        """Who is in, the hidden ones too."""
        found = self.ask("list_participants", api.ListParticipantsRequest(room=room))
        return {participant.identity for participant in found.participants}

    def token(self, room: str, identity: str, name: str = "", kind: Any = "standard") -> str:
        """For somebody who sends and is seen."""
        grants = api.VideoGrants(room_join=True, room=room)
        made = api.AccessToken(self.key, self.secret).with_identity(identity).with_name(name or identity)
        return made.with_kind(kind).with_grants(grants).with_ttl(timedelta(minutes=10)).to_jwt()

    def send(self, room: str, identity: str, media: Media | None = None, kind: str = "standard") -> Sender:
        """Let somebody come and send."""
        sender = Sender(self.url, self.token(room, identity, kind=kind), media)
        self.sent.append(sender)
        return sender

    def send_elsewhere(self, room: str, identity: str, media: Media | None = None) -> Elsewhere:
        """The same in a process that can crash."""
        sender = Elsewhere(self.url, self.token(room, identity), media)
        self.sent.append(sender)
        return sender

    def job(self, room: str, folder: Any, **facts: Any) -> Job:
        """A recording of the room into a file of its own in a folder."""
        egress_id = f"EG_{uuid.uuid4().hex[:12]}"
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            can_publish=False,
            can_publish_data=False,
            can_subscribe=True,
            hidden=True,
            recorder=True,
        )
        made = api.AccessToken(self.key, self.secret).with_identity(egress_id).with_kind("egress")
        given = {"url": self.url, "file": str(folder / f"{egress_id}.mp4"), **SIZE, **facts}
        return Job(egress_id=egress_id, room=room, token=made.with_grants(grants).to_jwt(), **given)

    def all_leave(self) -> None:
        while self.sent:
            self.sent.pop().leave()

    def close(self) -> None:
        self.all_leave()
        self.home.close()
