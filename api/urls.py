"""The API, and its description for people."""

from django.urls import include, path, re_path

from api.docs import docs

urlpatterns = [
    path("api/v1/", include("api.v1.urls")),
    re_path(r"^docs/?$", docs),
]
