"""The contract between the worker and the child that records: one Job in, lines of JSON out.

The worker writes the Job as one line to the child's standard input and keeps it open. "stop", the end of
standard input, or SIGTERM: finish the file and exit. The child answers on standard output
with `active`, `ending` and `ended`, a line each, the last one always.
"""

import json
from dataclasses import asdict, dataclass, field, fields

# Why a recording ended. FAILED: by an error, see `Ended.error`.
STOPPED = "stopped"
ROOM_CLOSED = "room_closed"
LIMIT = "limit"
CONNECTION_LOST = "connection_lost"
FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """What to record, and how.

    Sizes in pixels, times in seconds, rates in frames, bits or samples a second.
    """

    egress_id: str
    room: str
    url: str  # ws:// or wss://
    token: str = field(repr=False)
    file: str  # the path of the mp4; beside it stands <file>.lock while the child lives
    width: int = 1280
    height: int = 720
    framerate: int = 30
    video_bitrate: int = 3_000_000
    audio_bitrate: int = 128_000
    audio_frequency: int = 48_000
    audio_only: bool = False
    layout: str = "grid"  # or "speaker", "single-speaker"
    max_seconds: float = 0  # 0: no limit
    start_delay: float = 0
    leaves_room: bool = True  # or it stays a participant until LiveKit times it out

    def to_json(self) -> str:
        """One line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str) -> "Job":
        """Of a line of `to_json`; unknown keys are ignored. ValueError: it is no Job."""
        facts = json.loads(line)
        known = {field.name for field in fields(cls)}
        try:
            return cls(**{name: value for name, value in facts.items() if name in known})
        except (TypeError, AttributeError) as error:
            raise ValueError("the line is no Job") from error


@dataclass(frozen=True)
class Ended:
    """How it went, in (unix) nanoseconds. A duration of 0, and no file, when no media ever came."""

    reason: str
    error: str = ""
    started_at: int = 0
    ended_at: int = 0
    duration: int = 0
    size: int = 0  # bytes


def active(at: int) -> str:
    """The first media of a person is being recorded, since `at` (unix nanoseconds)."""
    return json.dumps({"event": "active", "at": at})


def ending(reason: str) -> str:
    return json.dumps({"event": "ending", "reason": reason})


def ended(how: Ended) -> str:
    return json.dumps({"event": "ended", **asdict(how)})
