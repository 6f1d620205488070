"""Follow-up tasks of a recording: decided by its state machine, run by Celery because they take long."""

from dataclasses import dataclass
from enum import Enum, auto


class Action(Enum):
    REQUEST = auto()  # ask LiveKit for an egress
    STOP = auto()  # have LiveKit end the recording's egress
    CONFIRM = auto()  # look for its object in storage
    STOP_EGRESS = auto()  # end an egress that belongs to no recording any more


@dataclass(frozen=True)
class FollowUp:
    """An action, and the recording (primary key) or the egress (LiveKit's id) that it is for."""

    action: Action
    of: int | str
