"""The grammar of moments, held against dateutil's parser, and against moments that were written by it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from dateutil.parser import isoparse
from hypothesis import example, given
from hypothesis import strategies as st

from upclass.times import MOMENT, parse_day, parse_moment

TEN = datetime(2027, 12, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-12-20T10:00:00Z", TEN),
        ("2027-12-20t10:00:00z", TEN),
        ("2027-12-20 10:00:00", TEN),
        ("2027-12-20T10:00", TEN),
        ("2027-12-20T10Z", TEN),
        ("2027-12-20T15:30:00+05:30", TEN),
        ("2027-12-20T15:30:00+0530", TEN),
        ("2027-12-20T05:00:00-05", TEN),
        ("2027-12-20T10:00:00-00:00", TEN),
        ("2027-12-20T10:00:00.9999999999Z", TEN.replace(microsecond=999_999)),
        ("2027-12-20T10:00:00,5Z", TEN.replace(microsecond=500_000)),
        ("20271220T100000Z", TEN),
        ("20271220T1000", TEN),
        ("2027-W51-1T10:00:00Z", TEN),
        ("2027W511T100000Z", TEN),
        ("2027-12-20T24:00:00Z", datetime(2027, 12, 21, tzinfo=UTC)),
        ("2027-12-31T24:00:00.000+00:00", datetime(2028, 1, 1, tzinfo=UTC)),
        ("2027-12-20T24:00:00+14:00", TEN),
        ("2027-12-20T24Z", datetime(2027, 12, 21, tzinfo=UTC)),
        ("1000-01-01T00:00:00Z", datetime(1000, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read(text: str, moment: datetime) -> None:
    assert parse_moment(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2027-12-20T10:00:00+05.5",
        "20271220T10000012Z",
        "2027-12-20T10:00:00+05:60",
        "2027-12-20T10:00:00+05:99",
        "2027-12-20T10:00:00+24:00",
        "2027-12-20T10:00:00+05:30:15",
        "2027-12-20T10:00:00+5:30",
        "2027-12-20T10:00:00 +05:30",
        "2027-12-20T10:00:00ZZ",
        "2027-12-20T10:00:00UTC",
        "2027-12-20T10:00:60Z",
        "2027-12-20T10:60:00Z",
        "2027-12-20T25:00:00Z",
        "2027-12-20T24:00:01Z",
        "2027-12-20T24:01Z",
        "2027-12-20T10:0000Z",
        "2027-12-20T10:00:00.Z",
        "2027-12-20T10:00.5Z",
        "2027-12-20",
        "2027-12-20Z",
        "2027-12-20T",
        "2027-1-2T3:04:05Z",
        "2027-12-2010:00:00Z",
        "2027-12-20_10:00:00Z",
        "2027-12-20  10:00:00Z",
        " 2027-12-20T10:00:00Z",
        "2027-12-20T10:00:00Z\n",
        "2027-02-29T10:00:00Z",
        "2027-W53-1T10:00:00Z",
        "2027-354T10:00:00Z",
        "0999-12-31T23:59:59Z",
        "0000-12-20T10:00:00Z",
        "9999-12-31T24:00:00Z",
        "9999-12-31T23:59:59-05:00",
        "+2027-12-20T10:00:00Z",
        "\u0662\u0660\u0662\u0667-12-20T10:00:00Z",
        "\uff12\uff10\uff12\uff17-12-20T10:00:00Z",
        "",
        "T",
    ],
)
def test_what_the_grammar_has_not_is_no_moment(text: str) -> None:
    assert parse_moment(text) is None


NEAR = st.from_regex(MOMENT, fullmatch=True) | st.text("0123456789-+:.,TtZzW ", max_size=30)


@given(NEAR)
@example("2027-12-20T10:00:00+05.5")
@example("20271220T10000012Z")
def test_another_parser_reads_the_same_moment(text: str) -> None:
    moment = parse_moment(text)
    if moment is not None:
        theirs = isoparse(text)
        assert moment == (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC))


ZONES = st.integers(-23 * 60 - 59, 23 * 60 + 59)
MOMENTS = st.datetimes(datetime(1001, 1, 1), datetime(9998, 12, 31))  # noqa: DTZ001  written with a zone


@given(MOMENTS, ZONES, st.sampled_from("Tt "), st.sampled_from(["-", ""]), st.sampled_from([":", ""]))
def test_every_moment_is_read_back_however_it_is_written(
    moment: datetime, minutes: int, between: str, dash: str, colon: str
) -> None:
    local = moment + timedelta(minutes=minutes)
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{colon}{abs(minutes) % 60:02}"
    day = f"{local.year:04}{dash}{local.month:02}{dash}{local.day:02}"
    time = f"{local.hour:02}{colon}{local.minute:02}{colon}{local.second:02}.{local.microsecond:06}"
    assert parse_moment(f"{day}{between}{time}{zone}") == moment.replace(tzinfo=UTC)


@pytest.mark.parametrize("text", ["2026-12-31", "2028-02-29"])
def test_a_day_is_read(text: str) -> None:
    assert parse_day(text) == date(*map(int, text.split("-")))


@pytest.mark.parametrize(
    "text", ["", "20261231", "2026-W01-1", "2026-02-30", "\u0662\u0660\u0662\u0666-12-31", "2026-12-31 "]
)
def test_anything_else_is_no_day(text: str) -> None:
    assert parse_day(text) is None
