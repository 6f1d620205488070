"""The Dockerfile: its steps by hand, and the web server of what comes out."""

import json
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import ports
from local.env import ROOT
from local.part import Part
from tests.deploy import composed
from tests.deploy.image import NOT_BY_HAND, Image, command, health_check, is_let_in, last, steps
from tests.deploy.started import running_part


def test_hadolint_finds_nothing() -> None:
    done = subprocess.run(
        [composed.installed("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def test_hadolint_would_find_a_base_image_that_changes(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:latest\n")
    done = subprocess.run(
        [composed.installed("hadolint"), tmp_path / "Dockerfile"], capture_output=True, text=True
    )
    assert "DL3007" in done.stdout


def test_each_base_image_has_a_version() -> None:
    bases = [arguments.split()[0] for instruction, arguments in steps() if instruction == "FROM"]
    assert bases == ["node:24-trixie-slim", "python:3.13-slim-trixie", "python:3.13-slim-trixie"]


def test_it_is_not_root_s() -> None:
    assert last("USER") == "33:33"


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        "settings.env",
        ".git/config",
        ".run/kept",
        ".venv/bin/python",
        "api/.env",
        "api/__pycache__/urls.cpython-313.pyc",
        "deploy/livekit.yaml",
        "docs/deploy.md",
        "egress/worker.py",
        "join/static/room/manifest.json",
        "local/stack.py",
        "node_modules/vite/index.js",
        "requirements-dev.lock",
        "tests/conftest.py",
    ],
)
def test_what_does_not_belong_there_is_not_let_in(name: str) -> None:
    assert not is_let_in(name)


@pytest.mark.parametrize(
    "name",
    ["manage.py", ".npmrc", "api/v1/urls.py", "join/room/main.tsx", "local/env.py", "requirements.lock"],
)
def test_what_it_is_made_from_is_let_in(name: str) -> None:
    assert is_let_in(name)


# By hand


@pytest.fixture
def environment(services: Any) -> dict[str, str]:
    """The web server's, with storage that is away: addresses of other parts mean nothing here."""
    away = f"http://127.0.0.1:{ports.choose(set())}"
    return {**services["web"]["environment"], "S3_ENDPOINT_URL": away}


def run(made: Image, environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(made.call(words, environment), capture_output=True, text=True, timeout=60)


def test_all_steps_but_getting_uv_were_performed(made: Image) -> None:
    assert made.skipped == [
        f"{NOT_BY_HAND} --no-cache-dir --require-hashes --requirement requirements-uv.lock"
    ]


def test_it_holds_the_service_and_nothing_else(made: Image) -> None:
    from django.conf import settings  # noqa: PLC0415  it belongs to this test only

    apps = {name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()}
    files = {"LICENSE", "manage.py", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts"}
    locks = {"requirements.lock", "requirements-uv.lock", ".npmrc"}
    found = {path.name for path in (made.root / "app").iterdir()} - {"__pycache__"}
    assert found == apps | files | locks | {"local", "locale"}
    assert {path.name for path in (made.root / "app" / "local").glob("*.py")} == {"__init__.py", "env.py"}


def test_each_module_of_ours_can_be_imported_without_what_development_needs(
    made: Image, environment: dict[str, str]
) -> None:
    program = """if True:
        import importlib, pkgutil, django
        from django.conf import settings
        django.setup()
        for app in [name for name in settings.INSTALLED_APPS if __import__("pathlib").Path(name).is_dir()]:
            package = importlib.import_module(app)
            for found in pkgutil.walk_packages(package.__path__, f"{app}."):
                importlib.import_module(found.name)
        assert not importlib.util.find_spec("pytest") and not importlib.util.find_spec("av")
        """
    done = run(made, environment, "python", "-c", program)
    assert done.returncode == 0, done.stderr


def test_django_s_own_check_finds_no_error(made: Image, environment: dict[str, str]) -> None:
    done = run(made, environment, "python", "manage.py", "check", "--deploy", "--fail-level", "ERROR")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def web(made: Image, environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The image's own command, on a port of its own; where it answers."""
    port = str(ports.choose(set()))
    words = composed.here(command(), port, tmp_path)
    url = f"http://127.0.0.1:{port}"
    part = Part("web", made.call(words, environment), lambda running: get(url, "/healthz") == b"ok\n")
    with running_part(part):
        yield url


def get(url: str, path: str, host: str = "127.0.0.1") -> bytes:
    request = urllib.request.Request(url + path, headers={"Host": host})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return bytes(answer.read())


def test_it_serves_and_writes_no_file(made: Image, web: str, values: dict[str, str]) -> None:
    before = made.files()
    manifest = json.loads((made.root / "app" / "join" / "static" / "room" / "manifest.json").read_text())
    for entry in manifest.values():
        assert get(web, f"/static/room/{entry['file']}")  # the call page's own files
    for host in (values["MEET_HOST"], "web", "127.0.0.1"):
        assert get(web, "/healthz", host) == b"ok\n"
    assert b"openapi" in get(web, "/api/v1/schema/")
    assert made.files() == before


def test_its_health_check_says_whether_it_serves(made: Image, web: str, environment: dict[str, str]) -> None:
    words = [word.replace("http://127.0.0.1:8000", web) for word in health_check()]
    assert run(made, environment, *words).returncode == 0
    words = [word.replace("/healthz", "/nowhere") for word in words]
    assert run(made, environment, *words).returncode != 0
