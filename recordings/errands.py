"""What is left to do for a take and would take too long at once: decided by the rules, done by tasks."""

from dataclasses import dataclass
from enum import Enum, auto


class Deed(Enum):
    START = auto()
    STOP = auto()
    SAVE = auto()
    STOP_EGRESS = auto()


@dataclass(frozen=True)
class Errand:
    """A deed, and the take (primary key) or the egress (LiveKit's id) that it is for."""

    deed: Deed
    of: int | str
