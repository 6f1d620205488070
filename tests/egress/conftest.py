"""What several files here need. Redis is one for each file: channels and keys of workers have fixed names."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from egress import ending, leases, state
from egress import worker as worker_module
from egress.messages import new_id
from local import ports, redis
from local.part import Running
from tests.egress import recorders
from tests.egress.harness import Gate, Harness
from tests.egress.storage import Storage
from tests.parts import silent


@pytest.fixture
def topic() -> str:
    """What no other test uses, for they share one Redis."""
    return new_id("EG_")


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    url = redis.url(str(ports.choose(set())), "secret")
    running = Running(redis.part(tmp_path_factory.mktemp("redis"), url), silent)
    running.wait_ready()
    yield url
    running.let_go()
    running.wait_gone()


@pytest.fixture(scope="module")
def mp4(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A real one of two seconds."""
    return recorders.mp4(tmp_path_factory.mktemp("mp4") / "a.mp4").read_bytes()


@pytest.fixture
def storage(monkeypatch: pytest.MonkeyPatch) -> Storage:
    made = Storage()
    monkeypatch.setattr(ending, "upload", made.upload)
    return made


@pytest.fixture
def harness(
    tmp_path: Path, redis_url: str, storage: Storage, mp4: bytes, monkeypatch: pytest.MonkeyPatch
) -> Harness:
    """Its recording processes are fake ones."""
    (tmp_path / "fake.mp4").write_bytes(mp4)
    monkeypatch.setenv("FAKE_MP4", str(tmp_path / "fake.mp4"))
    recorders.fake(monkeypatch, tmp_path)
    monkeypatch.setattr(state, "RETRY_PAUSE", 0.05)
    return Harness(tmp_path / "files", redis_url, storage)


@pytest.fixture
def short_leases(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leases of a second, and short intervals."""
    monkeypatch.setattr(leases, "LEASE_SECONDS", 1)
    monkeypatch.setattr(worker_module, "POLL_INTERVAL", 0.1)
    monkeypatch.setattr(worker_module, "RENEW_INTERVAL", 0.1)


@pytest.fixture
def gate(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """Uploads are blocked until it is opened."""
    made = Gate()

    def upload(file: Path, target: Any, key: str) -> None:
        made.pass_through()
        storage.upload(file, target, key)

    monkeypatch.setattr(ending, "upload", upload)
    yield made
    made.opened.set()
