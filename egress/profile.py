"""How a worker behaves towards LiveKit: DEFAULT, or in tests OFFICIAL, as the official worker does."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class WorkerProfile:
    """What LiveKit sees of a worker, whatever it records.

    `affinity_when_full`: below 0 it sends no claim, and LiveKit finds no worker. `rejection_code` is for a
    request that comes when another took the last place. `start_delay`: bounds, in seconds, of a random delay
    before a recording joins its room. Each state is sent in `update_copies` calls; CreateEgress is the first
    of EGRESS_STARTING. A recorder that does not leave its room stays a participant until LiveKit times it out
    after 20 s.
    """

    affinity_when_full: float = 0.01  # selected if there is no other, to reject at once
    rejection_code: str = "resource_exhausted"
    start_delay: tuple[float, float] = (0.0, 0.0)
    update_copies: int = 1
    leaves_room: bool = True

    def draw_start_delay(self) -> float:
        """Seconds, for one recording."""
        return random.uniform(*self.start_delay)  # noqa: S311  it is no secret


DEFAULT = WorkerProfile()

# As measured of 1.14.1: active 3-9 s after StartEgress, of which joining is a part.
OFFICIAL = WorkerProfile(
    affinity_when_full=-1.0,
    rejection_code="unavailable",
    start_delay=(3.0, 8.5),
    update_copies=2,
    leaves_room=False,
)
