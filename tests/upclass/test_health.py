import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from livekit import api as sdk

from tests.s3 import Server, served
from tests.upclass.conftest import TwirpServer, message
from upclass import health, storage

ALL_WELL = {"postgres": "ok", "livekit": "ok", "livekit_clock": "ok", "redis": "ok", "s3": "ok"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3") / "s3") as started:
        yield started


@pytest.fixture(autouse=True)
def own_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is still being asked when a test ends is over before the next changes the settings."""
    with ThreadPoolExecutor(8) as threads:
        monkeypatch.setattr(health, "_asking", threads)
        yield


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


@pytest.mark.parametrize("host", ["10.1.2.3:8000", "web", "nobody.example.com", "[::1]", "not a host", ""])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_are_answered_whatever_host_they_name(
    client: Client, db: None, twirp: TwirpServer, path: str, host: str
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    assert client.get(path, headers={"Host": host}).status_code == 200
    assert client.get("/docs/", headers={"Host": host}).status_code == 400


def test_it_is_ready_when_every_part_is_there(
    client: Client, db: None, twirp: TwirpServer, s3: Server
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    response = ready(client)
    assert response.status_code == 200
    assert response.json() == {**ALL_WELL, "s3": "ok"}


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
    assert response.json() == {**ALL_WELL, "s3": "away"}


def test_a_storage_that_hangs_does_not_hold_it_up(
    client: Client, db: None, twirp: TwirpServer, silent_port: int, settings: Any
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{silent_port}"
    begun = monotonic()
    response = ready(client)
    assert monotonic() - begun < 4  # on a busy machine; a second is waited
    assert (response.status_code, response.json()["s3"]) == (200, "away")


@pytest.mark.parametrize(("ahead", "shown"), [(65.0, "ahead"), (-300.0, "behind")])
def test_a_clock_of_livekits_that_is_wrong_is_told(
    client: Client, db: None, twirp: TwirpServer, ahead: float, shown: str
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    twirp.clock_ahead = ahead
    response = ready(client)
    assert response.status_code == 200
    assert re.fullmatch(rf"\d+ s {shown}", response.json()["livekit_clock"])


def in_place_of(monkeypatch: pytest.MonkeyPatch, name: str, ask: Callable[[], str]) -> None:
    monkeypatch.setattr(health, "PARTS", {**health.PARTS, name: ask})


def test_without_postgresql_it_is_not_ready(
    client: Client, db: None, twirp: TwirpServer, settings: Any, closed_port: int
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    away = {**settings.DATABASES["default"], "PORT": closed_port}
    with mock.patch.dict(connection.settings_dict, away):
        response = ready(client)
    assert response.status_code == 503
    assert response.json()["postgres"] == "away"


@pytest.mark.django_db(transaction=True)
def test_a_postgresql_that_takes_no_write_is_away(client: Client, twirp: TwirpServer) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        try:
            response = ready(client)
        finally:
            cursor.execute("SET transaction_read_only = off")
            cursor.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    assert (response.status_code, response.json()["postgres"]) == (503, "away")


@pytest.mark.parametrize("name", health.PARTS)
def test_a_part_that_hangs_is_away_and_does_not_hold_up_the_answer(
    client: Client, db: None, twirp: TwirpServer, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    hangs = threading.Event()
    in_place_of(monkeypatch, name, lambda: str(hangs.wait(60)))
    try:
        assert ready(client).json()[name] == "away"
    finally:
        hangs.set()


def test_asking_leaves_no_connection_to_postgresql_open(client: Client, db: None, twirp: TwirpServer) -> None:
    twirp.answers["ListRooms"] = message(sdk.ListRoomsResponse())
    for _ in range(10):
        ready(client)
    until = monotonic() + 30  # a process of PostgreSQL's ends when it gets the processor, after its client
    while (still_open := asking()) and monotonic() < until:
        sleep(0.01)
    assert still_open == 0


def asking() -> int:
    """Connections to this test's database that the probe opened."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else as at the first look
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'SELECT pg_current_xact_id%%'"
        )
        [(found,)] = cursor.fetchall()
    return int(found)
