from pathlib import Path

from local import redis


def test_what_it_holds_survives_a_crash_and_needs_a_password(tmp_path: Path) -> None:
    redis.part(tmp_path / "redis", redis.url("20000", "secret"))
    lines = (tmp_path / "redis" / "valkey.conf").read_text().splitlines()
    assert {"appendonly yes", "requirepass secret", "bind 127.0.0.1"} <= set(lines)
    assert (tmp_path / "redis" / "valkey.conf").stat().st_mode & 0o077 == 0
