"""The entry points, each under its paths. Probes and webhooks are answered before them: upclass/health.py,
inbox/views.py."""

import sys

from django.contrib import admin
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.module_loading import import_string

from upclass.postgresql.timeouts import has_timed_out

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("api.urls")),
    path("", include("join.urls")),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "too_large" if isinstance(exception, RequestDataTooBig) else "bad_request")


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "not_found")


def handler500(request: HttpRequest) -> HttpResponse:
    """Called while the error is being handled."""
    return _answer(request, "busy" if has_timed_out(sys.exception()) else "crashed")


def _answer(request: HttpRequest, outcome: str) -> HttpResponse:
    """In JSON for programs, as a page for people; both are named in strings, for they are layers above."""
    module = "api.errors" if request.path.startswith("/api/") else "join.error_pages"
    answer: HttpResponse = import_string(f"{module}.{outcome}")(request)
    return answer
