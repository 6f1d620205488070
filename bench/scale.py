"""What becomes of latency with the number of meetings: two databases side by side, asked in turns."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from bench import load
from bench.ground import Ground
from bench.kinds import BODY, JSON, PAGE
from bench.load import Request
from bench.services import OURS, Service
from local import postgres
from tests.rows import LETTERS

CODES = 2000
FAR = "list, offset 100,000"
LISTS = {
    "list": "?limit=20",
    "list of active": "?limit=20&status=active",
    "list of ended": "?limit=20&status=ended",
    "list of expired": "?limit=20&status=expired",
}


@dataclass(frozen=True)
class Plan:
    few: int
    many: int
    mine: int  # of the many, one customer's
    rounds: int
    seconds: float


class Sized:
    """Our service over a database of a size."""

    def __init__(self, ground: Ground, folder: Path, meetings: int, mine: int) -> None:
        url = urlsplit(ground.env["DATABASE_URL"])._replace(path=f"/meetings_{meetings}").geturl()
        env = {**ground.env, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "upclass.settings"}
        began = time.monotonic()
        self.key = self._fill(env, meetings, mine)
        print(f"{meetings:,} meetings made in {time.monotonic() - began:.0f} s", flush=True)
        self.requests = {
            name: load.write(folder / f"{meetings} {place}.tsv", requests)
            for place, (name, requests) in enumerate(self._kinds(mine).items())
        }
        self.service = Service(OURS, ground, {"DATABASE_URL": url})

    def _fill(self, env: Mapping[str, str], meetings: int, mine: int) -> str:
        postgres.answers(env["DATABASE_URL"])  # makes it
        said = ""
        for command in (["manage.py", "migrate", "-v0"], ["-m", "bench.fill", str(meetings), str(mine)]):
            done = subprocess.run(
                [sys.executable, *command],
                env={**os.environ, **env},
                capture_output=True,
                text=True,
                check=True,
            )
            said = done.stdout.strip()
        return said

    def _kinds(self, mine: int) -> dict[str, list[Request]]:
        key = {"X-API-KEY": self.key}
        lists = {name: [Request("GET", PAGE + query, key)] for name, query in LISTS.items()}
        return {
            "detail": [Request("GET", f"{PAGE}{code}/", key) for code in codes(mine)],
            "create": [Request("POST", PAGE, {**key, "Content-Type": JSON}, BODY)],
            **lists,
            FAR: [Request("GET", f"{PAGE}?limit=20&offset={min(100_000, mine // 2)}", key)],
        }


def codes(mine: int) -> list[str]:
    """Some of those whom `meeting_code` named."""
    numbers = range(1, mine + 1, max(1, mine // CODES))
    texts = ["".join(LETTERS[int(digit, 16)] for digit in f"{number:012x}") for number in numbers]
    return [f"{text[:4]}-{text[4:8]}-{text[8:]}" for text in texts]


def measure(ground: Ground, folder: Path, plan: Plan) -> dict[str, Any]:
    few = Sized(ground, folder, plan.few, plan.few)
    many = Sized(ground, folder, plan.many, plan.mine)
    found = {}
    for name in few.requests:
        base = "list" if name == FAR else name
        for service, asked in ((few, base), (many, name)):
            service.service.ask(service.requests[asked], 1, 1)  # warms up
        rounds = [
            (one_round(few, base, plan.seconds), one_round(many, name, plan.seconds))
            for _ in range(plan.rounds)
        ]
        ratios = sorted(large / small for small, large in rounds)
        small, large = (median(side) for side in zip(*rounds, strict=True))
        found[name] = {"few": small, "many": large, "ratio": median(ratios), "most": ratios[-1]}
        print(f"{name}: {small:.1f} ms, among {plan.many:,} {large:.1f} ms", flush=True)
    for one in (few, many):
        one.service.stop()
    return {"few": plan.few, "many": plan.many, "mine": plan.mine, "kinds": found}


def one_round(one: Sized, kind: str, seconds: float) -> float:
    """Milliseconds, p50."""
    return one.service.ask(one.requests[kind], 1, seconds).p50
