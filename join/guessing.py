"""Codes that people type, and how often somebody may be wrong.

Counted in the database, which is there when the door is: neither a lost Redis nor a restart forgets a try.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from join.errors import CodeNotValid, TooManyTries
from join.models import KEPT, WrongTry, WrongTryQuerySet
from meetings.models import Meeting
from participants.models import Participant
from upclass.locks import lock_transaction


@dataclass(frozen=True)
class Limit:
    most: int
    within: timedelta

    def closed_until(self, tries: WrongTryQuerySet, now: datetime) -> datetime | None:
        """When the oldest of the last `most` tries stops counting; None while there are fewer."""
        counted = tries.since(now - self.within).order_by("-created_at")
        last = counted.values_list("created_at", flat=True)[self.most - 1 : self.most]
        return next((at + self.within for at in last), None)


FROM_ONE_PLACE = Limit(10, timedelta(minutes=10))
FOR_ONE_MEETING = Limit(100, KEPT)


def require_open(meeting: Meeting, place: str, now: datetime) -> None:
    """Raise TooManyTries while no code is looked at, right or wrong: for this place, or for this meeting."""
    ends = [
        FROM_ONE_PLACE.closed_until(WrongTry.objects.filter(place=place), now),
        FOR_ONE_MEETING.closed_until(WrongTry.objects.filter(meeting=meeting), now),
    ]
    waits = [math.ceil((end - now).total_seconds()) for end in ends if end]
    if waits:
        raise TooManyTries(max(1, *waits))


def person_with(meeting: Meeting, code: str, place: str, now: datetime) -> Participant:
    """The registered person of a meeting who has this code. Raises CodeNotValid, TooManyTries."""
    found = _tried(meeting, code, place, now)
    if found is None:
        raise CodeNotValid  # only now: what is raised inside a transaction is forgotten with it
    return found


@transaction.atomic
def _tried(meeting: Meeting, code: str, place: str, now: datetime) -> Participant | None:
    """One at a time for each place and each meeting, so that no more are tried than the limits say."""
    lock_transaction(f"codes from {place}")  # a place first, then a meeting: nobody waits in a circle
    lock_transaction(f"codes for {meeting.pk}")
    require_open(meeting, place, now)
    found = Participant.objects.of(meeting).registered().filter(code=code).first()
    if found is None:
        WrongTry.objects.create(meeting=meeting, place=place, created_at=now)
    return found
