"""What only a real web server can show."""

import http.client
import json
from typing import Any

import pytest

from tests.e2e.integrator import Integrator


@pytest.fixture
def ask(integrator: Integrator) -> Any:
    """A function that sends a POST that creates a meeting; status, headers and JSON of the answer."""

    def send(body: Any, chunked: bool = False, **headers: str) -> tuple[int, Any, Any]:
        link = http.client.HTTPConnection(integrator.base.removeprefix("http://"), timeout=30)
        usual = {"X-API-KEY": integrator.key, "Content-Type": "application/json"}
        link.request("POST", "/api/v1/meetings/", body, {**usual, **headers}, encode_chunked=chunked)
        answer = link.getresponse()
        shown = answer.status, answer.headers, json.loads(answer.read())
        link.close()
        return shown

    return send


CHUNKED = {"Transfer-Encoding": "chunked"}


def test_a_chunked_body_is_read_like_any_other(ask: Any) -> None:
    body = [b'{"is_secured": true, ', b'"topic": "secret"}']
    status, _, made = ask(iter(body), chunked=True, **CHUNKED)
    assert (status, made["is_secured"], made["topic"]) == (201, True, "secret")


def test_a_chunked_body_over_one_mebibyte_is_refused(ask: Any) -> None:
    status, headers, refused = ask(iter([b"x" * 65536] * 20), chunked=True, **CHUNKED)
    assert (status, refused["code"]) == (413, "request_too_large")
    assert refused["request_id"] == headers["X-Request-ID"]


@pytest.mark.parametrize("header", ["application/json; charset*=bogus''utf-8", "application/" + "x" * 12_000])
def test_an_unreadable_content_type_is_answered_like_an_unknown_one(ask: Any, header: str) -> None:
    status, headers, refused = ask(b"{}", **{"Content-Type": header})
    assert (status, refused["code"]) == (415, "unsupported_media_type")
    assert refused["request_id"] == headers["X-Request-ID"]


def status_of(integrator: Integrator, path: str) -> int:
    link = http.client.HTTPConnection(integrator.base.removeprefix("http://"), timeout=30)
    link.request("GET", path, headers={"X-API-KEY": integrator.key})
    status = link.getresponse().status
    link.close()
    return status


@pytest.mark.parametrize(
    "path", ["/%FF", "/a%C3/", "/api/v1/%FF/", "/docs/%FF", "/static/%FF", "/webhooks/%FF"]
)
def test_there_is_nothing_at_a_path_that_is_no_utf_8(integrator: Integrator, path: str) -> None:
    assert status_of(integrator, path) == 404


def test_an_id_in_percent_signs_is_not_what_they_would_stand_for(integrator: Integrator) -> None:
    person = {"display_name": "John", "external_user_id": "%FF"}
    made = integrator.create(is_secured=True, participants=[person])
    people = f"/api/v1/meetings/{made['meeting_code']}/participants"
    assert [status_of(integrator, f"{people}/{id}/") for id in ("%25FF", "%FF")] == [200, 404]
