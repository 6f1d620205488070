"""docker-compose.yml as Docker Compose itself reads it, which needs no engine."""

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from local import env
from local.env import ROOT
from local.part import program

FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(\w+)(?::[-?][^}]*)?\}")
OURS = ("migrate", "web", "worker", "periodic", "recordings", "beat")


def reader(name: str) -> str:
    """Where a program that only these tests need is; CI has it."""
    found = program(name)
    if not Path(found).exists():
        pytest.skip(f"{name} is not there: `make readers` builds it")
    return found


def installed(name: str) -> str:
    """A program that came with a Python package."""
    return str(Path(sys.executable).parent / name)


def new_env(folder: Path, domain: str = "meet.example.com") -> dict[str, str]:
    """Write an .env into a folder; what is in it."""
    file = folder / ".env"
    script = ROOT / "deploy" / "new-env"
    subprocess.run([sys.executable, script, domain, "--file", file], check=True, capture_output=True)
    return env.read(file)


def read(folder: Path, text: str = "") -> "subprocess.CompletedProcess[str]":
    """Have docker-compose.yml (or another text) read, with the .env of a folder; as JSON, what it means."""
    (folder / "docker-compose.yml").write_text(text or FILE.read_text())
    return subprocess.run(
        [reader("docker-compose-v5"), "config", "--format", "json"],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=30,
    )


def model(folder: Path) -> dict[str, Any]:
    done = read(folder)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.replace("$$", "$")))  # it is printed as it would be read again


def services_of_ours(values: dict[str, str]) -> dict[str, Any]:
    """Commands, environment and health checks of the services that run our image, without Docker Compose."""
    text = VARIABLE.sub(lambda found: values.get(found[1], ""), FILE.read_text()).replace("$$", "$")
    services = yaml.safe_load(text)["services"]
    return {name: services[name] for name in OURS}


def here(words: Iterable[str], port: str, folder: Path) -> list[str]:
    """A command line of ours with a port and a folder of a test, on 127.0.0.1."""
    own = {
        "8000": port,
        "0.0.0.0": "127.0.0.1",  # noqa: S104  it is what is replaced
        "--schedule=/tmp/beat-schedule": f"--schedule={folder}/beat",
    }
    return [own.get(word, word) for word in words]
