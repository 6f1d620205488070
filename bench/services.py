"""Ours as it is shipped, the same as a team would write it in an afternoon, and the floor."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from bench import load
from bench.ground import GRANIAN, Ground
from local.part import Part, Running
from local.web import answers
from tests.deploy.image import command

OURS, STOCK, FLOOR = "ours", "stock DRF", "floor"
GUNICORN = [str(Path(sys.executable).with_name("gunicorn")), "bench.stock.wsgi:application"]
# As its documentation has it: a process for each core, and threads that keep connections.
AS_USUAL = [
    "--worker-class",
    "gthread",
    "--workers",
    str(os.cpu_count()),
    "--threads",
    "8",
    "--log-level",
    "error",
]
STOCK_ENV = {"DJANGO_SETTINGS_MODULE": "bench.stock.settings"}


def shipped() -> list[str]:
    """The options of the image's own command, without where it listens."""
    options = command()[3:]
    for name in ("--host", "--port"):
        at = options.index(name)
        del options[at : at + 2]
    return options


def commands(port: str) -> dict[str, list[str]]:
    listen = ["--host", "127.0.0.1", "--port", port]
    return {
        OURS: [sys.executable, "-m", "upclass.serve", *shipped(), *listen],
        STOCK: [*GUNICORN, *AS_USUAL, "--bind", f"127.0.0.1:{port}"],
        FLOOR: [*GRANIAN, *shipped(), *listen, "bench.floor:application"],
    }


class Service:
    """One that runs."""

    def __init__(self, name: str, ground: Ground, given: Mapping[str, str] | None = None) -> None:
        self.name, self.ground, self.port = name, ground, ground.port()
        env = {**ground.env, **(STOCK_ENV if name == STOCK else {}), **(given or {})}
        part = Part(
            name=f"{name} {self.port}",
            command=commands(self.port)[name],
            env=env,
            ready=lambda running: answers(self.port),
        )
        self.running: Running = ground.launch(part)

    def ask(self, requests: Path, connections: int, seconds: float, start: int = 0) -> load.Load:
        """As load.run. Raises load.Failed with what the service says of it."""
        try:
            return load.run(self.port, requests, connections, seconds, start)
        except load.Failed as error:
            last = "\n".join(list(self.running.lines)[-20:])
            raise load.Failed(f"{self.name}: {error}\n{last}") from error

    def stop(self) -> None:
        self.ground.stop_part(self.running)
