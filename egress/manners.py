"""How a worker behaves towards LiveKit beside its work: as ours does, or for tests as the official one."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Manners:
    """What LiveKit sees of a worker, whatever it records.

    `full` is the affinity of one without room: below 0 it says nothing, and LiveKit finds nobody. `refusal`
    is the code for an order that comes when another took the last place. `start_delay`: the least and the
    most seconds before a recording looks at its room. Each state is told `tellings` times; that an egress is
    new is the first telling of EGRESS_STARTING. A recorder that does not say goodbye stays in its room, a
    ghost, until LiveKit misses it after 20 s.
    """

    full: float = 0.01  # chosen if there is nobody else, to refuse at once
    refusal: str = "resource_exhausted"
    start_delay: tuple[float, float] = (0.0, 0.0)
    tellings: int = 1
    says_goodbye: bool = True

    def draw_start_delay(self) -> float:
        """Seconds, for one recording."""
        return random.uniform(*self.start_delay)  # noqa: S311  it is no secret


OURS = Manners()

# As seen of 1.14.1. It is active 3-9 s after it was asked: what joining takes comes on top of the delay.
OFFICIAL = Manners(full=-1.0, refusal="unavailable", start_delay=(3.0, 8.5), tellings=2, says_goodbye=False)
