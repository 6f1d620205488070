"""The one place that turns outcomes into the API's error bodies.

Every body is `{"error", "detail", …facts, "code", "fields" (400 only), "request_id"}`.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django_stubs_ext import StrOrPromise
from rest_framework import exceptions
from rest_framework.fields import DateTimeField
from rest_framework.response import Response

from upclass import request_id
from upclass.errors import Problem
from upclass.postgresql.timeouts import has_timed_out

log = logging.getLogger(__name__)

# What DRF raises by itself: status, title and the stable word.
TITLES = {
    400: ("Invalid request", "invalid_request"),
    404: ("Not found", "not_found"),
    405: ("Method not allowed", "method_not_allowed"),
    406: ("Not acceptable", "not_acceptable"),
    413: ("Request too large", "request_too_large"),
    415: ("Unsupported media type", "unsupported_media_type"),
    500: ("Server error", "server_error"),
    503: ("Service busy", "service_busy"),
}
NO_SUCH_PATH = "There is nothing at this path. The paths are listed in the API reference."
NOT_UNDERSTOOD = "The request is not one that this service can answer."
TOO_LARGE = "The body may have 1 MiB at most."
MEDIA_TYPE = "Send the body as application/json, whose text is UTF-8."
BUSY = "Others hold what this request needs. Nothing was changed; send it again in some seconds."
AGAIN = {"Retry-After": "5"}  # seconds
CRASHED = "Something went wrong on our side. Tell us the request_id if it happens again."


def body(error: StrOrPromise, detail: StrOrPromise, code: str, **facts: Any) -> dict[str, Any]:
    fields = {"fields": facts.pop("fields")} if "fields" in facts else {}
    return {
        "error": str(error),
        "detail": str(detail),
        **{name: _shown(fact) for name, fact in facts.items()},
        "code": code,
        **fields,
        "request_id": request_id.current.get(),
    }


def _shown(fact: Any) -> Any:
    """A datetime as it is in every answer."""
    return DateTimeField().to_representation(fact) if isinstance(fact, datetime) else fact


def plain(status: int, detail: str, **facts: Any) -> dict[str, Any]:
    """The body of an outcome that is no Problem of ours; every 400 has `fields`, if only empty ones."""
    title, code = TITLES[status]
    fields: dict[str, Any] = {"fields": {}} if status == 400 else {}
    return body(title, detail, code, **{**fields, **facts})


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler. Nothing is left to Django, which shows tracebacks when DEBUG is on."""
    if isinstance(error, Problem):
        facts = {**error.facts, "fields": {}} if error.status == 400 else error.facts
        shown = body(error.error, error.detail, error.code, **facts)
        return Response(shown, status=error.status, headers=dict(error.headers))
    if isinstance(error, Http404):
        error = exceptions.NotFound(NO_SUCH_PATH)
    if isinstance(error, exceptions.ValidationError):
        return Response(_invalid(error), status=400)
    if isinstance(error, exceptions.APIException):
        detail = MEDIA_TYPE if error.status_code == 415 else str(error.detail)
        return Response(plain(error.status_code, detail), status=error.status_code)
    return _unforeseen(error)


def _unforeseen(error: Exception) -> Response:
    """What Django refuses (such as an endless query) is 400; anything else is our mistake."""
    if has_timed_out(error):
        log.warning("a request was broken off by PostgreSQL: %s", error)
        return Response(plain(503, BUSY), status=503, headers=AGAIN)
    status, detail = (400, NOT_UNDERSTOOD) if isinstance(error, SuspiciousOperation) else (500, CRASHED)
    if status == 500:
        log.error("a request crashed", exc_info=error)
    return Response(plain(status, detail), status=status)


def _invalid(error: exceptions.ValidationError) -> dict[str, Any]:
    fields: dict[str, list[str]] = {}
    for path, sentence in _flat(error.detail):
        fields.setdefault(path, []).append(sentence)
    path, sentences = next(iter(fields.items()))
    return plain(400, f"{path}: {sentences[0]}" if path else sentences[0], fields=fields)


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """DRF's nested lists and dictionaries as `participants.1.email` and a sentence."""
    if isinstance(detail, dict):
        for key, inner in detail.items():
            yield from _flat(inner, _joined(path, "" if key == "non_field_errors" else str(key)))
    elif isinstance(detail, list):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from _flat(inner, _joined(path, str(number)) if nested else path)
    else:
        yield path, str(detail)


def _joined(path: str, name: str) -> str:
    return ".".join(part for part in (path, name) if part)


# Outside DRF


def bad_request(request: HttpRequest, *unused: Any) -> HttpResponse:
    """What Django refuses before any view, such as a host that is not ours."""
    return JsonResponse(plain(400, NOT_UNDERSTOOD), status=400)


def too_large(request: HttpRequest, *unused: Any) -> HttpResponse:
    return JsonResponse(plain(413, TOO_LARGE), status=413)


def not_found(request: HttpRequest, *unused: Any, **unused_too: Any) -> HttpResponse:
    return JsonResponse(plain(404, NO_SUCH_PATH), status=404)


def not_allowed(method: str, allowed: str) -> HttpResponse:
    shown = plain(405, f'Method "{method}" not allowed.')
    return JsonResponse(shown, status=405, headers={"Allow": allowed})


def crashed(request: HttpRequest) -> HttpResponse:
    return JsonResponse(plain(500, CRASHED), status=500)


def busy(request: HttpRequest) -> HttpResponse:
    return JsonResponse(plain(503, BUSY), status=503, headers=AGAIN)
