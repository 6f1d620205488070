"""API keys as texts: `upk_<prefix>_<secret>`. Knows nothing of tables.

The prefix finds the row; the secret has 190 bits, so that its plain SHA-256 tells nothing about it.
"""

import hashlib
import hmac
from dataclasses import dataclass

from upclass.codes import LOWER_CASE, random_string

PREFIX_LENGTH = 10
SECRET_LENGTH = 37


@dataclass(frozen=True)
class Key:
    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"upk_{self.prefix}_{self.secret}"

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.secret.encode()).hexdigest()

    def matches(self, digest: str) -> bool:
        """Compare in constant time."""
        return hmac.compare_digest(self.digest, digest)


def new() -> Key:
    return Key(random_string(LOWER_CASE, PREFIX_LENGTH), random_string(LOWER_CASE, SECRET_LENGTH))


def parse(text: str) -> Key | None:
    """The key that a header holds, or None when it has not the form of one."""
    start, _, rest = text.partition("_")
    prefix, _, secret = rest.partition("_")
    if start != "upk" or len(prefix) != PREFIX_LENGTH or not (prefix.isascii() and prefix.isalnum()):
        return None
    return Key(prefix, secret)
