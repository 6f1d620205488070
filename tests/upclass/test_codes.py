import re

import pytest

from upclass import codes


def test_a_meeting_code_is_three_groups_of_four_letters() -> None:
    assert re.fullmatch(r"([A-Z]{4}-){2}[A-Z]{4}", codes.meeting_code())
    assert re.fullmatch(codes.MEETING_CODE, codes.meeting_code())


@pytest.mark.parametrize("character", "AEIOU01LQY")
def test_no_vowels_and_nothing_that_looks_like_another(character: str) -> None:
    assert character not in codes.LETTERS_AND_DIGITS


def test_other_codes_have_their_lengths() -> None:
    lengths = [len(draw()) for draw in (codes.participant_code, codes.session_id, codes.identity)]
    assert lengths == [6, 12, 20]


def test_a_session_id_is_lower_case_letters_and_digits() -> None:
    assert re.fullmatch(r"[a-z0-9]{12}", codes.session_id())


def test_codes_differ() -> None:
    assert len({codes.meeting_code() for _ in range(1000)}) == 1000


def test_codes_are_drawn_with_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secrets.choice", lambda letters: letters[0])
    assert codes.meeting_code() == "BBBB-BBBB-BBBB"
    assert (codes.participant_code(), codes.identity()) == ("B" * 6, "a" * 20)
