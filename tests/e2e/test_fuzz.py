"""Schemathesis against the live service: no 5xx, and no answer that the OpenAPI document does not have.

Bounded here; `make fuzz` runs it for long (FUZZ_CASES a method and path).
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from local.stack import Stack
from tests.e2e.integrator import Integrator

CASES = os.environ.get("FUZZ_CASES", "15")

# Rules that no schema can say make some well-formed requests 400: a meeting that is not secured, a time in
# the past. And DELETE ends a meeting, which is shown afterwards as before. Everything else that Schemathesis
# can look for, it looks for.
EXCLUDED = "positive_data_acceptance,use_after_free"


def test_no_request_gets_an_answer_outside_the_schema(
    stack: Stack, integrator: Integrator, tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{integrator.base}/api/v1/schema/",
            f"--header=X-API-KEY: {integrator.key}",
            f"--max-examples={CASES}",
            f"--exclude-checks={EXCLUDED}",
            "--continue-on-failure",
            "--no-color",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout[-6000:], done.stderr[-2000:])
    assert done.returncode == 0
    [tested] = re.findall(r"(\d+) generated", done.stdout)
    assert int(tested) >= int(os.environ.get("FUZZ_AT_LEAST", "300"))
