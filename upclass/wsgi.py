"""The web server's way in."""

import codecs
import gc
import io
import os
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from upclass.checks import refuse_unsafe_settings, refuse_unusable_storage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "upclass.settings")

UNREADABLE = "unreadable/unreadable"  # a Content-Type that no parser has
DRAINED = 2 * 1024 * 1024  # bytes of a body that nobody reads: as much as the proxy lets through


class RequestNormalizer:
    """Hands Django only requests that it understands: what it would lose or choke on is put right before."""

    def __init__(self, django: "WSGIApplication") -> None:
        self.django = django

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> "Iterable[bytes]":
        with_readable_content_type(environ)
        body = environ["wsgi.input"]
        with_length(environ)
        spoil_undecodable(environ)
        response = self.django(environ, partial(with_partitions, start_response))
        drain(environ, body)
        return response


def with_readable_content_type(environ: "WSGIEnvironment") -> None:
    """Call unknown what Django may crash on: text is UTF-8 here, and some of Python's codecs know none."""
    try:
        _, parameters = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        charset = codecs.lookup(parameters.get("charset", "utf-8")).name
    except (LookupError, ValueError):
        charset = "unknown"
    if charset not in ("utf-8", "ascii"):
        environ["CONTENT_TYPE"] = UNREADABLE


def with_length(environ: "WSGIEnvironment") -> None:
    """Read a chunked body, which Django would take for an empty one; of one too large, enough to say so."""
    if environ.get("CONTENT_LENGTH") or not environ.get("wsgi.input_terminated"):
        return
    body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))


def drain(environ: "WSGIEnvironment", body: Any) -> None:
    """Read what is left of a body, or its sender would find the connection reset before they read why.

    Who waits to be asked for the body (`Expect: 100-continue`) is not asked.
    """
    is_sent = environ.get("CONTENT_LENGTH") not in (None, "", "0") and "HTTP_EXPECT" not in environ
    left = DRAINED if is_sent else 0
    while left > 0 and (piece := body.read(min(left, 64 * 1024))):
        left -= len(piece)


def spoil_undecodable(environ: "WSGIEnvironment") -> None:
    """A path that is no UTF-8 gets NUL, with which there is none: Django would read its byte FF as `%FF`."""
    try:
        environ["PATH_INFO"].encode("latin-1").decode()
    except UnicodeError:
        environ["PATH_INFO"] += "\0"


def with_partitions(
    start_response: "StartResponse", status: str, headers: list[tuple[str, str]], *more: Any
) -> Any:
    """Cookies for frames of other sites are kept for each such site apart, or browsers would drop them.

    Django cannot say so: Python's cookies know `Partitioned` from 3.14 on.
    """
    said = [
        (name, f"{value}; Partitioned" if is_for_frames(name, value) else value) for name, value in headers
    ]
    return start_response(status, said, *more)


def is_for_frames(name: str, value: str) -> bool:
    return name == "Set-Cookie" and "; samesite=none" in value.lower()


def freeze() -> None:
    """What is loaded by now stays: the garbage collector, for which all threads wait, need not look at it."""
    import_module(settings.ROOT_URLCONF)  # with every view, or the first request would load them
    gc.collect()
    gc.freeze()


application = RequestNormalizer(get_wsgi_application())
refuse_unsafe_settings()
refuse_unusable_storage()
freeze()
