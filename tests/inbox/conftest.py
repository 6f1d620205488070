import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from livekit import api as sdk

from inbox.models import InboundWebhook
from inbox.parsing import sanitized
from tests.conftest import NOON


def event_body(event: str, room: str, at: datetime = NOON, **person: Any) -> dict[str, Any]:
    """What LiveKit posts, in the JSON that it writes: int64 as text."""
    return {
        "event": event,
        "id": f"EV_{hashlib.sha256(repr((event, room, at, person)).encode()).hexdigest()[:16]}",
        "createdAt": str(int(at.timestamp())),
        "room": {"sid": "RM_1", "name": room},
        "participant": {"identity": "ann", "name": "Ann", "state": "ACTIVE", **person},
    }


def joined(room: str, sid: str, at: datetime = NOON, **person: Any) -> dict[str, Any]:
    return event_body("participant_joined", room, at, sid=sid, joinedAt=str(int(at.timestamp())), **person)


def left(room: str, sid: str, joined_at: datetime, at: datetime, **person: Any) -> dict[str, Any]:
    since = str(int(joined_at.timestamp()))
    return event_body("participant_left", room, at, sid=sid, joinedAt=since, **person)


def stored(body: dict[str, Any], received_at: datetime = NOON) -> InboundWebhook:
    event_id, clean = sanitized(json.dumps(body).encode())
    return InboundWebhook.objects.get_or_create(
        {"body": clean, "received_at": received_at}, event_id=event_id
    )[0]


def signature(body: bytes, secret: str = "") -> str:
    """As LiveKit signs: a JWT with the hash of the body."""
    token = sdk.AccessToken(settings.LIVEKIT_API_KEY, secret or settings.LIVEKIT_API_SECRET)
    return token.with_sha256(base64.b64encode(hashlib.sha256(body).digest()).decode()).to_jwt()


@dataclass
class WebhookClient:
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def post(self, body: bytes, **headers: str) -> Any:
        """Post a body, signed unless another Authorization is given."""
        return self.client.post(
            "/webhooks/livekit/",
            body,
            content_type="application/webhook+json",
            headers={"Authorization": signature(body), **headers},
        )

    def deliver(self, body: dict[str, Any]) -> Any:
        return self.post(json.dumps(body).encode())


@pytest.fixture
def webhooks(db: None) -> WebhookClient:
    return WebhookClient()
