"""The S3 server as the stack starts it."""

import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from botocore.exceptions import ClientError

from local import part, s3
from local.part import PartFailed, Running
from tests.s3 import Server, served


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with served(tmp_path / "s3") as server:
        yield server


def program(running: Running) -> psutil.Process:
    [found] = psutil.Process(running.process.pid).children()
    return found


def test_its_bucket_is_there_when_it_is_ready(server: Server) -> None:
    [bucket] = server.client().list_buckets()["Buckets"]
    assert bucket["Name"] == "upclass"
    assert server.names() == []


def test_being_asked_again_whether_it_is_ready_changes_nothing(server: Server) -> None:
    server.client().put_object(Bucket="upclass", Key="a", Body=b"kept")
    assert server.running and server.running.serves()
    assert server.read("a") == b"kept"


def test_its_objects_are_there_after_a_restart(server: Server) -> None:
    server.client().put_object(Bucket="upclass", Key="a/b.mp4", Body=b"kept", ContentType="video/mp4")
    server.stop()
    server.start()
    assert server.read("a/b.mp4") == b"kept"
    assert server.client().head_object(Bucket="upclass", Key="a/b.mp4")["ContentType"] == "video/mp4"


def test_its_objects_are_there_after_it_was_killed(server: Server) -> None:
    server.client().put_object(Bucket="upclass", Key="a.mp4", Body=b"kept")
    assert server.running
    program(server.running).send_signal(signal.SIGKILL)
    server.running.process.wait(10)
    server.stop()
    server.start()
    assert server.read("a.mp4") == b"kept"


def test_it_listens_on_loopback_only(server: Server) -> None:
    assert server.running
    listening = program(server.running).net_connections("inet")
    port = urlsplit(server.env["S3_ENDPOINT_URL"]).port
    assert [(used.laddr.ip, used.laddr.port) for used in listening if used.status == "LISTEN"] == [
        ("127.0.0.1", port)
    ]


def test_its_secret_is_in_no_command_line(server: Server) -> None:
    assert server.running
    for process in (program(server.running), psutil.Process(server.running.process.pid)):
        assert server.env["S3_SECRET_ACCESS_KEY"] not in " ".join(process.cmdline())


def test_only_its_owner_can_look_into_its_folder(server: Server) -> None:
    assert server.folder.stat().st_mode & 0o077 == 0


def test_other_keys_are_refused(server: Server) -> None:
    server.env["S3_SECRET_ACCESS_KEY"] = "another text"
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        server.names()


@pytest.mark.parametrize("name", ["No Bucket", "UPPER", ".."])
def test_a_bucket_that_cannot_be_made_is_named(tmp_path: Path, name: str) -> None:
    server = Server(tmp_path / "s3")
    server.env["S3_BUCKET"] = name
    with pytest.raises(PartFailed, match=rf"bucket '{name}' \(\w+\)\. Choose another with S3_BUCKET"):
        server.start()
    server.stop()


def test_a_program_that_is_missing_is_reported_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "program", lambda name: str(tmp_path / name))
    server = Server(tmp_path / "s3")
    with pytest.raises(PartFailed, match=r"s3 cannot start\. Give another server with S3_ENDPOINT_URL"):
        server.start()
    server.stop()


def test_on_a_disk_without_attributes_the_facts_are_kept_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*arguments: object) -> None:
        raise OSError(errno.ENOTSUP, "not supported")

    monkeypatch.setattr(os, "setxattr", refuses)
    with served(tmp_path / "s3") as server:
        server.client().put_object(Bucket="upclass", Key="a.mp4", Body=b"x", ContentType="video/mp4")
    monkeypatch.undo()  # once kept beside, they are looked for there
    with served(tmp_path / "s3") as server:
        assert server.client().head_object(Bucket="upclass", Key="a.mp4")["ContentType"] == "video/mp4"
    assert any((tmp_path / "facts-of-s3").rglob("*"))


def test_a_copy_of_it_on_path_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "versitygw"
    own.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert part.program("versitygw") == str(own)
    own.unlink()
    assert part.program("versitygw").endswith("/.run/bin/versitygw")


def test_it_is_not_ready_while_nobody_listens(server: Server) -> None:
    assert server.running
    ready = s3.bucket_maker({**server.env, "S3_ENDPOINT_URL": "http://127.0.0.1:1"})
    assert ready(server.running) is False
