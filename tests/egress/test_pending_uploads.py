"""Pending uploads, while a real S3 server is stopped and started again."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from egress import pending_uploads as module
from egress import upload as uploading
from egress.pending_uploads import PendingUploads
from egress.upload import Target
from tests.s3 import Server, served


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3") / "s3") as server:
        yield server


@pytest.fixture
def target(s3: Server) -> Target:
    endpoint = s3.env["S3_ENDPOINT_URL"]
    return Target(endpoint, "us-east-1", "upclass", "someone", "a long random text", True, "", (("a", "b"),))


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "RETRY_FOR", 0.5)


@pytest.fixture
def uploads(tmp_path: Path) -> PendingUploads:
    return PendingUploads(tmp_path / "waiting")


def mp4(tmp_path: Path, name: str = "EG_1.mp4") -> Path:
    file = tmp_path / name
    file.write_bytes(os.urandom(10_000))
    return file


def left(uploads: PendingUploads) -> list[str]:
    return sorted(found.name for found in uploads.folder.iterdir() if found.name != ".lock")


def test_a_pending_upload_is_retried_when_s3_is_back(
    s3: Server, target: Target, uploads: PendingUploads, tmp_path: Path
) -> None:
    file = mp4(tmp_path)
    content = file.read_bytes()
    s3.stop()
    uploads.add(file, target, "late.mp4")
    assert uploads.upload_all() == 0
    assert len(left(uploads)) == 2
    s3.start()
    assert uploads.upload_all() == 1
    assert s3.read("late.mp4") == content
    assert left(uploads) == []


def test_it_survives_a_restart_of_the_worker(
    s3: Server, target: Target, uploads: PendingUploads, tmp_path: Path
) -> None:
    uploads.add(mp4(tmp_path), target, "restarted.mp4")
    assert PendingUploads(uploads.folder).upload_all() == 1
    assert s3.client().head_object(Bucket="upclass", Key="restarted.mp4")["Metadata"] == {"a": "b"}


def test_several_are_sent_the_oldest_first(
    s3: Server, target: Target, uploads: PendingUploads, tmp_path: Path
) -> None:
    contents = []
    for _ in range(3):
        file = mp4(tmp_path)  # of the same name each time, and for the same key
        contents.append(file.read_bytes())
        uploads.add(file, target, "several.mp4")
    assert uploads.upload_all() == 3
    assert s3.read("several.mp4") == contents[-1]
    assert uploads.upload_all() == 0


def test_only_its_owner_can_read_what_is_pending(
    target: Target, uploads: PendingUploads, tmp_path: Path
) -> None:
    uploads.add(mp4(tmp_path), target, "secret.mp4")
    [note] = uploads.folder.glob("*.json")
    assert note.stat().st_mode & 0o077 == 0
    assert uploads.folder.stat().st_mode & 0o077 == 0
    assert json.loads(note.read_text())["target"]["secret"] == "a long random text"


def test_no_file_is_deleted_before_s3_shows_it_with_its_size(
    target: Target, uploads: PendingUploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = mp4(tmp_path)
    content = file.read_bytes()
    uploads.add(file, target, "unconfirmed.mp4")
    with monkeypatch.context() as patch:
        patch.setattr(uploading, "size_of", lambda file: 10_001)  # one byte more than arrives
        assert uploads.upload_all() == 0
    [kept] = uploads.folder.glob("*.mp4")
    assert kept.read_bytes() == content


def test_a_target_that_is_away_is_tried_once_and_others_are_served(
    s3: Server, target: Target, uploads: PendingUploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def note(file: Path, target: Target, key: str) -> None:
        tried.append(key)
        uploading.upload(file, target, key)

    monkeypatch.setattr(module, "upload", note)
    away = replace(target, endpoint="http://127.0.0.1:1")
    for key, where in (("1", away), ("2", away), ("3", target)):
        uploads.add(mp4(tmp_path), where, f"{key}.mp4")
    assert uploads.upload_all() == 1
    assert tried == ["1.mp4", "3.mp4"]
    assert len(left(uploads)) == 4


def test_one_that_is_refused_does_not_hold_up_the_next(
    s3: Server, target: Target, uploads: PendingUploads, tmp_path: Path
) -> None:
    uploads.add(mp4(tmp_path), target, "x" * 2000)
    uploads.add(mp4(tmp_path), target, "fine.mp4")
    assert uploads.upload_all() == 1
    assert len(left(uploads)) == 2


# A sudden end


def test_an_end_between_note_and_file_loses_nothing(
    s3: Server, target: Target, uploads: PendingUploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = mp4(tmp_path)
    content = file.read_bytes()
    moves = Path.replace

    def ends(self: Path, to: Path) -> Path:
        if self == file:
            raise KeyboardInterrupt
        return moves(self, to)

    monkeypatch.setattr(Path, "replace", ends)
    with pytest.raises(KeyboardInterrupt):
        uploads.add(file, target, "ended.mp4")
    monkeypatch.setattr(Path, "replace", moves)
    assert file.exists()
    assert PendingUploads(uploads.folder).upload_all() == 1
    assert s3.read("ended.mp4") == content
    assert not file.exists()


def test_an_end_after_the_file_was_deleted_leaves_nothing(
    target: Target, uploads: PendingUploads, tmp_path: Path
) -> None:
    uploads.add(mp4(tmp_path), target, "deleted.mp4")
    [file] = uploads.folder.glob("*.mp4")
    file.unlink()
    assert uploads.upload_all() == 0
    assert left(uploads) == []


def test_two_at_once_send_once(
    target: Target, uploads: PendingUploads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads.add(mp4(tmp_path), target, "once.mp4")
    meanwhile: list[int] = []
    monkeypatch.setattr(
        module, "upload", lambda *_: meanwhile.append(PendingUploads(uploads.folder).upload_all())
    )
    assert uploads.upload_all() == 1
    assert meanwhile == [0]


@pytest.mark.parametrize("nonsense", ["", "{", "[]", "{}", '{"key": "a", "from": "b", "target": {"x": 1}}'])
def test_a_note_that_cannot_be_read_is_left_and_holds_nothing_up(
    s3: Server, target: Target, uploads: PendingUploads, tmp_path: Path, nonsense: str
) -> None:
    (uploads.folder / "broken.mp4.json").write_text(nonsense)
    uploads.add(mp4(tmp_path), target, "whole.mp4")
    assert uploads.upload_all() == 1
    assert left(uploads) == ["broken.mp4.json"]


def test_what_it_logs_holds_no_secret(
    target: Target,
    uploads: PendingUploads,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    uploads.add(mp4(tmp_path), replace(target, secret="not the secret"), "refused.mp4")
    uploads.add(mp4(tmp_path), target, "logged.mp4")
    assert uploads.upload_all() == 1
    assert "refuses the credentials" in caplog.text
    assert "logged.mp4" in caplog.text
    for secret in ("not the secret", "a long random text", "someone"):
        assert secret not in caplog.text


def test_an_upload_at_the_moment_of_adding_loses_nothing(
    uploads: PendingUploads, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between note and move: whoever comes second finds it moved."""
    unbroken = Path.replace

    def replace_and_look(self: Path, to: Path) -> Path:
        moved = unbroken(self, to)
        if to.suffix == ".json":
            uploads.upload_all()
        return moved

    def refuse(*unused: object) -> None:
        raise uploading.UploadFailed("away", is_transient=True)

    monkeypatch.setattr(Path, "replace", replace_and_look)
    monkeypatch.setattr(module, "upload", refuse)
    uploads.add(mp4(tmp_path), target, "met.mp4")
    assert len(left(uploads)) == 2


def test_what_s3_refuses_is_not_tried_again_at_once(
    uploads: PendingUploads, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def refuse(file: Path, *unused: object) -> None:
        tried.append(file)
        raise uploading.UploadFailed("refused")

    monkeypatch.setattr(module, "upload", refuse)
    uploads.add(mp4(tmp_path), target, "refused.mp4")
    assert [uploads.upload_all(), uploads.upload_all()] == [0, 0]
    assert len(tried) == 1
    assert len(left(uploads)) == 2
