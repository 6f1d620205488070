from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from livekit import api as sdk

from tests.upclass.conftest import TwirpServer, message


def ready(client: Client) -> Any:
    return client.get("/readyz")


def test_it_is_alive(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_it_is_ready_when_every_part_is_there(client: Client, db: None, twirp: TwirpServer) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    response = ready(client)
    assert response.status_code == 200
    assert response.json() == {"postgres": "ok", "livekit": "ok", "redis": "ok"}


def test_without_livekit_it_is_not_ready(client: Client, db: None, closed_port: int, settings: Any) -> None:
    settings.LIVEKIT_URL = f"ws://127.0.0.1:{closed_port}"
    response = ready(client)
    assert response.status_code == 503
    assert response.json()["livekit"] == "away"


def test_without_redis_requests_are_served_all_the_same(
    client: Client, db: None, twirp: TwirpServer, closed_port: int, settings: Any
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    settings.REDIS_URL = f"redis://127.0.0.1:{closed_port}/0"
    response = ready(client)
    assert response.status_code == 200
    assert response.json()["redis"] == "away"


def test_without_postgresql_it_is_not_ready(
    client: Client, db: None, twirp: TwirpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise OperationalError("connection refused")

    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", away)
        response = ready(client)
    assert response.status_code == 503
    assert response.json()["postgres"] == "away"
