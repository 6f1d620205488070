"""What docker-compose.yml runs of our image, by the image's own packages alone, on real parts."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg2
import pytest
from django.conf import settings
from redis import Redis

from local import ports, redis
from tests.deploy import composed
from tests.deploy.image import Image, command
from tests.deploy.started import answers, check_health_check, running_part, started


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    url = redis.url(str(ports.choose(set())), "secret")
    with running_part(redis.part(tmp_path / "redis", url)):
        yield url


@pytest.fixture
def database_url() -> Iterator[str]:
    """An empty database on the tests' server."""
    given = settings.DATABASES["default"]
    host, user, password = (quote(str(given[part]), safe="") for part in ("HOST", "USER", "PASSWORD"))
    server = f"postgres://{user}:{password}@{host}:{given['PORT']}"
    name = f"shipped_{uuid4().hex[:12]}"
    admin = psycopg2.connect(f"{server}/postgres")
    admin.autocommit = True
    admin.cursor().execute(f"CREATE DATABASE {name}")
    yield f"{server}/{name}"
    admin.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    admin.close()


@pytest.fixture
def services(values: dict[str, str], redis_url: str, database_url: str) -> dict[str, Any]:
    """As docker-compose.yml has them, with the parts of this test; storage is away."""
    away = f"http://127.0.0.1:{ports.choose(set())}"
    here = {"REDIS_URL": redis_url, "DATABASE_URL": database_url, "S3_ENDPOINT_URL": away}
    found = composed.services_of_ours(values)
    for service in found.values():
        given = {name: value or "" for name, value in service["environment"].items()}
        service["environment"] = {**given, **here, "HOSTNAME": socket.gethostname()}
    return found


@pytest.fixture
def run(made: Image, services: dict[str, Any]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command line in a service of the image, to its end."""

    def run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
        call = made.call(words, services[name]["environment"])
        return subprocess.run(call, capture_output=True, text=True, timeout=120)

    return run


def test_migrate_makes_the_tables_and_a_second_time_changes_nothing(run: Any, services: Any) -> None:
    for _ in range(2):
        done = run("migrate", *services["migrate"]["command"])
        assert done.returncode == 0, done.stderr
    assert "No migrations to apply." in done.stdout
    done = run("web", "python", "manage.py", "issue_api_key", "--customer", "acme")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["worker", "periodic", "recordings"])
def test_a_worker_starts_and_its_health_check_finds_it(
    name: str, made: Image, run: Any, services: dict[str, Any]
) -> None:
    kind, line = services[name]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"

    def is_well(line: str) -> bool:
        return bool(run(name, "/bin/sh", "-c", line).returncode == 0)

    words = made.call(services[name]["command"], services[name]["environment"])
    check_health_check(name, line, is_well, words)


def test_beat_queues_what_is_due(
    made: Image, services: dict[str, Any], redis_url: str, tmp_path: Path
) -> None:
    words = composed.here(services["beat"]["command"], "", tmp_path)
    with (
        Redis.from_url(redis_url) as client,
        started(made.call(words, services["beat"]["environment"]), lambda: bool(client.llen("periodic"))),
    ):
        pass


def test_the_web_server_serves(made: Image, services: dict[str, Any], tmp_path: Path) -> None:
    port = str(ports.choose(set()))
    words = composed.here(command(), port, tmp_path)
    url = f"http://127.0.0.1:{port}/healthz"
    with started(made.call(words, services["web"]["environment"]), partial(answers, url)):
        pass
