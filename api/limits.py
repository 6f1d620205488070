"""How many requests a key may send: a token bucket in Redis for each key.

Without Redis every request passes, and its answer has no rate limit headers.
"""

import logging
import math
import threading
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from time import monotonic

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from api.problems import TooManyRequests
from customers.models import ApiKey

log = logging.getLogger(__name__)

SECONDS = 0.15  # for connecting, and again for an answer
PAUSE = 5.0  # seconds for which Redis is left alone once it did not answer

# The time is Redis's own, so that all web servers mean the same one.
CONSUME = """
local rate, burst, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
if not now then
  local time = redis.call('TIME')
  now = time[1] + time[2] / 1000000
end
local kept = redis.call('HMGET', KEYS[1], 'left', 'at')
local elapsed = math.max(0, now - (tonumber(kept[2]) or now))
local left = math.min(burst, (tonumber(kept[1]) or burst) + elapsed * rate)
local passes = left >= 1
if passes then left = left - 1 end
redis.call('HSET', KEYS[1], 'left', tostring(left), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000))
return {passes and 1 or 0, tostring(left)}
"""


@dataclass(frozen=True)
class BucketState:
    """The state of a key's bucket after a request: `left` requests, of `burst`, may follow at once."""

    rate: int
    burst: int
    passes: bool
    left: float

    @property
    def seconds_to_next(self) -> int:
        return max(1, math.ceil((1 - self.left) / self.rate))

    @property
    def headers(self) -> dict[str, str]:
        """The fields of draft-ietf-httpapi-ratelimit-headers-10; `t` is when all of `q` may follow again."""
        window, reset = self.burst / self.rate, (self.burst - self.left) / self.rate
        return {
            "RateLimit-Policy": f'"default";q={self.burst};w={math.ceil(window)}',
            "RateLimit": f'"default";r={int(self.left)};t={math.ceil(reset)}',
        }


class Buckets:
    """The buckets in one Redis."""

    def __init__(self, url: str) -> None:
        client = Redis.from_url(
            url,
            socket_connect_timeout=SECONDS,
            socket_timeout=SECONDS,
            retry=Retry(NoBackoff(), 0),
            protocol=2,  # asks nothing more of Redis before the first command
        )
        self.script = client.register_script(CONSUME)
        self.circuit_open_until = 0.0
        self.lock = threading.Lock()

    def consume(self, name: str, rate: int, burst: int) -> BucketState | None:
        """Consume one request of a bucket; None while Redis does not answer."""
        if not self._may_ask():
            return None
        try:
            passes, left = self.script([f"rate:{name}"], [rate, burst, clock()])
        except RedisError as error:
            self.circuit_open_until = monotonic() + PAUSE
            log.warning("requests pass unlimited for %s s: %s", PAUSE, error)
            return None
        self.circuit_open_until = 0.0
        return BucketState(rate, burst, bool(passes), float(left))

    def _may_ask(self) -> bool:
        """After a pause one request finds out whether Redis is back; the others need not wait for it."""
        with self.lock:
            now = monotonic()
            if now < self.circuit_open_until:
                return False
            if self.circuit_open_until:
                self.circuit_open_until = now + PAUSE
            return True


def clock() -> str:
    """Seconds, or nothing for the time of Redis."""
    return ""


@cache
def buckets(url: str) -> Buckets:
    return Buckets(url)


def consume(key: ApiKey) -> BucketState | None:
    rate = key.rate_limit_per_second or settings.RATE_LIMIT_PER_SECOND
    burst = key.rate_limit_burst or settings.RATE_LIMIT_BURST
    return buckets(settings.REDIS_URL).consume(key.prefix, rate, burst)


# The way of a request

_state: ContextVar[BucketState | None] = ContextVar("rate_limit", default=None)


class KeyThrottle(BaseThrottle):
    """Runs after authentication and before anything is looked up. Raises TooManyRequests."""

    def allow_request(self, request: Request, view: object) -> bool:
        if not isinstance(request.auth, ApiKey):
            return True
        state = consume(request.auth)
        _state.set(state)
        if state and not state.passes:
            raise TooManyRequests(state.seconds_to_next)
        return True


class RateLimitMiddleware:
    """Adds the rate limit headers to every answer; a middleware, for a crash is answered outside the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = _state.set(None)
        try:
            response = self.get_response(request)
            state = _state.get()
            for name, value in (state.headers if state else {}).items():
                response[name] = value
            return response
        finally:
            _state.reset(token)
