"""What is logged must let nobody in: the tokens of links are left out, wherever they would stand."""

import logging
import re

# In a URL or in its encoded form, or in what Python or JSON shows; a traceback may quote one.
TOKEN = re.compile(r"""(token['"]?\s*(?:=|:|%3D|%253D)\s*\[?['"]?)[^&\s'"<>\\]+""", re.IGNORECASE)


class DiscreetFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub(r"\1...", super().format(record))
