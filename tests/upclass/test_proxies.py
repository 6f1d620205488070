"""What a proxy says in X-Forwarded-For and X-Forwarded-Proto, over HTTP's own borders."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from meetings.models import Meeting
from tests.join.conftest import page
from upclass.proxies import ProxiesMiddleware


@pytest.fixture
def proxied(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]


def seen(remote: str, forwarded_for: str, proto: str = "https") -> tuple[str, bool]:
    """The address and the safety of a request as the rest of the service sees them."""
    found: list[tuple[str, bool]] = []

    def view(request: HttpRequest) -> HttpResponse:
        found.append((request.META["REMOTE_ADDR"], request.is_secure()))
        return HttpResponse()

    headers = {"X-Forwarded-For": forwarded_for, "X-Forwarded-Proto": proto}
    ProxiesMiddleware(view)(RequestFactory(REMOTE_ADDR=remote, headers=headers).get("/"))
    return found[0]


def test_a_trusted_proxy_is_believed(proxied: None) -> None:
    assert seen("10.1.2.3", "198.51.100.1") == ("198.51.100.1", True)
    assert seen("10.1.2.3", "198.51.100.1", "http") == ("198.51.100.1", False)


def test_anybody_else_is_not(proxied: None) -> None:
    assert seen("198.51.100.1", "10.0.0.1") == ("198.51.100.1", False)


def test_nobody_is_trusted_unless_named() -> None:
    assert seen("127.0.0.1", "198.51.100.1") == ("127.0.0.1", False)


@pytest.mark.parametrize("remote", ["10.1.2.3", "127.0.0.1"])
def test_a_click_is_accepted_by_its_origin_where_a_proxy_ends_tls(
    proxied: None, settings: Any, meeting: Meeting, remote: str
) -> None:
    """Also behind a proxy that is not named: PUBLIC_URL is one of the accepted origins."""
    settings.CSRF_TRUSTED_ORIGINS = ["https://meet.example.com"]
    settings.ALLOWED_HOSTS = ["meet.example.com"]
    forwarded = {"Host": "meet.example.com", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1"}
    browser = Client(enforce_csrf_checks=True, REMOTE_ADDR=remote, headers=forwarded)
    csrf = page(browser.get(f"/{meeting.code}/")).split('"csrf": "')[1].split('"')[0]
    for origin, status in (("https://meet.example.com", 200), ("https://evil.example", 403), ("null", 403)):
        headers = {"Origin": origin, "X-CSRFToken": csrf}
        assert browser.post(f"/{meeting.code}/", {"name": "Ann"}, headers=headers).status_code == status


def test_without_an_origin_the_referer_that_our_pages_send_is_enough(proxied: None, meeting: Meeting) -> None:
    """Referrer-Policy: strict-origin leaves the site's address, which is what Django looks at over TLS."""
    forwarded = {"Host": "testserver", "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1"}
    browser = Client(enforce_csrf_checks=True, REMOTE_ADDR="10.0.0.1", headers=forwarded)
    csrf = page(browser.get(f"/{meeting.code}/")).split('"csrf": "')[1].split('"')[0]
    for referer, status in (("https://testserver/", 200), ("https://evil.example/", 403), ("", 403)):
        headers = {"Referer": referer, "X-CSRFToken": csrf} if referer else {"X-CSRFToken": csrf}
        assert browser.post(f"/{meeting.code}/", {"name": "Ann"}, headers=headers).status_code == status
