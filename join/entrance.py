"""Which meeting somebody came to, and who they are, by link and cookie."""

import re
from datetime import datetime

from django.http import HttpRequest

from calls import admission, moderation
from calls.admission import JoinAttempt
from calls.errors import LinkNotValid, NotAHost, UnknownMeeting
from join import identity_cookie
from join.errors import NameNeeded
from join.forms import GuestForm
from meetings.models import Meeting, MeetingQuerySet
from participants.models import Participant
from participants.registration import by_token
from upclass.addresses import client_network
from upclass.compiled import compiled

VISIT = re.compile("[0-9a-f]{32}")


def meeting_of(code: str) -> Meeting:
    """Raises UnknownMeeting."""
    meeting = _by_code.first(code.upper())
    if meeting is None:
        raise UnknownMeeting
    return meeting


@compiled
def _by_code(code: str) -> MeetingQuerySet:
    return Meeting.objects.select_related("customer").filter(code=code)


def open_meeting(code: str, now: datetime) -> Meeting:
    """Raises UnknownMeeting, or why the meeting is over."""
    meeting = meeting_of(code)
    admission.check_open(meeting, now)
    return meeting


def needs_code(request: HttpRequest, meeting: Meeting) -> bool:
    """Somebody came to a secured meeting without a link of their own, and no cookie says who they are.

    An empty token asks for the code whatever the cookie says: for the next person at the same browser.
    """
    if not meeting.is_secured or request.GET.get("token"):
        return False
    return not goes_by_cookie(request) or identity_cookie.recognise(request, meeting) is None


def goes_by_cookie(request: HttpRequest) -> bool:
    """A page is loaded at the meeting's own address. What a click does always needs the token."""
    return request.method != "POST" and "token" not in request.GET


def find_person(request: HttpRequest, meeting: Meeting) -> Participant | None:
    """None for a guest's first visit. Raises LinkNotValid."""
    if meeting.is_secured and not goes_by_cookie(request):
        return find_invited(request, meeting)
    return identity_cookie.recognise(request, meeting)


def find_invited(request: HttpRequest, meeting: Meeting) -> Participant:
    """Whose link it is. Raises LinkNotValid."""
    person = by_token(meeting, request.GET.get("token", ""))
    if person is None:
        raise LinkNotValid
    return person


def require_host(request: HttpRequest, meeting: Meeting) -> Participant:
    """Whose link it is, if a host's. Raises NotAHost, LinkNotValid, PersonRemoved, PersonBarred."""
    if not meeting.is_secured:
        raise NotAHost
    person = find_invited(request, meeting)
    moderation.check_host(person)
    return person


def with_name(
    request: HttpRequest, meeting: Meeting, person: Participant | None, now: datetime
) -> Participant:
    """A registered person as they are; a guest under the name that they gave now. Raises NameNeeded."""
    if person and not person.is_guest:
        return person
    form = GuestForm(request.POST)
    if not form.is_valid():
        raise NameNeeded(str(form.errors["name"][0]))
    guest = person or Participant(meeting=meeting, created_at=now)  # saved when they are let in
    guest.display_name = form.cleaned_data["name"]
    return guest


def join_attempt(request: HttpRequest) -> JoinAttempt:
    """How somebody asks to come in, as their page says; a visit that is not in our format is ignored."""
    visit = request.POST.get("visit", "")
    known = visit if VISIT.fullmatch(visit) else ""
    is_back = bool(known and request.POST.get("is_back"))
    network = client_network(request.META["REMOTE_ADDR"])
    return JoinAttempt(bool(request.POST.get("recording_told")), known, is_back, network)
