"""Valkey, versitygw and livekit-server run with the settings of docker-compose.yml and deploy/, for real."""

import asyncio
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest
import yaml
from botocore.config import Config
from livekit import api
from redis import Redis
from redis.exceptions import AuthenticationError

from local import ports
from local.env import ROOT
from local.part import PartFailed, program
from tests.deploy.started import answers, started
from tests.deploy.stun import served

PUBLIC = "203.0.113.9"


# Valkey


def test_valkey_keeps_what_it_is_given(valkey: str) -> None:
    with Redis.from_url(valkey, decode_responses=True) as client:
        assert client.config_get("appendonly", "save") == {"appendonly": "yes", "save": ""}


def test_valkey_answers_nobody_without_the_password(valkey: str) -> None:
    nameless = valkey.rpartition("@")[2]
    with Redis.from_url(f"redis://{nameless}") as client, pytest.raises(AuthenticationError):
        client.ping()


# versitygw


@dataclass
class Storage:
    service: Any
    url: str
    command: list[str]

    def client(self, url: str = "") -> Any:
        return boto3.session.Session().client(
            "s3",
            endpoint_url=url or self.url,
            region_name=self.service["environment"]["S3_REGION"],
            aws_access_key_id=self.service["environment"]["ROOT_ACCESS_KEY_ID"],
            aws_secret_access_key=self.service["environment"]["ROOT_SECRET_ACCESS_KEY"],
            config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
        )


@pytest.fixture
def storage(services: Any, tmp_path: Path) -> Storage:
    """The command of docker-compose.yml, with a folder and a port of its own."""
    port = str(ports.choose(set()))
    [line] = services["s3"]["command"]
    line = line.replace("/data", str(tmp_path / "data")).replace(":7070", f"127.0.0.1:{port}")
    return Storage(services["s3"], f"http://127.0.0.1:{port}", [*services["s3"]["entrypoint"], line])


@pytest.fixture
def s3(storage: Storage) -> Iterator[Storage]:
    env = storage.service["environment"]
    with started(storage.command, lambda: answers(f"{storage.url}/health"), env):
        yield storage


def test_the_bucket_is_there_from_the_start(s3: Storage) -> None:
    assert [bucket["Name"] for bucket in s3.client().list_buckets()["Buckets"]] == ["upclass"]


def test_a_file_and_what_is_known_of_it_outlive_a_restart(storage: Storage) -> None:
    for wanted in (None, b"a video"):
        with started(
            storage.command, lambda: answers(f"{storage.url}/health"), storage.service["environment"]
        ):
            if wanted is None:
                storage.client().put_object(
                    Bucket="upclass", Key="a/b.mp4", Body=b"a video", ContentType="video/mp4"
                )
            found = storage.client().get_object(Bucket="upclass", Key="a/b.mp4")
            assert (found["Body"].read(), found["ContentType"]) == (b"a video", "video/mp4")


def test_plain_files_hold_everything_so_that_any_backup_does(s3: Storage, tmp_path: Path) -> None:
    s3.client().put_object(Bucket="upclass", Key="a/b.mp4", Body=b"a video", ContentType="video/mp4")
    assert (tmp_path / "data" / "objects" / "upclass" / "a" / "b.mp4").read_bytes() == b"a video"
    facts = tmp_path / "data" / "facts" / "upclass" / "a" / "b.mp4" / "meta"
    assert (facts / "content-type").read_bytes() == b"video/mp4"


def test_a_link_is_good_under_the_name_that_browsers_know(s3: Storage, values: dict[str, str]) -> None:
    """Caddy hands that name on (test_proxy.py)."""
    s3.client().put_object(Bucket="upclass", Key="a/b.mp4", Body=b"a video")
    public = f"https://{values['FILES_HOST']}"
    link = s3.client(public).generate_presigned_url(
        "get_object", Params={"Bucket": "upclass", "Key": "a/b.mp4"}
    )
    assert "X-Amz-Signature=" in link

    def ask(host: str) -> tuple[int, bytes]:
        headers = {"Host": host, "Range": "bytes=2-6"}
        request = urllib.request.Request(link.replace(public, s3.url), headers=headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read()

    assert ask(values["FILES_HOST"]) == (206, b"video")
    with pytest.raises(HTTPError, match="403"):
        ask("elsewhere.example.com")


def test_a_wrong_secret_opens_nothing(s3: Storage) -> None:
    s3.service = {"environment": {**s3.service["environment"], "ROOT_SECRET_ACCESS_KEY": "guessed"}}
    with pytest.raises(Exception, match="SignatureDoesNotMatch"):
        s3.client().list_buckets()


# livekit-server


def configuration(stun: str, port: int) -> dict[str, Any]:
    """deploy/livekit.yaml, kept on 127.0.0.1."""
    said: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "livekit.yaml").read_text())
    said |= {"port": port, "bind_addresses": ["127.0.0.1"]}
    said["rtc"] |= {
        "stun_servers": [stun],
        "udp_port": ports.choose(set()),
        "tcp_port": 0,  # any other listens on every address
        "enable_loopback_candidate": True,
        "ips": {"includes": ["127.0.0.0/8"]},
    }
    return said


@dataclass
class LiveKit:
    url: str
    lines: list[str]


@pytest.fixture
def livekit(services: Any, valkey: str, tmp_path: Path) -> Iterator[LiveKit]:
    """livekit-server with its environment of docker-compose.yml, and Valkey with its own."""
    port = ports.choose(set())
    address = valkey.rpartition("@")[2].partition("/")[0]
    env = {**services["livekit"]["environment"], "REDIS_HOST": address}
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as opened:
        stun = opened.enter_context(served(PUBLIC))
        (tmp_path / "livekit.yaml").write_text(json.dumps(configuration(stun, port)))
        command = [program("livekit-server"), "--config", str(tmp_path / "livekit.yaml")]
        running = opened.enter_context(started(command, lambda: answers(url), env))
        yield LiveKit(url, list(running.lines))


def test_livekit_accepts_the_service_s_key(livekit: LiveKit, services: Any) -> None:
    ours = services["web"]["environment"]

    async def room() -> str:
        async with api.LiveKitAPI(livekit.url, ours["LIVEKIT_API_KEY"], ours["LIVEKIT_API_SECRET"]) as client:
            made = await client.room.create_room(api.CreateRoomRequest(name="ABCD"))
            return f"{made.name} {made.empty_timeout} {made.departure_timeout}"

    assert asyncio.run(room()) == "ABCD 300 20"


def test_livekit_offers_its_public_address_and_the_one_within_the_machine(livekit: LiveKit) -> None:
    [logged] = [json.loads(line) for line in livekit.lines if "using external IPs" in line]
    assert logged["ips"] == [f"{PUBLIC}/127.0.0.1"]
    assert logged["advertiseInternalIP"] is True


def test_livekit_would_refuse_a_setting_that_it_does_not_know(tmp_path: Path) -> None:
    said = (ROOT / "deploy" / "livekit.yaml").read_text()
    (tmp_path / "livekit.yaml").write_text(said.replace("departure_timeout", "departure_timeuot"))
    done = subprocess.run(
        [program("livekit-server"), "--config", tmp_path / "livekit.yaml"],
        capture_output=True,
        text=True,
        timeout=20,
    )
    assert "departure_timeuot not found" in done.stdout


def test_livekit_does_not_start_without_a_key(services: Any, tmp_path: Path) -> None:
    env = {**services["livekit"]["environment"], "LIVEKIT_KEYS": ""}
    port = ports.choose(set())
    with served(PUBLIC) as stun:
        (tmp_path / "livekit.yaml").write_text(json.dumps(configuration(stun, port)))
        command = [program("livekit-server"), "--config", str(tmp_path / "livekit.yaml")]
        with pytest.raises(PartFailed, match="keys must be provided"), started(command, lambda: False, env):
            pass
