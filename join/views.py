"""The browser's door: a page to come in by, and the POST at the click that lets people in."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from calls import admission
from calls.errors import LinkNeeded, LinkNotValid, UnknownMeeting
from join import guests
from join.errors import NameNeeded
from join.forms import GuestForm
from meetings.models import Meeting
from participants.models import Participant
from participants.registration import by_token
from upclass.errors import Problem


@method_decorator(never_cache, name="dispatch")
class MeetingPage(View):
    """GET shows the way in or the dead end; POST, asked by the page's script, answers JSON."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Problem as problem:
            return dead_end(request, problem)

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        if request.path != f"/{code.upper()}/":  # the guest's cookie belongs to one path
            query = request.META["QUERY_STRING"]
            return redirect(f"/{code.upper()}/{'?' if query else ''}{query}")
        now = timezone.now()
        meeting, person = self.who(code, now)
        admission.check(meeting, person, now)
        return render(request, "join/meeting.html", {"page": shown(request, meeting, person)})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        now = timezone.now()
        meeting, known = self.who(code, now)
        admission.check(meeting, known, now)
        person = known if known and not known.is_guest else self.guest(known, meeting, now)
        ticket = admission.admit(meeting, person, now)
        response = JsonResponse({"url": ticket.url, "token": ticket.token})
        if person.is_guest:
            guests.remember(response, person)
        return response

    def who(self, code: str, now: datetime) -> tuple[Meeting, Participant | None]:
        """The meeting, and the person as far as link or cookie tell. Raises what stands before a name."""
        meeting = Meeting.objects.select_related("customer").filter(code=code.upper()).first()
        if meeting is None:
            raise UnknownMeeting
        admission.check_open(meeting, now)
        if meeting.is_secured:
            return meeting, self.invited(meeting)
        return meeting, guests.recognise(self.request, meeting)

    def invited(self, meeting: Meeting) -> Participant:
        token = self.request.GET.get("token", "")
        person = by_token(meeting, token)
        if person is None:
            raise LinkNotValid if token else LinkNeeded
        return person

    def guest(self, known: Participant | None, meeting: Meeting, now: datetime) -> Participant:
        form = GuestForm(self.request.POST)
        if not form.is_valid():
            raise NameNeeded(str(form.errors["name"][0]))
        return guests.named(known, meeting, form.cleaned_data["name"], now)


def shown(request: HttpRequest, meeting: Meeting, person: Participant | None) -> dict[str, object]:
    """What the page's script is told."""
    return {
        "topic": meeting.topic,
        "name": person.display_name if person else "",
        "asksName": not meeting.is_secured,
        "csrf": get_token(request),
    }


def dead_end(request: HttpRequest, problem: Problem) -> HttpResponse:
    if request.method == "POST":
        facts = {"error": problem.error, "detail": problem.detail, "code": problem.code}
        return JsonResponse(facts, status=problem.status)
    return render(request, "join/dead_end.html", {"problem": problem}, status=problem.status)


def not_found(request: HttpRequest) -> HttpResponse:
    """Any path that is nobody's."""
    return dead_end(request, UnknownMeeting())
