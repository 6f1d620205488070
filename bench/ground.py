"""What all that is measured stands on: one PostgreSQL, one Redis, and a LiveKit that answers at once."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import django

from local import ports
from local.part import Part, Running
from local.stack import Stack
from local.web import answers

GRANIAN = [str(Path(sys.executable).with_name("granian")), "--interface", "wsgi", "--no-ws"]
FAKE_LIVEKIT = "bench.fake_livekit:application"
NO_LIMITS = {"RATE_LIMIT_PER_SECOND": "1000000", "RATE_LIMIT_BURST": "1000000"}


def silent(part: str, line: str) -> None:
    pass


class Ground:
    """The settings (`env`) of what stands on it, and the parts that run."""

    def __init__(self, folder: Path) -> None:
        self.taken: set[int] = set()
        self.livekit_port = str(ports.choose(self.taken))
        livekit = {
            "LIVEKIT_URL": f"ws://127.0.0.1:{self.livekit_port}",
            "LIVEKIT_API_KEY": "bench",
            "LIVEKIT_API_SECRET": "0123456789abcdefghijklmnopqrstuvwxyz",
        }
        self.stack = Stack(folder, {"PORT": "0", **livekit, **NO_LIMITS}, silent)
        self.env: Mapping[str, str] = self.stack.env

    def start(self) -> None:
        self.stack.start_data()
        self.stack.launch(self._fake_livekit())
        self.stack.manage("migrate", "--verbosity", "0")
        self.stack.wait_ready()

    def _fake_livekit(self) -> Part:
        options = ["--workers", "1", "--blocking-threads", "2", "--host", "127.0.0.1"]
        command = [*GRANIAN, *options, "--port", self.livekit_port, FAKE_LIVEKIT]
        return Part(name="livekit", command=command, ready=lambda running: answers(self.livekit_port))

    def launch(self, part: Part) -> Running:
        """Start one more, and wait until it serves."""
        self.stack.launch(part)
        running = self.stack.running[-1]
        running.wait_ready()
        return running

    def stop_part(self, running: Running) -> None:
        self.stack.running.remove(running)
        running.let_go()
        running.wait_gone()

    @property
    def postgres(self) -> Running:
        return self.stack.part("postgres")

    def port(self) -> str:
        return str(ports.choose(self.taken))


@contextmanager
def ground() -> Iterator[Ground]:
    """The parts, for as long as they are needed; Django is set up for them."""
    folder = Path(tempfile.mkdtemp(prefix="upclass-bench-"))
    made = Ground(folder)
    try:
        made.start()
        os.environ.update(made.env, DJANGO_SETTINGS_MODULE="upclass.settings")
        django.setup()
        yield made
    finally:
        made.stack.stop()
        shutil.rmtree(folder)
