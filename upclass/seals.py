"""Bytes sealed for rest: unreadable, and unchangeable, for whoever has the database and not JOIN_SECRET.

For what holds join links, which are as secret as what signs them. Fernet: AES-128-CBC and HMAC-SHA-256.
"""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class BrokenSeal(Exception):
    """Sealed with another secret, or changed since."""


def seal(plain: bytes) -> bytes:
    return _fernet().encrypt(plain)


def unseal(sealed: bytes) -> bytes:
    """Raises BrokenSeal."""
    try:
        return _fernet().decrypt(sealed)
    except InvalidToken as error:
        raise BrokenSeal from error


def _fernet() -> Fernet:
    """A key of its own, so that nothing else that JOIN_SECRET signs is one."""
    return Fernet(
        base64.urlsafe_b64encode(hmac.digest(settings.JOIN_SECRET.encode(), b"upclass.seals", "sha256"))
    )
