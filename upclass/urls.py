"""The four doors, each under its paths, and two for machines that watch over us."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.module_loading import import_string
from django.views import defaults

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
    if request.path.startswith("/api/"):
        answer: HttpResponse = import_string("api.errors.bad_request")(request)
        return answer
    return defaults.bad_request(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    door = "api.errors" if request.path.startswith("/api/") else "join.views"
    answer: HttpResponse = import_string(f"{door}.not_found")(request)
    return answer


def handler500(request: HttpRequest) -> HttpResponse:
    if request.path.startswith("/api/"):
        answer: HttpResponse = import_string("api.errors.crashed")(request)
        return answer
    return defaults.server_error(request)
