"""A meeting's address: the page to come in by, and the POST at the click that lets people in."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View
from django.views.decorators.cache import never_cache

from calls import admission
from calls.errors import FeedbackOwed
from join import entrance, feedback_page, identity_cookie
from join.code_page import CodePage
from join.error_pages import problems_as_pages
from join.errors import NameNeeded
from join.page_data import page_data
from meetings.models import Meeting


@never_cache
@problems_as_pages
def meeting_page(request: HttpRequest, code: str) -> HttpResponseBase:
    """Who comes to a secured meeting as nobody is asked for a code; everybody else sees the meeting."""
    now = timezone.now()
    meeting = entrance.open_meeting(code, now)
    page = CodePage if entrance.needs_code(request, meeting) else MeetingPage
    return page.as_view()(request, meeting, now)


@never_cache
def other_spelling(request: HttpRequest, code: str, rest: str = "") -> HttpResponse:
    """To the one address that the guest's cookie belongs to; what was posted is posted there."""
    query = request.META["QUERY_STRING"]
    address = f"/{code.upper()}/{rest}{'?' if query else ''}{query}"
    return redirect(address, preserve_request=request.method == "POST")


class MeetingPage(View):
    """GET shows the way in; POST, asked by the page's script, answers JSON."""

    def get(self, request: HttpRequest, meeting: Meeting, now: datetime) -> HttpResponse:
        person = entrance.find_person(request, meeting)
        try:
            admission.check(meeting, person, now)
        except FeedbackOwed as owed:
            return feedback_page.render_owed(request, owed)
        response = render(request, "join/meeting.html", {"page": page_data(request, meeting, person)})
        if person and not person.is_guest:
            identity_cookie.remember(response, person)
        return response

    def post(self, request: HttpRequest, meeting: Meeting, now: datetime) -> HttpResponse:
        known = entrance.find_person(request, meeting)
        try:
            person = entrance.with_name(request, meeting, known, now)
        except NameNeeded:
            admission.check(meeting, known, now)  # no name is asked for in vain
            raise
        ticket = admission.admit(meeting, person, now, entrance.join_attempt(request))
        facts = {"url": ticket.url, "token": ticket.token, "expiresIn": ticket.expires_in}
        response = JsonResponse(facts)
        if person.is_guest:
            identity_cookie.remember(response, person)
        return response
