"""An egress' folder, and the lock of whoever still writes into it."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from livekit.protocol import egress as protocol

from egress.folders import EgressFolder
from egress.request import parse
from tests.egress.start_requests import SECRETS, file, s3, start_request

Info = protocol.EgressInfo

HOLDER = """
import fcntl, sys
lock = open(sys.argv[1], "w")
fcntl.flock(lock, fcntl.LOCK_EX)
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "egresses"


@contextmanager
def locked(folder: EgressFolder) -> Iterator[subprocess.Popen[bytes]]:
    """Another process holds the lock, as a recording does."""
    command = [sys.executable, "-S", "-c", HOLDER, f"{folder.mp4}.lock"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"locked\n"
        try:
            yield process
        finally:
            process.kill()


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_request_is_kept_whole(home: Path) -> None:
    request = start_request("EG_1", file_outputs=[file("{utc}.mp4", s3=s3())], layout="speaker")
    before = datetime.now(UTC).replace(microsecond=0)
    found = EgressFolder.create(home, request).load_request()
    assert found == parse(request, datetime.strptime(found.key, "%Y%m%d%H%M%S.mp4").replace(tzinfo=UTC))
    assert before <= datetime.strptime(found.key, "%Y%m%d%H%M%S.mp4").replace(tzinfo=UTC) <= datetime.now(UTC)


def test_a_key_stays_what_it_was_when_it_was_requested(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1", file_outputs=[file("{time}.mp4")]))
    key = folder.load_request().key
    folder.save_info(Info(egress_id="EG_1"))
    folder.mp4.write_bytes(b"...")
    time.sleep(1.1)
    assert EgressFolder(folder.path).load_request().key == key


def test_only_its_owner_can_read_it(home: Path) -> None:
    old = os.umask(0)
    try:
        folder = EgressFolder.create(home, start_request("EG_1", file_outputs=[file(s3=s3())]))
        folder.save_info(Info(egress_id="EG_1"))
    finally:
        os.umask(old)
    assert SECRETS[1].encode() in folder.request_file.read_bytes()  # so it matters
    assert mode(folder.path) == 0o700
    assert {mode(path) for path in folder.path.iterdir()} == {0o600}


def test_a_state_is_kept(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    assert folder.load_info() is None
    folder.save_info(Info(egress_id="EG_1", room_name="first"))
    folder.save_info(Info(egress_id="EG_1", room_name="second"))
    assert EgressFolder(folder.path).load_info() == Info(egress_id="EG_1", room_name="second")
    assert sorted(path.name for path in folder.path.iterdir()) == ["info.pb", "order.pb"]


def test_a_reader_never_finds_half_of_it(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    long = Info(egress_id="EG_1", error="x" * 2_000_000)
    folder.save_info(long)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            folder.save_info(long)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert all(folder.load_info() == long for _ in range(50))
    finally:
        stop.set()
        writer.join()


def test_a_write_that_failed_leaves_what_was_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    folder.save_info(Info(egress_id="EG_1", room_name="first"))

    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        folder.save_info(Info(egress_id="EG_1", room_name="second"))
    assert folder.load_info() == Info(egress_id="EG_1", room_name="first")


def test_the_same_egress_is_not_made_twice(home: Path) -> None:
    EgressFolder.create(home, start_request("EG_1", room_name="first"))
    with pytest.raises(FileExistsError):
        EgressFolder.create(home, start_request("EG_1", room_name="second"))
    assert EgressFolder(home / "EG_1").load_request().room == "first"


# What is left behind


def test_what_was_left_behind_is_found(home: Path) -> None:
    made = [EgressFolder.create(home, start_request(egress_id)) for egress_id in ("EG_b", "EG_a")]
    assert [folder.path for folder in EgressFolder.unfinished(home)] == [home / "EG_a", home / "EG_b"]
    made[0].remove()
    assert [folder.load_request().egress_id for folder in EgressFolder.unfinished(home)] == ["EG_a"]


def test_before_the_first_nothing_is_left_behind(home: Path) -> None:
    assert list(EgressFolder.unfinished(home)) == []


def test_a_folder_without_a_request_is_none(home: Path) -> None:
    (home / "EG_half").mkdir(parents=True)
    (home / "EG_half" / "order.new").write_bytes(b"half of it")
    (home / "stray").write_bytes(b"")
    assert list(EgressFolder.unfinished(home)) == []


def test_it_can_be_removed_twice(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    folder.mp4.write_bytes(b"...")
    folder.remove()
    folder.remove()
    assert not folder.path.exists()


def test_a_file_that_is_not_there_has_no_size(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    assert folder.size() == 0
    folder.mp4.write_bytes(b"12345")
    assert folder.size() == 5


# Who still writes


def test_a_recording_that_has_ended_is_not_waited_for(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    started = time.monotonic()
    assert folder.wait_for_child(10)
    assert time.monotonic() - started < 1


def test_a_recording_that_lives_is_waited_for_no_longer_than_that(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    with locked(folder):
        started = time.monotonic()
        assert not folder.wait_for_child(0.5)
        assert 0.5 <= time.monotonic() - started < 5


def test_the_end_of_a_recording_ends_the_wait(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    with locked(folder) as process:
        threading.Timer(0.3, process.kill).start()
        started = time.monotonic()
        assert folder.wait_for_child(20)
        assert 0.2 < time.monotonic() - started < 10


def test_looking_takes_no_lock_that_a_recording_needs(home: Path) -> None:
    folder = EgressFolder.create(home, start_request("EG_1"))
    assert folder.wait_for_child(1)
    with locked(folder):
        assert not folder.wait_for_child(0)
