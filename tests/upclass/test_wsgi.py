import io
from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIRequest

from upclass.wsgi import RequestNormalizer, with_length, with_partitions

LIMIT = 1024 * 1024


def environ(body: bytes, **facts: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"wsgi.input": io.BytesIO(body), **facts}
    setup_testing_defaults(made)
    return made


def test_a_chunked_body_gets_its_length() -> None:
    chunked = environ(b"{}", **{"wsgi.input_terminated": True})
    with_length(chunked)
    assert WSGIRequest(chunked).body == b"{}"


def test_of_a_chunked_body_too_large_enough_is_read_to_say_so() -> None:
    chunked = environ(b"x" * LIMIT * 3, **{"wsgi.input_terminated": True})
    with_length(chunked)
    assert chunked["CONTENT_LENGTH"] == str(LIMIT + 1)


def test_a_body_with_a_length_is_left_alone() -> None:
    usual = environ(b"{}", CONTENT_LENGTH="2")
    before = usual["wsgi.input"]
    with_length(usual)
    assert usual["wsgi.input"] is before


def reached(path: bytes) -> str:
    """The path as Django reads it."""
    seen: list[str] = []

    def django(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(WSGIRequest(environ).path_info)
        return []

    RequestNormalizer(django)(environ(b"", PATH_INFO=path.decode("latin-1")), None)  # type: ignore[arg-type]
    return seen[0]


@pytest.mark.parametrize("path", ["/", "/ключ/", "/%FF/", "/🎓", "/a b/\ufffd"])
def test_a_path_is_left_alone(path: str) -> None:
    assert reached(path.encode()) == path


@pytest.mark.parametrize("path", [b"/a\xff/", b"/a\xc3", b"/a\xed\xa0\x80/", b"/a\xff\xef\xbf\xbd/"])
def test_a_path_that_is_no_utf_8_is_nobody_s(path: bytes) -> None:
    assert "\0" in reached(path)


@pytest.mark.parametrize("header", ["application/json; charset*=bogus''utf-8", "x" * 20_000])
def test_an_unreadable_content_type_is_an_unknown_one(header: str) -> None:
    seen: list[str] = []

    def django(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(str(WSGIRequest(environ).content_type))
        return []

    with pytest.raises(BadRequest):
        django(environ(b"", CONTENT_TYPE=header), None)
    RequestNormalizer(django)(environ(b"", CONTENT_TYPE=header), None)  # type: ignore[arg-type]
    assert seen == ["unreadable/unreadable"]


def test_a_cookie_for_frames_of_other_sites_is_kept_for_each_apart() -> None:
    sent: list[tuple[str, str]] = []
    cookie = "csrftoken=x; Path=/; SameSite=None; Secure"
    with_partitions(lambda status, headers, *more: sent.extend(headers), "200 OK", [("Set-Cookie", cookie)])  # type: ignore[arg-type]
    assert sent == [("Set-Cookie", f"{cookie}; Partitioned")]


@pytest.mark.parametrize(
    "header", [("Set-Cookie", "csrftoken=x; Path=/; SameSite=Lax"), ("X-Said", "; SameSite=None")]
)
def test_any_other_header_is_left_alone(header: tuple[str, str]) -> None:
    sent: list[tuple[str, str]] = []
    with_partitions(lambda status, headers, *more: sent.extend(headers), "200 OK", [header])  # type: ignore[arg-type]
    assert sent == [header]
