"""The four entry points, each under its paths, and two for machines that watch over us."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.module_loading import import_string

from upclass import health

urlpatterns = [
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("admin/", admin.site.urls),
    path("", include("api.urls")),
    path("webhooks/", include("inbox.urls")),
    path("", include("join.urls")),
]


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "bad_request")


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "not_found")


def handler500(request: HttpRequest) -> HttpResponse:
    return _answer(request, "crashed")


def _answer(request: HttpRequest, outcome: str) -> HttpResponse:
    """In JSON for programs, as a page for people; both are named in strings, for they are layers above."""
    module = "api.errors" if request.path.startswith("/api/") else "join.error_pages"
    answer: HttpResponse = import_string(f"{module}.{outcome}")(request)
    return answer
