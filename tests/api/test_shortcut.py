"""What is done for browsers, with their cookies and forms, is not done for programs."""

from typing import Any

import pytest
from django.test import Client

from tests.conftest import Api

CLIENTS_HEADERS = [
    "Content-Type",
    "Allow",
    "RateLimit-Policy",
    "RateLimit",
    "Content-Length",
    "X-Frame-Options",
    "Permissions-Policy",
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "Referrer-Policy",
    "Cross-Origin-Opener-Policy",
    "X-Request-ID",
]


def test_an_answer_has_these_headers_in_this_order(api: Api) -> None:
    assert list(api.get("meetings/").headers) == CLIENTS_HEADERS


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api/v1/schema/", "/api/nothing"])
def test_a_session_of_the_admin_is_neither_read_nor_renewed(
    admin_client: Client, django_assert_num_queries: Any, path: str
) -> None:
    with django_assert_num_queries(0):
        answer = admin_client.get(path)
    assert not answer.cookies


def test_no_cookie_changes_an_answer(api: Api) -> None:
    plain = api.get("meetings/")
    api.client.cookies.load({"csrftoken": "x", "messages": "x", "language": "de", "sessionid": "x" * 32})
    answer = api.get("meetings/")
    assert answer.content == plain.content
    assert list(answer.headers) == CLIENTS_HEADERS
    assert "Set-Cookie" not in str(answer.serialize_headers())


@pytest.mark.parametrize("path", ["/api", "/apix/", "/nothing"])
def test_other_paths_go_the_whole_way(client: Client, db: None, path: str) -> None:
    """With a session, which the shortcut would leave out."""
    assert hasattr(client.get(path).wsgi_request, "session")
