"""The workers' own command lines and health checks, with a Valkey of docker-compose.yml's."""

import socket
import subprocess
from typing import Any

import pytest

from local import ports
from local.env import ROOT
from tests.deploy import composed
from tests.deploy.started import PATH, check_health_check

ENVIRONMENT = {"PATH": f"{composed.installed('')}:{PATH}", "HOSTNAME": socket.gethostname()}


@pytest.mark.parametrize("name", ["worker", "recordings"])
def test_a_worker_that_runs_is_well_and_no_other_is(name: str, services: Any, valkey: str) -> None:
    service = services[name]
    nowhere = f"http://127.0.0.1:{ports.choose(set())}"
    env = {**ENVIRONMENT, **service["environment"], "REDIS_URL": valkey, "S3_ENDPOINT_URL": nowhere}
    [kind, line] = service["healthcheck"]["test"]
    assert kind == "CMD-SHELL"

    def is_well(line: str) -> bool:
        done = subprocess.run(["/bin/sh", "-c", line], cwd=ROOT, env=env, capture_output=True, timeout=30)
        return done.returncode == 0

    check_health_check(name, line, is_well, service["command"], env)
