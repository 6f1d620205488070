"""One file to S3: boto3, retries, and errors without credentials."""

import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    HTTPClientError,
    ReadTimeoutError,
)
from botocore.exceptions import (
    ConnectionError as NotConnected,
)
from livekit.protocol.egress import S3Upload

from egress.settings import Settings

# Seconds. A request is retried for RETRY_FOR; the last try may take READ_TIMEOUT longer.
RETRY_FOR = 10.0
READ_TIMEOUT = 5.0
CONNECT_TIMEOUT = 3.0
COMPLETE_TIMEOUT = 120.0  # assembling the parts is work for the server, which may take long
MAX_PAUSE = 2.0

PART = 8 * 1024 * 1024  # bytes; S3 takes up to 10,000 parts
CONTENT_TYPES = {".mp4": "video/mp4", ".json": "application/json"}

CREDENTIALS = {
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "InvalidToken",
    "ExpiredToken",
    "XAdminUserNotFound",  # versitygw's code for an unknown key
}
TRANSIENT = {"RequestTimeout", "SlowDown", "Throttling", "InternalError"}


class TargetRefused(Exception):
    """A request's S3 that this worker cannot write to, as a sentence without credentials."""


class UploadFailed(Exception):
    """A file that is not in S3, as a sentence without credentials.

    `is_transient`: S3 was away, slow or failing; a retry may succeed.
    """

    def __init__(self, sentence: str, is_transient: bool = False) -> None:
        super().__init__(sentence)
        self.is_transient = is_transient


@dataclass(frozen=True)
class Target:
    """A bucket, and how to get into it. An empty endpoint is Amazon's."""

    endpoint: str = field(repr=False)  # may hold a password
    region: str
    bucket: str
    access_key: str = field(repr=False)
    secret: str = field(repr=False)
    force_path_style: bool = False
    session_token: str = field(default="", repr=False)
    metadata: tuple[tuple[str, str], ...] = ()
    tagging: str = ""
    content_disposition: str = ""

    @classmethod
    def of(cls, s3: S3Upload) -> Self:
        """The target that a request names. Raises TargetRefused."""
        for name in ("assume_role_arn", "proxy"):
            if s3.HasField(name) if name == "proxy" else getattr(s3, name):
                raise TargetRefused(f"S3 with {name} is not supported by this worker.")
        for name in ("bucket", "access_key", "secret"):
            if not getattr(s3, name):
                raise TargetRefused(f"The request's S3 has no {name}.")
        if not is_url(s3.endpoint):
            raise TargetRefused("The request's S3 has an endpoint that is no address.")
        return cls(
            endpoint=with_scheme(s3.endpoint),
            region=s3.region or "us-east-1",
            bucket=s3.bucket,
            access_key=s3.access_key,
            secret=s3.secret,
            force_path_style=s3.force_path_style,
            session_token=s3.session_token,
            metadata=tuple(sorted(s3.metadata.items())),
            tagging=s3.tagging,
            content_disposition=s3.content_disposition,
        )

    @classmethod
    def of_settings(cls, settings: Settings) -> Self:
        """The worker's own target. Raises TargetRefused when its settings name no bucket."""
        if not settings.s3_bucket:
            raise TargetRefused("The request names no S3, and EGRESS_S3_BUCKET is not set.")
        return cls(
            endpoint=settings.s3_endpoint_url,
            region=settings.s3_region,
            bucket=settings.s3_bucket,
            access_key=settings.s3_access_key_id,
            secret=settings.s3_secret_access_key,
            force_path_style=bool(settings.s3_endpoint_url),
        )

    @property
    def address(self) -> str:
        """Where it is, for people."""
        return f"S3 at {self._plain_endpoint()}" if self.endpoint else f"Amazon S3 in {self.region}"

    def _plain_endpoint(self) -> str:
        return without_password(self.endpoint).rstrip("/")

    def location(self, key: str) -> str:
        """The URL of an object, which opens it only for those who may."""
        if not self.endpoint:
            return f"https://{self.bucket}.s3.amazonaws.com/{quote(key)}"
        return f"{self._plain_endpoint()}/{self.bucket}/{quote(key)}"

    def __repr__(self) -> str:
        return f"Target({self.address!r}, bucket={self.bucket!r})"

    def headers(self, file: Path) -> dict[str, Any]:
        """The object's headers."""
        named = {"Tagging": self.tagging, "ContentDisposition": self.content_disposition}
        given = {name: value for name, value in named.items() if value}
        return {
            "ContentType": CONTENT_TYPES.get(file.suffix, CONTENT_TYPES[".mp4"]),
            "Metadata": dict(self.metadata),
            **given,
        }


def is_url(endpoint: str) -> bool:
    """Empty is Amazon's."""
    try:
        return not endpoint or bool(urlsplit(with_scheme(endpoint)).hostname)
    except ValueError:
        return False


def without_password(endpoint: str) -> str:
    """Without what may stand before an @, also of an endpoint that is no address."""
    return re.sub(r"^([^:/@]+://)?[^/]*@", r"\1", endpoint)


def with_scheme(endpoint: str) -> str:
    return endpoint if "://" in endpoint or not endpoint else f"https://{endpoint}"


def upload(file: Path, target: Target, key: str) -> None:
    """Put a file under a key, over whatever is there; return when S3 shows it with the file's size.

    Blocks as long as parts arrive. A server that is away or silent is given up within
    RETRY_FOR + READ_TIMEOUT seconds (in the middle of a large file READ_TIMEOUT longer, while it assembles
    the parts COMPLETE_TIMEOUT); one that refuses, at once. Raises UploadFailed.
    """
    _Upload(target, key).send(file)


class _Upload:
    """One object on its way."""

    def __init__(self, target: Target, key: str) -> None:
        if not key or key.endswith("/") or any(ord(letter) < 32 for letter in key):
            raise UploadFailed(f"{key!r} is no name for a file in S3.")
        self.target, self.key = target, key
        self.place = {"Bucket": target.bucket, "Key": key}
        try:
            self.s3, self.completing_s3 = client(target, READ_TIMEOUT), client(target, COMPLETE_TIMEOUT)
        except (BotoCoreError, ValueError):
            raise UploadFailed(f"{target.address} is no address of a server.") from None

    def send(self, file: Path) -> None:
        size = size_of(file)
        if size <= PART:
            body = file.read_bytes()
            self.retry(lambda: self.s3.put_object(**self.place, **self.target.headers(file), Body=body))
        else:
            self.send_parts(file)
        self.confirm(size)

    def send_parts(self, file: Path) -> None:
        headers = {**self.target.headers(file), "ChecksumAlgorithm": "CRC32"}
        created = self.retry(lambda: self.s3.create_multipart_upload(**self.place, **headers))
        place = {**self.place, "UploadId": created["UploadId"]}
        try:
            parts = {"Parts": self.each_part(file, place)}
            self.retry(lambda: self.completing_s3.complete_multipart_upload(**place, MultipartUpload=parts))
        except UploadFailed:
            with suppress(BotoCoreError, ClientError):  # its parts would stay for ever
                self.s3.abort_multipart_upload(**place)
            raise

    def each_part(self, file: Path, place: dict[str, str]) -> list[dict[str, Any]]:
        """Send the parts one after the other; what CompleteMultipartUpload needs of them."""
        sent: list[dict[str, Any]] = []
        with file.open("rb") as source:
            while body := source.read(PART):
                sent.append(self.send_part(len(sent) + 1, body, place))
        return sent

    def send_part(self, number: int, body: bytes, place: dict[str, str]) -> dict[str, Any]:
        part = {**place, "PartNumber": number, "ChecksumAlgorithm": "CRC32"}
        response = self.retry(lambda: self.s3.upload_part(**part, Body=body))
        checksums = {name: value for name, value in response.items() if name == "ChecksumCRC32"}
        return {"PartNumber": number, "ETag": response["ETag"], **checksums}

    def confirm(self, size: int) -> None:
        there = self.retry(lambda: self.s3.head_object(**self.place))["ContentLength"]
        if there != size:
            raise UploadFailed(f"{self.target.address} has {there} of {size} bytes.", is_transient=True)

    def retry(self, call: Callable[[], Any]) -> Any:
        """The response to a request, retried for RETRY_FOR while its failure is transient."""
        until, pause = time.monotonic() + RETRY_FOR, 0.25
        while True:
            try:
                return call()
            except (BotoCoreError, ClientError) as error:
                failure = self.failure(error)
            if not failure.is_transient or time.monotonic() + pause > until:
                raise failure
            time.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE)

    def failure(self, error: BotoCoreError | ClientError) -> UploadFailed:
        where = self.target.address
        if isinstance(error, ClientError):
            return self.refusal(error)
        if isinstance(error, ConnectTimeoutError | ReadTimeoutError):
            return UploadFailed(f"{where} does not answer.", is_transient=True)
        if isinstance(error, NotConnected | HTTPClientError):
            return UploadFailed(f"{where} cannot be reached.", is_transient=True)
        name = type(error).__name__  # refused by boto3 itself: a bucket of an impossible name, say
        return UploadFailed(f"{where} cannot be asked for {self.target.bucket!r} ({name}).")

    def refusal(self, error: ClientError) -> UploadFailed:
        """What an error response means. Only its code is shown: its text may name keys."""
        code = str(error.response.get("Error", {}).get("Code", ""))
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        if code in CREDENTIALS:
            return UploadFailed(f"{self.target.address} refuses the credentials ({code}).")
        if code == "NoSuchBucket":
            return UploadFailed(f"{self.target.address} has no bucket {self.target.bucket!r}.")
        is_transient = status >= 500 or status == 429 or code in TRANSIENT
        return UploadFailed(f"{self.target.address} answers {status} {code} to {self.key!r}.", is_transient)


def size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        raise UploadFailed(f"There is no file {file.name!r} to upload.") from None


def client(target: Target, read_timeout: float) -> Any:
    """A client of this target alone: a session of its own is safe in a thread of its own."""
    session = boto3.session.Session(
        aws_access_key_id=target.access_key,
        aws_secret_access_key=target.secret,
        aws_session_token=target.session_token or None,
        region_name=target.region,
    )
    config = Config(
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=read_timeout,
        retries={"total_max_attempts": 1},
        s3={"addressing_style": "path" if target.force_path_style else "auto"},
    )
    return session.client("s3", endpoint_url=target.endpoint or None, config=config)
