"""Who a browser is in one meeting, kept in a signed cookie of that meeting.

A guest who comes back is the same person. Whoever was invited needs no token in the address bar to load
their page again; what a click does still needs it.
"""

from datetime import timedelta

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from meetings.models import Meeting
from participants.models import Participant

GUEST_LIFE = timedelta(days=30)
INVITED_LIFE = timedelta(days=1)  # since the page was last loaded; others may share the browser
INVITED = "invited-"


def _cookie(meeting: Meeting) -> str:
    return f"{INVITED if meeting.is_secured else 'guest-'}{meeting.code}"


def _life(meeting: Meeting) -> timedelta:
    return INVITED_LIFE if meeting.is_secured else GUEST_LIFE


def _signer(meeting: Meeting) -> TimestampSigner:
    salt = f"{'invited to' if meeting.is_secured else 'guest of'} {meeting.code}"
    return TimestampSigner(key=settings.JOIN_SECRET, fallback_keys=[], salt=salt)


def recognise(request: HttpRequest, meeting: Meeting) -> Participant | None:
    """Whose cookie this browser has; a person who was removed since is found too."""
    try:
        kept = request.COOKIES.get(_cookie(meeting), "")
        identity = _signer(meeting).unsign(kept, max_age=_life(meeting))
    except BadSignature:
        return None
    people = Participant.objects.of(meeting).filter(external_user_id__isnull=not meeting.is_secured)
    return people.filter(identity=identity).first()


def remembers_invited(request: HttpRequest) -> bool:
    """Whether somebody was invited by this browser to the meeting of this address."""
    return any(name.startswith(INVITED) for name in request.COOKIES)


def remember(response: HttpResponse, person: Participant) -> None:
    meeting = person.meeting
    response.set_cookie(
        _cookie(meeting),
        _signer(meeting).sign(person.identity),
        max_age=_life(meeting),
        path=f"/{meeting.code}/",
        secure=settings.PAGE_COOKIES_SECURE,
        httponly=True,
        samesite=settings.PAGE_COOKIES_SAMESITE,
    )
