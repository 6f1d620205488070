"""Where somebody does not get in: a page that says why and what to do next; for the page's script, JSON."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from calls.errors import UnknownMeeting
from join import identity_cookie
from join.errors import BadRequest, CsrfFailed, ServerError, ServiceBusy, TooLarge
from join.responses import problem_json, wants_json, with_headers
from upclass.errors import Problem

# What may be over by itself in a moment.
WORTH_ANOTHER_TRY = {
    "meeting_full",
    "no_credits",
    "too_many_guests_at_once",
    "call_server_unreachable",
    "csrf_failed",
    "server_error",
    "service_busy",
}

# Whose link is dead; by the cookie it may be another person's than who is at the browser now.
LINK_DEAD = {"participant_removed", "participant_barred"}

NOTICES = {
    "feedback_given": {
        "code": "feedback_given",
        "error": _("Thank you"),
        "detail": _("Your feedback has arrived. You can close this page."),
    },
}

View = Callable[..., HttpResponseBase]


def problems_as_pages(view: View) -> View:
    """A view whose Problems become pages, or JSON."""

    @wraps(view)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except Problem as problem:
            return answered(request, problem)

    return run


def answered(request: HttpRequest, problem: Problem) -> HttpResponse:
    response = problem_json(problem) if wants_json(request) else page(request, problem)
    add_never_cache_headers(response)
    return response


def page(request: HttpRequest, problem: Problem) -> HttpResponse:
    shown = {
        "problem": problem,
        "retry": problem.code in WORTH_ANOTHER_TRY,
        "offers_code": problem.code in LINK_DEAD and identity_cookie.remembers_invited(request),
    }
    response = render(request, "join/error_page.html", shown, status=problem.status)
    return with_headers(response, problem.headers)


def notice(request: HttpRequest, code: str) -> HttpResponse:
    """A page of the same design that is no problem: one of NOTICES."""
    return render(request, "join/error_page.html", {"problem": NOTICES[code]})


# Django's handlers


def not_found(request: HttpRequest) -> HttpResponse:
    """Any path that is nobody's."""
    return answered(request, UnknownMeeting())


def bad_request(request: HttpRequest) -> HttpResponse:
    """What Django refuses before any view, such as a host that is not ours."""
    return answered(request, BadRequest())


def too_large(request: HttpRequest) -> HttpResponse:
    """A body over the limit, or one with a file: no form of ours takes any."""
    return answered(request, TooLarge())


def crashed(request: HttpRequest) -> HttpResponse:
    """Needs no database, which may be what is away."""
    return answered(request, ServerError())


def busy(request: HttpRequest) -> HttpResponse:
    """PostgreSQL broke off what was asked of it."""
    return answered(request, ServiceBusy())


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return answered(request, CsrfFailed())
