import logging
import sys
from logging import LogRecord
from typing import Any

import pytest
from django.conf import settings

from upclass.logs import DiscreetFormatter

TOKEN = "abc123.XYZ-_9:8"


def logged(message: str, *arguments: object, failed: BaseException | None = None) -> str:
    info = (type(failed), failed, failed.__traceback__) if failed else None
    record = LogRecord("join", logging.ERROR, __file__, 1, message, arguments, info)
    return DiscreetFormatter("%(levelname)s %(message)s").format(record)


@pytest.mark.parametrize(
    "address",
    [
        f"/BCDF-GHJK-MNPR/?token={TOKEN}",
        f"/BCDF-GHJK-MNPR/?x=1&token={TOKEN}&y=2",
        f"%2FBCDF-GHJK-MNPR%2F%3Ftoken%3D{TOKEN}",
        f"wss://livekit.example.com/rtc?access_token={TOKEN}",
        f"/?TOKEN={TOKEN}",
        f"/language/?next=%252FA%252F%253Ftoken%253D{TOKEN}",
        f"<QueryDict: {{'token': ['{TOKEN}']}}>",
        f'{{"url": "wss://x", "token": "{TOKEN}"}}',
    ],
)
def test_a_token_in_an_address_is_left_out(address: str) -> None:
    said = logged("cannot open %s", address)
    assert TOKEN not in said
    assert said.startswith("ERROR cannot open ")


def test_what_stands_beside_a_token_is_kept() -> None:
    assert logged(f"GET '/A/?token={TOKEN}&x=1' failed") == "ERROR GET '/A/?token=...&x=1' failed"


def test_a_traceback_is_as_discreet() -> None:
    try:
        raise ValueError(f"no such page: /A/?token={TOKEN}")
    except ValueError:
        said = logged("a request crashed", failed=sys.exc_info()[1])
    assert "no such page: /A/?token=..." in said
    assert TOKEN not in said


def test_everything_is_logged_that_way() -> None:
    logging_settings: Any = settings.LOGGING
    handlers = logging_settings["handlers"].values()
    formatters = [logging_settings["formatters"][handler["formatter"]] for handler in handlers]
    assert {formatter["class"] for formatter in formatters} == {"upclass.logs.DiscreetFormatter"}
