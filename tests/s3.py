"""An S3 server for tests: the part that `make run` starts, in a folder of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from local import ports, s3
from local.part import Running
from tests.parts import silent


class Server:
    """versitygw, which can be stopped and started again on the same port with what it holds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.env = {
            "S3_ENDPOINT_URL": s3.url(str(ports.choose(set()))),
            "S3_REGION": "us-east-1",
            "S3_BUCKET": "upclass",
            "S3_ACCESS_KEY_ID": "someone",
            "S3_SECRET_ACCESS_KEY": "a long random text",
        }
        self.running: Running | None = None

    def start(self) -> Running:
        self.running = Running(s3.part(self.folder, self.env), silent)
        self.running.wait_ready()
        return self.running

    def stop(self) -> None:
        if self.running:
            self.running.let_go()
            self.running.wait_gone()
        self.running = None

    def client(self) -> Any:
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.env["S3_ENDPOINT_URL"],
            region_name=self.env["S3_REGION"],
            aws_access_key_id=self.env["S3_ACCESS_KEY_ID"],
            aws_secret_access_key=self.env["S3_SECRET_ACCESS_KEY"],
        )

    def read(self, key: str) -> bytes:
        """An object's bytes, as S3 gives them."""
        answer = self.client().get_object(Bucket=self.env["S3_BUCKET"], Key=key)
        with answer["Body"] as body:
            return bytes(body.read())

    def names(self) -> list[str]:
        answer = self.client().list_objects_v2(Bucket=self.env["S3_BUCKET"])
        return [found["Key"] for found in answer.get("Contents", [])]


@contextmanager
def served(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
