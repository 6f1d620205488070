"""`make bench`: how fast, beside what others would write and beside the least that can be; at which scale.

`python -m bench jobs` measures one thing only, `python -m bench --quick` all in three minutes, among fewer
rows. What a whole one finds, it writes into docs/performance.md.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.ground import Ground, ground

NAMES = ("requests", "profile", "jobs", "scale", "page")
Measure = Callable[[Ground, Path], dict[str, Any]]


def measures(is_quick: bool) -> dict[str, Measure]:
    """Imported only here: they need the settings, which came with the parts."""
    from bench import comparing, jobs, profiling, scale  # noqa: PLC0415

    rounds, seconds, connections = (2, 1, (8, 32)) if is_quick else (5, 2, comparing.CONNECTIONS)
    plan = comparing.Plan(rounds, seconds, connections)
    work = jobs.Plan(200, 1, 4000, 3) if is_quick else jobs.Plan(10_000, 2, 20_000, 8)
    sizes = (
        scale.Plan(10_000, 200_000, 20_000, 2, 1)
        if is_quick
        else scale.Plan(10_000, 10_000_000, 1_000_000, 3, 2)
    )
    return {
        "requests": lambda ground, folder: comparing.Comparison(ground, folder, plan).run(),
        "profile": profiling.measure,
        "jobs": lambda ground, folder: jobs.measure(ground, folder, work),
        "scale": lambda ground, folder: scale.measure(ground, folder, sizes),
    }


def measure(names: list[str], is_quick: bool) -> None:
    with ground() as parts, tempfile.TemporaryDirectory() as folder:
        from bench import report  # noqa: PLC0415

        path = report.QUICK if is_quick else report.JSON
        known = measures(is_quick)
        for name in (name for name in known if name in names):
            about = report.facts(parts.env["DATABASE_URL"])
            report.keep(path, name, {**about, **known[name](parts, Path(folder))})
        print(f"\n{report.shown(path)}", flush=True)
        if not is_quick:
            report.write_docs()


def measure_page() -> int:
    """In a process of its own, for its parts are others."""
    return subprocess.run([sys.executable, "-m", "bench.page"]).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("names", nargs="*", choices=NAMES)
    given = parser.parse_args()
    default = NAMES[:-1] if given.quick else NAMES
    names = given.names or list(default)
    if {*names} != {"page"}:
        measure(names, given.quick)
    return measure_page() if "page" in names else 0


if __name__ == "__main__":
    sys.exit(main())
