"""Codes that people type, and how often somebody may be wrong.

Counted in the database, which every admission needs: no lost Redis and no restart forgets an attempt.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from join.errors import CodeNotValid, TooManyAttempts
from join.models import RETENTION, FailedAttempt, FailedAttemptQuerySet
from meetings.models import Meeting
from participants.models import Participant
from upclass.locks import lock_transaction


@dataclass(frozen=True)
class Limit:
    most: int
    within: timedelta

    def closed_until(self, attempts: FailedAttemptQuerySet, now: datetime) -> datetime | None:
        """When the oldest of the last `most` attempts stops counting; None while there are fewer."""
        counted = attempts.since(now - self.within).order_by("-created_at")
        last = counted.values_list("created_at", flat=True)[self.most - 1 : self.most]
        return next((at + self.within for at in last), None)


FROM_ONE_NETWORK = Limit(10, timedelta(minutes=10))
FOR_ONE_MEETING = Limit(100, RETENTION)


def require_open(meeting: Meeting, network: str, now: datetime) -> None:
    """Raise TooManyAttempts while no code is looked at: from this network, or for this meeting."""
    ends = [
        FROM_ONE_NETWORK.closed_until(FailedAttempt.objects.filter(network=network), now),
        FOR_ONE_MEETING.closed_until(FailedAttempt.objects.filter(meeting=meeting), now),
    ]
    waits = [math.ceil((end - now).total_seconds()) for end in ends if end]
    if waits:
        raise TooManyAttempts(max(1, *waits))


def person_with(meeting: Meeting, code: str, network: str, now: datetime) -> Participant:
    """The registered person of a meeting who has this code. Raises CodeNotValid, TooManyAttempts."""
    found = _attempt(meeting, code, network, now)
    if found is None:
        raise CodeNotValid  # only now: what is raised inside a transaction is forgotten with it
    return found


@transaction.atomic
def _attempt(meeting: Meeting, code: str, network: str, now: datetime) -> Participant | None:
    """One at a time for each network and each meeting, so that no more are tried than the limits say."""
    lock_transaction(f"codes from {network}")  # a network first, then a meeting: nobody waits in a circle
    lock_transaction(f"codes for {meeting.pk}")
    require_open(meeting, network, now)
    found = Participant.objects.of(meeting).registered().filter(code=code).first()
    if found is None:
        FailedAttempt.objects.create(meeting=meeting, network=network, created_at=now)
    return found
