"""The API's way past the middlewares that are for browsers: sessions, forms, messages, logins."""

from collections.abc import Callable
from typing import Any

from django.core.handlers.base import BaseHandler
from django.core.handlers.exception import convert_exception_to_response
from django.http import HttpRequest, HttpResponse

Handler = Callable[[HttpRequest], HttpResponse]


class _Views(BaseHandler):
    """The innermost of Django's handlers: it finds the view and calls it, here without middlewares' hooks."""

    _view_middleware = _template_response_middleware = _exception_middleware = ()
    _get_response: Any  # which the stubs do not know


class ShortcutMiddleware:
    """Requests of the API go no further down the list of middlewares than to this one."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.view: Any = convert_exception_to_response(_Views()._get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        handler: Handler = self.view if request.path.startswith("/api/") else self.get_response
        return handler(request)
