"""The whole stack in one folder: which parts there are, in which order they start, how they are kept."""

import os
import secrets
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from local import egress, livekit, ports, postgres, redis, s3, web, worker
from local import env as files
from local.part import Part, PartFailed, Running, Sink

# What the service reads from its environment (docs/architecture.md, "Settings").
SETTINGS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "JOIN_SECRET",
    "DEBUG",
    "ALLOWED_HOSTS",
    "TRUSTED_PROXIES",
    "FRAME_ANCESTORS",
    "STAFF_OTP_REQUIRED",
    "PUBLIC_URL",
    "DATABASE_URL",
    "DATABASE_TIMEOUTS",
    "REDIS_URL",
    "LIVEKIT_URL",
    "LIVEKIT_API_KEY",
    "LIVEKIT_API_SECRET",
    "LIVEKIT_PUBLIC_URL",
    "LIVEKIT_CLOCK_SKEW",
    "S3_ENDPOINT_URL",
    "S3_PUBLIC_URL",
    "S3_BUCKET",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "S3_REGION",
    "RATE_LIMIT_PER_SECOND",
    "RATE_LIMIT_BURST",
    "WEBHOOK_RETENTION_DAYS",
    "NEWS_KEPT_DAYS",
)

# What must be given together with the address of a part from outside.
BELONGING = {
    "LIVEKIT_URL": ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"),
    "S3_ENDPOINT_URL": ("S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_BUCKET"),
}


def fresh() -> dict[str, str]:
    """What is chosen at the first start of a folder and kept from then on: ports and secrets."""
    taken: set[int] = set()
    names = ("PORT_POSTGRES", "PORT_REDIS", "PORT_LIVEKIT", "PORT_LIVEKIT_UDP", "PORT_S3")
    return {
        **{name: str(ports.choose(taken)) for name in names},
        "PASSWORD_POSTGRES": secrets.token_hex(16),
        "PASSWORD_REDIS": secrets.token_hex(16),
        "SECRET_KEY": secrets.token_hex(32),
        "JOIN_SECRET": secrets.token_hex(32),
        "LIVEKIT_API_KEY": f"API{secrets.token_hex(6)}",
        "LIVEKIT_API_SECRET": secrets.token_hex(24),
        "S3_ACCESS_KEY_ID": f"S3{secrets.token_hex(6)}",
        "S3_SECRET_ACCESS_KEY": secrets.token_hex(24),
    }


def check_belonging(given: Mapping[str, str]) -> None:
    """PartFailed when a part from outside is given by its address only."""
    for address, others in BELONGING.items():
        if address in given and not set(others) <= given.keys():
            needed = f"{', '.join(others[:-1])} and {others[-1]}"
            raise PartFailed(f"{address} is given: {needed} must be, too.")


class Stack:
    """The parts of one folder. A part that `given`, settings from outside, configure is used, not started."""

    def __init__(self, folder: Path, given: Mapping[str, str], sink: Sink, lasting: bool = True) -> None:
        self.folder, self.sink, self.lasting = folder, sink, lasting
        self.given = {name: value for name, value in given.items() if value}  # empty is as good as unset
        self.running: list[Running] = []
        self.stopping = threading.Event()
        self.watcher = threading.Thread(target=self._watch, daemon=True)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.kept = {**fresh(), **files.read(folder / "kept")}
        files.write(folder / "kept", self.kept)
        self.env = self._settings()
        files.write(folder / "env", self.env)

    def _settings(self) -> dict[str, str]:
        kept, port = self.kept, self.given.get("PORT", "8000")
        given = {name: self.given[name] for name in SETTINGS if name in self.given}
        check_belonging(given)
        livekit_url = given.get("LIVEKIT_URL", f"ws://127.0.0.1:{kept['PORT_LIVEKIT']}")
        s3_url = given.get("S3_ENDPOINT_URL", s3.url(kept["PORT_S3"]))
        return {
            "PORT": port,
            "DEBUG": "0",
            "SECRET_KEY": kept["SECRET_KEY"],
            "JOIN_SECRET": kept["JOIN_SECRET"],
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": postgres.url(kept["PORT_POSTGRES"], kept["PASSWORD_POSTGRES"]),
            "REDIS_URL": redis.url(kept["PORT_REDIS"], kept["PASSWORD_REDIS"]),
            "LIVEKIT_URL": livekit_url,
            "LIVEKIT_PUBLIC_URL": livekit_url,
            "LIVEKIT_API_KEY": kept["LIVEKIT_API_KEY"],
            "LIVEKIT_API_SECRET": kept["LIVEKIT_API_SECRET"],
            "S3_ENDPOINT_URL": s3_url,
            "S3_PUBLIC_URL": s3_url,
            "S3_BUCKET": "upclass",
            "S3_ACCESS_KEY_ID": kept["S3_ACCESS_KEY_ID"],
            "S3_SECRET_ACCESS_KEY": kept["S3_SECRET_ACCESS_KEY"],
            "S3_REGION": "us-east-1",
            **given,
        }

    # Starting

    def start(self) -> None:
        """Start everything and return when all of it serves. PartFailed says which part cannot, and why."""
        self.start_data()
        if "S3_ENDPOINT_URL" not in self.given:
            self.launch(s3.part(self.folder / "s3", self.env))
        if "LIVEKIT_URL" not in self.given:
            self.launch(livekit.part(self.folder, self.env, int(self.kept["PORT_LIVEKIT_UDP"])))
        self.manage("migrate", "--verbosity", "0")
        self.wait_ready()  # the bucket, too: the others may need it
        if "LIVEKIT_URL" not in self.given:  # another LiveKit has a bus, and an egress, of its own
            self.launch(egress.part(self.folder / "egress", self.env))
        self.launch(web.part(self.env))
        self.launch(worker.worker(self.env))
        self.launch(worker.periodic(self.env))
        self.launch(worker.recordings(self.env))
        self.launch(worker.beat(self.folder, self.env))
        self.wait_ready()
        self.watcher.start()

    def start_data(self) -> None:
        """Start only what holds data, and wait for it: PostgreSQL and Redis."""
        if "DATABASE_URL" not in self.given:
            folder = self.folder / "postgres"
            self.launch(postgres.part(folder, self.env["DATABASE_URL"], self.lasting))
        if "REDIS_URL" not in self.given:
            self.launch(redis.part(self.folder / "redis", self.env["REDIS_URL"]))
        self.wait_ready()

    def launch(self, part: Part) -> None:
        name = f"PORT_{part.name.upper()}"
        self._check_port(part.name, int(self.env["PORT"] if part.name == "web" else self.kept.get(name, 0)))
        self.running.append(Running(part, self.sink))

    def _check_port(self, part: str, port: int) -> None:
        other = f"delete the line PORT_{part.upper()} in {self.folder / 'kept'}: another is chosen then"
        if part == "web":
            other = "choose another: make run PORT=8001"
        if port and not ports.is_free(port):
            raise PartFailed(
                f"{part} cannot start: port {port} is taken. Stop what listens there, or {other}."
            )

    def wait_ready(self) -> None:
        for running in self.running:
            running.wait_ready()

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py with the stack's settings; what it prints. PartFailed if it fails."""
        done = subprocess.run(
            [sys.executable, str(files.ROOT / "manage.py"), *arguments],
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise PartFailed(f"`manage.py {' '.join(arguments)}` failed:\n{done.stderr[-3000:]}")
        return done.stdout

    def part(self, name: str) -> Running:
        return next(running for running in self.running if running.part.name == name)

    # Keeping and stopping

    def _watch(self) -> None:
        while not self.stopping.wait(0.2):
            for running in self.running:
                with suppress(OSError):  # no memory or process to be had now: retried at the next poll
                    running.watch()

    def stop(self) -> None:
        """Stop every part, those first that need the others; all are gone when this returns."""
        self.stopping.set()
        if self.watcher.is_alive():
            self.watcher.join()
        data = [running for running in self.running if running.part.name in ("postgres", "redis", "s3")]
        others = [running for running in self.running if running not in data]
        for group in (others, data):
            for running in group:
                running.let_go()
            for running in group:
                running.wait_gone()
