"""An integrator who retries until answered: the service's web server is among what is killed."""

import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any
from uuid import uuid4

PATIENCE = 90.0  # seconds


class Integrator:
    def __init__(self, base: str, key: str) -> None:
        self.base, self.key = base, key

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The JSON of a 2xx answer; AssertionError for any other word of the service's."""
        once = str(uuid4())
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                return self._ask(method, path, body, once)
            except urllib.error.HTTPError as error:
                if error.code < 500:
                    raise AssertionError(f"{method} {path}: {error.code} {error.read()!r}") from error
            except (OSError, http.client.HTTPException, ValueError):
                pass
            time.sleep(0.3)
        raise AssertionError(f"{method} {path}: nobody answered for {PATIENCE:.0f} s")

    def _ask(self, method: str, path: str, body: Any, once: str) -> Any:
        request = urllib.request.Request(
            f"{self.base}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-API-KEY": self.key, "Content-Type": "application/json", "Idempotency-Key": once},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def get(self, path: str) -> Any:
        return self.ask("GET", path)
