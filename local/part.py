"""One program of the stack: start it, wait until it serves, keep it alive, stop it."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from local.env import ROOT

LEASH = Path(__file__).with_name("leash.py")
STEADY = 30.0  # seconds alive after which the next death is a first one again
LONGEST_PAUSE = 10.0

Sink = Callable[[str, str], None]  # (part, line)


def program(name: str) -> str:
    """Where a program is: PATH's, or the one that `make install` built."""
    return shutil.which(name) or str(ROOT / ".run" / "bin" / name)


class PartFailed(Exception):
    """A part that could not start: which, why, and what to do, in sentences."""


@dataclass
class Part:
    """How to run one program. `ready` is polled until it is true; it may raise OSError while it is not."""

    name: str
    command: Sequence[str]
    ready: Callable[["Running"], bool]
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: str = "SIGTERM"
    grace: float = 10.0
    patience: float = 60.0  # seconds until it must be ready
    advice: str = ""


class Running:
    """A part that runs: its supervisor process (leash.py), and a thread that passes its output on."""

    def __init__(self, part: Part, sink: Sink) -> None:
        self.part, self.sink = part, sink
        self.lines: deque[str] = deque(maxlen=200)
        self.deaths = 0
        self.restart_at = 0.0
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-S", str(LEASH), self.part.stop_signal, str(self.part.grace)]
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [*command, *self.part.command],
            env={**os.environ, **self.part.env},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._pass_on, args=(self.process,), daemon=True)
        self.reader.start()

    def _pass_on(self, process: "subprocess.Popen[bytes]") -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                text = line.decode(errors="replace").rstrip()
                self.lines.append(text)
                self.sink(self.part.name, text)

    def alive(self) -> bool:
        return self.process.poll() is None

    def wait_ready(self) -> None:
        """Return once the part serves; PartFailed when it died or its patience is over."""
        until = time.monotonic() + self.part.patience
        while not self.serves():
            if not self.alive():
                raise PartFailed(self._story("cannot start"))
            if time.monotonic() > until:
                raise PartFailed(self._story(f"does not serve after {self.part.patience:.0f} s"))
            time.sleep(0.05)

    def serves(self) -> bool:
        try:
            return self.part.ready(self)
        except OSError:
            return False

    def _story(self, what: str) -> str:
        last = "\n".join(f"    {line}" for line in list(self.lines)[-12:])
        return f"{self.part.name} {what}. {self.part.advice}\n  Its last lines:\n{last}"

    def watch(self) -> None:
        """Restart the part when it has died, with exponential backoff."""
        if self.alive():
            return
        now = time.monotonic()
        if not self.restart_at:
            self.clean_up()
            self.deaths = 0 if now - self.started > STEADY else self.deaths + 1
            pause = min(LONGEST_PAUSE, 0.25 * 2**self.deaths)
            self.restart_at = now + pause
            self.sink(self.part.name, f"died; starting again in {pause:.1f} s")
        if now >= self.restart_at:
            self.restart_at = 0.0
            self.lines.clear()  # what the dead one said does not make this one ready
            self.start()

    def let_go(self) -> None:
        """Ask the program to stop; `wait_gone` waits for it."""
        if self.process.stdin:
            self.process.stdin.close()

    def wait_gone(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.part.grace + 5)
        self.clean_up()

    def clean_up(self) -> None:
        """Kill what is left of the process group: the program, if its supervisor was itself killed."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.let_go()
        self.reader.join(5)
