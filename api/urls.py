"""The API, and its description for people."""

from django.urls import include, path, re_path

from api.docs import docs
from api.errors import not_found

urlpatterns = [
    path("api/v1/", include("api.v1.urls")),
    re_path(r"^api/", not_found),
    re_path(r"^docs/?$", docs),
]
