"""Meetings that are recorded, on the running stack: who is there, and what everybody is shown of it."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from livekit import api, rtc

from egress.layout import Box, arrange
from local.stack import Stack
from tests.drill.join_page import Away, Browser
from tests.e2e.egresses import Info, Status, Studio, open_studio
from tests.e2e.integrator import Integrator
from tests.e2e.senders import Media, Sender
from tests.e2e.stacks import wait_for
from tests.egress.decoded import DecodedFile

SOON = 20.0  # seconds; what is waited for mostly comes within two
SHOWN_FIRST = ("recording", "processing", "completed", "failed")
LINK = ("download_url", "download_url_expires_at")
ENDED = (Status.EGRESS_COMPLETE, Status.EGRESS_FAILED, Status.EGRESS_ABORTED, Status.EGRESS_LIMIT_REACHED)
HOST = {"display_name": "Jane", "external_user_id": "jane", "role": "host"}
OTHER_HOST = {"display_name": "Joe", "external_user_id": "joe", "role": "host"}
ATTENDEE = {"display_name": "John", "external_user_id": "john"}

# What beat has the worker do every 15 s, done now; its follow-ups are left to beat's own sweep.
SWEEP = """from recordings.sweep import follow_ups; from django.utils.timezone import now
list(follow_ups(now()))"""
SEND = "from recordings.tasks import sweep_recordings; sweep_recordings.apply_async(queue='periodic')"

# A meeting's past, moved back in time as if it had happened a day before.
DAY_BEFORE = """
UPDATE participants_connection SET
  joined_at = joined_at - interval '1 day', left_at = left_at - interval '1 day',
  last_seen_at = last_seen_at - interval '1 day', created_at = created_at - interval '1 day'
  WHERE meeting_id = (SELECT id FROM meetings_meeting WHERE code = %(code)s);
UPDATE participants_heartbeat SET seen_at = seen_at - interval '1 day' WHERE connection_id IN
  (SELECT id FROM participants_connection
   WHERE meeting_id = (SELECT id FROM meetings_meeting WHERE code = %(code)s));
UPDATE participants_admission SET created_at = created_at - interval '1 day' WHERE participant_id IN
  (SELECT id FROM participants_participant
   WHERE meeting_id = (SELECT id FROM meetings_meeting WHERE code = %(code)s));
UPDATE recordings_recording SET
  created_at = created_at - interval '1 day', ended_at = ended_at - interval '1 day',
  started_at = started_at - interval '1 day', failed_at = failed_at - interval '1 day'
  WHERE meeting_id = (SELECT id FROM meetings_meeting WHERE code = %(code)s)
"""
RECORDINGS = """SELECT {} FROM recordings_recording WHERE meeting_id =
  (SELECT id FROM meetings_meeting WHERE code = %(code)s) ORDER BY created_at, id"""


class Hall:
    """The stack with its egress worker, and an integrator whose meetings are recorded."""

    def __init__(self, studio: Studio, integrator: Integrator, folder: Path) -> None:
        self.studio, self.integrator, self.folder = studio, integrator, folder
        self.stack: Stack = studio.stack
        self.calls: list[Call] = []

    def open(self, *people: dict[str, str], **facts: Any) -> "Call":
        """A meeting that is recorded: secured if people are named, else open."""
        secured = {"is_secured": True, "participants": list(people)} if people else {}
        made = self.integrator.create(record_on_cloud=True, **secured, **facts)
        self.studio.used.add(made["meeting_code"])
        self.calls.append(Call(self, made))
        return self.calls[-1]

    def sweep(self) -> None:
        """Have the recordings compared now, which beat would within 15 s. Its follow-ups are left to beat."""
        self.stack.manage("shell", "-c", SWEEP)

    def send_sweep(self) -> None:
        """Have the worker do it, follow-ups and all."""
        self.stack.manage("shell", "-c", SEND)


@contextmanager
def open_hall(stack: Stack, lines: list[str], integrator: Integrator, folder: Path) -> Iterator[Hall]:
    """At its end every meeting is ended, no recording is unfinished, and nothing of any egress is left."""
    with open_studio(stack, lines) as studio:
        hall = Hall(studio, integrator, folder)
        yield hall
        for call in hall.calls:
            call.end()
        for call in hall.calls:
            call.wait_for(lambda shown: not shown.unfinished(), 60)


@dataclass(frozen=True)
class Shown:
    """What the API shows of a meeting's recording."""

    status: str
    seconds: int
    size: int
    recordings: list[Any]

    def statuses(self) -> list[str]:
        return [recording["status"] for recording in self.recordings]

    def unfinished(self) -> bool:
        return bool({"pending", "recording", "processing"} & set(self.statuses()))


class Call:
    """One meeting that is recorded."""

    def __init__(self, hall: Hall, made: Any) -> None:
        self.hall, self.code, self.join_url = hall, made["meeting_code"], made["join_url"]
        self.links = {one["external_user_id"]: one["join_url"] for one in made.get("participants", [])}
        self.identities: dict[str, str] = {}
        self.begun: dict[str, float] = {}  # when each recording was first seen to record
        self.ended = 0.0

    # People

    def come(self, name: str, media: Media | None = None) -> Sender:
        """Somebody joins, as soon as they may, and sends; again they are the same person."""
        sender = wait_for(lambda: self._try(name, media), 60, f"{name} does not get in")
        self.hall.studio.rooms.sent.append(sender)
        return sender

    def _try(self, name: str, media: Media | None) -> Sender | None:
        browser = Browser(self.hall.folder / f"{self.code}-{name}")
        with suppress(Away, rtc.ConnectError):
            ticket = browser.enter(self.links.get(name, self.join_url), name)
            self.identities[name] = ticket.identity
            return Sender(ticket.url, ticket.token, media)
        return None

    def record(self, seconds: float) -> Any:
        """Wait until its last recording records, and let it go on for a while; the recording."""
        shown = self.wait_for(lambda shown: shown.statuses()[-1:] == ["recording"])
        self.begun.setdefault(shown.recordings[-1]["id"], time.time())
        time.sleep(seconds)
        return shown.recordings[-1]

    def end(self) -> Any:
        self.ended = time.time()
        return self.hall.integrator.call("DELETE", f"meetings/{self.code}/")

    def lasted(self) -> float:
        """For how many seconds the last recording should have recorded."""
        return self.ended - max(self.begun.values())

    def close_room(self) -> None:
        """What LiveKit does 20 s after the last has left."""
        self.hall.studio.rooms.delete(self.code)

    def box(self, name: str) -> Box:
        """Where somebody is seen, of those who came."""
        return arrange(1280, 720, list(self.identities.values()))[self.identities[name]]

    # What is shown

    def look(self) -> Shown:
        """What detail, list and recordings say, which must agree."""
        first = self._read()
        while (again := self._read()) != first:
            first = again
        detail, listed, recordings = first
        assert listed == [detail["status"]]
        shown = Shown(detail["status"], detail["duration_seconds"], detail["size_bytes"], recordings)
        assert_adds_up(shown, detail["has_recording"])
        return shown

    def _read(self) -> tuple[Any, list[str], list[Any]]:
        get = self.hall.integrator.get
        detail = get(f"meetings/{self.code}/")["recording"]
        meetings = get("meetings/?limit=20")["meetings"]
        recordings = get(f"meetings/{self.code}/recordings/")
        assert (recordings["meeting_code"], recordings["count"]) == (self.code, len(recordings["recordings"]))
        listed = [one["recording_status"] for one in meetings if one["meeting_code"] == self.code]
        return detail, listed, [without_link(recording) for recording in recordings["recordings"]]

    def wait_for(self, holds: Callable[[Shown], bool], seconds: float = SOON) -> Shown:
        """Read until it holds."""
        until = time.monotonic() + seconds
        while not holds(shown := self.look()):
            assert time.monotonic() < until, shown
            time.sleep(0.1)
        return shown

    def reaches(self, *statuses: str, seconds: float = SOON) -> Shown:
        """Wait until its recordings have these states."""
        return self.wait_for(lambda shown: shown.statuses() == [*statuses], seconds)

    def link(self, number: int = 0) -> str:
        """A fresh link to a recording's file."""
        recordings = self.hall.integrator.get(f"meetings/{self.code}/recordings/")["recordings"]
        return str(recordings[number]["download_url"])

    def film(self, number: int = 0) -> DecodedFile:
        """A recording's file as anybody with the link gets it, decoded."""
        path = self.hall.folder / f"{self.code}-{number}.mp4"
        path.write_bytes(fetch(self.link(number))[2])
        return DecodedFile(path)

    # What lies behind

    def rows(self, columns: str) -> list[tuple[Any, ...]]:
        """Of every recording, the dropped ones too, oldest first."""
        return self.ask_database(RECORDINGS.format(columns))

    def ask_database(self, sql: str) -> list[tuple[Any, ...]]:
        """`%(code)s` is the meeting's code."""
        connection = psycopg2.connect(self.hall.stack.env["DATABASE_URL"])
        with connection, connection.cursor() as cursor:
            cursor.execute(sql, {"code": self.code})
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return list(rows)

    def was_yesterday(self) -> None:
        """Whatever happened until now happened a day before."""
        self.ask_database(DAY_BEFORE)

    def egresses(self) -> list[Info]:
        """Every one that LiveKit knows of its room."""
        return list(self.hall.studio.ask("list_egress", api.ListEgressRequest(room_name=self.code)).items)

    def all_ended(self) -> list[Info]:
        """Wait until no egress of its room is under way; all that there were."""

        def look() -> list[Info] | None:
            found = self.egresses()
            return found if all(info.status in ENDED for info in found) else None

        return wait_for(look, SOON, f"an egress of {self.code} goes on")

    def size_stored(self, number: int = 0) -> int:
        """Of a recording's object, as the storage has it."""
        key = self.rows("file")[number][0]
        return len(self.hall.studio.stored(key))


# Reading


def without_link(recording: Any) -> Any:
    """A recording as it is compared: whether it has a link, which is signed anew at each reading."""
    return {
        **{name: value for name, value in recording.items() if name not in LINK},
        "is_linked": bool(recording[LINK[0]]),
    }


def assert_adds_up(shown: Shown, has_recording: bool) -> None:
    """The meeting's facts are those of its recordings, and no recording says what it cannot know."""
    found = shown.statuses()
    completed = [recording for recording in shown.recordings if recording["status"] == "completed"]
    assert shown.status == next((status for status in SHOWN_FIRST if status in found), "pending")
    assert shown.seconds == sum(recording["duration_seconds"] for recording in completed)
    assert shown.size == sum(recording["size_bytes"] for recording in completed)
    assert has_recording == bool(completed)
    assert len([status for status in found if status in ("pending", "recording")]) <= 1
    for recording in shown.recordings:
        assert_is_possible(recording)


def assert_is_possible(recording: Any) -> None:
    status = recording["status"]
    assert bool(recording["failure_reason"]) == (status == "failed")
    assert bool(recording["started_at"]) or status in ("pending", "failed")
    assert bool(recording["ended_at"]) == (status in ("processing", "completed", "failed"))
    assert recording["is_linked"] == (recording["size_bytes"] is not None)
    assert recording["is_linked"] or status != "completed"
    assert not recording["is_linked"] or status in ("completed", "failed")


def fetch(url: str, part: str = "") -> tuple[int, dict[str, str], bytes]:
    """Status, headers in small letters, and content; `part` is a range such as "bytes=0-99"."""
    request = urllib.request.Request(url, headers={"Range": part} if part else {})
    with urllib.request.urlopen(request, timeout=30) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, headers, answer.read()
