"""How long LiveKit waits for its answer: a slow one holds up all webhooks of a room."""

import base64
import hashlib
import http.client
import json
from itertools import count
from urllib.parse import urlsplit

from django.conf import settings
from livekit import api

from bench.measuring import median, show

NUMBERS = count()


def bench() -> None:
    service = http.client.HTTPConnection(urlsplit(settings.PUBLIC_URL).netloc)
    plain = median(lambda: ask(service, "GET", "/healthz"))
    show("a webhook that is stored", median(lambda: post(service, next(NUMBERS))), "/healthz", plain)
    show("the same one again", median(lambda: post(service, 0)), "/healthz", plain)


def post(service: http.client.HTTPConnection, number: int) -> None:
    """Post a signed body as large as LiveKit's are."""
    person = {"sid": f"PA_{number}", "identity": "ann", "name": "Ann", "joinedAt": "1772366400"}
    event = {
        "event": "participant_joined",
        "id": f"EV_{number}",
        "createdAt": "1772366400",
        "participant": person,
    }
    body = json.dumps(
        {**event, "room": {"sid": "RM_1", "name": "no meeting", "metadata": "x" * 600}}
    ).encode()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    token = (
        api.AccessToken(settings.LIVEKIT_API_KEY, settings.LIVEKIT_API_SECRET).with_sha256(digest).to_jwt()
    )
    ask(service, "POST", "/webhooks/livekit/", body, {"Authorization": token})


def ask(
    service: http.client.HTTPConnection,
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
) -> None:
    service.request(method, path, body, headers or {})
    answer = service.getresponse()
    answer.read()
    assert answer.status == 200, answer.status
