"""Moderation by hosts: POSTs of the page's script, at the meeting's address and with the host's token."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from calls import moderation
from join import entrance
from join.errors import NobodyNamed, PostOnly
from join.responses import problem_json
from upclass.errors import Problem

View = Callable[[HttpRequest, str], HttpResponse]


def json_post(view: View) -> View:
    """A view for POST whose Problems are JSON, whatever else would be accepted."""

    @never_cache
    @wraps(view)
    def run(request: HttpRequest, code: str) -> HttpResponse:
        try:
            require_post(request)
            return view(request, code)
        except Problem as problem:
            return problem_json(problem)

    return run


def require_post(request: HttpRequest) -> None:
    if request.method != "POST":
        raise PostOnly


@json_post
def host_mute(request: HttpRequest, code: str) -> HttpResponse:
    """`identity`: whose microphone; without it everybody's but the host's. `{"muted": 3}` tracks."""
    meeting = entrance.open_meeting(code, timezone.now())
    host = entrance.require_host(request, meeting)
    whom = identity(request) if "identity" in request.POST else None
    return JsonResponse({"muted": moderation.mute_participants(meeting, host, whom)})


@json_post
def host_remove(request: HttpRequest, code: str) -> HttpResponse:
    """`identity`: who is ejected and barred. `{"removed": true}`, also again."""
    now = timezone.now()
    meeting = entrance.open_meeting(code, now)
    host = entrance.require_host(request, meeting)
    moderation.bar_participant(meeting, host, identity(request), now)
    return JsonResponse({"removed": True})


@json_post
def host_end(request: HttpRequest, code: str) -> HttpResponse:
    """`{"ended_at": "2026-03-01T12:00:00Z"}`, the same again."""
    now = timezone.now()
    meeting = entrance.meeting_of(code)
    moderation.check_can_end(meeting, now)
    entrance.require_host(request, meeting)
    ended_at = moderation.end_as_host(meeting, now)
    return JsonResponse({"ended_at": f"{ended_at:%Y-%m-%dT%H:%M:%SZ}"})


def identity(request: HttpRequest) -> str:
    """By which LiveKit knows the person who is meant. Raises NobodyNamed."""
    given = request.POST.get("identity", "")
    if not given:
        raise NobodyNamed
    return given
