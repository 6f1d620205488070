"""What is logged must let nobody in: the tokens of links are left out, wherever they would stand."""

import logging
import re
import time

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
