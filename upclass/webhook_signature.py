"""Whether LiveKit signed a webhook, and what its clock shows.

The signature is a JWT of our API key with the body's SHA-256. LiveKit counts what we refuse as delivered, so
a clock that is wrong, its or ours, must not make us refuse: webhooks are accepted within a wide window.
"""

import base64
import hashlib
import hmac
import logging
import time

import jwt
from django.conf import settings
from jwt.types import Options

from upclass.logs import Sparingly

log = Sparingly(logging.getLogger(__name__))

NOTABLE = 5.0  # seconds by which clocks differ
AT_ANY_TIME: Options = {
    "require": ["exp", "nbf"],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
}


class BadSignature(Exception):
    """A webhook that LiveKit did not sign, or whose signature is of another time."""


def verify(body: bytes, authorization: str) -> None:
    """Raise BadSignature unless LiveKit signed exactly these bytes, LIVEKIT_CLOCK_SKEW ago at most.

    Only bytes are compared: a rightly signed body that is no JSON, or not UTF-8, is LiveKit's all the same.
    """
    claims = _claims(authorization)
    if not hmac.compare_digest(_hash_of(claims), hashlib.sha256(body).digest()):
        raise BadSignature
    ahead = _clock_ahead(claims)
    if abs(ahead) > NOTABLE:
        log.warning("LiveKit's clock is %.0f s ahead of ours (below 0: behind): set both right", ahead)
    if abs(ahead) > settings.LIVEKIT_CLOCK_SKEW:
        log.warning("a webhook was refused: signed %.0f s from now, LIVEKIT_CLOCK_SKEW allows fewer", ahead)
        raise BadSignature


def _claims(authorization: str) -> dict[str, object]:
    """What is said under our key's signature, at any time. Raises BadSignature."""
    key, secret = settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET
    try:
        return dict(jwt.decode(authorization, secret, algorithms=["HS256"], issuer=key, options=AT_ANY_TIME))
    except (jwt.InvalidTokenError, ValueError) as error:
        if authorization:
            log.warning("a webhook was refused, which LiveKit did not sign with our key: %s", error)
        raise BadSignature from error


def _hash_of(claims: dict[str, object]) -> bytes:
    """Empty for a token that is of no body, such as one for a call. Raises BadSignature."""
    try:
        return base64.b64decode(str(claims.get("sha256", "")))
    except ValueError as error:
        raise BadSignature from error


def _clock_ahead(claims: dict[str, object]) -> float:
    """Seconds. Signatures are made when a webhook is sent, and "not before" is that moment."""
    signed_at = claims["nbf"]
    if not isinstance(signed_at, int | float):
        raise BadSignature
    return signed_at - time.time()
