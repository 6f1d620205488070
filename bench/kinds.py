"""What the services are asked for."""

import random
from collections.abc import Iterable
from pathlib import Path

from bench.load import Request, write
from bench.world import World

GET, LIST, CREATE, ONCE, DOOR = "get", "list of 20", "create", "create with a key", "join"
KINDS = (GET, LIST, CREATE, ONCE, DOOR)
PAGE = "/api/v1/meetings/"
BODY = '{"topic": "Standup"}'
JSON = "application/json"
CSRF = "0123456789abcdefghijklmnopqrstuv"
FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Cookie": f"csrftoken={CSRF}",
    "X-CSRFToken": CSRF,
}


def written(folder: Path, world: World) -> dict[str, Path]:
    """For each kind a file of requests, in any order."""
    make = {"X-API-KEY": world.maker.key, "Content-Type": JSON}
    kinds: dict[str, Iterable[Request]] = {
        GET: details(world.reader.key, world.reader.codes),
        LIST: [Request("GET", f"{PAGE}?limit=20", {"X-API-KEY": world.reader.key})],
        CREATE: [Request("POST", PAGE, make, BODY)],
        ONCE: [Request("POST", PAGE, {**make, "Idempotency-Key": "{unique}"}, BODY)],
        DOOR: [Request("POST", link, FORM) for link in shuffled(world.links())],
    }
    return {name: write(folder / f"{name}.tsv", requests) for name, requests in kinds.items()}


def details(key: str, codes: list[str]) -> list[Request]:
    return [Request("GET", f"{PAGE}{code}/", {"X-API-KEY": key}) for code in shuffled(codes)]


def shuffled(things: list[str]) -> list[str]:
    return random.Random(0).sample(things, len(things))
