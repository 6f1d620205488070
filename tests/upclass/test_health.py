from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from livekit import api as sdk

from tests.s3 import Server, served
from tests.upclass.conftest import TwirpServer, message
from upclass import storage


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3") / "s3") as started:
        yield started


@pytest.fixture
def s3(server: Server, settings: Any) -> Server:
    """The storage, as the settings name it."""
    for name, value in server.env.items():
        setattr(settings, name, value)
    storage._client_of.cache_clear()
    return server


def ready(client: Client) -> Any:
    return client.get("/readyz")


def test_it_is_alive(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_it_is_ready_when_every_part_is_there(
    client: Client, db: None, twirp: TwirpServer, s3: Server
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    response = ready(client)
    assert response.status_code == 200
    assert response.json() == {"postgres": "ok", "livekit": "ok", "redis": "ok", "s3": "ok"}


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


@pytest.mark.parametrize(
    "mistake",
    [{"S3_BUCKET": "nowhere"}, {"S3_SECRET_ACCESS_KEY": "geheim"}, {"S3_ENDPOINT_URL": "http://127.0.0.1:1"}],
)
def test_without_its_storage_requests_are_served_all_the_same(
    client: Client, db: None, twirp: TwirpServer, s3: Server, settings: Any, mistake: dict[str, str]
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    for name, value in mistake.items():
        setattr(settings, name, value)
    response = ready(client)
    assert response.status_code == 200
    assert response.json() == {"postgres": "ok", "livekit": "ok", "redis": "ok", "s3": "away"}


def test_a_storage_that_hangs_does_not_hold_it_up(
    client: Client, db: None, twirp: TwirpServer, silent_port: int, settings: Any
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{silent_port}"
    begun = monotonic()
    response = ready(client)
    assert monotonic() - begun < 4  # on a busy machine; a second is waited
    assert (response.status_code, response.json()["s3"]) == (200, "away")


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
