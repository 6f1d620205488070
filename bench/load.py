"""Load over HTTP, made by wrk."""

import json
import resource
import secrets
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("load.lua")


class Failed(Exception):
    """Something was answered other than with success, or not at all."""


@dataclass(frozen=True)
class Load:
    """What came of it. `p50`, `p99`: milliseconds; `generator`: how much of a core wrk itself took."""

    requests: int
    rate: float
    p50: float
    p99: float
    generator: float


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: str = ""

    def line(self) -> str:
        headers = "|".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{self.method}\t{self.path}\t{headers}\t{self.body}\n"


def write(path: Path, requests: Iterable[Request]) -> Path:
    path.write_text("".join(request.line() for request in requests))
    return path


def run(port: str, requests: Path, connections: int, seconds: float, start: int = 0) -> Load:
    """Ask for these, in this order, again and again. Raises Failed unless each was answered with success."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    options = ["-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "20s", "-s", str(SCRIPT)]
    asked = [
        "wrk",
        *options,
        f"http://127.0.0.1:{port}",
        "--",
        str(requests),
        str(start),
        secrets.token_hex(8),
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = json.loads(done.stdout.splitlines()[-1])
    if said["failed"] or not said["requests"]:
        raise Failed(
            f"{said['failed']} of {said['requests']} requests of {requests.name} failed:\n{done.stdout}"
        )
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    rate = said["requests"] / said["seconds"]
    return Load(said["requests"], rate, said["p50"], said["p99"], spent / said["seconds"])
