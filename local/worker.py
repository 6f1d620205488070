"""Celery: three workers, and beat, the scheduler of periodic jobs."""

import sys
from collections.abc import Mapping
from pathlib import Path

from local.part import Part, Running

CELERY = [str(Path(sys.executable).with_name("celery")), "--app", "upclass", "--quiet"]

# Whoever is root on a machine of their own knows it: Celery need not say so at every start.
QUIET = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


def worker(env: Mapping[str, str]) -> Part:
    """What people and LiveKit wait for."""
    return _worker("worker", env, "worker", "--queues", "celery", "--concurrency", "2")


def periodic(env: Mapping[str, str]) -> Part:
    """Beat's jobs: some take half a minute, and hold up nobody."""
    return _worker("periodic", env, "periodic", "--queues", "periodic", "--concurrency", "2")


def recordings(env: Mapping[str, str]) -> Part:
    """Starts and stops recordings: each of its threads may wait half a minute for LiveKit's response."""
    queues = "recordings,recordings_ending"
    threads = ("--pool", "threads", "--concurrency", "16")
    return _worker("recordings", env, "worker", "--queues", queues, *threads)


def _worker(name: str, env: Mapping[str, str], timeouts: str, *how: str) -> Part:
    options = ["--loglevel", "INFO", "--without-mingle", "--without-gossip", "--hostname", f"{name}@%h"]
    return Part(
        name=name,
        command=[*CELERY, "worker", *how, *options],
        env={**env, **QUIET, "DATABASE_TIMEOUTS": timeouts},
        ready=lambda running: said(running, " ready."),
    )


def beat(folder: Path, env: Mapping[str, str]) -> Part:
    options = ["--loglevel", "INFO", "--pidfile", "", "--schedule", str(folder / "beat-schedule")]
    return Part(
        name="beat",
        command=[*CELERY, "beat", *options],
        env=env,
        ready=lambda running: said(running, "starting"),
    )


def said(running: Running, text: str) -> bool:
    return any(text in line for line in list(running.lines))
