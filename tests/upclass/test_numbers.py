from decimal import Decimal

import pytest

from upclass.numbers import is_integer, parse_decimal


@pytest.mark.parametrize("text", ["0", "50", "-1", "007"])
def test_ascii_digits_are_an_integer(text: str) -> None:
    assert is_integer(text)


@pytest.mark.parametrize(
    "text", ["", "-", "1_0", "\u0661\u0660", "\uff11\uff10", "+5", " 5", "5\n", "5.0", "1e1", "0x1", "²"]
)
def test_anything_else_is_none(text: str) -> None:
    assert not is_integer(text)


@pytest.mark.parametrize(
    ("text", "number"), [("5", "5"), ("-1.5", "-1.5"), (".5", "0.5"), ("+3.", "3"), ("1e3", "1000")]
)
def test_a_decimal_is_read(text: str, number: str) -> None:
    assert parse_decimal(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "1_0", "\u0661\u0660", "1,5", " 5", "5\n", "--5", "many"])
def test_anything_else_is_no_decimal(text: str) -> None:
    assert parse_decimal(text) is None
