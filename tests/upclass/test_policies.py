import pytest
from django.utils.csp import build_policy

from upclass.policies import ADMIN, DOCS, NOTHING, Policy, both_schemes, is_origin, pages

PAGES = pages("wss://livekit.example.com", [])


@pytest.mark.parametrize("policy", [PAGES, ADMIN, DOCS, NOTHING])
def test_no_policy_lets_anything_in_that_is_not_ours(policy: Policy) -> None:
    said = build_policy(policy)
    assert said.startswith("default-src 'none'")
    assert "unsafe" not in said
    assert " *" not in said
    assert "frame-ancestors 'none'" in said


@pytest.mark.parametrize("policy", [PAGES, ADMIN, DOCS])
def test_scripts_are_our_files_and_forms_come_to_us(policy: Policy) -> None:
    assert (policy["script-src"], policy["form-action"]) == (["'self'"], ["'self'"])
    assert policy["base-uri"] == ["'none'"]


def test_a_page_speaks_with_us_and_with_livekit_only() -> None:
    assert PAGES["connect-src"] == ["'self'", "wss://livekit.example.com", "https://livekit.example.com"]


@pytest.mark.parametrize(
    ("url", "origins"),
    [
        ("ws://127.0.0.1:7880", ["ws://127.0.0.1:7880", "http://127.0.0.1:7880"]),
        ("https://livekit.example.com/", ["wss://livekit.example.com", "https://livekit.example.com"]),
    ],
)
def test_livekits_client_uses_sockets_and_requests(url: str, origins: list[str]) -> None:
    assert both_schemes(url) == origins


def test_a_page_may_be_framed_by_those_who_are_named() -> None:
    allowed = pages("ws://127.0.0.1", ["https://a.example", "https://b.example"])
    assert allowed["frame-ancestors"] == ["https://a.example", "https://b.example"]


@pytest.mark.parametrize(
    "origin",
    [
        "https://example.com",
        "https://WWW.Example.com:8443",
        "https://intranet",
        "http://127.0.0.1:8000",
        "http://localhost",
    ],
)
def test_an_origin_may_frame(origin: str) -> None:
    assert is_origin(origin)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "'self'",
        "example.com",
        "http://example.com",
        "https://*.example.com",
        "https://example.com/",
        "https://example.com/page",
        "https://example.com;script-src",
        "https://example.com\n",
        "https://a@example.com",
        "http://localhost.evil.example",
        "https://",
        "https:example.com",
    ],
)
def test_anything_else_may_not(text: str) -> None:
    assert not is_origin(text)
