"""Codes that people read, say and type, and texts that nobody guesses."""

import secrets

# No vowels, so no words; no letters and digits that are taken for one another.
LETTERS = "BCDFGHJKMNPRSTVWXZ"
LETTERS_AND_DIGITS = LETTERS + "23456789"
LOWER_CASE = "abcdefghijklmnopqrstuvwxyz0123456789"

MEETING_CODE = r"[A-Za-z]{4}-[A-Za-z]{4}-[A-Za-z]{4}"


def random_string(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def meeting_code() -> str:
    """Three groups of four letters, such as `BCDF-GHJK-MNPR`: 10^15 of them."""
    return "-".join(random_string(LETTERS, 4) for _ in range(3))


def participant_code() -> str:
    """Six characters, such as `BCD234`: unique in a meeting only."""
    return random_string(LETTERS_AND_DIGITS, 6)


def session_id() -> str:
    return random_string(LOWER_CASE, 12)


def identity() -> str:
    """A person's name in LiveKit: 20 characters (103 bits), no meaning. Others in the room see it."""
    return random_string(LOWER_CASE, 20)
