"""The token of a join link: a person's identity, signed by JOIN_SECRET. Knows no tables."""

from django.conf import settings
from django.core.signing import BadSignature, Signer


def token(identity: str) -> str:
    """The same at every reading, so that it need not be kept."""
    return _signer().sign(identity)


def identity_of(token: str) -> str | None:
    """Whose link it is; None for a token that we did not sign."""
    try:
        return _signer().unsign(token)
    except BadSignature:
        return None


def _signer() -> Signer:
    """No fallback keys: Django's would be former SECRET_KEYs, which never signed a link."""
    return Signer(key=settings.JOIN_SECRET, fallback_keys=[], sep=".", salt="join-url")
