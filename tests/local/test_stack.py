"""What a stack is made of, as far as no part has to run for it."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local import env, livekit, ports, postgres, worker
from local.part import Part, PartFailed
from local.stack import Stack
from tests.parts import silent


class Unstarted(Stack):
    """A stack that notes what it would start."""

    def __init__(self, folder: Path, given: dict[str, str]) -> None:
        self.launched: list[str] = []
        super().__init__(folder, given, silent)

    def launch(self, part: Part) -> None:
        self.launched.append(part.name)

    def manage(self, *arguments: str) -> str:
        return ""


@pytest.fixture(autouse=True)
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "prepare", lambda folder, password: None)
    monkeypatch.setattr(Stack, "_watch", lambda self: None)


def started(folder: Path, **given: str) -> Unstarted:
    stack = Unstarted(folder, given)
    stack.start()
    return stack


def test_all_parts_are_started_in_order(tmp_path: Path) -> None:
    assert started(tmp_path).launched == [
        "postgres",
        "redis",
        "s3",
        "livekit",
        "egress",
        "web",
        "worker",
        "periodic",
        "recordings",
        "beat",
    ]


KEYS = {"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "secret"}
S3 = {"S3_ACCESS_KEY_ID": "key", "S3_SECRET_ACCESS_KEY": "secret", "S3_BUCKET": "mine"}


@pytest.mark.parametrize(
    ("part", "given"),
    [
        ("postgres", {"DATABASE_URL": "postgres://u:p@127.0.0.1:1/x"}),
        ("redis", {"REDIS_URL": "redis://127.0.0.1:1/0"}),
        ("livekit", {"LIVEKIT_URL": "ws://127.0.0.1:1", **KEYS}),
        ("s3", {"S3_ENDPOINT_URL": "http://127.0.0.1:1", **S3}),
    ],
)
def test_a_part_that_is_configured_is_used_and_not_started(
    tmp_path: Path, part: str, given: dict[str, str]
) -> None:
    stack = started(tmp_path, **given)
    gone = {part, "egress"} if part == "livekit" else {part}  # which is LiveKit's
    assert gone.isdisjoint(stack.launched)
    assert len(stack.launched) == 10 - len(gone)
    assert given.items() <= stack.env.items()


def test_an_empty_variable_configures_nothing(tmp_path: Path) -> None:
    assert "postgres" in started(tmp_path, DATABASE_URL="").launched


def test_a_livekit_of_one_s_own_needs_its_keys(tmp_path: Path) -> None:
    with pytest.raises(PartFailed, match="LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be"):
        Unstarted(tmp_path, {"LIVEKIT_URL": "ws://127.0.0.1:1"})


@pytest.mark.parametrize("missing", S3)
def test_an_s3_of_one_s_own_needs_its_keys_and_its_bucket(tmp_path: Path, missing: str) -> None:
    given = {name: value for name, value in S3.items() if name != missing}
    with pytest.raises(PartFailed) as failed:
        Unstarted(tmp_path, {"S3_ENDPOINT_URL": "http://127.0.0.1:1", **given})
    assert str(failed.value) == (
        "S3_ENDPOINT_URL is given: S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY and S3_BUCKET must be, too."
    )


def test_browsers_reach_an_s3_of_one_s_own_where_it_is(tmp_path: Path) -> None:
    stack = Unstarted(tmp_path, {"S3_ENDPOINT_URL": "http://127.0.0.1:1", **S3})
    assert stack.env["S3_PUBLIC_URL"] == "http://127.0.0.1:1"
    assert stack.env["S3_REGION"] == "us-east-1"


def test_the_bucket_is_there_before_those_start_that_need_it(tmp_path: Path) -> None:
    class Waits(Unstarted):
        def wait_ready(self) -> None:
            self.launched.append("all ready")

    stack = Waits(tmp_path, {})
    stack.start()
    assert "all ready" in stack.launched[stack.launched.index("s3") : stack.launched.index("web")]


def test_what_takes_long_holds_up_no_other_work() -> None:
    """Half a minute at times: each queue is worked at by one of the workers only."""
    queues = [
        part.command[part.command.index("--queues") + 1].split(",")
        for part in (worker.worker({}), worker.periodic({}), worker.recordings({}))
    ]
    assert queues == [["celery"], ["periodic"], ["recordings", "recordings_ending"]]


def test_ports_and_secrets_are_chosen_once_and_kept(tmp_path: Path) -> None:
    first, second = Unstarted(tmp_path, {}), Unstarted(tmp_path, {})
    assert first.env == second.env
    assert Unstarted(tmp_path / "other", {}).env["SECRET_KEY"] != first.env["SECRET_KEY"]


def test_a_port_that_was_removed_from_the_kept_ones_is_chosen_anew(tmp_path: Path) -> None:
    first = Unstarted(tmp_path, {})
    kept = env.read(tmp_path / "kept")
    del kept["PORT_REDIS"]
    env.write(tmp_path / "kept", kept)
    second = Unstarted(tmp_path, {})
    assert second.kept["PASSWORD_REDIS"] == first.kept["PASSWORD_REDIS"]
    assert second.kept["PORT_POSTGRES"] == first.kept["PORT_POSTGRES"]


def test_another_port_of_the_web_changes_the_addresses_only(tmp_path: Path) -> None:
    first, second = Unstarted(tmp_path, {}), Unstarted(tmp_path, {"PORT": "9000"})
    changed = {name for name in first.env if first.env[name] != second.env[name]}
    assert changed == {"PORT", "PUBLIC_URL"}


def test_settings_from_outside_reach_the_file_that_manage_py_reads(tmp_path: Path) -> None:
    Unstarted(tmp_path, {"ALLOWED_HOSTS": "meet.example"})
    assert env.read(tmp_path / "env")["ALLOWED_HOSTS"] == "meet.example"


def test_manage_py_uses_the_settings_of_the_running_stack(tmp_path: Path) -> None:
    """In a copy of the few files that this needs: the project's own folder may have a stack that runs."""
    (tmp_path / "local").mkdir()
    (tmp_path / "local" / "env.py").write_text(Path(env.__file__).read_text())
    env.write(tmp_path / "env", {"DATABASE_URL": "postgres://kept", "PUBLIC_URL": "kept"})
    (tmp_path / ".run").mkdir()
    (tmp_path / "env").rename(tmp_path / ".run" / "env")
    code = "import os, local.env; local.env.use_running_stack(); print(os.environ['PUBLIC_URL'])"
    plain = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PUBLIC_URL")}
    for given, shown in (({}, "kept"), ({"PUBLIC_URL": "mine"}, "mine")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={**plain, **given},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == shown


def test_livekit_is_configured_for_redis_as_the_url_means_it() -> None:
    configured: Any = livekit.configuration(
        {
            "REDIS_URL": "rediss://me:p%40ss@redis.example:6380/2",
            "LIVEKIT_URL": "ws://127.0.0.1:7880",
            "LIVEKIT_API_KEY": "key",
            "LIVEKIT_API_SECRET": "secret",
            "PORT": "8000",
        },
        7882,
    )
    assert configured["redis"] == {
        "address": "redis.example:6380",
        "username": "me",
        "password": "p@ss",
        "use_tls": True,
        "db": 2,
    }


def test_chosen_ports_differ_and_are_free() -> None:
    chosen_before: set[int] = set()
    chosen = [ports.choose(chosen_before) for _ in range(20)]
    assert len(set(chosen)) == 20
    assert all(map(ports.is_free, chosen))
