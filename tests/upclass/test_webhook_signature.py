"""What LiveKit signed is LiveKit's, whatever its clock shows."""

import base64
import hashlib
import logging
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from livekit import api as sdk

from tests.conftest import NOON
from upclass import livekit, webhook_signature
from upclass.webhook_signature import BadSignature, verify


def signed(body: bytes, **secrets: str) -> str:
    key = secrets.get("key", settings.LIVEKIT_API_KEY)
    token = sdk.AccessToken(key, secrets.get("secret", settings.LIVEKIT_API_SECRET))
    return token.with_sha256(base64.b64encode(hashlib.sha256(body).digest()).decode()).to_jwt()


def signed_at(seconds: float, body: bytes = b"{}") -> str:
    """By a clock that is so many seconds ahead of NOON."""
    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        return signed(body)


@pytest.fixture(autouse=True)
def nothing_said_yet() -> None:
    webhook_signature.log.logged_at.clear()


@pytest.mark.parametrize("body", [b"", b"{}", b"\xff\0", b"x" * 1_000_000])
def test_what_livekit_signed_is_livekits(body: bytes) -> None:
    verify(body, signed(body))


@pytest.mark.parametrize("header", ["", "Bearer", "a.b.c", "\xe4", "\0"])
def test_what_is_no_signature_is_bad(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(b"{}", header)


def test_another_secret_or_key_or_body_is_bad() -> None:
    for forged in (signed(b"{}", secret="x" * 40), signed(b"{}", key="another"), signed(b"{} ")):
        with pytest.raises(BadSignature):
            verify(b"{}", forged)


def test_a_call_token_signs_no_webhook() -> None:
    for body in (b"", b"{}"):
        with pytest.raises(BadSignature):
            verify(body, livekit.token("room", "ann", "Ann", {}))


@pytest.mark.parametrize("ahead", [65, -300, 3500, -3500])
@time_machine.travel(NOON, tick=False)
def test_a_clock_that_is_wrong_loses_no_webhook_and_is_told(
    ahead: float, caplog: pytest.LogCaptureFixture
) -> None:
    verify(b"{}", signed_at(ahead))
    [line] = [record.getMessage() for record in caplog.records]
    assert f"LiveKit's clock is {ahead} s ahead of ours" in line


@time_machine.travel(NOON, tick=False)
def test_a_clock_that_is_right_is_not_mentioned(caplog: pytest.LogCaptureFixture) -> None:
    verify(b"{}", signed_at(-4))
    assert not caplog.records


@pytest.mark.parametrize("ahead", [3601, -3601, 86_400])
@time_machine.travel(NOON, tick=False)
def test_a_signature_of_another_time_is_bad_and_says_so(
    ahead: float, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(BadSignature):
        verify(b"{}", signed_at(ahead))
    assert f"a webhook was refused: signed {ahead} s from now" in caplog.text


def test_a_refusal_is_logged_once_a_minute_whoever_knocks(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for _ in range(50):
            with pytest.raises(BadSignature):
                verify(b"{}", signed(b"{}", secret="x" * 40))
    [record] = caplog.records
    assert "which LiveKit did not sign with our key" in record.getMessage()
