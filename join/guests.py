"""A guest's identity: kept in a signed cookie of one meeting, so that coming back is the same person."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from meetings.models import Meeting
from participants.models import Participant

LIFE = timedelta(days=30)


def _cookie(meeting: Meeting) -> str:
    return f"guest-{meeting.code}"


def _signer(meeting: Meeting) -> TimestampSigner:
    salt = f"guest of {meeting.code}"
    return TimestampSigner(key=settings.JOIN_SECRET, fallback_keys=[], salt=salt)


def recognise(request: HttpRequest, meeting: Meeting) -> Participant | None:
    """The guest whose cookie this browser has."""
    try:
        kept = request.COOKIES.get(_cookie(meeting), "")
        identity = _signer(meeting).unsign(kept, max_age=LIFE)
    except BadSignature:
        return None
    guests = Participant.objects.of(meeting).filter(external_user_id__isnull=True)
    return guests.filter(identity=identity).first()


def named(known: Participant | None, meeting: Meeting, name: str, now: datetime) -> Participant:
    """The known guest under the name given now, or a new one; saved when they are let in."""
    guest = known or Participant(meeting=meeting, created_at=now)
    guest.display_name = name
    return guest


def remember(response: HttpResponse, person: Participant) -> None:
    """Give a guest's browser the cookie. A registered person has a link, and needs none."""
    if not person.is_guest:
        return
    response.set_cookie(
        _cookie(person.meeting),
        _signer(person.meeting).sign(person.identity),
        max_age=LIFE,
        path=f"/{person.meeting.code}/",
        secure=settings.PAGE_COOKIES_SECURE,
        httponly=True,
        samesite=settings.PAGE_COOKIES_SAMESITE,
    )
