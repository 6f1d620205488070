"""livekit-server: rooms, media and webhooks."""

import json
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from local.part import Part, program

ADVICE = "Give another server with LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET."


def configuration(env: Mapping[str, str], udp_port: int) -> dict[str, object]:
    """Everything on 127.0.0.1: media on one UDP port, and no STUN or other server outside is contacted."""
    redis = urlsplit(env["REDIS_URL"])
    key = env["LIVEKIT_API_KEY"]
    return {
        "port": urlsplit(env["LIVEKIT_URL"]).port,
        "bind_addresses": ["127.0.0.1"],
        "redis": {
            "address": f"{redis.hostname}:{redis.port or 6379}",
            "username": unquote(redis.username or ""),
            "password": unquote(redis.password or ""),
            "use_tls": redis.scheme == "rediss",
            "db": int(redis.path.strip("/") or 0),
        },
        "keys": {key: env["LIVEKIT_API_SECRET"]},
        "rtc": {
            "node_ip": "127.0.0.1",
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo0" if sys.platform == "darwin" else "lo"]},
            "ips": {"includes": ["127.0.0.0/8"]},
            "udp_port": udp_port,
            "tcp_port": 0,  # any other number listens on every address, whatever bind_addresses says
            "stun_servers": ["127.0.0.1:3478"],  # left empty, clients are sent to public ones
        },
        "room": {"auto_create": False, "empty_timeout": 300, "departure_timeout": 20},
        "webhook": {
            "api_key": key,
            "urls": [f"http://127.0.0.1:{env['PORT']}/webhooks/livekit/"],
            "resource_url_notifier": {"max_age": "15m", "max_depth": 20000},
        },
        "api": {"enable_psrpc_for_get_list_participants": True},
        "logging": {"level": "warn"},
    }


def part(folder: Path, env: Mapping[str, str], udp_port: int) -> Part:
    settings = folder / "livekit.yaml"
    settings.touch(mode=0o600)
    settings.write_text(json.dumps(configuration(env, udp_port), indent=1))  # JSON is YAML
    return Part(
        name="livekit",
        command=[program("livekit-server"), "--config", str(settings)],
        ready=lambda running: answers(env["LIVEKIT_URL"]),
        grace=1.0,  # the first SIGTERM would wait until everybody has left
        advice=ADVICE,
    )


def answers(livekit_url: str) -> bool:
    """Raises OSError while nothing listens."""
    http = livekit_url.replace("ws", "http", 1) if livekit_url.startswith("ws") else livekit_url
    with urllib.request.urlopen(http, timeout=2) as answer:
        return bool(answer.status == 200)
