"""Authentication by API key: the header `X-API-KEY`."""

from time import monotonic

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from customers import models
from customers.models import ApiKey, Customer

TRUST = 1.0  # seconds after which nobody goes by what a key's row said before
MOST = 10_000  # keys


class RecentKeys:
    """Keys and their customers as they were read a moment ago: who sends a request often sends the next one.

    What staff change takes effect within a second, in every process. No wrong key is kept.
    """

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, ApiKey]] = {}

    def read(self, prefix: str) -> ApiKey | None:
        asked_at = monotonic()  # before PostgreSQL is asked, however long it takes
        read_at, row = self._kept.get(prefix, (0.0, None))
        return row if row and asked_at - read_at < TRUST else self._read(prefix, asked_at)

    @property
    def kept(self) -> int:
        return len(self._kept)

    def _read(self, prefix: str, asked_at: float) -> ApiKey | None:
        row = models.read(prefix)
        if row is None:
            self._kept.pop(prefix, None)
            return None
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[prefix] = (asked_at, row)
        return row


recent_keys = RecentKeys()


class ApiKeyAuthentication(BaseAuthentication):
    """`request.user` becomes the customer, `request.auth` the key. Raises InvalidApiKey, ApiKeyInactive."""

    def authenticate(self, request: Request) -> tuple[Customer, ApiKey]:
        now = timezone.now()
        key = models.find(request.headers.get("X-API-KEY", ""), now, recent_keys.read)
        key.touch_last_used(now)
        return key.customer, key
