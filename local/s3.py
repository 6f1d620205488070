"""versitygw, an S3 server: a bucket is a folder under its own, an object a file in it."""

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NotConnected

from local.part import Part, PartFailed, Running, program

ADVICE = "Give another server with S3_ENDPOINT_URL, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_BUCKET."
OURS_ALREADY = "BucketAlreadyOwnedByYou"


def url(port: str) -> str:
    return f"http://127.0.0.1:{port}"


def part(folder: Path, env: Mapping[str, str]) -> Part:
    """The server, and its bucket, which is made before it counts as ready."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = urlsplit(env["S3_ENDPOINT_URL"])
    options = ["--port", f"127.0.0.1:{address.port}", "--region", env["S3_REGION"], "--quiet"]
    return Part(
        name="s3",
        command=[program("versitygw"), *options, "posix", *sidecar(folder), str(folder)],
        env={
            "ROOT_ACCESS_KEY_ID": env["S3_ACCESS_KEY_ID"],
            "ROOT_SECRET_ACCESS_KEY": env["S3_SECRET_ACCESS_KEY"],
        },
        ready=bucket_maker(env),
        advice=ADVICE,
    )


def sidecar(folder: Path) -> list[str]:
    """Options for a disk without extended attributes: the metadata of objects lies in files beside."""
    beside = folder.with_name(f"facts-of-{folder.name}")
    if not beside.exists() and takes_attributes(folder):
        return []
    beside.mkdir(mode=0o700, exist_ok=True)
    return ["--sidecar", str(beside)]


def takes_attributes(folder: Path) -> bool:
    if not hasattr(os, "setxattr"):
        return True  # macOS, whose disks all do
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".") as probe:
        try:
            os.setxattr(probe.name, "user.upclass", b"1")
        except OSError:
            return False
    return True


def bucket_maker(env: Mapping[str, str]) -> Callable[[Running], bool]:
    """A readiness check: the server responds and has the bucket. Raises PartFailed when it refuses one."""
    s3 = boto3.session.Session().client(
        "s3",
        endpoint_url=env["S3_ENDPOINT_URL"],
        region_name=env["S3_REGION"],
        aws_access_key_id=env["S3_ACCESS_KEY_ID"],
        aws_secret_access_key=env["S3_SECRET_ACCESS_KEY"],
        config=Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1}),
    )

    def has_bucket(running: Running) -> bool:
        try:
            s3.create_bucket(Bucket=env["S3_BUCKET"])
        except (NotConnected, HTTPClientError):
            return False
        except (BotoCoreError, ClientError) as refusal:
            return is_ours(refusal, env["S3_BUCKET"])
        return True

    return has_bucket


def is_ours(refusal: BotoCoreError | ClientError, bucket: str) -> bool:
    """True when the bucket was there already; PartFailed when it cannot be made."""
    if isinstance(refusal, ClientError):
        why = refusal.response.get("Error", {}).get("Code", "")
    else:
        why = type(refusal).__name__
    if why != OURS_ALREADY:
        raise PartFailed(f"s3 cannot make the bucket {bucket!r} ({why}). Choose another with S3_BUCKET.")
    return True
