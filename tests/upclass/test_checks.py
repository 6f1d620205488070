import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from local.env import ROOT
from upclass.checks import SECRETS, refuse_unsafe_settings, secrets_are_set


@pytest.fixture(autouse=True)
def set_secrets(settings: Any) -> None:
    settings.DEBUG = False
    for name in SECRETS:
        setattr(settings, name, f"a long random text for {name}")


def test_own_secrets_are_accepted() -> None:
    assert not secrets_are_set()
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


def test_the_web_server_does_not_start_with_default_secrets() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in (*SECRETS, "DEBUG")}
    done = subprocess.run(
        [sys.executable, "-c", "import upclass.wsgi"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "JOIN_SECRET is not set" in done.stderr
