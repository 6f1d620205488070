"""Where the CPU of our requests goes, by the library whose lines run; shares, for profiling slows it all."""

import cProfile
import io
import itertools
import pstats
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

from bench.ground import Ground
from bench.kinds import KINDS, written
from bench.world import World

TIMES = 200  # requests of each kind
# The first that a file's path contains; what is built in counts as its caller's.
PARTS = (
    ("/django/db/models/sql/", "compiling SQL"),
    ("/django/db/models/", "querysets and models"),
    ("/django/db/", "connections, psycopg2"),
    ("/psycopg2/", "connections, psycopg2"),
    ("/rest_framework/", "DRF"),
    ("/django_filters/", "DRF"),
    ("/redis/", "Redis"),
    ("/livekit/", "LiveKit's client"),
    ("/aiohttp/", "LiveKit's client"),
    ("/asyncio/", "LiveKit's client"),
    ("/google/", "LiveKit's client"),
    ("/django/", "the rest of Django"),
    ("/site-packages/", "other libraries"),
    ("/lib/python", "standard library"),
    ("", "our own code"),
)


def measure(ground: Ground, folder: Path) -> dict[str, Any]:
    from upclass.wsgi import application  # noqa: PLC0415  it needs the settings

    requests = written(folder, World.made())
    return {"shares": {kind: shares(application, requests[kind]) for kind in KINDS}}


def shares(application: Any, path: Path) -> dict[str, float]:
    lines = list(itertools.islice(itertools.cycle(path.read_text().splitlines()), 2 * TIMES))
    for line in lines[:TIMES]:
        ask(application, line)  # warms up
    profile = cProfile.Profile(time.process_time, builtins=False)  # also what runs in the event loop's thread
    profile.enable()
    for line in lines[TIMES:]:
        ask(application, line)
    profile.disable()
    return by_part(profile)


def ask(application: Any, line: str) -> None:
    body = b"".join(application(environ(line), lambda *said: check(said[0])))
    assert body


def check(status: str) -> None:
    assert status[0] == "2", status


def environ(line: str) -> dict[str, Any]:
    """As a WSGI server makes it of a line of requests."""
    method, target, given, body = line.split("\t")
    path, _, query = target.partition("?")
    made: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    for header in given.split("|"):
        name, value = header.split(": ", 1)
        made[variable(name)] = value.replace("{unique}", str(time.monotonic_ns()))
    made |= {"wsgi.input": io.BytesIO(body.encode()), "CONTENT_LENGTH": str(len(body))}
    setup_testing_defaults(made)
    return made | {"HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}


def variable(header: str) -> str:
    name = header.upper().replace("-", "_")
    return name if name == "CONTENT_TYPE" else f"HTTP_{name}"


def by_part(profile: cProfile.Profile) -> dict[str, float]:
    spent: Counter[str] = Counter()
    for (file, _, _), (_, _, own, _, _) in pstats.Stats(profile, stream=sys.stderr).stats.items():  # type: ignore[attr-defined]
        spent[part_of(file)] += own
    total = sum(spent.values())
    return {part: seconds / total for part, seconds in spent.most_common()}


def part_of(file: str) -> str:
    return next(part for text, part in PARTS if text in file)
