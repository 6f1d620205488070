"""Who owes feedback, and when that is written down."""

from collections import defaultdict
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef

from feedback.models import Answer, Debt
from meetings.models import Meeting
from participants import stays as rules
from participants.attendance import is_room_empty
from participants.models import Stay, StayQuerySet

ENOUGH = 60  # seconds in a meeting, from which on feedback is owed
LOOKED_AT = timedelta(days=3)  # after somebody left: longer than news is late, and than workers are down


def write(meeting: Meeting, now: datetime) -> None:
    """Write down who owes feedback for a meeting: safe to run twice, late, in parallel, after a crash.

    Nobody does before the room is empty or the meeting over. From then on each person with 60 seconds or
    more does, once: never a second time, and not if they answered before. Whoever has them only later, by
    news that came late or by another visit, owes it from the next time on that the room is found empty.
    """
    if not meeting.over_at(now) and not is_room_empty(meeting, now):
        return
    stays = _by_person(_without_debt(Stay.objects.of(meeting)))
    new = [_debt(of_one, now) for of_one in stays if _is_enough(of_one, now)]
    Debt.objects.bulk_create(new, ignore_conflicts=True)


def due(now: datetime) -> list[Meeting]:
    """The meetings in which somebody was for long enough, of late, who neither owes feedback nor gave it.

    Reads the stays of those people only, in meetings that anybody left in the last three days or is in.
    """
    recent = Stay.objects.since(now - LOOKED_AT).order_by().values("meeting")
    stays = _by_person(_without_debt(Stay.objects.filter(meeting__in=recent)))
    found = {of_one[0].meeting for of_one in stays if _is_enough(of_one, now)}
    return sorted(found, key=lambda meeting: meeting.pk)


def _without_debt(stays: StayQuerySet) -> StayQuerySet:
    """Of these, those of registered people in meetings that ask for feedback who may have to be told of."""
    same = {
        "meeting": OuterRef("meeting"),
        "external_user_id": OuterRef("participant__external_user_id"),
    }
    asked = stays.filter(meeting__feedback_required=True, participant__external_user_id__isnull=False)
    new = asked.filter(~Exists(Debt.objects.filter(**same)), ~Exists(Answer.objects.filter(**same)))
    return new.select_related("meeting", "participant").order_by("joined_at", "pk")


def _by_person(stays: StayQuerySet) -> list[list[Stay]]:
    """Those of each person in each meeting together: a registration made anew is the same person."""
    found: dict[tuple[int, str | None], list[Stay]] = defaultdict(list)
    for stay in stays:
        found[stay.meeting_id, stay.participant.external_user_id].append(stay)
    return list(found.values())


def _is_enough(of_one: list[Stay], now: datetime) -> bool:
    return rules.seconds(stay.span(stay.meeting, now) for stay in of_one) >= ENOUGH


def _debt(of_one: list[Stay], now: datetime) -> Debt:
    meeting, person = of_one[-1].meeting, of_one[-1].participant
    return Debt(
        meeting=meeting,
        customer_id=meeting.customer_id,
        external_user_id=str(person.external_user_id),
        participant=person,
        created_at=now,
    )
