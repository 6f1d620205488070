"""What was measured: kept as JSON, shown as tables in docs/performance.md, and as a picture."""

import json
import os
import platform
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

import psycopg2
import pygal
from pygal.style import DefaultStyle

from bench.comparing import CONNECTIONS, MAIN
from bench.kinds import CREATE, DOOR, GET, LIST, ONCE
from bench.services import FLOOR, OURS, STOCK
from local.env import ROOT

JSON = ROOT / "docs" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "pictures" / "latency.svg"
QUICK = ROOT / ".run" / "bench.json"
BEGIN, END = "<!-- figures: written by `make bench` -->", "<!-- end of figures -->"
PACKAGES = (
    "django",
    "djangorestframework",
    "granian",
    "gunicorn",
    "psycopg2-binary",
    "orjson",
    "livekit-api",
)

# Of the rates of the others, at MAIN connections.
RATES = {
    GET: {STOCK: 4, FLOOR: 0.35},
    LIST: {STOCK: 4, FLOOR: 0.45},
    CREATE: {STOCK: 2.2, FLOOR: 0.5},
    ONCE: {STOCK: 1.6, FLOOR: 0.4},
    DOOR: {STOCK: 2, FLOOR: 0.4},
}
KEPT, APPLIED = 1000, 500  # webhooks a second
CORE_SECONDS = {"reconciler": 15, "settling": 20, "recordings' sweep": 15, "feedback requests": 5}
LEVEL, LEVEL_FAR = 1.3, 3  # p50 among many meetings, in p50 among few
COLORS = ("#c0392b", "#2c5aa0", "#2e8b57")
FLAT = 1.1  # memory after all requests, in memory at first

Row = tuple[str, ...]
Goal = tuple[str, str, str, bool]


def facts(postgres_url: str) -> dict[str, Any]:
    """When, where, and with which versions."""
    with psycopg2.connect(postgres_url) as connection, connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [postgres] = cursor.fetchone() or [""]
    versions = {name: version(name) for name in PACKAGES}
    return {
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "machine": f"{os.cpu_count()} cores, {processor()}, {platform.system()} {platform.release()}",
        "load": os.getloadavg()[0],
        "versions": {"Python": platform.python_version(), "PostgreSQL": postgres, **versions},
    }


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    named = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return named[0] if named else platform.machine()


def keep(path: Path, name: str, found: dict[str, Any]) -> None:
    """In place of what was measured before under this name."""
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, name: found}, indent=1) + "\n")


def shown(path: Path) -> str:
    """All that is kept, as Markdown."""
    known = json.loads(path.read_text())
    goals = [goal for name, of in GOALS.items() if name in known for goal in of(known[name])]
    parts = [table(("Goal", "At least, at most", "Reached", ""), map(goal_row, goals))]
    parts += [part for name, of in TABLES.items() if name in known for part in of(known[name])]
    return "\n\n".join(parts)


def write_docs() -> None:
    text = PAGE.read_text()
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{shown(JSON)}\n\n{END}{after}")
    known = json.loads(JSON.read_text())
    if "requests" in known:
        draw(known["requests"])


def draw(found: dict[str, Any]) -> None:
    """Latency against load: a point for each number of connections."""
    curves = {
        f"{name}, {quantile}": curve(found, name, quantile)
        for quantile in ("p50", "p99")
        for name in (OURS, STOCK, FLOOR)
    }
    style = DefaultStyle(
        background="white", plot_background="white", colors=COLORS * 2, font_family="sans-serif"
    )
    chart = pygal.XY(
        style=style,
        width=800,
        height=450,
        title="get: latency against load",
        x_title="requests a second",
        y_title="milliseconds (p99: dashed)",
        x_labels=ticks(point[0] for points in curves.values() for point in points),
        y_labels=ticks(point[1] for points in curves.values() for point in points),
        logarithmic=True,
        js=[],
        disable_xml_declaration=True,
    )
    for title, points in curves.items():
        chart.add(title, points, stroke_style={"dasharray": "6, 4"} if "p99" in title else {})
    PICTURE.write_text(chart.render(is_unicode=True) + "\n")


def ticks(values: Iterable[float]) -> list[float]:
    """1, 2, 5, 10, and so on, from below the least to above the greatest."""
    known = sorted(values)
    steps = [step * 10**power for power in range(6) for step in (1, 2, 5)]
    below = max((step for step in steps if step <= known[0]), default=steps[0])
    above = min((step for step in steps if step >= known[-1]), default=steps[-1])
    return [step for step in steps if below <= step <= above]


def curve(found: dict[str, Any], name: str, quantile: str) -> list[tuple[float, float]]:
    of = [point["services"][name] for point in found["kinds"][GET].values()]
    return [(round(one["rate"]), round(one[quantile], 1)) for one in of]


# Goals


def goal_row(goal: Goal) -> Row:
    what, limit, reached, is_held = goal
    return what, limit, reached, "✔" if is_held else "missed"


def request_goals(found: dict[str, Any]) -> Iterator[Goal]:
    for kind, limits in RATES.items():
        for other, limit in limits.items():
            ratio = found["kinds"][kind][str(MAIN)]["ratios"][other]
            yield f"{kind}: rate, {other} = 1", f"≥ {limit}", spread(ratio), ratio["median"] >= limit
    for kind in RATES:
        services = found["kinds"][kind][str(max(CONNECTIONS))]["services"]
        ours, stock = services[OURS]["p99"], services[STOCK]["p99"]
        reached = f"{ours:.0f} against {stock:.0f} ms"
        yield f"{kind}: p99 at {max(CONNECTIONS)} connections", f"≤ {STOCK}'s", reached, ours <= stock
    memory = found["memory"][OURS]
    growth = memory[-1] / memory[1]  # the first is before any request of the kinds
    yield (
        "memory of the web server after all kinds, after the first = 1",
        f"≤ {FLAT}",
        f"{growth:.2f}",
        growth <= FLAT,
    )


def spread(ratio: dict[str, float]) -> str:
    return f"{ratio['median']:.2f} ({ratio['least']:.2f} to {ratio['most']:.2f})"


def job_goals(found: dict[str, Any]) -> Iterator[Goal]:
    webhooks = found["webhooks"]
    for what, limit, reached in (
        ("webhooks kept in a second", KEPT, webhooks["kept"]),
        ("webhooks applied in a second by one process", APPLIED, webhooks["applied"]),
    ):
        yield what, f"≥ {limit:,}", f"{reached:,.0f}", reached >= limit
    for name, limit in CORE_SECONDS.items():
        reached = median(each["cpu"] for each in found["jobs"][name])
        what = f"{name}, {found['live']:,} live meetings of {found['people']}: seconds of a core"
        yield what, f"≤ {limit}", f"{reached:.1f}", reached <= limit
    memory = [each["memory"] for rounds in found["jobs"].values() for each in rounds]
    yield (
        "memory of a worker",
        "flat",
        f"{min(memory):.0f} to {max(memory):.0f} MB",
        max(memory) <= 2 * min(memory),
    )


def scale_goals(found: dict[str, Any]) -> Iterator[Goal]:
    for name, kind in found["kinds"].items():
        limit = LEVEL_FAR if "offset" in name else LEVEL
        what = f"{name}: p50 among {found['many']:,} meetings, among {found['few']:,} = 1"
        yield what, f"≤ {limit}", f"{kind['ratio']:.2f}", kind["ratio"] <= limit


GOALS = {"requests": request_goals, "jobs": job_goals, "scale": scale_goals}


# Tables


def table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def origin(found: dict[str, Any]) -> str:
    versions = ", ".join(f"{name} {number}" for name, number in found["versions"].items())
    return f"{found['at']}; {found['machine']}, load {found['load']:.1f} before it began. {versions}."


def request_tables(found: dict[str, Any]) -> Iterator[str]:
    yield f"## Requests\n\n{origin(found)}"
    head = ("", "connections", "service", "requests/s", "p50 ms", "p99 ms", "own CPU ms", "PostgreSQL CPU ms")
    yield table(head, request_rows(found))
    ceiling = found["ceiling"]
    busiest = max(max(each["generator"] for each in point["services"].values()) for point in points(found))
    yield (
        f"wrk is not the limit: of an answer that costs nothing it gets {ceiling['rate']:,.0f} a second, "
        f"and it took at most {busiest:.0%} of a core in the rounds above."
    )
    yield table(("", "ready after, s", "processes", "MB at first", "MB after all"), process_rows(found))


def points(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for kind in found["kinds"].values():
        yield from kind.values()


def request_rows(found: dict[str, Any]) -> Iterator[Row]:
    for kind, by_connections in found["kinds"].items():
        for connections, point in by_connections.items():
            for name, one in point["services"].items():
                latency = (f"{one['p50']:.1f}", f"{one['p99']:.1f}")
                cpu = (f"{one['cpu']:.2f}", f"{one['database']:.2f}")
                yield kind, connections, name, f"{one['rate']:,.0f}", *latency, *cpu


def process_rows(found: dict[str, Any]) -> Iterator[Row]:
    for name, seconds in found["start"].items():
        memory = found["memory"][name]
        yield name, f"{seconds:.1f}", str(found["processes"][name]), f"{memory[1]:.0f}", f"{memory[-1]:.0f}"


def job_tables(found: dict[str, Any]) -> Iterator[str]:
    yield f"## Jobs and webhooks\n\n{origin(found)}"
    head = ("", "seconds", "own CPU s", "PostgreSQL CPU s", "WAL MB", "worker MB")
    yield table(head, (job_row(name, rounds) for name, rounds in found["jobs"].items()))
    webhooks = found["webhooks"]
    yield (
        f"Webhooks: {webhooks['kept']:,.0f} a second kept (p99 {webhooks['p99']:.0f} ms); "
        f"{webhooks['applied']:,.0f} a second applied, with {webhooks['cpu']:.1f} ms of CPU each, and "
        f"{webhooks['database']:.1f} ms of PostgreSQL's."
    )


def job_row(name: str, rounds: list[dict[str, float]]) -> Row:
    columns = ("seconds", "cpu", "database", "wal", "memory")
    return name, *(f"{median(each[column] for each in rounds):.1f}" for column in columns)


def scale_tables(found: dict[str, Any]) -> Iterator[str]:
    yield f"## Scale\n\n{origin(found)} One connection."
    yield f"Asked by a customer who has all {found['few']:,}, and by one who has {found['mine']:,} of all."
    head = ("p50, ms", f"among {found['few']:,}", f"among {found['many']:,}", "ratio")
    yield table(head, (scale_row(name, kind) for name, kind in found["kinds"].items()))


def scale_row(name: str, kind: dict[str, float]) -> Row:
    return name, f"{kind['few']:.1f}", f"{kind['many']:.1f}", f"{kind['ratio']:.2f}"


def profile_tables(found: dict[str, Any]) -> Iterator[str]:
    yield f"## Where the CPU of our requests goes\n\n{origin(found)}"
    shares = found["shares"]
    parts = sorted(
        {part for of in shares.values() for part in of}, key=lambda part: -shares[GET].get(part, 0)
    )
    rows = ((part, *(f"{of.get(part, 0):.0%}" for of in shares.values())) for part in parts)
    yield table(("", *shares), rows)


TABLES = {"requests": request_tables, "profile": profile_tables, "jobs": job_tables, "scale": scale_tables}
