"""The child that makes one recording: `python -m egress.recorder`, with a Job on standard input."""

import asyncio
import errno
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path

from egress import job as contract
from egress.capture import Capture
from egress.job import FAILED, Ended, Job
from egress.locks import exclusive

EXIT_TIMEOUT = 30.0  # s after a stop; a disk that hangs must not keep this process for ever


def write_event(line: str) -> None:
    """To the worker, which may have died; the file is finished all the same."""
    with suppress(OSError):
        os.write(1, line.encode() + b"\n")


class RedactingFormatter(logging.Formatter):
    """Redacts the token: messages of LiveKit's SDK contain it."""

    def __init__(self, token: str) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self.token = token

    def format(self, record: logging.LogRecord) -> str:
        return super().format(record).replace(self.token, "<token>")


def set_up_logs(token: str) -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(token))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    logging.getLogger("livekit").setLevel(logging.WARNING)


def watch_for_stop(stop: asyncio.Event) -> None:
    """Set `stop` at a line "stop" or the end of standard input, and at SIGTERM or SIGINT."""
    loop = asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        loop.call_later(EXIT_TIMEOUT, os._exit, 1)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)

    def read() -> None:
        for line in sys.stdin:
            if line.strip() == "stop":
                break
        with suppress(RuntimeError):  # the loop was closed first
            loop.call_soon_threadsafe(end)

    threading.Thread(target=read, daemon=True).start()


async def record(job: Job) -> Ended:
    stop = asyncio.Event()
    watch_for_stop(stop)
    return await Capture(job, stop, write_event).run()


def record_locked(job: Job) -> Ended:
    """Record while holding <file>.lock, on which a restarted worker waits."""
    path = Path(f"{job.file}.lock")
    try:
        with exclusive(path) as mine:
            if not mine:
                raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            ended = asyncio.run(record(job))
            path.unlink(missing_ok=True)
            return ended
    except OSError as error:
        return Ended(FAILED, f"the file cannot be written: {error.strerror}")


def run_job() -> Ended:
    """The Job on standard input."""
    try:
        job = Job.from_json(sys.stdin.readline())
    except ValueError:
        return Ended(FAILED, "the job cannot be read")
    set_up_logs(job.token)
    return record_locked(job)


def main() -> None:
    ended = run_job()
    write_event(contract.ended(ended))
    os._exit(1 if ended.error else 0)  # the SDK's own threads are not waited for: everything is on the disk


if __name__ == "__main__":
    main()
