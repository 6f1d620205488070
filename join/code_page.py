"""A secured meeting's page for those who have a code and no link."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from join import code_attempts
from join.errors import CodeNeeded, CodeNotValid, CodeProblem, TooManyAttempts
from join.forms import CodeForm
from join.responses import SeeOther, with_headers
from meetings.models import Meeting
from upclass.addresses import client_network

LONGEST = 20  # that the field takes


class CodePage(View):
    """It is the same for every secured meeting: a stranger learns nothing but that there is one."""

    def get(self, request: HttpRequest, meeting: Meeting, now: datetime) -> HttpResponse:
        try:
            code_attempts.require_open(meeting, network(request), now)
        except TooManyAttempts as closed:
            return code_page(request, closed)
        return code_page(request)

    def post(self, request: HttpRequest, meeting: Meeting, now: datetime) -> HttpResponse:
        try:
            # Here too, or who is shut out would wait for a lock.
            code_attempts.require_open(meeting, network(request), now)
            person = code_attempts.person_with(meeting, typed(request), network(request), now)
        except CodeProblem as problem:
            return code_page(request, problem)
        return SeeOther(f"/{meeting.code}/?token={person.token}")


def typed(request: HttpRequest) -> str:
    """The code as it is kept. Raises CodeNeeded, and CodeNotValid for what is none."""
    form = CodeForm(request.POST)
    if form.is_valid():
        return str(form.cleaned_data["code"])
    is_missing = form.has_error("code", "required")
    raise CodeNeeded if is_missing else CodeNotValid


def network(request: HttpRequest) -> str:
    return client_network(request.META["REMOTE_ADDR"])


def code_page(request: HttpRequest, problem: CodeProblem | None = None) -> HttpResponse:
    context = {
        "problem": problem,
        "is_closed": isinstance(problem, TooManyAttempts),
        "given": request.POST.get("code", "")[:LONGEST],
    }
    response = render(request, "join/code.html", context, status=problem.status if problem else 200)
    return with_headers(response, problem.headers if problem else {})
