"""The state machine of a recording: its states, and which may follow which. Knows no tables.

    QUEUED ──► REQUESTED ──► STARTING ──► RECORDING ──► ENDING ──► STORING ──► COMPLETED
       ▲           │
       └───────────┘ refused, retried later

FAILED is reached from REQUESTED to STORING, DROPPED from the first three. docs/architecture.md says who
causes each transition.
"""

from collections.abc import Iterable
from enum import StrEnum


class State(StrEnum):
    QUEUED = "queued"  # LiveKit is to be asked for an egress, from `try_after` on
    REQUESTED = "requested"  # LiveKit was asked; its answer is not known
    STARTING = "starting"  # there is an egress, and no media yet
    RECORDING = "recording"
    ENDING = "ending"  # the egress closes and uploads its file
    STORING = "storing"  # the egress is complete; its object is not confirmed yet
    COMPLETED = "completed"  # the object is there, with its size
    FAILED = "failed"
    DROPPED = "dropped"  # it never saw media: as if it had not been


class Status(StrEnum):
    """What the API calls `status`; a recording that was dropped, it does not show."""

    PENDING = "pending"
    RECORDING = "recording"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    DROPPED = "dropped"


STATUS = {
    State.QUEUED: Status.PENDING,
    State.REQUESTED: Status.PENDING,
    State.STARTING: Status.PENDING,
    State.RECORDING: Status.RECORDING,
    State.ENDING: Status.PROCESSING,
    State.STORING: Status.PROCESSING,
    State.COMPLETED: Status.COMPLETED,
    State.FAILED: Status.FAILED,
    State.DROPPED: Status.DROPPED,
}

PENDING = (State.QUEUED, State.REQUESTED, State.STARTING)
RUNNING = (*PENDING, State.RECORDING)  # one of a meeting at a time
UNFINISHED = (*RUNNING, State.ENDING, State.STORING)

# From which states each may be reached. Late, duplicate or reordered webhooks find no transition.
MAY_FOLLOW: dict[State, tuple[State, ...]] = {
    State.QUEUED: (State.REQUESTED,),
    State.REQUESTED: (State.QUEUED,),
    State.STARTING: (State.QUEUED, State.REQUESTED),  # QUEUED: the answer came after it was taken for lost
    State.RECORDING: (State.STARTING,),
    State.ENDING: (State.STARTING, State.RECORDING),
    State.STORING: (State.STARTING, State.RECORDING, State.ENDING, State.STORING),  # later facts replace
    State.COMPLETED: (State.STORING,),
    State.FAILED: (State.REQUESTED, State.STARTING, State.RECORDING, State.ENDING, State.STORING),
    State.DROPPED: PENDING,
}

# What a meeting with several recordings shows: the first of these that any of them has.
SHOWN_FIRST = (Status.RECORDING, Status.PROCESSING, Status.COMPLETED, Status.FAILED)


def of_meeting(recordings: Iterable[Status]) -> Status:
    """The status that a meeting shows, from those of its recordings."""
    found = set(recordings)
    return next((status for status in SHOWN_FIRST if status in found), Status.PENDING)
