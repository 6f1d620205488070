"""Against a real S3 server; only silent, failing and lost ones are made up."""

import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from livekit.protocol.egress import S3Upload

from egress import upload as uploading
from egress.settings import Settings
from egress.upload import PART, Target, TargetRefused, UploadFailed, upload
from tests.s3 import Server, served

SECRETS = ("a long random text", "someone", "not the secret", "nobody")


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("s3") / "s3") as server:
        yield server


@pytest.fixture
def target(s3: Server) -> Target:
    return target_of(s3.env["S3_ENDPOINT_URL"])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "RETRY_FOR", 1.0)
    monkeypatch.setattr(uploading, "READ_TIMEOUT", 0.5)
    monkeypatch.setattr(uploading, "CONNECT_TIMEOUT", 0.5)


def target_of(endpoint: str) -> Target:
    return Target(endpoint, "us-east-1", "upclass", "someone", "a long random text", force_path_style=True)


@pytest.fixture
def mp4(tmp_path: Path) -> Path:
    file = tmp_path / "a.mp4"
    file.write_bytes(os.urandom(100_000))
    return file


def large(tmp_path: Path, size: int) -> Path:
    file = tmp_path / "large.mp4"
    with file.open("wb") as writing:
        for start in range(0, size, PART):
            writing.write(os.urandom(min(PART, size - start)))
    return file


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# What arrives


def test_a_file_arrives_byte_for_byte(s3: Server, target: Target, mp4: Path) -> None:
    upload(mp4, target, "2026/recording.mp4")
    assert digest(s3.read("2026/recording.mp4")) == digest(mp4.read_bytes())
    assert s3.client().head_object(Bucket="upclass", Key="2026/recording.mp4")["ContentType"] == "video/mp4"


@pytest.mark.parametrize("size", [PART, PART + 1, 2 * PART, 3 * PART + 12_345])
def test_a_large_file_arrives_byte_for_byte(s3: Server, target: Target, tmp_path: Path, size: int) -> None:
    file = large(tmp_path, size)
    upload(file, target, "large.mp4")
    assert digest(s3.read("large.mp4")) == digest(file.read_bytes())
    assert s3.client().head_object(Bucket="upclass", Key="large.mp4")["ContentType"] == "video/mp4"


def test_an_empty_file_arrives(s3: Server, target: Target, tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    upload(tmp_path / "empty.mp4", target, "empty.mp4")
    assert s3.read("empty.mp4") == b""


@pytest.mark.parametrize("sizes", [(100, 50), (PART + 5, 50), (50, PART + 5)])
def test_what_was_there_is_replaced(
    s3: Server, target: Target, tmp_path: Path, sizes: tuple[int, int]
) -> None:
    for size in sizes:
        file = large(tmp_path, size)
        upload(file, target, "again.mp4")
    assert digest(s3.read("again.mp4")) == digest(file.read_bytes())


@pytest.mark.parametrize(
    "key",
    [
        "with space.mp4",
        "Zoë's Übung 会议 🎥.mp4",
        "a+b&c=d?e#f%20g.mp4",
        "quote'\"\\.mp4",
        "deep/er/and/deeper/a.mp4",
    ],
)
def test_an_odd_key_is_kept_as_it_is(s3: Server, target: Target, mp4: Path, key: str) -> None:
    upload(mp4, target, key)
    assert digest(s3.read(key)) == digest(mp4.read_bytes())
    assert key in s3.names()


@pytest.mark.parametrize("key", ["", "folder/", "/", "x" * 2000, "../out.mp4", "nul\0.mp4", "line\n.mp4"])
def test_a_key_that_cannot_be_is_refused_at_once(target: Target, mp4: Path, key: str) -> None:
    started = time.monotonic()
    with pytest.raises(UploadFailed) as refused:
        upload(mp4, target, key)
    assert not refused.value.is_transient
    assert time.monotonic() - started < 8


@pytest.mark.parametrize("size", [10, PART + 1])
def test_the_headers_of_a_request_are_set(s3: Server, target: Target, tmp_path: Path, size: int) -> None:
    requested = replace(
        target,
        metadata=(("recording", "7"),),
        tagging="kind=recording",
        content_disposition='attachment; filename="a.mp4"',
    )
    upload(large(tmp_path, size), requested, "described.mp4")
    place = {"Bucket": "upclass", "Key": "described.mp4"}
    found = s3.client().head_object(**place)
    assert found["Metadata"] == {"recording": "7"}
    assert found["ContentDisposition"] == 'attachment; filename="a.mp4"'
    assert s3.client().get_object_tagging(**place)["TagSet"] == [{"Key": "kind", "Value": "recording"}]


def test_a_manifest_is_of_its_own_type(s3: Server, target: Target, tmp_path: Path) -> None:
    (tmp_path / "EG_1.json").write_text("{}")
    upload(tmp_path / "EG_1.json", target, "EG_1.json")
    found = s3.client().head_object(Bucket="upclass", Key="EG_1.json")
    assert found["ContentType"] == "application/json"


def test_a_leading_slash_is_accepted(s3: Server, target: Target, mp4: Path) -> None:
    upload(mp4, target, "/leading.mp4")
    assert s3.read("leading.mp4") == mp4.read_bytes()


# Errors


def test_a_missing_file_is_named(target: Target, tmp_path: Path) -> None:
    with pytest.raises(UploadFailed, match=r"no file 'gone\.mp4'"):
        upload(tmp_path / "gone.mp4", target, "gone.mp4")


@pytest.mark.parametrize("keys", [("someone", "not the secret"), ("nobody", "a long random text")])
@pytest.mark.parametrize("size", [10, PART + 1])
def test_wrong_credentials_are_refused_at_once(
    target: Target, tmp_path: Path, keys: tuple[str, str], size: int
) -> None:
    started = time.monotonic()
    with pytest.raises(UploadFailed, match=r"refuses the credentials \(\w+\)") as refused:
        upload(large(tmp_path, size), replace(target, access_key=keys[0], secret=keys[1]), "a.mp4")
    assert time.monotonic() - started < 8
    assert not refused.value.is_transient
    assert not any(secret in str(refused.value) for secret in SECRETS)


@pytest.mark.parametrize("size", [10, PART + 1])
def test_a_missing_bucket_is_named_at_once(target: Target, tmp_path: Path, size: int) -> None:
    started = time.monotonic()
    with pytest.raises(UploadFailed, match="has no bucket 'elsewhere'") as refused:
        upload(large(tmp_path, size), replace(target, bucket="elsewhere"), "a.mp4")
    assert time.monotonic() - started < 8
    assert not refused.value.is_transient


def test_an_impossible_bucket_is_named_at_once(target: Target, mp4: Path) -> None:
    with pytest.raises(UploadFailed, match="cannot be asked for 'No Bucket'") as refused:
        upload(mp4, replace(target, bucket="No Bucket"), "a.mp4")
    assert not refused.value.is_transient


def test_an_endpoint_that_is_away_is_tried_for_a_while(impatient: None, mp4: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(UploadFailed, match=f"127.0.0.1:{port} cannot be reached") as failed:
            upload(mp4, target_of(f"http://someone:password@127.0.0.1:{port}"), "a.mp4")
    assert 0.5 < time.monotonic() - started < 8
    assert failed.value.is_transient
    assert "password" not in str(failed.value)


@pytest.mark.parametrize("size", [10, PART, PART + 1])
def test_an_endpoint_that_is_silent_is_given_up(impatient: None, tmp_path: Path, size: int) -> None:
    file = large(tmp_path, size)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        started = time.monotonic()
        with pytest.raises(UploadFailed, match=r"does not answer|cannot be reached") as failed:
            upload(file, target_of(f"http://127.0.0.1:{silent.getsockname()[1]}"), "a.mp4")
    assert time.monotonic() - started < 8
    assert failed.value.is_transient


def test_a_server_that_is_away_or_silent_is_given_up_within_15_seconds() -> None:
    assert uploading.RETRY_FOR + uploading.READ_TIMEOUT <= 15


def test_an_address_that_is_none_is_refused(mp4: Path) -> None:
    with pytest.raises(UploadFailed, match="no address"):
        upload(mp4, target_of("http://"), "a.mp4")


# A server that has its bad moments


class Moody(BaseHTTPRequestHandler):
    """Answers with the statuses it was given, one after the other, and then as an S3 server does."""

    statuses: list[int]
    size = 0
    cut = 0
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer()

    def do_HEAD(self) -> None:
        self.answer(size=type(self).size - type(self).cut)

    def answer(self, size: int = 0) -> None:
        self.send_response(type(self).statuses.pop(0) if type(self).statuses else 200)
        self.send_header("Content-Length", str(size))
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def moody(statuses: list[int], size: int, cut: int = 0) -> Iterator[str]:
    handler = type("Handler", (Moody,), {"statuses": statuses, "size": size, "cut": cut})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("statuses", [[500], [503, 503], [429]])
def test_a_bad_moment_passes(impatient: None, mp4: Path, statuses: list[int]) -> None:
    with moody(statuses, 100_000) as endpoint:
        upload(mp4, target_of(endpoint), "a.mp4")
    assert statuses == []


def test_an_ill_server_is_named_with_its_status(impatient: None, mp4: Path) -> None:
    with moody([503] * 99, 100_000) as endpoint, pytest.raises(UploadFailed, match="answers 503") as failed:
        upload(mp4, target_of(endpoint), "a.mp4")
    assert failed.value.is_transient


def test_a_refusal_is_not_tried_again(mp4: Path) -> None:
    statuses = [400, 400]
    with moody(statuses, 100_000) as endpoint, pytest.raises(UploadFailed, match="answers 400") as failed:
        upload(mp4, target_of(endpoint), "a.mp4")
    assert statuses == [400]
    assert not failed.value.is_transient


def test_an_object_of_another_size_than_the_file_does_not_count(mp4: Path) -> None:
    with (
        moody([], 100_000, cut=1) as endpoint,
        pytest.raises(UploadFailed, match="has 99999 of 100000 bytes"),
    ):
        upload(mp4, target_of(endpoint), "a.mp4")


def test_a_server_that_comes_back_in_the_middle_gets_the_whole_file(
    s3: Server, target: Target, tmp_path: Path
) -> None:
    """Killed after the first of many parts, and started again a moment later."""
    file = large(tmp_path, 4 * PART)
    done: list[object] = []
    thread = threading.Thread(target=lambda: done.append(attempt(lambda: upload(file, target, "cut.mp4"))))
    thread.start()
    wait_until(lambda: bool(list(s3.folder.rglob("*.sgwtmp*/**/*"))) or not thread.is_alive())
    s3.stop()
    s3.start()
    thread.join(30)
    assert done == [None]
    assert digest(s3.read("cut.mp4")) == digest(file.read_bytes())


def attempt(function: Callable[[], object]) -> object:
    try:
        return function()
    except UploadFailed as failed:
        return failed


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.002)


def test_a_large_upload_that_failed_leaves_no_parts(
    s3: Server, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = large(tmp_path, 2 * PART)
    sends = uploading._Upload.send_part

    def fails(self: uploading._Upload, number: int, body: bytes, place: dict[str, str]) -> dict[str, object]:
        if number == 2:
            raise UploadFailed("a made-up end")
        return sends(self, number, body, place)

    monkeypatch.setattr(uploading._Upload, "send_part", fails)
    with pytest.raises(UploadFailed, match="a made-up end"):
        upload(file, target, "halves.mp4")
    assert s3.client().list_multipart_uploads(Bucket="upclass").get("Uploads", []) == []
    assert "halves.mp4" not in s3.names()


# Targets


REQUESTED = S3Upload(
    access_key="someone",
    secret="a long random text",
    session_token="a session's token",
    region="eu-north-1",
    endpoint="http://me:password@127.0.0.1:7070",
    bucket="upclass",
    force_path_style=True,
    metadata={"recording": "7"},
    tagging="kind=recording",
    content_disposition="attachment",
)


def test_a_target_is_made_from_a_request() -> None:
    target = Target.of(REQUESTED)
    assert (target.access_key, target.secret) == ("someone", "a long random text")
    assert (target.region, target.bucket, target.force_path_style) == ("eu-north-1", "upclass", True)
    assert target.endpoint == "http://me:password@127.0.0.1:7070"
    assert target.session_token == "a session's token"
    assert target.headers(Path("a.json"))["ContentType"] == "application/json"
    assert target.headers(Path("a.mp4")) == {
        "ContentType": "video/mp4",
        "Metadata": {"recording": "7"},
        "Tagging": "kind=recording",
        "ContentDisposition": "attachment",
    }


@pytest.mark.parametrize(
    ("endpoint", "understood"),
    [("", ""), ("s3.example:9000", "https://s3.example:9000"), ("http://s3.example", "http://s3.example")],
)
def test_an_endpoint_without_a_scheme_is_reached_by_https(endpoint: str, understood: str) -> None:
    requested = S3Upload(bucket="b", access_key="k", secret="s", endpoint=endpoint)
    target = Target.of(requested)
    assert target.endpoint == understood
    assert target.region == "us-east-1"


@pytest.mark.parametrize("missing", ["bucket", "access_key", "secret"])
def test_a_request_without_something_needed_is_refused(missing: str) -> None:
    requested = S3Upload()
    requested.CopyFrom(REQUESTED)
    requested.ClearField(missing)
    with pytest.raises(TargetRefused, match=f"has no {missing}") as refused:
        Target.of(requested)
    assert not any(secret in str(refused.value) for secret in SECRETS)


def test_what_this_worker_cannot_do_is_refused() -> None:
    requested = S3Upload()
    requested.CopyFrom(REQUESTED)
    requested.assume_role_arn = "arn:aws:iam::1:role/x"
    with pytest.raises(TargetRefused, match="assume_role_arn is not supported"):
        Target.of(requested)
    requested = S3Upload()
    requested.CopyFrom(REQUESTED)
    requested.proxy.url = "http://proxy"
    with pytest.raises(TargetRefused, match="proxy is not supported"):
        Target.of(requested)


def test_a_target_shows_no_secret() -> None:
    target = Target.of(REQUESTED)
    for shown in (repr(target), str(target), f"{[target]}", target.address):
        assert "127.0.0.1:7070" in shown
        for secret in ("someone", "a long random text", "a session's token", "password"):
            assert secret not in shown


def settings(**s3: str) -> Settings:
    needed = {"REDIS_URL": "redis://r", "LIVEKIT_URL": "ws://l", "API_KEY": "k", "API_SECRET": "s"}
    return Settings.read({f"EGRESS_{n}": v for n, v in {**needed, "FOLDER": "/x", **s3}.items()})


def test_a_target_is_made_from_settings() -> None:
    keys = {"S3_BUCKET": "upclass", "S3_ACCESS_KEY_ID": "someone", "S3_SECRET_ACCESS_KEY": "secret"}
    own = Target.of_settings(settings(**keys, S3_ENDPOINT_URL="http://s3.example"))
    assert own == Target("http://s3.example", "us-east-1", "upclass", "someone", "secret", True)
    amazon = Target.of_settings(settings(**keys))
    assert not amazon.force_path_style
    assert amazon.address == "Amazon S3 in us-east-1"


def test_settings_without_a_bucket_make_no_target() -> None:
    with pytest.raises(TargetRefused, match="EGRESS_S3_BUCKET is not set"):
        Target.of_settings(settings())


def test_an_object_has_a_location_without_credentials() -> None:
    assert Target.of(REQUESTED).location("a b/c.mp4") == "http://127.0.0.1:7070/upclass/a%20b/c.mp4"
    amazon = Target("", "us-east-1", "upclass", "k", "s")
    assert amazon.location("c.mp4") == "https://upclass.s3.amazonaws.com/c.mp4"
