"""The states of a take, and which may follow which. Knows no tables."""

from enum import StrEnum


class Status(StrEnum):
    """`dropped` is a take that never saw media: the API does not show it."""

    PENDING = "pending"
    RECORDING = "recording"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    DROPPED = "dropped"


RUNNING = (Status.PENDING, Status.RECORDING)  # one of a meeting at a time
UNFINISHED = (*RUNNING, Status.PROCESSING)

# Late, doubled or reordered news never moves a take back: a state is left for one further down only.
MAY_FOLLOW = {
    Status.RECORDING: (Status.PENDING,),
    Status.PROCESSING: (Status.PENDING, Status.RECORDING),
    Status.COMPLETED: UNFINISHED,
    Status.FAILED: UNFINISHED,
    Status.DROPPED: (Status.PENDING,),
}

# What a meeting with several takes shows: the first of these that any of its takes has.
SHOWN_FIRST = (Status.RECORDING, Status.PROCESSING, Status.COMPLETED, Status.FAILED)


def of_meeting(takes: "list[str]") -> Status:
    """The state of a meeting's recording, from those of its takes."""
    return next((status for status in SHOWN_FIRST if status in takes), Status.PENDING)
