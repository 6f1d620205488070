"""How a meeting was: asked after the call, and at the door of the next one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from calls import admission
from calls.errors import FeedbackOwed
from feedback import answering, models
from feedback.errors import FeedbackNotAsked, InvalidFeedback, NotThere
from feedback.models import Answer
from join import entrance
from join.answers import SeeOther, problem_json, wants_json
from join.dead_ends import answering as answering_problems
from join.errors import FeedbackGiven
from meetings.models import Meeting
from participants.models import Participant

GetPage = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Asked:
    """The meeting that somebody is asked about, and the day (UTC) on which they were there last."""

    meeting: Meeting
    day: date


def asking_feedback(get: GetPage) -> GetPage:
    """A page that waits until older feedback is given: that is asked for in its place."""

    @wraps(get)
    def run(view: View, request: HttpRequest, meeting: Meeting, *args: Any) -> HttpResponse:
        try:
            return get(view, request, meeting, *args)
        except FeedbackOwed as owed:
            debt = owed.debt
            asked = Asked(debt.meeting, models.last_day(debt.participant, debt.meeting))
            return form(request, meeting, asked, status=owed.status)

    return run


@method_decorator([never_cache, answering_problems], name="dispatch")
class FeedbackPage(View):
    """Also when the meeting is over. The form has `debt`, another meeting's code, when it stood at a door."""

    def dispatch(self, request: HttpRequest, code: str) -> HttpResponseBase:
        try:
            return super().dispatch(request, code)
        except InvalidFeedback as wrong:
            return problem_json(wrong) if wants_json(request) else again(request, code, wrong)

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        meeting = entrance.meeting_of(code)
        require_asked(whose(request, meeting), meeting)
        return form(request, meeting)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        meeting = entrance.meeting_of(code)
        rating, comments = request.POST.get("rating"), request.POST.get("comments")
        person = whose(request, meeting)
        answering.give(person, about(request, meeting), rating, comments, timezone.now())
        return thanks(request, meeting)


def whose(request: HttpRequest, meeting: Meeting) -> Participant:
    """Who gives feedback. Raises FeedbackNotAsked, LinkNotValid, PersonRemoved, PersonBarred."""
    if not meeting.is_secured:
        raise FeedbackNotAsked
    person = entrance.invited(request, meeting)
    admission.check_welcome(person)
    return person


def require_asked(person: Participant, meeting: Meeting) -> None:
    """Raise why there is nothing to ask."""
    if not meeting.feedback_required:
        raise FeedbackNotAsked
    if answering.was_there(person, meeting) is None:
        raise NotThere
    if has_answered(person, meeting):
        raise FeedbackGiven


def has_answered(person: Participant, meeting: Meeting) -> bool:
    return Answer.objects.of(meeting).filter(external_user_id=person.external_user_id).exists()


def about(request: HttpRequest, meeting: Meeting) -> Meeting:
    """The meeting that the form names, of the same customer, or this one. Raises NotThere.

    What is nobody's, or another customer's, is answered as one that the person was not in.
    """
    code = request.POST.get("debt")
    if not code:
        return meeting
    named = Meeting.objects.of(meeting.customer).filter(code=code.replace("\0", "").upper()).first()
    if named is None:
        raise NotThere
    return named


# What is answered


def form(
    request: HttpRequest, meeting: Meeting, debt: Asked | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """`more`: what was given, and what is wrong with it."""
    query = request.META["QUERY_STRING"]
    link = {"meeting": meeting, "code": meeting.code, "query": f"?{query}" if query else ""}
    return render(request, "join/feedback.html", {**link, "debt": debt, **more}, status=status)


def again(request: HttpRequest, code: str, wrong: InvalidFeedback) -> HttpResponse:
    """The form as it was sent, with a sentence at each field that is wrong."""
    meeting = entrance.meeting_of(code)
    named = about(request, meeting)
    debt = None if named == meeting else Asked(named, last_day(entrance.invited(request, meeting), named))
    given = {"rating": request.POST.get("rating", ""), "comments": request.POST.get("comments", "")}
    return form(request, meeting, debt, given=given, errors=wrong.fields, status=wrong.status)


def last_day(person: Participant, meeting: Meeting) -> date:
    return models.last_day(answering.was_there(person, meeting) or person, meeting)


def thanks(request: HttpRequest, meeting: Meeting) -> HttpResponse:
    """At a door: back to it. After the call: the page that says thank you."""
    if wants_json(request):
        return JsonResponse({"thanks": True})
    page = "" if request.POST.get("debt") else "feedback/"
    return SeeOther(f"/{meeting.code}/{page}?{request.META['QUERY_STRING']}")
