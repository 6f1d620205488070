"""`python -m tests.drill [minutes]`: status 0 if every second was billed once, else 1 and each difference.

`DRILL_SEED` repeats a plan. Media moves: run it in a network of its own, as `make drill` does.
"""

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from local.stack import Stack, fresh
from tests.drill import plan
from tests.drill.drill import Drill
from tests.drill.integrator import Integrator
from tests.drill.judging import CREDITS
from tests.drill.verdict import Verdict


@contextmanager
def started(folder: Path) -> Iterator[Stack]:
    """The whole stack, whose parts write into stack.log."""
    unlimited = {"RATE_LIMIT_PER_SECOND": "100000", "RATE_LIMIT_BURST": "100000"}
    with (folder / "stack.log").open("w", buffering=1) as log:

        def note(part: str, line: str) -> None:
            log.write(f"{time.strftime('%H:%M:%S', time.gmtime())} {part:<9}| {line}\n")

        stack = Stack(folder / "stack", {"PORT": fresh()["PORT_LIVEKIT"], **unlimited}, note)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()
            shutil.rmtree(stack.folder)


def held(minutes: float, seed: int, stack: Stack, folder: Path) -> bool:
    """One drill, from the first person to the last word; whether all is right."""
    key = stack.manage("issue_api_key", "--customer", "acme", "--credits", str(CREDITS)).strip()
    planned = plan.draw(minutes, Random(seed))  # noqa: S311  no secret
    drill = Drill(planned, stack, Integrator(stack.env["PUBLIC_URL"], key), folder)
    try:
        drill.run()
        drill.wait_for_tabs(patience=90)
        verdict = Verdict(drill)
    finally:
        drill.end()
    print(*verdict.lines(), sep="\n")
    return verdict.is_right


def interrupt(*_: object) -> None:
    """Ctrl-C, once: what follows is stopping in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> None:
    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 15.0
    seed = int(os.environ.get("DRILL_SEED") or time.time())
    folder = Path(tempfile.mkdtemp(prefix="upclass-drill-"))
    print(f"DRILL_SEED={seed}; unless all is right, notes and logs are kept in {folder}", flush=True)
    try:
        with started(folder) as stack:
            is_right = held(minutes, seed, stack, folder)
    except KeyboardInterrupt:
        shutil.rmtree(folder)
        sys.exit("stopped")
    if is_right:
        shutil.rmtree(folder)
    sys.exit(not is_right)


if __name__ == "__main__":
    main()
