"""Which policy goes with which answer."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.views.decorators.csp import csp_override

from upclass.paths import entry_point, is_page
from upclass.policies import OTHERS, PERMISSIONS


class PoliciesMiddleware:
    """Entry points that are no pages get a policy of their own; every response, what devices it may use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.others = {name: csp_override(dict(policy))(get_response) for name, policy in OTHERS.items()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.others.get(entry_point(request.path), self.get_response)(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response


class FramesMiddleware(XFrameOptionsMiddleware):
    """X-Frame-Options knows no list of origins: where FRAME_ANCESTORS has one, the policy alone speaks."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if settings.FRAME_ANCESTORS and is_page(request.path):
            return response
        return super().process_response(request, response)
