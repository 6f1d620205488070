"""For whoever watches over the service: is it there, and is what it needs there?"""

from django.conf import settings
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis import Redis
from redis.exceptions import RedisError

from upclass import livekit, storage

SECONDS = 1.0


def alive(request: HttpRequest) -> HttpResponse:
    """200 as soon as requests can be served."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request: HttpRequest) -> HttpResponse:
    """Each part's state; 503 while one is away that requests need: without Redis and S3, work waits."""
    parts = {
        "postgres": postgres(),
        "livekit": livekit.is_reachable(),
        "redis": redis(),
        "s3": storage.is_reachable(SECONDS),
    }
    needed = parts["postgres"] and parts["livekit"]
    shown = {name: "ok" if is_there else "away" for name, is_there in parts.items()}
    return JsonResponse(shown, status=200 if needed else 503)


def postgres() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return False
    return True


def redis() -> bool:
    with Redis.from_url(settings.REDIS_URL, socket_timeout=SECONDS, socket_connect_timeout=SECONDS) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False
