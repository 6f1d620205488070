import logging
import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from local.env import ROOT
from tests.s3 import Server, served
from upclass import storage
from upclass.checks import (
    HOW_TO_MAKE,
    OURS,
    SECRETS,
    is_weak,
    refuse_unsafe_settings,
    refuse_unusable_storage,
    secrets_are_set,
)


@pytest.fixture(autouse=True)
def set_secrets(settings: Any) -> None:
    settings.DEBUG = False
    for name in SECRETS:
        setattr(settings, name, f"a long random text of our own for {name}")


def test_own_secrets_are_accepted() -> None:
    assert not secrets_are_set()
    refuse_unsafe_settings()


WEAK = ["a", "b" * 64, "abcabc" * 10, "9f8b7c6d5e4f3a2b1c0d9e8f7a6b5c4"]


@pytest.mark.parametrize("secret", WEAK)
@pytest.mark.parametrize("name", OURS)
def test_a_secret_that_can_be_guessed_stops_the_start_and_is_named(
    name: str, secret: str, settings: Any
) -> None:
    setattr(settings, name, secret)
    with pytest.raises(ImproperlyConfigured, match=rf"^{name} has a secret.*secrets.token_hex") as refused:
        refuse_unsafe_settings()
    assert secret == "a" or secret not in str(refused.value)


def test_a_former_secret_must_be_as_strong(settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [secrets.token_hex(32), "weak"]
    with pytest.raises(ImproperlyConfigured, match=r"^SECRET_KEY_FALLBACKS has a secret"):
        refuse_unsafe_settings()


def test_the_advice_for_a_secret_makes_one_that_is_accepted() -> None:
    command = HOW_TO_MAKE.partition(": ")[2]
    made = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.strip()
    assert not is_weak(made)


@pytest.mark.parametrize(
    "address",
    ["https://meet.example.com", "http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:80"],
)
def test_people_come_by_tls_or_from_this_machine(address: str, settings: Any) -> None:
    settings.PUBLIC_URL = address
    refuse_unsafe_settings()


@pytest.mark.parametrize(
    "address", ["http://meet.example.com", "http://127.0.0.1.example.com", "meet.example.com", "https://"]
)
def test_an_address_without_tls_stops_the_start(address: str, settings: Any) -> None:
    settings.PUBLIC_URL = address
    with pytest.raises(ImproperlyConfigured, match=r"^PUBLIC_URL is .*https"):
        refuse_unsafe_settings()
    settings.DEBUG = True
    refuse_unsafe_settings()


@pytest.mark.parametrize(("number", "name"), [*enumerate(SECRETS, start=1)])
def test_a_default_secret_stops_the_start_and_is_named(number: int, name: str, settings: Any) -> None:
    setattr(settings, name, settings.DEFAULT_SECRET)
    [mistake] = secrets_are_set()
    assert mistake.id == f"upclass.E{number:03}"
    with pytest.raises(ImproperlyConfigured, match=f"{name} is not set"):
        refuse_unsafe_settings()


def test_every_missing_secret_is_named_at_once(settings: Any) -> None:
    for name in SECRETS:
        setattr(settings, name, settings.DEFAULT_SECRET)
    expected = ["upclass.E001", "upclass.E002", "upclass.E003", "upclass.E004"]
    assert [mistake.id for mistake in secrets_are_set()] == expected


def test_with_debug_on_defaults_are_accepted(settings: Any) -> None:
    settings.DEBUG = True
    settings.SECRET_KEY = settings.DEFAULT_SECRET
    assert not secrets_are_set()


def test_djangos_own_check_finds_it_too(settings: Any) -> None:
    settings.JOIN_SECRET = settings.DEFAULT_SECRET
    assert "upclass.E002" in [mistake.id for mistake in run_checks(tags=["security"])]


@pytest.mark.parametrize("is_debugging", [True, False])
@pytest.mark.parametrize(
    ("name", "wrong", "number"),
    [("FRAME_ANCESTORS", "http://example.com", 5), ("TRUSTED_PROXIES", "10.0.0.1/8", 6)],
)
def test_what_cannot_be_meant_stops_the_start_and_is_named(
    settings: Any, name: str, wrong: str, number: int, is_debugging: bool
) -> None:
    settings.DEBUG = is_debugging
    setattr(settings, name, ["https://a.example"] if number == 5 else ["10.0.0.0/8"])
    refuse_unsafe_settings()
    setattr(settings, name, [wrong])
    with pytest.raises(ImproperlyConfigured, match=f"{name} has '{wrong}'"):
        refuse_unsafe_settings()
    assert f"upclass.E{number:03}" in [mistake.id for mistake in run_checks(tags=["security"])]


@pytest.mark.parametrize("program", [["worker"], ["beat", "--pidfile", "", "--schedule"]])
def test_celery_does_not_start_with_default_secrets(program: list[str], tmp_path: Path) -> None:
    celery = Path(sys.executable).with_name("celery")
    unused = [tmp_path / "schedule"] if "beat" in program else []
    environment = {name: value for name, value in os.environ.items() if name not in (*SECRETS, "DEBUG")}
    done = subprocess.run(
        [celery, "--app", "upclass", "--workdir", ROOT, *program, *unused],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "SECRET_KEY is not set" in done.stderr


@pytest.mark.parametrize("how", [["-c", "import upclass.wsgi"], ["-m", "upclass.serve", "--port", "1"]])
def test_the_web_server_does_not_start_with_default_secrets(how: list[str]) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in (*SECRETS, "DEBUG")}
    done = subprocess.run(
        [sys.executable, *how],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "JOIN_SECRET is not set" in done.stderr


def test_a_web_server_that_cannot_start_ends_with_one_sentence_for_each_mistake() -> None:
    weak = {"SECRET_KEY": "a", "JOIN_SECRET": "b", "PUBLIC_URL": "http://meet.example.com"}
    done = subprocess.run(
        [sys.executable, "-m", "upclass.serve", "--port", "1"],
        cwd=ROOT,
        env=environment(**weak),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert line.startswith("web cannot start: SECRET_KEY has a secret that can be guessed")
    assert "JOIN_SECRET has" in line
    assert "PUBLIC_URL is 'http://meet.example.com'" in line


# The storage


WEB = [sys.executable, "-c", "import upclass.wsgi"]
CELERY = [str(Path(sys.executable).with_name("celery")), "--app", "upclass", "--workdir", str(ROOT)]
PROGRAMS = {
    "web": WEB,
    "worker": [*CELERY, "worker", "--pool", "solo"],
    "beat": [*CELERY, "beat", "--pidfile", "", "--schedule", "{folder}/schedule"],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3") / "s3") as started:
        yield started


def environment(**given: str) -> dict[str, str]:
    """Settings with which every program may start, Redis apart, for which they would wait."""
    strong = {name: f"a long random text of our own for {name}" for name in SECRETS}
    closed = {"REDIS_URL": "redis://127.0.0.1:1/0"}
    return {**os.environ, **strong, **closed, "DEBUG": "0", "PYTHONPATH": str(ROOT), **given}


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    return [word.format(folder=tmp_path) for word in PROGRAMS[str(request.param)]]


def refusal(program: list[str], folder: Path, env: dict[str, str]) -> str:
    """What a program that does not start says last."""
    done = subprocess.run(
        program, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


def test_without_its_bucket_nothing_starts(program: list[str], server: Server, tmp_path: Path) -> None:
    env = environment(**{**server.env, "S3_BUCKET": "nowhere"})
    printed = refusal(program, tmp_path, env)
    assert "The bucket 'nowhere' (S3_BUCKET)" in printed
    assert "does not exist. Make it, or name another with S3_BUCKET." in printed


def test_with_a_key_that_the_storage_refuses_nothing_starts(
    program: list[str], server: Server, tmp_path: Path
) -> None:
    env = environment(**{**server.env, "S3_SECRET_ACCESS_KEY": "geheim"})
    printed = refusal(program, tmp_path, env)
    assert "may not be used with this key. Check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY." in printed
    assert "geheim" not in printed


def test_with_a_storage_that_is_only_away_everything_starts_with_a_warning(
    program: list[str], closed_port: int, tmp_path: Path
) -> None:
    env = environment(S3_ENDPOINT_URL=f"http://127.0.0.1:{closed_port}")
    assert has_begun(program, tmp_path, env)


def has_begun(program: list[str], folder: Path, env: dict[str, str]) -> bool:
    """Whether a program warns, and goes on: the web's ends by itself, the others wait for Redis."""
    with subprocess.Popen(program, cwd=folder, env=env, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        patience = threading.Timer(60, process.kill)
        patience.start()
        said = iter(process.stderr.readline, "")
        has_warned = any("recordings wait until it is back" in line for line in said)
        is_on = program == WEB or any("127.0.0.1:1" in line for line in said)
        if program != WEB:
            process.kill()
    patience.cancel()
    return has_warned and is_on and (process.returncode == 0 or program != WEB)


def test_the_warning_does_not_say_where_the_storage_is(
    closed_port: int, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.S3_ENDPOINT_URL = f"http://127.0.0.1:{closed_port}"
    storage._client_of.cache_clear()
    with caplog.at_level(logging.WARNING):
        refuse_unusable_storage()
    [record] = caplog.records
    assert str(closed_port) not in record.getMessage()
    assert "the storage did not answer" in record.getMessage()
