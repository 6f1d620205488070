"""Who is there, who was, and since when: from admissions and from what LiveKit tells."""

from datetime import datetime

from django.db.models import Min, Q

from meetings.models import Meeting
from participants.models import EMPTY_AFTER, Admission, Participant, Stay


def started_at(meeting: Meeting, now: datetime) -> datetime | None:
    """When the first person came, or was let in and is expected; None if nobody ever was."""
    first = Stay.objects.of(meeting).aggregate(at=Min("joined_at"))["at"]
    expected = Admission.objects.live(now).filter(participant__meeting=meeting).order_by("created_at")
    waiting = expected.values_list("created_at", flat=True).first()
    known: list[datetime] = [at for at in (first, waiting) if at]
    return min(known, default=None)


def is_room_empty(meeting: Meeting, now: datetime) -> bool:
    """No open stay, none that ended less than a minute ago, and nobody expected."""
    recent = Stay.objects.of(meeting).filter(Q(left_at__isnull=True) | Q(left_at__gt=now - EMPTY_AFTER))
    return not recent.exists() and not Participant.objects.of(meeting).present(now).exists()


def stay_of(meeting: Meeting, sid: str, identity: str, name: str, joined_at: datetime, now: datetime) -> Stay:
    """The stay with this sid, made if need be; texts that LiveKit did not limit are cut to size.

    Whoever LiveKit reports in a meeting's room is a person of that meeting: one who is neither registered
    nor let in by us becomes a guest.
    """
    known = Stay.objects.select_related("participant__meeting").filter(sid=sid).first()
    if known:
        return known
    unknown = {"display_name": name.replace("\0", "").strip()[:100] or "Guest", "created_at": now}
    person, _ = Participant.objects.get_or_create(unknown, meeting=meeting, identity=identity[:255])
    facts = {
        "meeting": meeting,
        "participant": person,
        "joined_at": joined_at,
        "last_seen_at": joined_at,
        "created_at": now,
    }
    stay, _ = Stay.objects.get_or_create(facts, sid=sid)
    return stay
