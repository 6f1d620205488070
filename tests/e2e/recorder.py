"""The recording child as its worker runs it: a process, a Job on standard input, lines of JSON from it."""

import json
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from typing import Any

from egress.job import Job


class Recorder:
    """A running child."""

    def __init__(self, job: Job, *arguments: str) -> None:
        self.job, self.begun = job, time.time()
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 closed in `close`
        command = [sys.executable, *(arguments or ("-m", "egress.recorder"))]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log
        )
        self.lines: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.reading = threading.Thread(target=self._read, daemon=True)
        self.reading.start()
        self.write(job.to_json())

    def write(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(json.loads(line))
        self.lines.put(None)

    def next(self, seconds: float = 20) -> dict[str, Any]:
        line = self.lines.get(timeout=seconds)
        assert line, f"it ended without a word: {self.said()}"
        return line

    def active(self, seconds: float = 20) -> int:
        """Wait until it records; since when, in unix nanoseconds."""
        line = self.next(seconds)
        assert line["event"] == "active", f"{line} {self.said()}"
        return int(line["at"])

    def ended(self, seconds: float = 20) -> dict[str, Any]:
        """Wait until it has ended: its last line."""
        until = time.monotonic() + seconds
        line = self.next(seconds)
        while line["event"] != "ended":
            line = self.next(until - time.monotonic())
        assert self.process.wait(5) == (1 if line["error"] else 0)
        return line

    def stop(self) -> dict[str, Any]:
        self.write("stop")
        return self.ended()

    def let_go(self) -> None:
        """Close its standard input, as a dying worker does."""
        assert self.process.stdin
        self.process.stdin.close()

    def terminate(self) -> None:
        self.process.terminate()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(5)

    def freeze(self, seconds: float) -> None:
        """Let it get no processor for so long."""
        os.kill(self.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.process.pid, signal.SIGCONT)

    def said(self) -> str:
        """Its log."""
        self.log.seek(0)
        return self.log.read().decode()

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        self.reading.join(5)
        assert self.process.stdin
        assert self.process.stdout
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.log.close()
