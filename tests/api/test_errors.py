import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from meetings.models import Meeting
from participants.models import Participant
from tests.conftest import UNKNOWN_CODE, Api
from upclass.request_id import RequestIdFilter

FIELDS = ["error", "detail", "code", "request_id"]
FIELDS_400 = ["error", "detail", "code", "fields", "request_id"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/meetings/",
        "/api/v1/nothing",
        "/api/v1/meetings/ABCD/",
        "/api/v1/meetings/ABCD-EFGH-IJK1/",
        f"/api/v1/meetings/{UNKNOWN_CODE}%0A",
        f"/api/v1/meetings/{UNKNOWN_CODE}//",
        f"/api/v1/meetings/{UNKNOWN_CODE}/unknown/",
        "/api/v1/meetings/%00/",
        "/api/v1/%ED%A0%80/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_path_that_there_is_not(api: Api, method: str, path: str) -> None:
    response: Any = Client(enforce_csrf_checks=True, headers={"X-API-KEY": "x"}).generic(method, path)
    assert response.status_code == 404
    assert response["Content-Type"] == "application/json"
    assert list(response.json()) == FIELDS
    assert response.json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "meetings/"),
        ("DELETE", "meetings/"),
        ("POST", "meetings/{code}/"),
        ("PATCH", "meetings/{code}/"),
        ("GET", "meetings/{code}/cancel/"),
        ("PUT", "meetings/{code}/participants/"),
        ("POST", "meetings/{code}/participants/user-123/"),
        ("POST", "account/"),
        ("DELETE", "account/ledger/"),
    ],
)
def test_a_method_that_there_is_not(api: Api, person: Participant, method: str, path: str) -> None:
    response = api.call(method, path.format(code=person.meeting.code))
    assert response.status_code == 405
    assert list(response.json()) == FIELDS
    assert response.json()["error"] == "Method not allowed"
    assert response["Allow"]


def test_an_unknown_meeting_comes_before_the_method(api: Api) -> None:
    assert api.call("PUT", f"meetings/{UNKNOWN_CODE}/").status_code == 404


def test_an_unknown_person_comes_before_the_method(api: Api, secured: Meeting) -> None:
    assert api.call("PUT", f"meetings/{secured.code}/participants/nobody/").status_code == 404


def test_the_method_comes_before_what_an_open_meeting_refuses(api: Api, meeting: Meeting) -> None:
    assert api.call("PUT", f"meetings/{meeting.code}/participants/").status_code == 405


def test_the_meeting_comes_before_the_body(api: Api) -> None:
    assert api.post(f"meetings/{UNKNOWN_CODE}/participants/", b"{").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"topic": NaN}',
        b'{"topic": "\xff"}',
        b"[" * 100_000,
        b'{"topic": ' * 20_000 + b"1" + b"}" * 20_000,
        b'{"max_participants": ' + b"9" * 5000 + b"}",
        b"[]",
        b"null",
        b'"text"',
        b"1",
    ],
)
def test_a_body_that_is_no_json_object(api: Api, body: bytes) -> None:
    response = api.post("meetings/", body)
    assert response.status_code == 400
    assert response.json()["code"] == "invalid_request"
    assert response.json()["error"] == "Invalid request"


def test_a_wrong_field_is_named(api: Api) -> None:
    response = api.post("meetings/", {"topic": 5})
    body = response.json()
    assert response.status_code == 400
    assert list(body) == FIELDS_400
    assert body["fields"] == {"topic": ["Must be a string."]}
    assert body["detail"] == "topic: Must be a string."


def test_a_wrong_field_of_one_of_several_people_is_named_by_its_path(api: Api) -> None:
    people = [
        {"display_name": "Ann", "external_user_id": "ann"},
        {"display_name": "Ben", "external_user_id": "ben", "email": "nonsense"},
    ]
    body = api.post("meetings/", {"is_secured": True, "participants": people}).json()
    assert list(body["fields"]) == ["participants.1.email"]


def test_every_wrong_field_is_named(api: Api) -> None:
    body = api.post("meetings/", {"topic": 5, "is_secured": "yes", "max_participants": 1}).json()
    assert set(body["fields"]) == {"topic", "is_secured", "max_participants"}


def test_another_media_type(api: Api) -> None:
    response: Any = api.client.post("/api/v1/meetings/", "topic=x", "application/x-www-form-urlencoded")
    assert response.status_code == 415
    assert list(response.json()) == FIELDS


def test_a_crash_is_json_without_a_trace_of_its_reason(api: Api) -> None:
    api.get("meetings/")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE meetings_meeting RENAME TO nowhere")
    response = api.get("meetings/")
    assert response.status_code == 500
    assert list(response.json()) == FIELDS
    assert response.json()["error"] == "Server error"
    assert b"nowhere" not in response.content
    assert b"meetings_meeting" not in response.content


def test_a_host_that_is_not_ours_gets_its_error_in_json(db: None) -> None:
    response: Any = Client(headers={"Host": "evil.example"}).get("/api/v1/meetings/")
    assert response.status_code == 400
    assert list(response.json()) == FIELDS_400


def test_every_answer_has_its_own_id(api: Api) -> None:
    ids = {api.get("meetings/")["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "nothing/", b"", 404),
        ("GET", "meetings/?limit=0", b"", 400),
        ("POST", "meetings/", b"{", 400),
        ("PUT", "meetings/", b"", 405),
        ("POST", "schema/", b"", 405),
        ("POST", "meetings/", b"x" * 2**21, 413),
    ],
)
def test_an_error_has_a_sentence_and_the_id_of_its_header(
    api: Api, method: str, path: str, body: bytes, status: int
) -> None:
    response = api.call(method, path, body)
    assert response.status_code == status
    assert response.json()["request_id"] == response["X-Request-ID"]
    assert re.fullmatch(r"\S.+", response.json()["detail"])


MIB = 1024 * 1024


@pytest.mark.parametrize("path", ["meetings/", "meetings/{code}/cancel/", "meetings/{code}/participants/"])
def test_a_body_over_one_mebibyte_is_refused_by_every_post(api: Api, secured: Meeting, path: str) -> None:
    response = api.post(path.format(code=secured.code), b'{"topic": "%s"}' % (b"x" * MIB))
    assert response.status_code == 413
    assert list(response.json()) == FIELDS
    assert response.json()["code"] == "request_too_large"


@pytest.mark.parametrize(("method", "path"), [("GET", "meetings/"), ("DELETE", "meetings/{code}/")])
def test_a_body_over_one_mebibyte_is_refused_also_where_nobody_reads_it(
    api: Api, meeting: Meeting, method: str, path: str
) -> None:
    assert api.call(method, path.format(code=meeting.code), b"x" * (MIB + 1)).status_code == 413
    assert Meeting.objects.get().ended_at is None


def test_the_method_comes_before_a_large_body(api: Api) -> None:
    assert api.call("PUT", "meetings/", b"x" * (MIB + 1)).status_code == 405


def test_a_body_of_just_one_mebibyte_is_read(api: Api) -> None:
    body = b'{"ignored": "%s"}'
    assert api.post("meetings/", body % (b"x" * (MIB - len(body) + 2))).status_code == 201


def test_a_large_body_of_another_media_type_is_too_large_first(api: Api) -> None:
    response = api.client.post("/api/v1/meetings/", b"x" * (MIB + 1), content_type="text/plain")
    assert response.status_code == 413


def test_an_unknown_meeting_comes_before_a_large_body(api: Api) -> None:
    assert api.post(f"meetings/{UNKNOWN_CODE}/cancel/", b"x" * (MIB + 1)).status_code == 404


def test_an_answer_in_another_format_is_not_to_be_had(api: Api) -> None:
    response: Any = api.client.get("/api/v1/meetings/", headers={"Accept": "text/html"})
    assert response.status_code == 406
    assert list(response.json()) == FIELDS


def test_asking_for_a_format_in_the_query_changes_nothing(api: Api) -> None:
    assert api.get("meetings/?format=xml").status_code == 200


@pytest.mark.parametrize("method", ["OPTIONS", "PATCH", "PUT", "TRACE"])
def test_methods_that_no_path_has(api: Api, method: str) -> None:
    response = api.call(method, "meetings/")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD, POST"


def test_head_is_get_without_a_body(api: Api) -> None:
    response = api.call("HEAD", "meetings/")
    assert (response.status_code, response.content) == (200, b"")


def test_a_crash_is_logged_with_its_traceback_beside_the_id_of_the_answer(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(*unused: Any) -> None:
        raise RuntimeError("the reason")

    monkeypatch.setattr("api.v1.meetings.ledger.require_credits", crash)
    caplog.handler.addFilter(RequestIdFilter())
    response = api.post("meetings/")
    assert response.status_code == 500
    [record] = [record for record in caplog.records if record.exc_info]
    assert record.__dict__["request_id"] == response.json()["request_id"]
    assert "the reason" not in response.content.decode()


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"unknown": "\\u0000"}', "unknown"),
        (b'{"unknown": ["", {"deep": "\\ud800"}]}', "unknown.1.deep"),
        (b'{"\\u0000": 1}', ""),
        (b'{"topic": "a\\udc00b"}', "topic"),
    ],
)
def test_text_that_no_text_can_be_is_refused_wherever_it_stands(api: Api, body: bytes, path: str) -> None:
    response = api.post("meetings/", body)
    assert response.status_code == 400
    assert response.json()["fields"] == {path: ["Must contain neither NUL nor half a surrogate pair."]}


def test_a_whole_surrogate_pair_is_a_character(api: Api) -> None:
    response = api.post("meetings/", b'{"topic": "\\ud83d\\ude00"}')
    assert response.json()["topic"] == "\U0001f600"


@pytest.mark.parametrize(
    "query",
    [
        "unknown=%00",
        "%00=1",
        "status=active%00",
        "limit=1%00",
        "x=%00&x=1",
        "unknown=%ED%A0%80",
        "%ED%A0%80=1",
        "x=%FF",
    ],
)
def test_what_no_text_can_be_is_refused_in_a_query(api: Api, query: str) -> None:
    assert api.get(f"meetings/?{query}").status_code == 400


@pytest.mark.parametrize("path", ["meetings/", "meetings/{code}/cancel/", "meetings/{code}/participants/"])
def test_every_post_reads_its_body_before_it_looks_at_what_it_was_asked(
    api: Api, meeting: Meeting, path: str
) -> None:
    """On an open meeting, which registers nobody."""
    url = f"/api/v1/{path.format(code=meeting.code)}"
    assert api.client.post(url, b"x", content_type="text/plain").status_code == 415
    for body in (b"[]", b"{", b"null", b'"text"'):
        response: Any = api.client.post(url, body, content_type="application/json")
        assert (response.status_code, response.json()["fields"]) == (400, {})
    assert Meeting.objects.count() == 1


def test_the_media_type_comes_before_the_query(api: Api) -> None:
    response: Any = api.client.post("/api/v1/meetings/?x=%00", b"x", content_type="text/plain")
    assert response.status_code == 415


def test_an_endless_query_without_a_key_is_401_first(db: None) -> None:
    query = "&".join(f"x{number}=1" for number in range(2000))
    assert Client().get(f"/api/v1/meetings/?{query}").status_code == 401


def test_an_endless_query_with_a_key_is_400(api: Api) -> None:
    query = "&".join(f"x{number}=1" for number in range(2000))
    response = api.get(f"meetings/?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_request")


@pytest.mark.parametrize("path", ["/api/", "/api/%zz", "/api/v2/", "/api/v1/nothing"])
def test_no_page_of_django_s_is_shown_for_unknown_paths_when_debug_is_on(settings: Any, path: str) -> None:
    settings.DEBUG = True
    response: Any = Client().get(path)
    assert (response.status_code, response.json()["code"]) == (404, "not_found")


def test_no_traceback_is_shown_when_debug_is_on(
    api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*unused: Any) -> None:
        raise RuntimeError("the reason")

    settings.DEBUG = True
    monkeypatch.setattr("api.v1.meetings.ledger.require_credits", crash)
    response = api.post("meetings/")
    assert (response.status_code, response.json()["code"]) == (500, "server_error")
    assert "the reason" not in response.content.decode()
