"""Tabs as the drill handles them: opened, closed, killed, and listened to."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from local.env import ROOT
from tests.drill.notes import Event, Reader


class Tab:
    """A process with a client (client.py) and all that is known of what it went through."""

    def __init__(self, folder: Path, number: int, person: str, join_url: str, *manner: str) -> None:
        """`manner`: scenario and sound, each of which may be empty."""
        self.person, self.number = person, number
        self.code = join_url.split("/")[3]
        self.reader = Reader(folder / f"tab-{number}.notes")
        self.events: list[Event] = []
        cookies = folder / f"{person}.cookies"
        command = [sys.executable, "-m", "tests.drill.client", str(self.reader.path), str(cookies)]
        with (folder / f"tab-{number}.log").open("w") as log:
            self.process = subprocess.Popen(
                [*command, join_url, person, *manner],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the drill, which ends its tabs in order
            )

    def read(self) -> list[Event]:
        new = self.reader.new()
        self.events += new
        return new

    def leave(self) -> None:
        if self.process.stdin:
            self.process.stdin.close()

    def kill(self) -> None:
        """SIGKILL, and a note of it: unless the process had ended by itself before."""
        if self.process.poll() is not None:
            return
        at = time.time()
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.read()
        self.events.append(Event(at, "killed", {"until": time.time()}))

    def is_open(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """However it is: gone when this returns."""
        with suppress(BrokenPipeError):
            self.leave()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.kill()
