"""Each way in which an egress ends: its final state, and where the file is then."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from livekit.protocol import egress as protocol

from egress import ending, state
from egress.folders import EgressFolder
from egress.messages import RpcError
from egress.pending_uploads import PendingUploads
from egress.state import Status
from tests.egress import start_requests
from tests.egress.start_requests import SECRETS, file, s3, start_request
from tests.egress.storage import Storage
from tests.s3 import Server, served

SECOND = 1_000_000_000
STARTED = 1_772_366_400 * SECOND


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3") / "s3") as server:
        yield server


class Egress:
    """One that was under way, with a folder on disk."""

    def __init__(self, folder: Path, **facts: Any) -> None:
        self.context: Any = SimpleNamespace(
            settings=start_requests.settings(folder),
            pending_uploads=PendingUploads(folder / "waiting"),
            aside=folder / "aside",
        )
        self.folder = EgressFolder.create(folder / "egresses", start_request("EG_1", **facts))
        self.request = self.folder.load_request()
        self.info = state.initial_info(self.request)
        self.info.status, self.info.started_at = Status.EGRESS_ENDING, STARTED

    def end(self, **ended: Any) -> protocol.EgressInfo:
        ending.finalize(self.context, self.request, self.folder, self.info, ended)
        return self.info

    def stopped(self, reason: str = "stopped", error: str = "") -> protocol.EgressInfo:
        """As a process reports it that had media for 2 seconds."""
        return self.end(
            event="ended",
            reason=reason,
            error=error,
            started_at=STARTED,
            ended_at=STARTED + 2 * SECOND,
            duration=2 * SECOND,
            size=self.folder.size(),
        )

    def kept(self) -> list[Path]:
        return sorted(self.context.pending_uploads.folder.glob("*.mp4"))


@pytest.fixture
def egress(tmp_path: Path, mp4: bytes) -> Egress:
    """One with an MP4."""
    made = Egress(tmp_path)
    made.folder.mp4.write_bytes(mp4)
    return made


def outcome(info: protocol.EgressInfo) -> tuple[str, str, int]:
    return protocol.EgressStatus.Name(info.status), info.error, info.error_code


def test_a_recording_that_was_stopped_is_complete(egress: Egress, storage: Storage, mp4: bytes) -> None:
    before = time.time_ns()
    info = egress.stopped()
    assert outcome(info) == ("EGRESS_COMPLETE", "", 0)
    assert before <= info.ended_at <= time.time_ns()
    result = info.file_results[0]
    assert (result.filename, result.duration, result.size) == ("recording.mp4", 2 * SECOND, len(mp4))
    assert (result.started_at, result.ended_at) == (STARTED, STARTED + 2 * SECOND)
    assert result.location == "http://127.0.0.1:1/ours/recording.mp4"
    assert [info.file] == list(info.file_results)
    assert storage.files == {"recording.mp4": mp4}
    assert egress.kept() == []


@pytest.mark.parametrize("reason", ["room_closed", "connection_lost"])
def test_the_end_of_its_room_completes_it(egress: Egress, storage: Storage, reason: str) -> None:
    assert outcome(egress.stopped(reason)) == ("EGRESS_COMPLETE", "", 0)
    assert list(storage.files) == ["recording.mp4"]


def test_a_recording_that_lasted_too_long_is_saved(egress: Egress, storage: Storage) -> None:
    assert outcome(egress.stopped("limit")) == ("EGRESS_LIMIT_REACHED", "Session limit reached", 413)
    assert list(storage.files) == ["recording.mp4"]


def test_nothing_sent_is_aborted(tmp_path: Path, storage: Storage) -> None:
    egress = Egress(tmp_path)
    info = egress.end(event="ended", reason="stopped", error="", started_at=0, ended_at=0, duration=0, size=0)
    assert outcome(info) == ("EGRESS_ABORTED", "Start signal not received", 412)
    assert info.ended_at
    assert [result.size for result in info.file_results] == [0]
    assert storage.files == {}


def test_what_a_killed_process_wrote_is_saved(egress: Egress, storage: Storage, mp4: bytes) -> None:
    egress.folder.mp4.write_bytes(mp4)
    info = egress.end()
    assert outcome(info) == ("EGRESS_FAILED", "The recording process was killed", 500)
    result = info.file_results[0]
    assert result.duration == pytest.approx(2 * SECOND, rel=0.1)
    assert (result.started_at, result.ended_at) == (STARTED, STARTED + result.duration)
    assert result.size == len(mp4)
    assert storage.files == {"recording.mp4": mp4}


def test_a_killed_process_without_any_event_has_a_start_all_the_same(
    egress: Egress, storage: Storage
) -> None:
    egress.info.started_at = 0
    result = egress.end().file_results[0]
    assert result.ended_at - result.started_at == result.duration
    assert abs(result.ended_at - time.time_ns()) < 60 * SECOND


@pytest.mark.parametrize("content", [None, b"", b"not an mp4", b"\0\0\0\x18ftypmp42"])
def test_a_killed_process_without_a_readable_part_is_failed(
    tmp_path: Path, storage: Storage, content: bytes | None
) -> None:
    egress = Egress(tmp_path)
    if content is not None:
        egress.folder.mp4.write_bytes(content)
    assert outcome(egress.end()) == ("EGRESS_FAILED", "The recording process was killed", 500)
    assert storage.files == {}


def test_an_error_is_reported_and_the_part_before_it_saved(egress: Egress, storage: Storage) -> None:
    info = egress.stopped("failed", "the file cannot be written: No space left on device")
    assert outcome(info) == ("EGRESS_FAILED", "the file cannot be written: No space left on device", 500)
    assert info.file_results[0].duration == 2 * SECOND
    assert list(storage.files) == ["recording.mp4"]


def test_an_error_before_any_media_has_no_file(tmp_path: Path, storage: Storage) -> None:
    info = Egress(tmp_path).stopped("failed", "LiveKit refuses the token")
    assert outcome(info) == ("EGRESS_FAILED", "LiveKit refuses the token", 500)
    assert storage.files == {}


def test_the_part_of_a_lost_worker_is_saved(egress: Egress, storage: Storage, mp4: bytes) -> None:
    """Its process did not report its duration."""
    info = egress.end(error="The egress worker was lost")
    assert outcome(info) == ("EGRESS_FAILED", "The egress worker was lost", 500)
    assert storage.files == {"recording.mp4": mp4}
    assert info.file_results[0].duration == pytest.approx(2 * SECOND, rel=0.1)


# Storage


def test_what_cannot_be_uploaded_is_failed_and_kept(egress: Egress, storage: Storage, mp4: bytes) -> None:
    storage.refusals[".mp4"] = "S3 at http://127.0.0.1:1 cannot be reached."
    info = egress.stopped()
    error = "S3 upload failed: S3 at http://127.0.0.1:1 cannot be reached."
    assert outcome(info) == ("EGRESS_FAILED", error, 400)
    assert info.file_results[0].size == len(mp4)
    assert [kept.read_bytes() for kept in egress.kept()] == [mp4]
    note = json.loads(egress.kept()[0].with_name(f"{egress.kept()[0].name}.json").read_text())
    assert (note["key"], note["target"]["bucket"]) == ("recording.mp4", "ours")
    assert not egress.folder.mp4.exists()


def test_no_secret_is_published_or_logged(
    tmp_path: Path, mp4: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """There is no S3 server."""
    endpoint = "http://someone:the-password@127.0.0.1:1"
    egress = Egress(tmp_path, file_outputs=[file(s3=s3(endpoint=endpoint, bucket="No Bucket"))])
    egress.folder.mp4.write_bytes(mp4)
    info = egress.stopped()
    assert info.status == Status.EGRESS_FAILED
    shown = str([info.error, info.details, info.file, info.file_results]) + caplog.text
    assert not any(secret in shown for secret in (*SECRETS, "the-password"))


def test_the_storage_of_the_request_is_used(tmp_path: Path, storage: Storage, mp4: bytes) -> None:
    egress = Egress(tmp_path, file_outputs=[file(s3=s3(endpoint="http://s3.example"), disable_manifest=True)])
    egress.folder.mp4.write_bytes(mp4)
    assert egress.stopped().file_results[0].location == "http://s3.example/theirs/recording.mp4"
    assert [(target.bucket, target.access_key) for target in storage.targets] == [("theirs", SECRETS[0])]


def test_storage_that_cannot_be_is_refused(tmp_path: Path) -> None:
    for facts, why in (({"bucket": ""}, "no bucket"), ({"assume_role_arn": "arn"}, "assume_role_arn")):
        request = Egress(tmp_path / why, file_outputs=[file(s3=s3(**facts))]).request
        with pytest.raises(RpcError, match=why) as refused:
            ending.target_of(request, start_requests.settings(tmp_path))
        assert refused.value.code == "invalid_argument"
    without = start_requests.settings(tmp_path, s3_bucket="")
    with pytest.raises(RpcError, match="EGRESS_S3_BUCKET is not set"):
        ending.target_of(Egress(tmp_path / "none").request, without)


def test_an_egress_ends_also_if_its_storage_was_taken_away_meanwhile(egress: Egress, mp4: bytes) -> None:
    """The worker was started again with other settings. The file is not lost."""
    egress.context.settings = start_requests.settings(egress.folder.path, s3_bucket="")
    info = egress.stopped()
    assert (info.status, info.error.startswith("S3 upload failed: ")) == (Status.EGRESS_FAILED, True)
    assert (egress.context.aside / f"{egress.folder.path.name}.mp4").read_bytes() == mp4


# The manifest


def described(storage: Storage, key: str) -> Any:
    return json.loads(storage.files[key])


@pytest.mark.parametrize(
    ("key", "beside"),
    [("recording.mp4", "EG_1.json"), ("a/b/recording.mp4", "a/b/EG_1.json"), ("/t.mp4", "EG_1.json")],
)
def test_a_manifest_lies_beside_the_file(
    tmp_path: Path, storage: Storage, mp4: bytes, key: str, beside: str
) -> None:
    egress = Egress(tmp_path, file_outputs=[file(key)])
    egress.folder.mp4.write_bytes(mp4)
    info = egress.stopped()
    assert list(storage.files) == [key, beside]
    assert described(storage, beside) == {
        "egress_id": "EG_1",
        "room_id": "RM_1",
        "room_name": "standup",
        "started_at": STARTED,
        "ended_at": info.file.ended_at,
        "files": [{"filename": key, "location": info.file.location}],
    }


def test_a_manifest_is_left_out_when_it_is_disabled(egress: Egress, storage: Storage) -> None:
    egress.stopped()
    assert list(storage.files) == ["recording.mp4"]


def test_a_manifest_that_cannot_be_uploaded_loses_no_file(
    tmp_path: Path, storage: Storage, mp4: bytes
) -> None:
    egress = Egress(tmp_path, file_outputs=[file()])
    egress.folder.mp4.write_bytes(mp4)
    storage.refusals[".json"] = "away"
    egress.stopped()
    assert storage.files == {"recording.mp4": mp4}


# With a real S3 server


def test_it_arrives_with_its_manifest(tmp_path: Path, real: Server, mp4: bytes) -> None:
    there = s3(
        endpoint=real.env["S3_ENDPOINT_URL"],
        bucket=real.env["S3_BUCKET"],
        access_key=real.env["S3_ACCESS_KEY_ID"],
        secret=real.env["S3_SECRET_ACCESS_KEY"],
        force_path_style=True,
    )
    egress = Egress(tmp_path, file_outputs=[file("2026/recording.mp4", s3=there)])
    egress.folder.mp4.write_bytes(mp4)
    assert outcome(egress.stopped()) == ("EGRESS_COMPLETE", "", 0)
    assert real.read("2026/recording.mp4") == mp4
    assert json.loads(real.read("2026/EG_1.json"))["room_name"] == "standup"
