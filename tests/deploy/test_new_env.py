import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local import env
from local.env import ROOT
from tests.deploy import composed

SCRIPT = ROOT / "deploy" / "new-env"


def run(*arguments: str | Path, python: str = sys.executable) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([python, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_it_writes_names_and_secrets(tmp_path: Path) -> None:
    done = run("Meet.Example.com", "--file", tmp_path / ".env")
    assert done.returncode == 0, done.stderr
    written = env.read(tmp_path / ".env")
    assert written["MEET_HOST"] == "meet.example.com"
    assert written["LIVEKIT_HOST"] == "livekit.meet.example.com"
    assert written["FILES_HOST"] == "files.meet.example.com"
    for name in ("MEET_HOST", "LIVEKIT_HOST", "FILES_HOST"):
        assert written[name] in done.stdout  # so that the DNS records are not forgotten


def test_its_secrets_are_long_and_fresh_and_fit_into_addresses(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one, other = composed.new_env(tmp_path), composed.new_env(tmp_path / "other")
    secrets = {name for name in one if name.endswith(("SECRET", "KEY", "PASSWORD"))} - {"LIVEKIT_API_KEY"}
    assert len(secrets) == 6
    for name in secrets:
        assert len(one[name]) >= 48
        assert one[name].isalnum()
        assert one[name] != other[name]
    assert len({one[name] for name in secrets}) == len(secrets)


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        run("meet.example.com", "--file", tmp_path / ".env")
    finally:
        os.umask(before)
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SECRET_KEY=in use\n")
    done = run("meet.example.com", "--file", tmp_path / ".env")
    assert done.returncode == 1
    assert "is there already" in done.stderr
    assert (tmp_path / ".env").read_text() == "SECRET_KEY=in use\n"


@pytest.mark.parametrize(
    "given", ["https://example.com", "example", "a b.com", "a-.com", "a..com", "10.0.0.1", "a.com/b", ""]
)
def test_what_is_no_host_name_is_refused(given: str, tmp_path: Path) -> None:
    done = run(given, "--file", tmp_path / ".env")
    assert done.returncode == 2
    assert "is not a host name such as meet.example.com" in done.stderr
    assert not (tmp_path / ".env").exists()


def test_it_runs_under_whatever_python_a_machine_has(tmp_path: Path) -> None:
    oldest = shutil.which("python3", path="/usr/bin") or sys.executable
    assert run("meet.example.com", "--file", tmp_path / ".env", python=oldest).returncode == 0
