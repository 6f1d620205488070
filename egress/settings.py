"""The worker's settings: the one place that reads its environment, EGRESS_* variables only."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from egress.profile import DEFAULT, OFFICIAL, WorkerProfile


class SettingsError(Exception):
    """A variable that is missing or wrong, as a sentence that names it and never shows a secret."""


@dataclass(frozen=True)
class Settings:
    """What a worker works with.

    `folder` holds files under way and those that wait for S3. `cpu_per_egress` is in cores. `max_seconds`
    ends a recording, 0 never does. The S3 fields are used where a request names no S3 of its own;
    `s3_bucket` is empty when there is none, `s3_endpoint_url` when it is Amazon's. `profile` is another than
    DEFAULT in tests only.
    """

    redis_url: str = field(repr=False)  # with its password
    livekit_url: str
    api_key: str
    api_secret: str = field(repr=False)
    folder: Path
    max_egresses: int = 4
    cpu_per_egress: float = 0.5
    max_seconds: int = 0
    s3_endpoint_url: str = field(default="", repr=False)  # may hold a password, too
    s3_bucket: str = ""
    s3_region: str = "us-east-1"
    s3_access_key_id: str = ""
    s3_secret_access_key: str = field(default="", repr=False)
    profile: WorkerProfile = DEFAULT

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """The settings in an environment, where empty is as good as unset. Raises SettingsError."""
        given = _Environment(environ)
        bucket = given.text("S3_BUCKET")
        return cls(
            redis_url=given.url("REDIS_URL", ("redis", "rediss", "unix")),
            livekit_url=given.url("LIVEKIT_URL", ("ws", "wss", "http", "https")),
            api_key=given.needed("API_KEY"),
            api_secret=given.needed("API_SECRET"),
            folder=Path(given.needed("FOLDER")),
            max_egresses=given.whole("MAX_EGRESSES", 4, at_least=1),
            cpu_per_egress=given.number("CPU_PER_EGRESS", 0.5),
            max_seconds=given.whole("MAX_SECONDS", 0, at_least=0),
            s3_endpoint_url=given.s3_endpoint(),
            s3_bucket=bucket,
            s3_region=given.text("S3_REGION") or "us-east-1",
            s3_access_key_id=given.s3_key("S3_ACCESS_KEY_ID"),
            s3_secret_access_key=given.s3_key("S3_SECRET_ACCESS_KEY"),
            profile=given.profile(),
        )


class _Environment:
    """An environment, read by the names without EGRESS_."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def text(self, name: str) -> str:
        return self.environ.get(f"EGRESS_{name}", "").strip()

    def needed(self, name: str) -> str:
        found = self.text(name)
        if not found:
            raise SettingsError(f"EGRESS_{name} is not set.")
        return found

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        """An address; it is not shown when it is wrong, for there may be a password in it."""
        found = self.needed(name)
        if not found.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise SettingsError(f"EGRESS_{name} must begin with {schemes[0]}:// or {schemes[1]}://.")
        return found

    def whole(self, name: str, default: int, at_least: int) -> int:
        found = self.text(name) or str(default)
        if not (found.isascii() and found.isdecimal() and int(found) >= at_least):
            raise SettingsError(f"EGRESS_{name} must be a whole number from {at_least}, not {found!r}.")
        return int(found)

    def number(self, name: str, default: float) -> float:
        found = self.text(name) or str(default)
        try:
            value = float(found)
        except ValueError:
            value = -1.0
        if not (math.isfinite(value) and value >= 0):
            raise SettingsError(f"EGRESS_{name} must be a number from 0, not {found!r}.")
        return value

    def profile(self) -> WorkerProfile:
        profile = OFFICIAL if self.is_set("LIKE_OFFICIAL") else DEFAULT
        if self.text("START_DELAY"):
            delay = self.number("START_DELAY", 0.0)
            return replace(profile, start_delay=(delay, delay))
        return profile

    def is_set(self, name: str) -> bool:
        """A switch."""
        found = self.text(name) or "0"
        if found not in ("0", "1"):
            raise SettingsError(f"EGRESS_{name} must be 0 or 1, not {found!r}.")
        return found == "1"

    def s3_endpoint(self) -> str:
        if not self.text("S3_ENDPOINT_URL"):
            return ""
        self._belongs_to_a_bucket("S3_ENDPOINT_URL")
        return self.url("S3_ENDPOINT_URL", ("http", "https"))

    def s3_key(self, name: str) -> str:
        """Needed with a bucket, senseless without."""
        if self.text("S3_BUCKET"):
            return self.needed(name)
        if self.text(name):
            self._belongs_to_a_bucket(name)
        return ""

    def _belongs_to_a_bucket(self, name: str) -> None:
        if not self.text("S3_BUCKET"):
            raise SettingsError(f"EGRESS_{name} is set: EGRESS_S3_BUCKET must be, too.")
