"""An integrator's program: speaks HTTP, knows nothing of Django."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

PATIENCE = 20.0  # seconds; what is waited for mostly comes within one


class Integrator:
    def __init__(self, base: str, key: str) -> None:
        self.base, self.key = base, key

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of an answer."""
        request = urllib.request.Request(
            f"{self.base}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-API-KEY": self.key, "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as refused:
            return refused.code, json.load(refused)

    def get(self, path: str) -> Any:
        status, shown = self.call("GET", path)
        assert status == 200, shown
        return shown

    def create(self, **body: Any) -> Any:
        status, made = self.call("POST", "meetings/", body)
        assert status == 201, made
        return made

    @staticmethod
    def in_seconds(seconds: int) -> str:
        """A moment from now, as the API accepts it."""
        return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()

    def wait_for(self, path: str, holds: Callable[[Any], bool]) -> Any:
        """Read until it holds; LiveKit's webhooks arrive a moment later."""
        until = time.monotonic() + PATIENCE
        shown = self.get(path)
        while not holds(shown):
            assert time.monotonic() < until, f"{path} still shows {shown}"
            time.sleep(0.1)
            shown = self.get(path)
        return shown
