import io
import subprocess
import sys
from collections.abc import Iterable
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest

from upclass.wsgi import DRAINED, RequestNormalizer, with_length, with_partitions

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


def served(environ_: dict[str, Any]) -> dict[str, Any]:
    """What Django is handed."""
    seen: list[dict[str, Any]] = []

    def django(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        seen.append(environ)
        return []

    RequestNormalizer(django)(environ_, None)  # type: ignore[arg-type]
    return seen[0]


def reached(path: bytes) -> str:
    """The path as Django reads it."""
    return WSGIRequest(served(environ(b"", PATH_INFO=path.decode("latin-1")))).path_info


@pytest.mark.parametrize("path", ["/", "/ключ/", "/%FF/", "/🎓", "/a b/\ufffd"])
def test_a_path_is_left_alone(path: str) -> None:
    assert reached(path.encode()) == path


@pytest.mark.parametrize("path", [b"/a\xff/", b"/a\xc3", b"/a\xed\xa0\x80/", b"/a\xff\xef\xbf\xbd/"])
def test_a_path_that_is_no_utf_8_is_nobody_s(path: bytes) -> None:
    assert "\0" in reached(path)


UNREADABLE = [
    "application/json; charset*=bogus''utf-8",
    "x" * 20_000,
    *(
        f"application/json; charset={name}"
        for name in ("undefined", "idna", "hex", "utf-7", "rot13", "nonsense", "a\0b")
    ),
]


@pytest.mark.parametrize("header", UNREADABLE)
def test_an_unreadable_content_type_is_an_unknown_one(header: str) -> None:
    asked = served(environ(b"", CONTENT_TYPE=header, QUERY_STRING="a=b"))
    request = WSGIRequest(asked)
    assert (request.content_type, request.GET["a"]) == ("unreadable/unreadable", "b")


@pytest.mark.parametrize("charset", ["", "; charset=utf-8", "; charset=UTF8", "; charset=us-ascii"])
def test_a_readable_content_type_is_left_alone(charset: str) -> None:
    header = f"application/json{charset}"
    assert served(environ(b"", CONTENT_TYPE=header))["CONTENT_TYPE"] == header


def left_of(body: bytes, **facts: Any) -> int:
    """How many bytes are still unread after an answer that looked at none."""
    source = io.BytesIO(body)
    served({**environ(b"", CONTENT_LENGTH=str(len(body)), **facts), "wsgi.input": source})
    return len(source.read())


def test_what_nobody_reads_of_a_body_is_drained_so_that_its_sender_gets_the_answer() -> None:
    assert left_of(b"x" * LIMIT * 2) == 0


def test_no_more_is_drained_than_the_bound() -> None:
    assert left_of(b"x" * (DRAINED + 100_000)) == 100_000


def test_who_waits_to_be_asked_for_a_body_is_not_asked() -> None:
    assert left_of(b"x" * LIMIT, HTTP_EXPECT="100-continue") == LIMIT


def test_a_chunked_body_too_large_is_drained_as_well() -> None:
    source = io.BytesIO(b"x" * LIMIT * 2)
    served({**environ(b"", **{"wsgi.input_terminated": True}), "wsgi.input": source})
    assert source.read() == b""


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


FROZEN = """
import gc, sys
import upclass.wsgi
assert "api.v1.meetings" in sys.modules and "join.meeting_page" in sys.modules
assert gc.get_freeze_count() > 10 * len(gc.get_objects())
"""


def test_the_garbage_collector_leaves_out_what_is_loaded_at_the_start() -> None:
    subprocess.run([sys.executable, "-c", FROZEN], check=True, cwd=settings.BASE_DIR)
