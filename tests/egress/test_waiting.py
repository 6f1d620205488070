"""What waits for S3, while S3 is really stopped and started again."""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from egress import upload as uploading
from egress import waiting as waiting_module
from egress.upload import Target
from egress.waiting import Waiting
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
    monkeypatch.setattr(uploading, "PATIENCE", 0.5)


@pytest.fixture
def waiting(tmp_path: Path) -> Waiting:
    return Waiting(tmp_path / "waiting")


def movie(tmp_path: Path, name: str = "EG_1.mp4") -> Path:
    file = tmp_path / name
    file.write_bytes(os.urandom(10_000))
    return file


def left(waiting: Waiting) -> list[str]:
    return sorted(found.name for found in waiting.folder.iterdir() if found.name != ".lock")


def test_what_waits_is_sent_when_s3_is_back(
    s3: Server, target: Target, waiting: Waiting, tmp_path: Path
) -> None:
    file = movie(tmp_path)
    content = file.read_bytes()
    s3.stop()
    waiting.keep(file, target, "late.mp4")
    assert waiting.send_all() == 0
    assert len(left(waiting)) == 2
    s3.start()
    assert waiting.send_all() == 1
    assert s3.read("late.mp4") == content
    assert left(waiting) == []


def test_it_survives_a_restart_of_the_worker(
    s3: Server, target: Target, waiting: Waiting, tmp_path: Path
) -> None:
    waiting.keep(movie(tmp_path), target, "restarted.mp4")
    assert Waiting(waiting.folder).send_all() == 1
    assert s3.client().head_object(Bucket="upclass", Key="restarted.mp4")["Metadata"] == {"a": "b"}


def test_several_are_sent_the_oldest_first(
    s3: Server, target: Target, waiting: Waiting, tmp_path: Path
) -> None:
    contents = []
    for _ in range(3):
        file = movie(tmp_path)  # of the same name each time, and for the same key
        contents.append(file.read_bytes())
        waiting.keep(file, target, "several.mp4")
    assert waiting.send_all() == 3
    assert s3.read("several.mp4") == contents[-1]
    assert waiting.send_all() == 0


def test_only_its_owner_can_read_what_waits(target: Target, waiting: Waiting, tmp_path: Path) -> None:
    waiting.keep(movie(tmp_path), target, "secret.mp4")
    [note] = waiting.folder.glob("*.json")
    assert note.stat().st_mode & 0o077 == 0
    assert waiting.folder.stat().st_mode & 0o077 == 0
    assert json.loads(note.read_text())["target"]["secret"] == "a long random text"


def test_no_file_is_deleted_before_s3_shows_it_with_its_size(
    target: Target, waiting: Waiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = movie(tmp_path)
    content = file.read_bytes()
    waiting.keep(file, target, "unconfirmed.mp4")
    with monkeypatch.context() as patch:
        patch.setattr(uploading, "size_of", lambda file: 10_001)  # one byte more than arrives
        assert waiting.send_all() == 0
    [kept] = waiting.folder.glob("*.mp4")
    assert kept.read_bytes() == content


def test_a_target_that_is_away_is_asked_once_and_others_are_served(
    s3: Server, target: Target, waiting: Waiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def note(file: Path, target: Target, key: str) -> None:
        asked.append(key)
        uploading.upload(file, target, key)

    monkeypatch.setattr(waiting_module, "upload", note)
    away = replace(target, endpoint="http://127.0.0.1:1")
    for key, where in (("1", away), ("2", away), ("3", target)):
        waiting.keep(movie(tmp_path), where, f"{key}.mp4")
    assert waiting.send_all() == 1
    assert asked == ["1.mp4", "3.mp4"]
    assert len(left(waiting)) == 4


def test_one_that_is_refused_does_not_hold_up_the_next(
    s3: Server, target: Target, waiting: Waiting, tmp_path: Path
) -> None:
    waiting.keep(movie(tmp_path), target, "x" * 2000)
    waiting.keep(movie(tmp_path), target, "fine.mp4")
    assert waiting.send_all() == 1
    assert len(left(waiting)) == 2


# A sudden end


def test_an_end_between_note_and_file_loses_nothing(
    s3: Server, target: Target, waiting: Waiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = movie(tmp_path)
    content = file.read_bytes()
    moves = Path.replace

    def ends(self: Path, to: Path) -> Path:
        if self == file:
            raise KeyboardInterrupt
        return moves(self, to)

    monkeypatch.setattr(Path, "replace", ends)
    with pytest.raises(KeyboardInterrupt):
        waiting.keep(file, target, "ended.mp4")
    monkeypatch.setattr(Path, "replace", moves)
    assert file.exists()
    assert Waiting(waiting.folder).send_all() == 1
    assert s3.read("ended.mp4") == content
    assert not file.exists()


def test_an_end_after_the_file_was_deleted_leaves_nothing(
    target: Target, waiting: Waiting, tmp_path: Path
) -> None:
    waiting.keep(movie(tmp_path), target, "deleted.mp4")
    [file] = waiting.folder.glob("*.mp4")
    file.unlink()
    assert waiting.send_all() == 0
    assert left(waiting) == []


def test_two_at_once_send_once(
    target: Target, waiting: Waiting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting.keep(movie(tmp_path), target, "once.mp4")
    meanwhile: list[int] = []
    monkeypatch.setattr(
        waiting_module, "upload", lambda *_: meanwhile.append(Waiting(waiting.folder).send_all())
    )
    assert waiting.send_all() == 1
    assert meanwhile == [0]


@pytest.mark.parametrize("nonsense", ["", "{", "[]", "{}", '{"key": "a", "from": "b", "target": {"x": 1}}'])
def test_a_note_that_cannot_be_read_is_left_and_holds_nothing_up(
    s3: Server, target: Target, waiting: Waiting, tmp_path: Path, nonsense: str
) -> None:
    (waiting.folder / "broken.mp4.json").write_text(nonsense)
    waiting.keep(movie(tmp_path), target, "whole.mp4")
    assert waiting.send_all() == 1
    assert left(waiting) == ["broken.mp4.json"]


def test_what_it_logs_holds_no_secret(
    target: Target,
    waiting: Waiting,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    waiting.keep(movie(tmp_path), replace(target, secret="not the secret"), "refused.mp4")
    waiting.keep(movie(tmp_path), target, "logged.mp4")
    assert waiting.send_all() == 1
    assert "refuses the credentials" in caplog.text
    assert "logged.mp4" in caplog.text
    for secret in ("not the secret", "a long random text", "someone"):
        assert secret not in caplog.text


def test_a_look_at_the_moment_of_keeping_loses_nothing(
    waiting: Waiting, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between note and move: whoever comes second finds it moved."""
    unbroken = Path.replace

    def replace_and_look(self: Path, to: Path) -> Path:
        moved = unbroken(self, to)
        if to.suffix == ".json":
            waiting.send_all()
        return moved

    def refuse(*unused: object) -> None:
        raise uploading.UploadFailed("away", is_passing=True)

    monkeypatch.setattr(Path, "replace", replace_and_look)
    monkeypatch.setattr(waiting_module, "upload", refuse)
    waiting.keep(movie(tmp_path), target, "met.mp4")
    assert len(left(waiting)) == 2


def test_what_s3_refuses_is_not_tried_again_at_once(
    waiting: Waiting, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[object] = []

    def refuse(file: Path, *unused: object) -> None:
        tried.append(file)
        raise uploading.UploadFailed("refused")

    monkeypatch.setattr(waiting_module, "upload", refuse)
    waiting.keep(movie(tmp_path), target, "refused.mp4")
    assert [waiting.send_all(), waiting.send_all()] == [0, 0]
    assert len(tried) == 1
    assert len(left(waiting)) == 2
