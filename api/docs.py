"""The API's description: for programs the committed OpenAPI document, for people a page that shows it."""

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from api.errors import not_allowed

DOCUMENT = Path(__file__).resolve().parent / "v1" / "openapi.json"


@cache
def document() -> bytes:
    """Made by `make schema`; a test fails when it is not what the code says."""
    return DOCUMENT.read_bytes()


def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1. Open to everybody: there is nothing of anybody's in it."""
    if request.method not in ("GET", "HEAD"):
        return not_allowed(str(request.method), "GET, HEAD")
    return HttpResponse(document(), content_type="application/json")


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")
