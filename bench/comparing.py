"""Ours, stock and floor in turns, so that whatever else the machine does hits all alike."""

import http.client
import json
import random
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench import load
from bench.ground import Ground
from bench.kinds import GET, KINDS, LIST, written
from bench.load import Load, Request
from bench.processes import cpu_seconds, memory_megabytes
from bench.services import FLOOR, OURS, STOCK, Service
from bench.world import World, analyze

CONNECTIONS = (1, 8, 32)
MAIN = 8  # connections at which services are compared
SAME = (GET, LIST)


@dataclass(frozen=True)
class Plan:
    rounds: int
    seconds: float
    connections: tuple[int, ...] = CONNECTIONS


@dataclass(frozen=True)
class Round:
    """One service under one load. Milliseconds of CPU for a request: its own, and PostgreSQL's."""

    load: Load
    cpu: float
    database: float


class Comparison:
    """The services, what they are asked, and what came of it by kind, connections and service."""

    def __init__(self, ground: Ground, folder: Path, plan: Plan) -> None:
        self.ground, self.plan = ground, plan
        self.requests = written(folder, World.made())
        self.services, self.started_in = {}, {}
        for name in (OURS, STOCK, FLOOR):
            began = time.monotonic()
            self.services[name] = Service(name, ground)
            self.started_in[name] = time.monotonic() - began
        self.rounds: dict[tuple[str, int, str], list[Round]] = {}
        self.trivial = load.write(folder / "trivial.tsv", [Request("GET", "/healthz", {})])

    def run(self) -> dict[str, Any]:
        self.check_answers()
        ceiling = self.ceiling()
        memory = {name: [sum(memory_megabytes(one.running))] for name, one in self.services.items()}
        for kind in KINDS:
            self.warm_up(kind)
            for connections in self.plan.connections:
                self.take_turns(kind, connections)
            analyze()
            for name, one in self.services.items():
                memory[name].append(sum(memory_megabytes(one.running)))
        return {
            "kinds": self.kinds(),
            "ceiling": ceiling,
            "start": self.started_in,
            "memory": memory,
            "processes": {name: len(memory_megabytes(one.running)) for name, one in self.services.items()},
        }

    def check_answers(self) -> None:
        """All three do the same."""
        for kind, path in self.requests.items():
            line = path.read_text().partition("\n")[0]
            answers = [body_of(service.port, line) for service in self.services.values()]
            if kind in SAME and not answers[0] == answers[1] == answers[2]:
                raise load.Failed(f"{kind} is answered differently:\n" + "\n".join(map(json.dumps, answers)))
            if len({tuple(sorted(answer)) for answer in answers}) > 1:
                raise load.Failed(f"{kind} is answered differently: {answers}")

    def ceiling(self) -> dict[str, float]:
        """What the generator can do: the rate of an answer that costs nothing."""
        done = self.services[FLOOR].ask(self.trivial, MAIN, self.plan.seconds)
        return {"rate": done.rate, "generator": done.generator}

    def warm_up(self, kind: str) -> None:
        for service in self.services.values():
            service.ask(self.requests[kind], max(CONNECTIONS), 1)

    def take_turns(self, kind: str, connections: int) -> None:
        for _ in range(self.plan.rounds):
            for name in random.sample(list(self.services), len(self.services)):
                done = self.measure(self.services[name], kind, connections)
                self.rounds.setdefault((kind, connections, name), []).append(done)
        print(self.line(kind, connections), flush=True)

    def measure(self, service: Service, kind: str, connections: int) -> Round:
        parts = (service.running, self.ground.postgres)
        before = [cpu_seconds(part) for part in parts]
        start = random.randrange(5000)
        done = service.ask(self.requests[kind], connections, self.plan.seconds, start)
        own, database = (
            1000 * (cpu_seconds(part) - earlier) / done.requests
            for part, earlier in zip(parts, before, strict=True)
        )
        return Round(done, own, database)

    # What came of it

    def of(self, kind: str, connections: int, name: str) -> list[Round]:
        return self.rounds[kind, connections, name]

    def ratios(self, kind: str, connections: int, other: str) -> list[float]:
        """Ours to another's rate, round by round, sorted."""
        pairs = zip(self.of(kind, connections, OURS), self.of(kind, connections, other), strict=True)
        return sorted(ours.load.rate / others.load.rate for ours, others in pairs)

    def kinds(self) -> dict[str, Any]:
        numbers = self.plan.connections
        return {kind: {str(number): self.figures(kind, number) for number in numbers} for kind in KINDS}

    def figures(self, kind: str, connections: int) -> dict[str, Any]:
        ratios = {other: spread(self.ratios(kind, connections, other)) for other in (STOCK, FLOOR)}
        services = {name: middle(self.of(kind, connections, name)) for name in self.services}
        return {"services": services, "ratios": ratios}

    def line(self, kind: str, connections: int) -> str:
        def facts() -> Iterator[str]:
            for name in self.services:
                found = middle(self.of(kind, connections, name))
                latency = f"p50 {found['p50']:.1f} p99 {found['p99']:.1f}"
                yield f"{name} {found['rate']:.0f}/s {latency} cpu {found['cpu']:.2f}"

        ratios = {other: median(self.ratios(kind, connections, other)) for other in (STOCK, FLOOR)}
        return (
            f"{kind}, {connections} connections: {'; '.join(facts())}; "
            f"{ratios[STOCK]:.2f} x stock, {ratios[FLOOR]:.1%} of the floor"
        )


def middle(rounds: list[Round]) -> dict[str, float]:
    """Medians."""
    flat = [{**asdict(one.load), "cpu": one.cpu, "database": one.database} for one in rounds]
    return {name: median(each[name] for each in flat) for name in flat[0]}


def spread(values: list[float]) -> dict[str, float]:
    return {"median": median(values), "least": values[0], "most": values[-1]}


def body_of(port: str, line: str) -> dict[str, Any]:
    """The JSON that one request of a file is answered with. Raises Failed."""
    method, path, given, body = line.split("\t")
    headers = dict(header.split(": ", 1) for header in given.split("|"))
    service = http.client.HTTPConnection("127.0.0.1", int(port))
    service.request(
        method, path, body, {name: value.replace("{unique}", port) for name, value in headers.items()}
    )
    answer = service.getresponse()
    text = answer.read()
    service.close()
    if answer.status not in (200, 201):
        raise load.Failed(f"{method} {path} is answered with {answer.status}: {text.decode()[:500]}")
    found: dict[str, Any] = json.loads(text)
    return found
