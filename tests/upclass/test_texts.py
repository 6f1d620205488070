"""The one rule of what a text that people read may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from upclass.texts import clean_line, clean_lines, escaped, find_unshowable, is_blank

SCOTLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
FINE = [
    "John Doe",
    "Zoë Saldaña",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "क्\u200dष",
    "שלום",
    "👩\u200d🚀",
    "❤\ufe0f",
    SCOTLAND,
    "🫩",
    "O'Neil & <b>",
    "a\u00a0b",
]
UNSHOWABLE = [
    ("a\nb", "U+000A", "a b"),
    ("a\r\nb", "U+000D", "a b"),
    ("a\tb", "U+0009", "a b"),
    ("a\u2028b", "U+2028", "a b"),
    ("a\x85b", "U+0085", "a b"),
    ("a\x1bb", "U+001B", "ab"),
    ("a\x7fb", "U+007F", "ab"),
    ("a\u200bb", "U+200B", "ab"),
    ("a\u200eb", "U+200E", "ab"),
    ("a\u202eb", "U+202E", "ab"),
    ("a\u2066b", "U+2066", "ab"),
    ("a\u061cb", "U+061C", "ab"),
    ("a\u00adb", "U+00AD", "ab"),
    ("a\u2060b", "U+2060", "ab"),
    ("\ufeffab", "U+FEFF", "ab"),
    ("a\U000e0041b", "U+E0041", "ab"),
]


@pytest.mark.parametrize("text", FINE)
def test_what_people_write_is_kept_as_it_is(text: str) -> None:
    assert find_unshowable(text) is None
    assert not is_blank(text)
    assert clean_line(text).replace(" ", "\u00a0") == text.replace(" ", "\u00a0")
    assert clean_lines(text) == escaped(text) == text


@pytest.mark.parametrize(("text", "found", "cleaned"), UNSHOWABLE)
def test_what_nobody_sees_or_what_turns_the_text_around_is_found_and_cleaned(
    text: str, found: str, cleaned: str
) -> None:
    assert find_unshowable(text) == found
    assert clean_line(text) == cleaned


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "\u200d", "\u202e \u200d", "\u3164", "\u2800", "\ufe0f", "\u0301", "\u00a0"]
)
def test_with_nothing_to_see_a_text_is_empty(text: str) -> None:
    assert is_blank(text)
    assert clean_line(text) == clean_lines(text) == ""


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b"])
def test_what_is_no_text_is_found_and_never_cleaned(text: str) -> None:
    assert find_unshowable(text)
    assert clean_line(text) == clean_lines(text) == text


def test_lines_stay_lines() -> None:
    assert clean_lines(" one\r\ntwo\rthree\u2028\u202efour\tx ") == "one\ntwo\nthree\nfour\tx"


def test_an_id_is_shown_with_escapes() -> None:
    assert escaped("a\u202eb\n") == "a\\u202eb\\n"


@given(st.text())
def test_what_is_cleaned_may_be_shown_and_is_clean(text: str) -> None:
    line, lines = clean_line(text), clean_lines(text)
    assert clean_line(line) == line and clean_lines(lines) == lines
    if "\0" not in text:
        assert find_unshowable(line) is None
        assert find_unshowable(lines.replace("\n", "").replace("\t", "")) is None
