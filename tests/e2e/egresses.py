"""The egress worker of a running stack, asked for recordings through LiveKit's own API."""

import json
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import boto3
import psutil
import psycopg2
import pytest
from livekit import api
from livekit.protocol import egress as protocol
from redis import Redis

from local.stack import Stack
from tests.e2e.rooms import Rooms
from tests.e2e.stacks import hire, wait_for
from tests.egress.decoded import DecodedFile

Status = protocol.EgressStatus
Info = protocol.EgressInfo

AWAY = (api.ServerError, aiohttp.ClientError, OSError)  # what asking a server that is just away may raise
EGRESS, RECORDER = "body->'egressInfo'->>'egressId'", "body->'participant'->>'identity'"
TOKEN = "eyJ"  # how each one begins
KILOBITS = api.EncodingOptions(
    width=640, height=360, framerate=15, video_bitrate=800, audio_bitrate=64, audio_frequency=48_000
)


# Recordings


@dataclass
class Refusal:
    """What a caller was answered, and after how many seconds."""

    code: str
    message: str
    seconds: float


def secrets(env: Mapping[str, str]) -> list[str]:
    """What nobody must get to see."""
    named = [env[name] for name in ("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "LIVEKIT_API_SECRET")]
    return [*named, str(urlsplit(env["REDIS_URL"]).password)]


class Studio:
    """The stack's worker; rooms, people who send into them, and recordings."""

    def __init__(self, stack: Stack, lines: list[str]) -> None:
        self.stack, self.lines = stack, lines
        self.rooms = Rooms(stack.env)
        self.used: set[str] = set()
        env = stack.env
        self.s3 = boto3.session.Session().client(
            "s3",
            endpoint_url=env["S3_ENDPOINT_URL"],
            region_name=env["S3_REGION"],
            aws_access_key_id=env["S3_ACCESS_KEY_ID"],
            aws_secret_access_key=env["S3_SECRET_ACCESS_KEY"],
        )

    # Asking

    def ask(self, action: str, request: Any, seconds: float = 40) -> Any:
        """One call of LiveKit's Egress service."""
        return self.rooms.home.run(self._ask(action, request), seconds)

    async def _ask(self, action: str, request: Any) -> Any:
        env = self.stack.env
        keys = env["LIVEKIT_API_KEY"], env["LIVEKIT_API_SECRET"]
        async with api.LiveKitAPI(env["LIVEKIT_URL"], *keys) as service:
            return await getattr(service.egress, action)(request)

    def refusal(self, action: str, request: Any) -> Refusal:
        """Of a call that must not work."""
        begun = time.monotonic()
        with pytest.raises(api.ServerError) as refused:
            self.ask(action, request)
        return Refusal(refused.value.code, refused.value.message, time.monotonic() - begun)

    def order(self, room: str, secret: str = "", **facts: Any) -> protocol.RoomCompositeEgressRequest:
        """A recording of a room, into the stack's S3; `secret` is one that S3 does not know."""
        env = self.stack.env
        s3 = api.S3Upload(
            endpoint=env["S3_ENDPOINT_URL"],
            bucket=env["S3_BUCKET"],
            region=env["S3_REGION"],
            access_key=env["S3_ACCESS_KEY_ID"],
            secret=secret or env["S3_SECRET_ACCESS_KEY"],
            force_path_style=True,
        )
        key = f"tests/{room}-{time.time_ns()}.mp4"
        file = api.EncodedFileOutput(
            file_type=api.EncodedFileType.MP4, filepath=key, disable_manifest=True, s3=s3
        )
        given: dict[str, Any] = {"layout": "grid", "advanced": KILOBITS, "file_outputs": [file], **facts}
        return api.RoomCompositeEgressRequest(room_name=room, **given)

    def start(self, room: str, **facts: Any) -> "Egress":
        """A recording that was accepted."""
        order = self.order(room, **facts)
        self.used.add(room)
        return Egress(self, order, self.ask("start_room_composite_egress", order))

    def attempt(self, room: str) -> "Egress | Refusal":
        begun = time.monotonic()
        try:
            return self.start(room)
        except api.ServerError as refused:
            return Refusal(refused.code, refused.message, time.monotonic() - begun)

    # What is there

    def stored(self, key: str) -> bytes:
        """What S3 has under a key; empty if there is nothing."""
        try:
            answer = self.s3.get_object(Bucket=self.stack.env["S3_BUCKET"], Key=key)
        except self.s3.exceptions.NoSuchKey:
            return b""
        with answer["Body"] as body:
            return bytes(body.read())

    def events(self, egress_id: str, of: str = EGRESS) -> list[dict[str, Any]]:
        """The webhooks that the service got of one egress, or of its recorder, in the order of receipt."""
        connection = psycopg2.connect(self.stack.env["DATABASE_URL"])
        with connection, connection.cursor() as cursor:
            cursor.execute(f"SELECT body FROM inbox_inboundwebhook WHERE {of} = %s ORDER BY id", [egress_id])
            rows = cursor.fetchall()
        connection.close()
        return [body for (body,) in rows]

    def folder(self) -> Path:
        """Where the worker keeps files under way, and those that wait for S3."""
        return Path(self.stack.part("egress").part.env["EGRESS_FOLDER"])

    def waiting(self) -> list[Path]:
        """The files that wait for S3."""
        return sorted((self.folder() / "waiting").glob("*.mp4"))

    def processes(self) -> list[psutil.Process]:
        """Those of the stack's worker, busy and ready to record."""
        leash = psutil.Process(self.stack.part("egress").process.pid)
        return [found for found in leash.children(recursive=True) if is_recorder(found)]

    def recording(self) -> list[psutil.Process]:
        """Those that write a file."""
        return [found for found in self.processes() if writes_below(self.folder(), found)]

    def has_lease(self, egress_id: str) -> bool:
        """Whether the egress is known to be under way by a worker that lives."""
        with Redis.from_url(self.stack.env["REDIS_URL"]) as redis:
            return bool(redis.exists(f"egress_workers:lease:{egress_id}"))

    def left(self) -> list[object]:
        """What is still there of egresses: processes, folders, keys in Redis, recorders in rooms."""
        with Redis.from_url(self.stack.env["REDIS_URL"]) as redis:
            keys = redis.keys("egress_workers:*")
            assert isinstance(keys, list)
        files = [path for path in self.folder().glob("*/*") if path.name != ".lock"]  # under way, or waiting
        spare = self.processes()[1:]  # one is kept ready
        return [*self.recording(), *spare, *files, *keys, *self.recorders()]

    def recorders(self) -> list[str]:
        """Those that are in rooms; who asks for a room that is gone waits long for an answer."""
        standing = {room.name for room in self.rooms.ask("list_rooms", api.ListRoomsRequest()).rooms}
        inside = [who for room in self.used & standing for who in self.people(room)]
        return [who for who in inside if who.startswith("EG_")]

    def people(self, room: str) -> set[str]:
        """Everybody in a room; nobody if no server has it, which was killed while it had."""
        try:
            return self.rooms.identities(room)
        except api.ServerError as error:
            if error.code != "unavailable":
                raise
            return set()

    def close(self) -> None:
        self.rooms.close()
        self.s3.close()


def is_recorder(process: psutil.Process) -> bool:
    try:
        return "egress.recorder" in process.cmdline()
    except psutil.Error:
        return False


def writes_below(folder: Path, process: psutil.Process) -> bool:
    try:
        return any(Path(file.path).is_relative_to(folder) for file in process.open_files())
    except psutil.Error:
        return False


@contextmanager
def open_studio(stack: Stack, lines: list[str]) -> Iterator[Studio]:
    """At its end nothing of any egress must be left, and no secret must have been logged."""
    hire(stack)
    studio, before = Studio(stack, lines), len(lines)
    try:
        yield studio
        wait_until_nothing_is_left(studio)
        logged = [line for line in lines[before:] if line.startswith("egress")]
        assert not any(secret in line for secret in [*secrets(stack.env), TOKEN] for line in logged)
    finally:
        studio.close()


def wait_until_nothing_is_left(studio: Studio) -> None:
    until = time.monotonic() + 60
    while left := studio.left():
        assert time.monotonic() < until, left
        time.sleep(0.1)


class Egress:
    """A recording: what is known of it by everybody who can be asked."""

    def __init__(self, studio: Studio, order: protocol.RoomCompositeEgressRequest, first: Info) -> None:
        self.studio, self.order, self.first = studio, order, first
        self.id, self.key = first.egress_id, order.file_outputs[0].filepath
        self.answered = time.time()

    def info(self) -> Info:
        """As LiveKit lists it."""
        [found] = self.studio.ask("list_egress", api.ListEgressRequest(egress_id=self.id)).items
        assert isinstance(found, Info)
        return found

    def reaches(self, status: Status, seconds: float = 20) -> Info:
        """Wait for this state or a later one, LiveKit being away at times."""

        def look() -> Info | None:
            with suppress(*AWAY):
                info = self.info()
                return info if info.status >= status else None
            return None

        return wait_for(look, seconds, f"{self.id} does not reach {Status.Name(status)}")

    def active(self) -> "Egress":
        """Wait until it records."""
        info = self.reaches(Status.EGRESS_ACTIVE)
        assert info.status == Status.EGRESS_ACTIVE, info
        self.started = info.started_at / 1e9
        return self

    def until(self, second: float) -> "Egress":
        """Wait until so many seconds are recorded."""
        time.sleep(max(0.0, self.started + second - time.time()))
        return self

    def stop(self) -> Info:
        self.stopped = time.time()
        answer = self.studio.ask("stop_egress", api.StopEgressRequest(egress_id=self.id))
        assert isinstance(answer, Info)
        return answer

    def ended(self, status: Status, seconds: float = 20) -> Info:
        """Wait for its end, which must be this one: in LiveKit's list and in its webhooks."""
        info = self.reaches(Status.EGRESS_COMPLETE, seconds)
        assert info.status == status, info
        last = f"egress_ended {Status.Name(status)}"
        wait_for(lambda: last in self.reported(), 5, "no webhook of the end")
        return info

    def reported(self) -> list[str]:
        """LiveKit's events of it, each once: some come twice."""
        return list(dict.fromkeys(self.deliveries()))

    def deliveries(self) -> list[str]:
        """The same, as often as it came."""
        events = self.studio.events(self.id)
        return [f"{body['event']} {body['egressInfo'].get('status', 'EGRESS_STARTING')}" for body in events]

    def film(self) -> DecodedFile:
        """What lies in S3, decoded."""
        content = wait_for(lambda: self.studio.stored(self.key), 5, "nothing in S3")
        with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
            file.write(content)
            file.flush()
            return DecodedFile(file.name)

    def shown(self) -> str:
        """Everything about it that anybody gets to see: answer, list, webhooks, and what the parts logged."""
        events = json.dumps(self.studio.events(self.id))
        return "\n".join([str(self.first), str(self.info()), events, *self.studio.lines])
