"""For whoever watches over the service: is it there, and is what it needs there?"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

from upclass import livekit, storage
from upclass.webhook_signature import NOTABLE

SECONDS = 1.0  # for one part to answer
PATIENCE = 1.5  # seconds for all of them: an answer is to come within two
CAN_WRITE = "SELECT pg_current_xact_id(), current_setting('transaction_read_only') = 'off'"

# Where parts are asked. What hangs holds some of these threads, and no more than these.
_asking = ThreadPoolExecutor(max_workers=8, thread_name_prefix="readyz")


class HealthMiddleware:
    """Answers probes before anything looks at the Host header: they call by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return VIEWS.get(request.path, self.get_response)(request)


def alive(request: HttpRequest) -> HttpResponse:
    """200 as soon as requests can be served."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """Each part's state; 503 while one is away that requests need: without Redis and S3, work waits."""
    asked = {name: _asking.submit(ask) for name, ask in PARTS.items()}
    wait(asked.values(), timeout=PATIENCE)
    shown = {name: answer.result() if answer.done() else "away" for name, answer in asked.items()}
    is_ready = "away" not in (shown["postgres"], shown["livekit"])
    return JsonResponse(shown, status=200 if is_ready else 503)


def _state(is_there: bool) -> str:
    return "ok" if is_there else "away"


def postgres() -> str:
    """It must take a write: a standby, or one that was made read-only, is of no use."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(CAN_WRITE)
            return _state(bool(cursor.fetchone()[1]))
    except Error:
        return "away"
    finally:
        connection.close()  # this thread's own, or each of them would keep one


def redis() -> str:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as client:
        try:
            return _state(bool(client.ping()))
        except RedisError:
            return "away"


def livekit_clock() -> str:
    """How far LiveKit's clock is from ours: times of people in calls are by LiveKit's."""
    try:
        ahead = livekit.clock_ahead()
    except livekit.Unreachable:
        return "away"
    if ahead is None or abs(ahead) <= NOTABLE:
        return "ok"
    return f"{abs(ahead):.0f} s {'ahead' if ahead > 0 else 'behind'}"


PARTS: Mapping[str, Callable[[], str]] = {
    "postgres": postgres,
    "livekit": lambda: _state(livekit.is_reachable()),
    "livekit_clock": livekit_clock,
    "redis": redis,
    "s3": lambda: _state(storage.is_reachable(SECONDS)),
}
VIEWS: Mapping[str, Callable[[HttpRequest], HttpResponse]] = {"/healthz": alive, "/readyz": ready}
