"""What a text that people read may hold: one rule for every way in (docs/rules.md, "Texts that people read").

The API refuses what breaks it (`find_unshowable`); a form takes out what its sender cannot even see
(`clean_line`, `clean_lines`). Ids are no such texts: they are kept as they are, and shown `escaped`.
"""

import re
import unicodedata

NO_TEXT = "\0\ud800-\udfff"  # which neither PostgreSQL nor UTF-8 can hold: refused everywhere
# Controls, line separators, marks and overrides of direction, invisible spaces and operators, tags. The
# joiners (U+200C, U+200D) are none of them: Persian, Hindi and emoji are written with them.
UNSHOWN = (
    "\x01-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
FLAG = "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f"  # of Scotland, by tags
NOT_SEEN = ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Mn", "Mc", "Me")  # not Cn: emoji newer than Python
BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that look like spaces

INVALID = re.compile(f"[{NO_TEXT}]")
CLEANED = re.compile(f"({FLAG})|[{UNSHOWN}]")
UNSHOWABLE = re.compile(f"({FLAG})|[{NO_TEXT}{UNSHOWN}]")
LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def is_text(text: str) -> bool:
    return INVALID.search(text) is None


def is_blank(text: str) -> bool:
    """Whether there is nothing to see: spaces, joiners, marks without a letter."""
    return all(letter in BLANK or unicodedata.category(letter) in NOT_SEEN for letter in text)


def find_unshowable(text: str) -> str | None:
    """What one line may not hold, named as `U+202E`; None if all is well."""
    found = next((match[0] for match in UNSHOWABLE.finditer(text) if not match[1]), None)
    return found and f"U+{ord(found):04X}"


def clean_line(text: str) -> str:
    """What is left to be shown as one line; empty if there is nothing to see. Leaves what is no text."""
    seen = CLEANED.sub(lambda found: found[1] or (" " if found[0].isspace() else ""), text)
    return "" if is_blank(seen) and is_text(seen) else " ".join(seen.split())


def clean_lines(text: str) -> str:
    """The same of a text with line breaks and tabs."""
    lines = LINE_END.sub("\n", text)
    seen = CLEANED.sub(lambda found: found[0] if found[1] or found[0] in "\n\t" else "", lines).strip()
    return "" if is_blank(seen) and is_text(seen) else seen


def escaped(text: str) -> str:
    """An id with `\\u202e` for what would change how the page around it is read."""
    return UNSHOWABLE.sub(lambda found: found[1] or found[0].encode("unicode_escape").decode(), text)
