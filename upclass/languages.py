"""In which language a request is answered: the pages in the person's, everything else in English."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers

from upclass.paths import is_page

ENGLISH = "en"


class LanguageMiddleware:
    """Django's choice (its cookie, then Accept-Language), which here ends with the request.

    Django's own middleware would also translate what programs read, and leave its choice to the next request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return (self.page if is_page(request.path) else self.other)(request)

    def page(self, request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.headers.setdefault("Content-Language", language)
        return response

    def other(self, request: HttpRequest) -> HttpResponse:
        with translation.override(ENGLISH):
            return self.get_response(request)
