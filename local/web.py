"""The web server: granian, with its WSGI interface."""

import sys
import urllib.request
from collections.abc import Mapping

from local.part import Part

THREADS = 8


def part(env: Mapping[str, str]) -> Part:
    port = env["PORT"]
    options = ["--workers", "1", "--blocking-threads", str(THREADS), "--host", "127.0.0.1", "--port", port]
    return Part(
        name="web",
        command=[sys.executable, "-m", "upclass.serve", *options],
        env=env,
        ready=lambda running: answers(port),
        advice="",
    )


def answers(port: str) -> bool:
    """Raises OSError (HTTPError is one) until requests are served."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
        return bool(answer.status == 200)
