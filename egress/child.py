"""The process that records: started, asked to stop, and heard, one JSON line an event."""

import asyncio
import json
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from egress.job import Job

log = logging.getLogger("egress")

BEGUN = 5.0  # seconds after which a recording has begun, and the next process is made ready
GRACE = 20.0  # seconds in which a recording that was stopped must have finished its file
LONGEST_LINE = 1024 * 1024


class Ready:
    """A recording process kept ready: its imports take longer than everything else at a start."""

    def __init__(self) -> None:
        self.next: asyncio.Task[Process] | None = None
        self.later: asyncio.TimerHandle | None = None

    def prepare(self) -> None:
        self.next = asyncio.create_task(spawn())

    async def take(self) -> Process:
        """One that waits for its job; the next is made ready when this one has begun."""
        waiting, self.next = self.next, None
        if self.later:
            self.later.cancel()
        self.later = asyncio.get_running_loop().call_later(BEGUN, self.prepare)
        process = await _started(waiting)
        return process if process and process.returncode is None else await spawn()

    async def close(self) -> None:
        """At the end of the worker: the one that waits hears of no job, and ends."""
        if self.later:
            self.later.cancel()
        process = await _started(self.next)
        if process and process.stdin:
            process.stdin.close()
            await process.wait()


async def _started(waiting: "asyncio.Task[Process] | None") -> Process | None:
    """None also if the system gave no process then; it may give one now."""
    try:
        return await waiting if waiting else None
    except OSError:
        return None


def read(line: bytes) -> dict[str, Any]:
    """An event; empty for a line that is none."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    return said if isinstance(said, dict) and "what" in said else {}


async def spawn() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "egress.recording", stdin=PIPE, stdout=PIPE, limit=LONGEST_LINE
    )


class Child:
    """A running recording. It finishes its file also when this process dies: then its stdin ends."""

    def __init__(self, process: Process, egress_id: str) -> None:
        self.process, self.egress_id = process, egress_id
        self.is_stopped = False
        self.killer: asyncio.TimerHandle | None = None

    @classmethod
    async def start(cls, job: Job, ready: Ready | None = None) -> "Child":
        child = cls(await ready.take() if ready else await spawn(), job.egress_id)
        child._write(f"{job.to_json()}\n")
        return child

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """What it tells, until it has ended."""
        while line := await self._line():
            event = read(line)
            if event:
                yield event
            else:
                log.warning("%s: its recording says %r", self.egress_id, line[:200])
        await self.process.wait()
        if self.killer:
            self.killer.cancel()

    async def _line(self) -> bytes:
        """The next line, whatever is in it; empty at the end."""
        assert self.process.stdout
        try:
            return await self.process.stdout.readline()
        except ValueError:  # longer than LONGEST_LINE: what was read of it is gone
            return b"a line that is too long\n"

    def stop(self) -> None:
        """Ask for the end, once; killed when it does not come."""
        if self.is_stopped:
            return
        self.is_stopped = True
        self._write("stop\n")
        self.killer = asyncio.get_running_loop().call_later(GRACE, self._kill)

    def _kill(self) -> None:
        log.warning("%s: its recording does not end, and is killed", self.egress_id)
        with suppress(ProcessLookupError):
            self.process.kill()

    def _write(self, text: str) -> None:
        assert self.process.stdin
        with suppress(ConnectionError, RuntimeError):  # it has ended already, which its events tell
            self.process.stdin.write(text.encode())
