"""Answers of the pages that are no page."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from upclass.errors import Problem


class SeeOther(HttpResponseRedirect):
    """To another page, after a form was taken: asked for by GET."""

    status_code = 303


def wants_json(request: HttpRequest) -> bool:
    """The page's script asks with POST; a form without script asks as a browser does, for a page."""
    kinds = ("application/json", "text/html")
    return request.method == "POST" and request.get_preferred_type(kinds) != "text/html"


def problem_json(problem: Problem) -> JsonResponse:
    """`{"error", "detail", "code"}`, and `fields` where a form was filled in wrongly."""
    facts = {"error": problem.error, "detail": problem.detail, "code": problem.code}
    fields = {"fields": problem.facts["fields"]} if "fields" in problem.facts else {}
    return JsonResponse({**facts, **fields}, status=problem.status, headers=dict(problem.headers))


def with_headers(response: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    return response
