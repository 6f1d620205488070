"""The recording process as its worker runs it: started and stopped; its events are lines of JSON."""

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

RESPAWN_DELAY = 5.0  # seconds until a recording has started, and the next spare process may take CPU time
STOP_TIMEOUT = 20.0  # seconds in which a stopped recording must have finished its file
MAX_LINE = 1024 * 1024


class SpareProcess:
    """A recording process started ahead: its imports take longer than everything else at a start."""

    def __init__(self) -> None:
        self.next: asyncio.Task[Process] | None = None
        self.later: asyncio.TimerHandle | None = None

    def prepare(self) -> None:
        self.next = asyncio.create_task(spawn())

    async def take(self) -> Process:
        """A process that waits for its job; the next is started after RESPAWN_DELAY."""
        task, self.next = self.next, None
        if self.later:
            self.later.cancel()
        self.later = asyncio.get_running_loop().call_later(RESPAWN_DELAY, self.prepare)
        process = await _started(task)
        return process if process and process.returncode is None else await spawn()

    async def close(self) -> None:
        """Its stdin is closed without a job, at which it exits."""
        if self.later:
            self.later.cancel()
        process = await _started(self.next)
        if process and process.stdin:
            process.stdin.close()
            await process.wait()


async def _started(task: "asyncio.Task[Process] | None") -> Process | None:
    """None also if the process could not be started; a new try may succeed."""
    try:
        return await task if task else None
    except OSError:
        return None


def read(line: bytes) -> dict[str, Any]:
    """An event; empty for a line that is none."""
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) and "event" in event else {}


async def spawn() -> Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "egress.recorder", stdin=PIPE, stdout=PIPE, limit=MAX_LINE
    )


class Child:
    """A running recording. It finishes its file also when this process dies: then its stdin ends."""

    def __init__(self, process: Process, egress_id: str) -> None:
        self.process, self.egress_id = process, egress_id
        self.is_stopped = False
        self.killer: asyncio.TimerHandle | None = None

    @classmethod
    async def start(cls, job: Job, spare: SpareProcess | None = None) -> "Child":
        child = cls(await spare.take() if spare else await spawn(), job.egress_id)
        child._write(f"{job.to_json()}\n")
        return child

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Its events, until it has exited."""
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
        except ValueError:  # longer than MAX_LINE: what was read of it is gone
            return b"a line that is too long\n"

    def stop(self) -> None:
        """Request the end, once; it is killed after STOP_TIMEOUT."""
        if self.is_stopped:
            return
        self.is_stopped = True
        self._write("stop\n")
        self.killer = asyncio.get_running_loop().call_later(STOP_TIMEOUT, self._kill)

    def _kill(self) -> None:
        log.warning("%s: its recording does not end, and is killed", self.egress_id)
        with suppress(ProcessLookupError):
            self.process.kill()

    def _write(self, text: str) -> None:
        assert self.process.stdin
        with suppress(ConnectionError, RuntimeError):  # it has exited already
            self.process.stdin.write(text.encode())
