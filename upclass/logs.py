"""What is logged must let nobody in: the tokens of links are left out, wherever they would stand."""

import logging
import re
import time
from typing import Any

# In a URL or in its encoded form, or in what Python or JSON shows; a traceback may quote one.
TOKEN = re.compile(r"""(token['"]?\s*(?:=|:|%3D|%253D)\s*\[?['"]?)[^&\s'"<>\\]+""", re.IGNORECASE)


class DiscreetFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub(r"\1...", super().format(record))


class Sparingly:
    """Logs a warning of each kind once a minute at most, however often a stranger causes it."""

    def __init__(self, log: logging.Logger, seconds: float = 60.0) -> None:
        self.log, self.seconds = log, seconds
        self.logged_at: dict[str, float] = {}

    def warning(self, message: str, *facts: object) -> None:
        """`message` is a constant: it is the kind."""
        now = time.monotonic()
        if now - self.logged_at.get(message, -self.seconds) >= self.seconds:
            self.logged_at[message] = now
            self.log.warning(message, *facts)


# Django's setting: what is logged, and how.
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "upclass.request_id.RequestIdFilter"}},
    "formatters": {
        "line": {
            "class": "upclass.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Django would also log every 4xx.
        "django.request": {"level": "ERROR"},
        # Of a wrong password its warning suffices, without each step that led to it.
        "axes": {"level": "WARNING"},
        # A line for each run of each periodic job is noise.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
