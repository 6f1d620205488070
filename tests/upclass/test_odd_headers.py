"""Whatever a stranger writes into a header, the answer is the right one, or an error in the one shape."""

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from customers.models import Customer, issue
from upclass.wsgi import RequestNormalizer

PATHS = [
    "/api/v1/meetings/",
    "/api/v1/account/",
    "/BCDF-GHJK-LMNP/",
    "/language/",
    "/admin/login/",
    "/webhooks/livekit/",
]
HEADERS = [
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
    "HTTP_HOST",
    "HTTP_IDEMPOTENCY_KEY",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_NONE_MATCH",
    "HTTP_ORIGIN",
    "HTTP_RANGE",
    "HTTP_REFERER",
    "HTTP_USER_AGENT",
    "HTTP_X_API_KEY",
    "HTTP_X_CSRFTOKEN",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_HTTP_METHOD_OVERRIDE",
]
ODD = [
    "application/json; charset=undefined",
    "*/*;q=x",
    "bytes=0-",
    "\x00",
    "\xff",
    "-1",
    "1e9",
    "x" * 9000,
    ";;=;",
    "sessionid=\xff",
]
VALUES = st.one_of(st.sampled_from(ODD), st.text(st.characters(max_codepoint=255), max_size=60))

app = RequestNormalizer(WSGIHandler())


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """As Django's test client does: the test's transaction is not ended with a request."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def ask(method: str, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    """As the web server hands a request over: headers are Latin-1 text."""
    environ: dict[str, Any] = {"wsgi.input": io.BytesIO(b"{}")}
    setup_testing_defaults(environ)
    environ |= {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": "limit=5",
        "REMOTE_ADDR": "192.0.2.1",
    }
    environ |= {
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_LENGTH": "2",
        "CONTENT_TYPE": "application/json",
        **headers,
    }
    told: list[Any] = []

    def start(status: str, answered: list[tuple[str, str]], *unused: Any) -> Any:
        told.append((int(status.split(maxsplit=1)[0]), dict(answered)))

    response: Iterable[bytes] = app(environ, start)
    body = b"".join(response)
    getattr(response, "close", lambda: None)()
    [(status, answered)] = told
    return status, answered, body


def check(path: str, status: int, headers: dict[str, str], body: bytes) -> None:
    assert status < 500
    assert headers["X-Request-ID"]
    if path.startswith("/api/") and status >= 400:
        shown = json.loads(body)
        assert list(shown)[:2] == ["error", "detail"]
        assert shown["code"]
        assert shown["request_id"] == headers["X-Request-ID"]


@pytest.mark.parametrize("path", PATHS)
@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "OPTIONS"]),
    headers=st.dictionaries(st.sampled_from(HEADERS), VALUES, min_size=1, max_size=3),
    has_key=st.booleans(),
)
@example("GET", {"CONTENT_TYPE": "application/json; charset=undefined"}, False)
@example("POST", {"CONTENT_TYPE": "application/json; charset=undefined"}, True)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_header_makes_it_crash(
    customer: Customer, path: str, method: str, headers: dict[str, str], has_key: bool
) -> None:
    key = {"HTTP_X_API_KEY": str(issue(customer)[1])} if has_key else {}
    check(path, *ask(method, path, {**key, **headers}))


@pytest.mark.parametrize(
    "charset", ["undefined", "idna", "punycode", "hex", "utf-7", "unicode_escape", "rot13"]
)
def test_a_charset_that_is_of_no_text_does_not_matter_where_nothing_is_read(
    customer: Customer, charset: str
) -> None:
    headers = {
        "CONTENT_TYPE": f"application/json; charset={charset}",
        "HTTP_X_API_KEY": str(issue(customer)[1]),
        "CONTENT_LENGTH": "",
    }
    status, _, body = ask("GET", "/api/v1/meetings/", headers)
    assert (status, json.loads(body)["count"]) == (200, 0)


@pytest.mark.parametrize("charset", ["undefined", "latin-1", "utf-16", "nonsense"])
def test_a_body_in_another_charset_is_of_another_media_type(customer: Customer, charset: str) -> None:
    headers = {
        "CONTENT_TYPE": f"application/json; charset={charset}",
        "HTTP_X_API_KEY": str(issue(customer)[1]),
    }
    status, _, body = ask("POST", "/api/v1/meetings/", headers)
    assert (status, json.loads(body)["code"]) == (415, "unsupported_media_type")
