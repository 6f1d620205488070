"""How a meeting was: asked after the call, and before the next one."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from calls import admission
from calls.errors import FeedbackOwed
from feedback import models, submission
from feedback.errors import FeedbackNotAsked, InvalidFeedback, NotThere
from feedback.models import Feedback
from join import entrance
from join.error_pages import notice, problems_as_pages
from join.responses import SeeOther, problem_json, wants_json
from meetings.models import Meeting
from participants.models import Participant


@dataclass(frozen=True)
class EarlierMeeting:
    """Another meeting, about which is asked before this one, and the person's last day (UTC) in it."""

    meeting: Meeting
    day: date


@method_decorator([never_cache, problems_as_pages], name="dispatch")
class FeedbackPage(View):
    """Also when the meeting is over. Before another meeting, `earlier` says which it is about."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        meeting = entrance.meeting_of(code)
        person = get_respondent(request, meeting)
        require_asked(person, meeting)
        if has_answered(person, meeting):
            return notice(request, "feedback_given")
        return render_form(request, person)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        meeting = entrance.meeting_of(code)
        person = get_respondent(request, meeting)
        subject = get_subject(request, meeting)
        rating, comments = request.POST.get("rating"), request.POST.get("comments")
        try:
            submission.submit(person, subject, rating, comments, timezone.now())
        except InvalidFeedback as invalid:
            return render_corrections(request, person, subject, invalid)
        return respond_thanks(request, meeting)


def get_respondent(request: HttpRequest, meeting: Meeting) -> Participant:
    """Who gives feedback. Raises FeedbackNotAsked, LinkNotValid, PersonRemoved, PersonBarred."""
    if not meeting.is_secured:
        raise FeedbackNotAsked
    person = entrance.find_invited(request, meeting)
    admission.check_not_excluded(person)
    return person


def require_asked(person: Participant, meeting: Meeting) -> None:
    """Raise why this person is not asked about this meeting."""
    if not meeting.feedback_required:
        raise FeedbackNotAsked
    if submission.was_there(person, meeting) is None:
        raise NotThere


def has_answered(person: Participant, meeting: Meeting) -> bool:
    return Feedback.objects.of(meeting).filter(external_user_id=person.external_user_id).exists()


def earlier_code(request: HttpRequest) -> str:
    """The earlier meeting that a form is about; those of the former version call it a debt."""
    return request.POST.get("earlier") or request.POST.get("debt") or ""


def get_subject(request: HttpRequest, meeting: Meeting) -> Meeting:
    """The meeting that the form names, of the same customer, or this one. Raises NotThere.

    What is nobody's, or another customer's, is answered as one that the person was not in.
    """
    code = earlier_code(request)
    if not code:
        return meeting
    named = Meeting.objects.of(meeting.customer).filter(code=code.replace("\0", "").upper()).first()
    if named is None:
        raise NotThere
    return named


# Answers


def render_form(
    request: HttpRequest,
    person: Participant,
    earlier: EarlierMeeting | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """`more`: what was given, and what is wrong with it."""
    facts = {"person": person, "meeting": person.meeting, "earlier": earlier}
    return render(request, "join/feedback.html", {**facts, **more}, status=status)


def render_owed(request: HttpRequest, owed: FeedbackOwed) -> HttpResponse:
    """In place of a meeting's page: the form for the earlier meeting of which feedback is owed."""
    earlier = owed.feedback_request.meeting
    day = models.last_day(owed.feedback_request.participant, earlier)
    return render_form(request, owed.person, EarlierMeeting(earlier, day), status=owed.status)


def render_corrections(
    request: HttpRequest, person: Participant, subject: Meeting, invalid: InvalidFeedback
) -> HttpResponse:
    """The form as it was sent, with a sentence at each field that is wrong."""
    if wants_json(request):
        return problem_json(invalid)
    earlier = None
    if subject != person.meeting:
        day = models.last_day(submission.was_there(person, subject) or person, subject)
        earlier = EarlierMeeting(subject, day)
    given = {"rating": request.POST.get("rating", ""), "comments": request.POST.get("comments", "")}
    return render_form(request, person, earlier, given=given, errors=invalid.fields, status=invalid.status)


def respond_thanks(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """Before another meeting: back to it. After the call: the page that says thank you."""
    if wants_json(request):
        return JsonResponse({"thanks": True})
    page = "" if earlier_code(request) else "feedback/"
    return SeeOther(f"/{meeting.code}/{page}?{request.META['QUERY_STRING']}")
