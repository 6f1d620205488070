"""No part of ours starts with a secret missing, even past the demands of docker-compose.yml."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from local import ports
from local.env import ROOT
from tests.deploy import composed, image

SECRET = "JOIN_SECRET"  # each is tried in tests/upclass/test_checks.py


def command(services: Any, name: str, folder: Path) -> list[str]:
    """The part's own command line, with this machine's programs and a folder and a port of its own."""
    program, *words = services[name].get("command") or image.command()
    return [composed.installed(program), *composed.here(words, str(ports.choose(set())), folder)]


@pytest.mark.parametrize("name", ["web", "worker", "recordings", "beat"])
def test_a_part_without_a_secret_ends_with_a_sentence(name: str, services: Any, tmp_path: Path) -> None:
    env = {key: value for key, value in services[name]["environment"].items() if key != SECRET}
    done = subprocess.run(
        command(services, name, tmp_path),
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **env},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert f"{SECRET} is not set, and DEBUG is off. Set {SECRET} in" in done.stdout + done.stderr
