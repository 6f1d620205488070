"""The egress worker, which records rooms on a machine that has no Docker for LiveKit's own."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from local.part import Part
from local.worker import said

ADVICE = "Its settings are those of the stack: EGRESS_REDIS_URL is REDIS_URL, and so on."


def settings(folder: Path, env: Mapping[str, str]) -> dict[str, str]:
    """The worker's variables, made from the stack's. Others (EGRESS_MAX_EGRESSES) it gets from outside."""
    return {
        "EGRESS_REDIS_URL": env["REDIS_URL"],
        "EGRESS_LIVEKIT_URL": env["LIVEKIT_URL"],
        "EGRESS_API_KEY": env["LIVEKIT_API_KEY"],
        "EGRESS_API_SECRET": env["LIVEKIT_API_SECRET"],
        "EGRESS_FOLDER": str(folder.absolute()),
        "EGRESS_S3_ENDPOINT_URL": env["S3_ENDPOINT_URL"],
        "EGRESS_S3_BUCKET": env["S3_BUCKET"],
        "EGRESS_S3_REGION": env["S3_REGION"],
        "EGRESS_S3_ACCESS_KEY_ID": env["S3_ACCESS_KEY_ID"],
        "EGRESS_S3_SECRET_ACCESS_KEY": env["S3_SECRET_ACCESS_KEY"],
        # On one's own machine, which may be busy, a recording with gaps is better than none.
        "EGRESS_CPU_PER_EGRESS": os.environ.get("EGRESS_CPU_PER_EGRESS", "0"),
    }


def part(folder: Path, env: Mapping[str, str]) -> Part:
    """The worker; on SIGTERM it has 10 s to finish its files."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Part(
        name="egress",
        command=[sys.executable, "-m", "egress"],
        env={**settings(folder, env), "PYTHONUNBUFFERED": "1"},
        ready=lambda running: said(running, "egress: ready"),
        grace=10.0,
        advice=ADVICE,
    )
