"""Encryption at rest: unreadable, and unchangeable, for whoever has the database and not JOIN_SECRET.

For what holds join links, which are as secret as what signs them. Fernet: AES-128-CBC and HMAC-SHA-256.
"""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class DecryptionFailed(Exception):
    """Encrypted with another secret, or changed since."""


def encrypt(plain: bytes) -> bytes:
    return _fernet().encrypt(plain)


def decrypt(encrypted: bytes) -> bytes:
    """Raises DecryptionFailed."""
    try:
        return _fernet().decrypt(encrypted)
    except InvalidToken as error:
        raise DecryptionFailed from error


def _fernet() -> Fernet:
    """A key of its own, so that nothing else that JOIN_SECRET signs is one."""
    return Fernet(
        base64.urlsafe_b64encode(hmac.digest(settings.JOIN_SECRET.encode(), b"upclass.seals", "sha256"))
    )
